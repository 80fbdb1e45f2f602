"""Settings: one frozen Config, built at the entry points from a file and the environment.

Order: command-line option, environment variable, `config.toml` in the data folder, default.
Nothing else in Citewell reads the environment. Keys never appear in `repr`, in fingerprints or
in errors.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal

from platformdirs import user_data_path

from rag.errors import ConfigError

AnswerMode = Literal["auto", "extractive", "llm"]

FILE = "config.toml"
"""In the data folder."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Config:
    """`mode` auto answers with the model where one is configured, extractively otherwise."""

    data_dir: Path
    mode: AnswerMode = "auto"
    # The model that writes answers; none without a name.
    model: str | None = None
    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    context_tokens: int = 8192
    max_prompt_tokens: int = 6000
    max_answer_tokens: int = 900
    # The embedder: the embedded MiniLM, or an OpenAI-compatible endpoint.
    embed_model: str | None = None
    embed_base_url: str | None = None
    embed_api_key: str | None = field(default=None, repr=False)
    threads: int | None = None

    @property
    def answers_with_model(self) -> bool:
        return self.mode == "llm" or (self.mode == "auto" and self.model is not None)

    @property
    def leaves_machine(self) -> list[str]:
        """What goes to other machines or services, in plain words; empty for nothing."""
        lines = []
        if self.answers_with_model:
            to = self.base_url or "api.openai.com"
            lines.append(f"Questions and the quoted sentences go to {to} (model {self.model}).")
        if self.embed_model:
            to = self.embed_base_url or "api.openai.com"
            lines.append(f"Questions and abstracts go to {to} (embeddings {self.embed_model}).")
        return lines


# setting → environment variables that name it, first come first served
ENVIRONMENT: dict[str, tuple[str, ...]] = {
    "mode": ("CITEWELL_MODE",),
    "model": ("CITEWELL_MODEL", "OPENAI_MODEL"),
    "base_url": ("CITEWELL_BASE_URL", "OPENAI_BASE_URL"),
    "api_key": ("CITEWELL_API_KEY", "OPENAI_API_KEY"),
    "context_tokens": ("CITEWELL_CONTEXT_TOKENS",),
    "max_prompt_tokens": ("CITEWELL_MAX_PROMPT_TOKENS",),
    "max_answer_tokens": ("CITEWELL_MAX_ANSWER_TOKENS",),
    "embed_model": ("CITEWELL_EMBED_MODEL",),
    "embed_base_url": ("CITEWELL_EMBED_BASE_URL",),
    "embed_api_key": ("CITEWELL_EMBED_API_KEY",),
    "threads": ("CITEWELL_THREADS",),
}


def load(
    *,
    data_dir: Path | None = None,
    environ: Mapping[str, str] | None = None,
    held: Mapping[str, Any] | None = None,
    **given: Any,
) -> Config:
    """`held` stands for what `config.toml` holds; None reads it.

    Raises ConfigError for a value that cannot be, naming where it was set."""
    environ = os.environ if environ is None else environ
    if data_dir is None:
        named = environ.get("CITEWELL_DATA_DIR")
        data_dir = (
            Path(named).expanduser() if named else user_data_path("citewell", appauthor=False)
        )
    config = Config(data_dir=data_dir)
    file = data_dir / FILE
    config = _apply(config, read(file) if held is None else held, str(file))
    for name, variables in ENVIRONMENT.items():
        for variable in variables:
            if value := environ.get(variable):
                if variable == "OPENAI_API_KEY" and _elsewhere(config, environ, given):
                    continue
                if name.endswith("base_url") and value != getattr(config, name):
                    # The file's key belongs to the file's server.
                    no_key: dict[str, Any] = {name.replace("base_url", "api_key"): None}
                    config = replace(config, **no_key)
                config = _apply(config, {name: value}, variable)
                break
    if given.get("base_url") not in (None, config.base_url):
        config = replace(config, api_key=None)
    config = _apply(config, {k: v for k, v in given.items() if v is not None}, "option")
    if config.mode == "llm" and config.model is None:
        raise ConfigError(
            "Answers by a model were asked for, but no model is named.",
            remedy="Set CITEWELL_MODEL (and OPENAI_BASE_URL or OPENAI_API_KEY).",
        )
    return config


def _elsewhere(config: Config, environ: Mapping[str, str], given: Mapping[str, Any]) -> bool:
    """Whether answers come from a server that the shell's general OpenAI key was not meant for:
    one named by an option, our own variable or the file, and not by OPENAI_BASE_URL."""
    own = given.get("base_url") or environ.get("CITEWELL_BASE_URL")
    return bool(own or (config.base_url and config.base_url != environ.get("OPENAI_BASE_URL")))


def read(file: Path) -> dict[str, Any]:
    """What a `config.toml` holds, unchecked; nothing where there is none. Raises ConfigError."""
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"{file} cannot be read: {error}", remedy="Mend the file or move it away."
        ) from error


def _apply(config: Config, values: Mapping[str, Any], origin: str) -> Config:
    types = {f.name: str(f.type) for f in fields(Config)}
    changes: dict[str, Any] = {}
    for name, value in values.items():
        if name not in types or name == "data_dir":
            raise ConfigError(
                f"{origin}: there is no setting {name!r}.",
                remedy="The settings: " + ", ".join(sorted(ENVIRONMENT)),
            )
        if types[name].startswith("int"):
            changes[name] = _positive(value, f"{origin}: {name}")
            continue
        if name == "mode":
            if value not in ("auto", "extractive", "llm"):
                raise ConfigError(f"{origin}: mode is auto, extractive or llm, not {value!r}.")
        elif not isinstance(value, str):
            raise ConfigError(f"{origin}: {name} takes a text.")
        elif name.endswith("base_url") and not value.startswith(("http://", "https://")):
            raise ConfigError(
                f"{origin}: {name} is no address: {value!r}.",
                remedy="It starts with http:// or https:// and mostly ends with /v1.",
            )
        changes[name] = value
    return replace(config, **changes)


def _positive(value: Any, what: str) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError):
        number = 0
    if number < 1:
        raise ConfigError(f"{what} takes a whole number from 1 up.")
    return number
