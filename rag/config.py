"""Settings: one frozen Config, built at the entry points from a file and the environment.

Order: command-line option, environment variable, `config.toml` in the data folder, default.
Nothing else in Citewell reads the environment. Keys never appear in `repr`, in fingerprints or
in errors.
"""

from __future__ import annotations

import contextlib
import math
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args

from platformdirs import user_data_path

from rag.addresses import host_of, is_this_machine
from rag.errors import ConfigError

AnswerMode = Literal["auto", "extractive", "llm"]
Understand = Literal["auto", "rules", "model"]
Rerank = Literal["auto", "off", "endpoint", "model"]
OPENAI_URL = "https://api.openai.com/v1"

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "mode": get_args(AnswerMode),
    "understand": get_args(Understand),
    "rerank": get_args(Rerank),
}

FILE = "config.toml"
"""In the data folder."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Config:
    """`mode` auto answers with the model where one is configured, extractively otherwise.
    `understand` auto has the model rewrite follow-ups when it answers as well; `model` has it read
    every question. `rerank` auto asks the reranking endpoint where one is named. Prices are in
    units of any currency for a million tokens."""

    data_dir: Path
    mode: AnswerMode = "auto"
    # The model that writes answers; none without a name.
    model: str | None = None
    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    context_tokens: int = 8192
    max_prompt_tokens: int = 6000
    max_answer_tokens: int = 900
    understand: Understand = "auto"
    price_prompt: float | None = None
    price_completion: float | None = None
    # The embedder: the embedded MiniLM, or an OpenAI-compatible endpoint.
    embed_model: str | None = None
    embed_base_url: str | None = None
    embed_api_key: str | None = field(default=None, repr=False)
    # A second look at the best papers, by an endpoint or by the model that answers.
    rerank: Rerank = "auto"
    rerank_model: str | None = None
    rerank_base_url: str | None = None
    rerank_api_key: str | None = field(default=None, repr=False)
    threads: int | None = None

    @property
    def answers_with_model(self) -> bool:
        return self.mode == "llm" or (self.mode == "auto" and self.model is not None)

    @property
    def reranks_with_endpoint(self) -> bool:
        return self.rerank_base_url is not None and self.rerank in ("auto", "endpoint")

    @property
    def leaves_machine(self) -> list[str]:
        """What goes to other machines or services, in plain words; empty for nothing."""
        return [
            f"{what} go to {host_of(url)} ({who})." for what, url, who in self._sent(here=False)
        ]

    @property
    def stays_on_machine(self) -> list[str]:
        """What goes to servers on this machine. What such a server passes on is its own affair."""
        return [
            f"{what} go to {host_of(url)} on this machine ({who})."
            for what, url, who in self._sent(here=True)
        ]

    def _sent(self, *, here: bool) -> list[tuple[str, str, str]]:
        """What, to which address, and to which of its models."""
        sent = []
        if self.answers_with_model:
            url, who = self.base_url or OPENAI_URL, f"model {self.model}"
            sent.append(("Questions, earlier turns and the quoted sentences", url, who))
        if self.embed_model:
            url, who = self.embed_base_url or OPENAI_URL, f"embeddings {self.embed_model}"
            sent.append(("Questions and abstracts", url, who))
        if self.rerank_base_url and self.reranks_with_endpoint:
            who = f"reranking {self.rerank_model}" if self.rerank_model else "reranking"
            sent.append(("Questions and the passages found", self.rerank_base_url, who))
        return [item for item in sent if is_this_machine(item[1]) == here]


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
    "understand": ("CITEWELL_UNDERSTAND",),
    "price_prompt": ("CITEWELL_PRICE_PROMPT",),
    "price_completion": ("CITEWELL_PRICE_COMPLETION",),
    "rerank": ("CITEWELL_RERANK",),
    "rerank_model": ("CITEWELL_RERANK_MODEL",),
    "rerank_base_url": ("CITEWELL_RERANK_BASE_URL",),
    "rerank_api_key": ("CITEWELL_RERANK_API_KEY",),
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
    _require_folder(data_dir)
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
    if config.rerank == "endpoint" and config.rerank_base_url is None:
        raise ConfigError(
            "Reranking by an endpoint was asked for, but no endpoint is named.",
            remedy="Set CITEWELL_RERANK_BASE_URL, or leave CITEWELL_RERANK unset.",
        )
    return config


def _require_folder(path: Path) -> None:
    """Raises ConfigError where `path`, or what of it is there, is no folder that can be read."""
    try:
        there = next(place for place in (path, *path.parents) if place.exists())
        if not there.is_dir():
            raise ConfigError(
                f"The data folder cannot be {path}: {there} is a file.",
                remedy="Name a folder with --data-dir or CITEWELL_DATA_DIR.",
            )
        if there == path:
            next(path.iterdir(), None)
    except OSError as error:
        raise ConfigError(
            f"The data folder {path} cannot be read: {error.strerror or error}.",
            remedy="Name another one with --data-dir or CITEWELL_DATA_DIR.",
        ) from error


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
        if types[name].startswith("float"):
            changes[name] = _price(value, f"{origin}: {name}")
            continue
        if name in _CHOICES:
            *most, last = _CHOICES[name]
            if value not in _CHOICES[name]:
                raise ConfigError(
                    f"{origin}: {name} is {', '.join(most)} or {last}, not {value!r}."
                )
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
    number = 0
    if isinstance(value, int | str) and not isinstance(value, bool):
        with contextlib.suppress(ValueError):
            number = int(value)
    if number < 1:
        raise ConfigError(f"{what} takes a whole number from 1 up.")
    return number


def _price(value: Any, what: str) -> float:
    try:
        number = -1.0 if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        number = -1.0
    if not 0 <= number < math.inf:
        raise ConfigError(f"{what} takes a number from 0 up, the price of a million tokens.")
    return number
