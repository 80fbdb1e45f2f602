"""`citewell doctor` asks the servers that are set: whether they can be reached, take the key, and
have the model. A server whose list does not tell is asked for a token or a vector; nothing of the
corpus is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from rag import wiring
from rag.adapters import openai_models
from rag.adapters.model_context import context_of
from rag.adapters.openai_server import DOCTOR, Server
from rag.config import OPENAI_URL, Config
from rag.errors import CitewellError
from rag.text.addresses import host_of

_CONNECT_S, _READ_S = 3.0, 10.0
Row = tuple[str, str, bool]


def tried(config: Config) -> Iterator[Row]:
    """One row a server: what it is for, what came back, whether it will do."""
    if config.answers_with_model:
        answers = _row("answers", lambda: _answers(config))
        yield answers
        if answers[-1] and config.local_model is None:
            yield _row("context", lambda: _context(config))
    if config.embed_model:
        yield _row("embeddings", lambda: _embeddings(config))
    if config.reranks_with_endpoint:
        yield _row("reranking", lambda: _reranking(config))


def _row(name: str, ask: Callable[[], str]) -> Row:
    try:
        return (name, ask(), True)
    except CitewellError as error:
        remedy = error.remedy.replace(DOCTOR, "").strip()
        return (name, f"{error} {remedy}".strip(), False)


def _answers(config: Config) -> str:
    if config.local_model is not None:
        return loaded(config.local_model, config)
    wiring.make_chat_model(config)  # what it holds against the settings
    host, model = host_of(config.base_url or OPENAI_URL), config.model or ""
    server = _server(config)
    listed = openai_models.listed(replace(server, model=""))
    if listed is not None and _has(listed, model):
        return f"{host} is reachable and has {model}"
    openai_models.require_reply(server)
    known = "lists no models" if listed is None else "does not list it"
    return f"{host} is reachable; {model} answers, though the server {known}"


def _context(config: Config) -> str:
    if config.context_tokens is not None:
        return f"{config.context_tokens:,} tokens, set by {config.named('context_tokens')}"
    found = context_of(_server(config))
    return f"{found.tokens:,} tokens, {found.source}"


def _server(config: Config) -> Server:
    return Server(
        model=config.model or "",
        base_url=config.base_url,
        api_key=config.api_key,
        connect_s=_CONNECT_S,
        read_s=_READ_S,
        settings=wiring.names(config),
    )


def loaded(path: Path, config: Config) -> str:
    """The model of a file on this machine loaded, and freed. Raises CitewellError."""
    model = wiring.make_local_model(path, config)
    with closing(model):
        return f"{model.name} runs here, with a context of {model.load():,} tokens"


def _has(listed: Sequence[str], model: str) -> bool:
    """Ollama lists `llama3.1:latest`, which it also calls `llama3.1`."""
    return model in listed or f"{model}:latest" in listed


def _embeddings(config: Config) -> str:
    embedder = wiring.make_embedder(config, read_s=_READ_S, patient=False)
    host = host_of(config.embed_base_url or OPENAI_URL)
    return f"{host} is reachable; {embedder.name} gives {embedder.dimension:,} dimensions"


def _reranking(config: Config) -> str:
    reranker = wiring.make_reranker(config, read_s=_READ_S)
    if reranker is None:
        return "none"
    reranker.scores("Which one is about zebras?", ["Zebras sleep.", "Lions hunt."])
    host = host_of(config.rerank_base_url or "")
    return f"{host} is reachable and scores passages"
