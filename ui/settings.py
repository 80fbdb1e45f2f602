"""The settings of a data folder as somebody at the page sees and changes them: what is set, where
it comes from, and `config.toml` rewritten with the user's comments kept.

What a setting means is known in `rag.config` alone. A key is never given out, and never reaches
another server than the one that it was entered for.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from rag import config as settings
from rag import wiring
from rag.config import ENVIRONMENT, Config
from rag.errors import ConfigError
from rag.settings import corpora

EDITABLE = tuple(
    name
    for name in (
        *("mode", "model", "base_url", "api_key", "context_tokens"),
        *("price_prompt", "price_completion"),
    )
    if name in ENVIRONMENT
)
"""What can be changed while Citewell runs. Another embedder needs all papers embedded anew."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Where a value comes from; `name` is the option or the variable."""

    kind: Literal["option", "environment", "file", "default"]
    name: str = ""

    @property
    def is_fixed(self) -> bool:
        """Set from outside, for as long as this process runs."""
        return self.kind in ("option", "environment")


class Settings:
    """Those of the data folder `root`, or of its corpus `corpus`, under the variables of `environ`
    (None: of the process) and the options `given` at the start. Thread-safe."""

    def __init__(
        self,
        root: Path,
        corpus: str | None = None,
        *,
        environ: Mapping[str, str] | None = None,
        given: Mapping[str, Any] | None = None,
    ) -> None:
        self._root = root
        self._corpus = corpus
        self.file = corpora.settings_file(root, corpus)
        self._environ = dict(os.environ if environ is None else environ)
        self._given = {k: v for k, v in (given or {}).items() if v is not None}
        self._lock = threading.Lock()

    def of(self, corpus: str | None) -> Settings:
        """Those of another corpus of the data folder, under the same variables and options."""
        return Settings(self._root, corpus, environ=self._environ, given=self._given)

    def load(self) -> Config:
        """Raises ConfigError."""
        return self._with(settings.read(self.file))

    def origin(self, name: str) -> Origin:
        """Raises ConfigError for a file that cannot be read."""
        held = settings.read(self.file)
        config = self._with(held)
        if name in self._given:
            return Origin(kind="option", name=f"--{name.replace('_', '-')}")
        for variable in ENVIRONMENT[name]:
            value = self._environ.get(variable)
            # A key that is not meant for this server is not used.
            if value and (not name.endswith("api_key") or value == getattr(config, name)):
                return Origin(kind="environment", name=variable)
        if name in held and held[name] == getattr(config, name):
            return Origin(kind="file")
        return Origin(kind="default")

    def fixed(self, name: str) -> Origin | None:
        """What keeps a setting from being changed here, if something does."""
        origin = self.origin(name)
        if origin.is_fixed:
            return origin
        if name == "base_url":
            # A key of the environment was meant for the server that it was started with.
            key = self.origin("api_key")
            if key.is_fixed and key.name != "OPENAI_API_KEY":
                return key
        return None

    def tried(self, changes: Mapping[str, Any]) -> Config:
        """What `changes` would make of the settings; see `save`. Writes nothing."""
        return self._with(self._changed(changes))

    def save(self, changes: Mapping[str, Any]) -> Config:
        """Write `changes` (None takes a setting out) into `config.toml`, and return what now
        holds. With another `base_url`, the key of the one before is forgotten.

        Raises ConfigError for what cannot be, and for what is set from outside; the file is then
        as it was.
        """
        with self._lock:
            before, after = settings.read(self.file), self._changed(changes)
            config = self._with(after)
            wiring.make_chat_model(config)
            self._write(before, after)
        return config

    def _with(self, held: Mapping[str, Any]) -> Config:
        return settings.load(
            data_dir=self._root,
            corpus=self._corpus or corpora.DEFAULT,
            environ=self._environ,
            held=held,
            **self._given,
        )

    def _changed(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        for name in changes:
            if name not in EDITABLE:
                raise ConfigError(f"{name} cannot be changed here.")
            if fixed := self.fixed(name):
                raise ConfigError(
                    f"{name} is set by {fixed.name}.",
                    remedy=f"Start Citewell without {fixed.name} to change it here.",
                )
        _check_address(changes.get("base_url"))
        held = settings.read(self.file)
        before = self._with(held)
        after = {**held, **changes}
        after = {k: v for k, v in after.items() if v is not None and v != ""}
        if "base_url" in changes and changes["base_url"] != before.base_url:
            after["api_key"] = changes.get("api_key") or ""
        elif changes.get("api_key") and before.base_url:
            # The file's key belongs to the file's server.
            after["base_url"] = before.base_url
        return {k: v for k, v in after.items() if v != ""}

    def _write(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        import tomlkit

        target = self.file.resolve()  # through a link to the user's dotfiles
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            text = target.read_text("utf-8") if target.exists() else ""
            document = tomlkit.parse(text)
            for name in before.keys() - after.keys():
                document.remove(name)
            for name, value in after.items():
                if before.get(name) != value:
                    document[name] = value
            # Made for nobody else to read, as it may hold a key.
            handle, part = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    file.write(tomlkit.dumps(document))
                    file.flush()
                    os.fsync(file.fileno())
                Path(part).replace(target)
            except BaseException:
                Path(part).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise ConfigError(
                f"{self.file} cannot be written: {error.strerror or error}.",
                remedy="Check free space and permissions of the folder.",
            ) from error


def _check_address(address: object) -> None:
    if not isinstance(address, str):
        return
    try:
        url = urlsplit(address)
        if url.username is not None or url.password is not None:
            raise ConfigError(
                "The address carries a name or a password.",
                remedy="Leave it out of the address; a key goes into its own field.",
            )
        _ = url.port
    except ValueError as error:
        raise ConfigError(
            "That is no web address.", remedy="For Ollama it is http://localhost:11434/v1"
        ) from error
