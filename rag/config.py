"""Settings: one frozen Config, built at the entry points from a file and the environment.

Order: command-line option, environment variable, `config.toml` in the data folder, default. A
named corpus has a folder of its own within the data folder, and may have a `config.toml` of its
own, which then stands in the place of the data folder's.
Nothing else in Citewell reads the environment. Keys never appear in `repr`, in fingerprints or
in errors.
"""

from __future__ import annotations

import contextlib
import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rag.errors import ConfigError
from rag.settings import corpora
from rag.settings import values as allowed
from rag.settings.file import FILE, line_of, read
from rag.settings.folder import usable
from rag.settings.values import AnswerMode, Rerank, Understand
from rag.storage import versions
from rag.text.addresses import host_of, is_this_machine

__all__ = ["ENVIRONMENT", "FILE", "OPENAI_URL", "AnswerMode", "Config", "load", "read"]

OPENAI_URL = "https://api.openai.com/v1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Config:
    """`mode` auto answers with the model where one is configured, extractively otherwise.
    `understand` auto has the model rewrite follow-ups when it answers as well; `model` has it read
    every question. `context_tokens` None asks the server. `read_papers` go into one prompt, if they
    fit; `max_calls` and `max_prompt_tokens` are for all calls of an answer together, and
    `max_thorough_tokens` where all papers are looked through, `thorough_calls` at the same time.
    `model_timeout`: seconds in which the model's server may be silent; a call takes two and a half
    times that at most. `rerank` auto asks the reranking endpoint where one is named. Prices are in
    units of any currency for a million tokens."""

    data_dir: Path
    """Where the corpus is: catalog, indexes, conversations."""
    corpus: str | None = None
    """Its name; None for the one of the data folder itself."""
    mode: AnswerMode = "auto"
    # The model that writes answers; none without a name. The path of a .gguf file runs here.
    model: str | None = None
    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    context_tokens: int | None = None
    read_papers: int = 30
    max_calls: int = 4
    max_prompt_tokens: int = 20_000
    max_answer_tokens: int = 1500
    max_thorough_tokens: int = 200_000
    thorough_calls: int = 4
    model_timeout: int = 120
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
    # Logins at the page: hours without use, and days in all, after which one ends.
    session_idle_hours: int = 72
    session_days: int = 30
    # Services that papers are fetched from: who asks, under which keys, and where a mirror is.
    contact: str | None = None
    fetch_url: str | None = None
    openalex_api_key: str | None = field(default=None, repr=False)
    semanticscholar_api_key: str | None = field(default=None, repr=False)
    ncbi_api_key: str | None = field(default=None, repr=False)
    origins: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    """Where each setting that is no default was set: a variable, an option, a file's path."""

    @property
    def root(self) -> Path:
        """The data folder, in which all corpora are."""
        return self.data_dir if self.corpus is None else self.data_dir.parent.parent

    def named(self, name: str) -> str:
        """What a user sets to change the setting `name`: what it was set by, else the variable
        that would be heard."""
        held = self.origins.get(name)
        if held is None:
            return self._variable(name)
        return held if held in ENVIRONMENT[name] else f"{name} in {held}"

    def _variable(self, name: str) -> str:
        *_, last = ENVIRONMENT[name]
        if name == "model":
            return ENVIRONMENT[name][0]
        # OpenAI's key is not sent to a server that our own variable or the file names.
        theirs = self.origins.get("base_url", "OPENAI_BASE_URL") == "OPENAI_BASE_URL"
        return last if name != "api_key" or theirs else ENVIRONMENT[name][0]

    @property
    def answers_with_model(self) -> bool:
        return self.mode == "llm" or (self.mode == "auto" and self.model is not None)

    @property
    def local_model(self) -> Path | None:
        """The file of a model that runs in this process: one that is there, or, where no server
        is named that might have a model of such a name, one that should be."""
        if self.model is None or not self.model.casefold().endswith(".gguf"):
            return None
        path = Path(self.model)
        with contextlib.suppress(RuntimeError):  # ~somebody who is not known
            path = path.expanduser()
        return path if self.base_url is None or path.is_file() else None

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
        if self.answers_with_model and self.local_model is None:
            url, who = self.base_url or OPENAI_URL, f"model {self.model}"
            sent.append(("Questions, earlier turns and the abstracts found", url, who))
        if self.embed_model:
            url, who = self.embed_base_url or OPENAI_URL, f"embeddings {self.embed_model}"
            sent.append(("Questions and abstracts", url, who))
        if self.rerank_base_url and self.reranks_with_endpoint:
            who = f"reranking {self.rerank_model}" if self.rerank_model else "reranking"
            sent.append(("Questions and the passages found", self.rerank_base_url, who))
        return [item for item in sent if is_this_machine(item[1]) == here]


# setting → environment variables that name it, first come first served
ENVIRONMENT: dict[str, tuple[str, ...]] = {
    "corpus": ("CITEWELL_CORPUS",),
    "mode": ("CITEWELL_MODE",),
    "model": ("CITEWELL_MODEL", "OPENAI_MODEL"),
    "base_url": ("CITEWELL_BASE_URL", "OPENAI_BASE_URL"),
    "api_key": ("CITEWELL_API_KEY", "OPENAI_API_KEY"),
    "context_tokens": ("CITEWELL_CONTEXT_TOKENS",),
    "read_papers": ("CITEWELL_READ_PAPERS",),
    "max_calls": ("CITEWELL_MAX_CALLS",),
    "max_prompt_tokens": ("CITEWELL_MAX_PROMPT_TOKENS",),
    "max_answer_tokens": ("CITEWELL_MAX_ANSWER_TOKENS",),
    "max_thorough_tokens": ("CITEWELL_MAX_THOROUGH_TOKENS",),
    "thorough_calls": ("CITEWELL_THOROUGH_CALLS",),
    "model_timeout": ("CITEWELL_MODEL_TIMEOUT",),
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
    "session_idle_hours": ("CITEWELL_SESSION_IDLE_HOURS",),
    "session_days": ("CITEWELL_SESSION_DAYS",),
    "contact": ("CITEWELL_CONTACT",),
    "fetch_url": ("CITEWELL_FETCH_URL",),
    "openalex_api_key": ("CITEWELL_OPENALEX_API_KEY",),
    "semanticscholar_api_key": ("CITEWELL_SEMANTICSCHOLAR_API_KEY",),
    "ncbi_api_key": ("CITEWELL_NCBI_API_KEY",),
}


def load(
    *,
    data_dir: Path | None = None,
    corpus: str | None = None,
    new_corpus: bool = False,
    environ: Mapping[str, str] | None = None,
    held: Mapping[str, Any] | None = None,
    **given: Any,
) -> Config:
    """`corpus`: the name of one of the corpora of `data_dir`; with `new_corpus` it need not be
    there yet. `held` stands for what `config.toml` holds; None reads it.

    Raises ConfigError for a value that cannot be, naming where it was set, UnknownCorpus, and
    NewerData for a folder of a newer Citewell."""
    environ = os.environ if environ is None else environ
    data_dir = usable(data_dir, environ)
    config = _in_corpus(data_dir, corpus, environ, new=new_corpus)
    versions.require_known(config.data_dir)
    file = corpora.settings_file(data_dir, config.corpus)
    for name, value in (read(file) if held is None else held).items():
        if name != "corpus":
            config = _with(config, name, value, str(file), line=line_of(file, name))
    for name, variables in ENVIRONMENT.items():
        if name == "corpus":
            continue
        for variable in variables:
            if value := environ.get(variable, "").strip():
                if variable == "OPENAI_API_KEY" and _elsewhere(config, environ, given):
                    continue
                if name.endswith("base_url") and value != getattr(config, name):
                    # The file's key belongs to the file's server.
                    config = _without_key(config, name.replace("base_url", "api_key"))
                config = _with(config, name, value, variable)
                break
    if given.get("base_url") not in (None, config.base_url):
        config = _without_key(config, "api_key")
    for name, value in given.items():
        if value is not None:
            config = _with(config, name, value, f"--{name.replace('_', '-')}")
    _require_complete(config)
    return config


def data_folder(path: Path | None = None) -> Path:
    """The data folder for what is about all of its corpora; raises as `rag.settings.folder`."""
    return usable(path, os.environ)


def _in_corpus(root: Path, option: str | None, environ: Mapping[str, str], *, new: bool) -> Config:
    """Without a setting yet, but with the corpus that is meant. Raises ConfigError,
    UnknownCorpus."""
    file, (variable,) = root / FILE, ENVIRONMENT["corpus"]
    config = Config(data_dir=root)
    if (option or "").strip():
        config = _with(config, "corpus", option, "--corpus")
    elif environ.get(variable, "").strip():
        config = _with(config, "corpus", environ[variable], variable)
    elif "corpus" in (held := read(file)):
        config = _with(config, "corpus", held["corpus"], str(file), line=line_of(file, "corpus"))
    if config.corpus is None or config.corpus == corpora.DEFAULT:
        return replace(config, corpus=None)
    name = (corpora.free if new else corpora.known)(root, config.corpus)
    return replace(config, data_dir=corpora.folder(root, name))


def _without_key(config: Config, name: str) -> Config:
    no_key: dict[str, Any] = {name: None}
    origins = {held: origin for held, origin in config.origins.items() if held != name}
    return replace(config, origins=origins, **no_key)


def _require_complete(config: Config) -> None:
    """Raises ConfigError for settings that ask for another one which is missing."""
    if config.mode == "llm" and config.model is None:
        raise ConfigError(
            f"Answers by a model were asked for ({_setter(config, 'mode')}), but no model is"
            " named.",
            remedy="Set CITEWELL_MODEL (and OPENAI_BASE_URL or OPENAI_API_KEY).",
        )
    if config.rerank == "endpoint" and config.rerank_base_url is None:
        raise ConfigError(
            f"Reranking by an endpoint was asked for ({_setter(config, 'rerank')}), but no"
            " endpoint is named.",
            remedy="Set CITEWELL_RERANK_BASE_URL, or leave CITEWELL_RERANK unset.",
        )


def _setter(config: Config, name: str) -> str:
    """`CITEWELL_MODE=llm`, `--mode llm`, or the file's line."""
    origin, value = config.origins.get(name, ""), getattr(config, name)
    if origin in ENVIRONMENT[name]:
        return f"{origin}={value}"
    return f"{origin} {value}" if origin.startswith("--") else f"{name} in {origin}"


def _elsewhere(config: Config, environ: Mapping[str, str], given: Mapping[str, Any]) -> bool:
    """Whether answers come from a server that the shell's general OpenAI key was not meant for:
    one named by an option, our own variable or the file, and not by OPENAI_BASE_URL."""
    own = given.get("base_url") or environ.get("CITEWELL_BASE_URL")
    return bool(own or (config.base_url and config.base_url != environ.get("OPENAI_BASE_URL")))


def _with(config: Config, name: str, given: Any, origin: str, *, line: int | None = None) -> Config:
    """`config` with one setting more. Raises ConfigError, naming origin, value, what is allowed."""
    in_file = origin not in ENVIRONMENT.get(name, ()) and not origin.startswith("--")
    place = f"{origin}:{line}" if line else origin
    if name not in ENVIRONMENT:
        alike = difflib.get_close_matches(name, ENVIRONMENT, n=2)
        raise ConfigError(
            f"{place}: there is no setting {name!r}.",
            remedy=f"Did you mean {' or '.join(alike)}?"
            if alike
            else f"The settings: {', '.join(sorted(ENVIRONMENT))}",
        )
    try:
        value = allowed.value(name, given)
    except allowed.NotAllowedError as error:
        what = f"{place}: {name}" if in_file else origin
        mend = "Correct the value, or take the setting out."
        if not in_file and not origin.startswith("--"):
            mend = f"Set {origin} to one, or unset it."
        raise ConfigError(
            f"{what} cannot be {allowed.shown(name, given)}; it takes {error}.", remedy=mend
        ) from error
    changed: dict[str, Any] = {name: value}
    return replace(config, origins={**config.origins, name: origin}, **changed)
