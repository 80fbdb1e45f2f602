"""Answers by a GGUF file in this process: llama.cpp by way of xllamacpp (`citewell[local]`).

llama.cpp brings its HTTP server along. It listens on loopback under a key that only this process
knows, and is asked like any other server, by OpenAIChat. How a reply is streamed, checked and
ended is therefore not known here.
"""

from __future__ import annotations

import importlib.util
import secrets
import threading
import weakref
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rag.adapters.openai_chat import OpenAIChat
from rag.adapters.openai_server import Server
from rag.adapters.tiktoken_count import count_messages
from rag.errors import ConfigError, ModelServerError, ServerRejected
from rag.ports import Delta, Message

_MAGIC = b"GGUF"
_PATIENCE_S = 600.0
"""How long a reply may take, the turn of whoever asked before included: processors are slow."""


class LlamaServer:
    """llama.cpp serving one file on loopback, from now until `close` or the end of the process.

    `url` ends in /v1, `key` is what it asks for. `context_tokens` is what it really gives: what
    was asked for, or less where the model was trained on less. It answers one request after the
    other, so that the memory for one context is enough. `threads` None is one for each core.

    While the file is being loaded, the other threads of the process stand still. Raises
    ServerRejected for a file that cannot be loaded.
    """

    def __init__(self, path: Path, *, context_tokens: int, threads: int | None = None) -> None:
        import xllamacpp

        self.key = secrets.token_urlsafe()
        params = xllamacpp.CommonParams()
        params.model.path = str(path)
        params.n_ctx = context_tokens
        params.n_parallel = 1
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads or -1
        params.cache_ram_mib = 0  # by default up to 8 GB of earlier prompts
        params.api_keys = [self.key]
        params.warmup = False  # the first prompt reads the weights in, and lets other threads run
        params.offline = True
        params.ui = False
        params.verbosity = -1
        try:
            self._held = [xllamacpp.Server(params)]
        except RuntimeError:
            raise ServerRejected(
                f"llama.cpp cannot load {path.name}: the file is damaged, of a kind that this"
                " llama.cpp does not know, or too large for the memory.",
                remedy="Get the file again, update xllamacpp, or choose another model with"
                " CITEWELL_MODEL.",
            ) from None
        self.root = str(self._held[0].listening_address)
        self.url = f"{self.root}/v1"
        # Freed while it answers, it takes the process down at its end, unless that is done before.
        self._free = weakref.finalize(self, self._held.clear)
        # Answered by llama.cpp's own loop: freed before that runs, it would never come back.
        slots: Any = self.asked("/slots")
        self.context_tokens = int(slots[0]["n_ctx"])

    def asked(self, path: str, body: Mapping[str, Any] | None = None) -> object:
        """What it says to a GET, or to a POST of `body`. Raises ModelServerError."""
        server = Server(model="", api_key=self.key, base_url=self.root, read_s=_PATIENCE_S)
        with server.client() as client:
            if body is None:
                return client.get(path, cast_to=object)
            return client.post(path, body=body, cast_to=object)

    def close(self) -> None:
        """Free the model. A reply on its way breaks off."""
        self._free()


class LlamaFile:
    """The ChatModel port over a GGUF file. Thread-safe; replies are written one after the other.

    Making one checks the file and loads nothing: raises ConfigError where the file is missing or
    no GGUF, or the extra is not installed. The first prompt loads it. A file that cannot be
    loaded is told by `stream`, like a server that fails. Tokens are counted by the model's own
    tokenizer, with its chat template.
    """

    def __init__(
        self,
        path: Path,
        *,
        context_tokens: int = 16_384,
        reply_tokens: int = 1500,
        threads: int | None = None,
    ) -> None:
        _require(path)
        self._path, self._threads = path, threads
        self._context_tokens, self._reply_tokens = context_tokens, reply_tokens
        self._loading = threading.Lock()
        self._loaded: tuple[LlamaServer, OpenAIChat] | ModelServerError | None = None

    @property
    def name(self) -> str:
        return self._path.name

    @property
    def max_prompt_tokens(self) -> int:
        try:
            return self._ready()[1].max_prompt_tokens
        except ModelServerError:
            return self._context_tokens - self._reply_tokens

    def count_tokens(self, messages: Sequence[Message]) -> int:
        body = {"messages": [{"role": m.role, "content": m.content} for m in messages]}
        try:
            counted: Any = self._ready()[0].asked("/v1/chat/completions/input_tokens", body)
            return int(counted["input_tokens"])
        except ModelServerError:
            return count_messages(messages)

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        schema: Mapping[str, Any] | None = None,
    ) -> Iterator[Delta]:
        """Raises ModelServerError."""
        yield from self._ready()[1].stream(messages, max_tokens=max_tokens, schema=schema)

    def load(self) -> int:
        """Load the file now; how many tokens its context holds. Raises ModelServerError."""
        return self._ready()[0].context_tokens

    def close(self) -> None:
        """Free the model; another question loads it again."""
        with self._loading:
            if isinstance(self._loaded, tuple):
                self._loaded[0].close()
            self._loaded = None

    def _ready(self) -> tuple[LlamaServer, OpenAIChat]:
        with self._loading:
            if self._loaded is None:
                try:
                    self._loaded = self._load()
                except ModelServerError as error:
                    self._loaded = error
            if isinstance(self._loaded, ModelServerError):
                failure = self._loaded
                raise type(failure)(str(failure), remedy=failure.remedy)
            return self._loaded

    def _load(self) -> tuple[LlamaServer, OpenAIChat]:
        server = self._served(self._context_tokens)
        if server.context_tokens < self._context_tokens:
            # Memory was taken for all that was asked for.
            server.close()
            server = self._served(server.context_tokens)
        try:
            chat = OpenAIChat(
                model=self.name,
                api_key=server.key,
                base_url=server.url,
                context_tokens=server.context_tokens,
                reply_tokens=self._reply_tokens,
                read_s=_PATIENCE_S,
                deadline_s=_PATIENCE_S,
            )
        except ConfigError as error:  # the model was trained on too short a context
            server.close()
            raise ServerRejected(str(error), remedy=error.remedy) from None
        return server, chat

    def _served(self, context_tokens: int) -> LlamaServer:
        return LlamaServer(self._path, context_tokens=context_tokens, threads=self._threads)


def _require(path: Path) -> None:
    """Raises ConfigError where no model could be loaded from `path`, and for what is missing."""
    try:
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except OSError as error:
        raise ConfigError(
            f"The model {path} cannot be read: {error.strerror or error}.",
            remedy="Set CITEWELL_MODEL to the path of a .gguf file, or OPENAI_BASE_URL to the"
            " server that has a model of this name.",
        ) from None
    if magic != _MAGIC:
        raise ConfigError(
            f"{path} is no GGUF file, whatever its name.",
            remedy="Get the file again: what llama.cpp runs begins with the letters GGUF.",
        )
    if importlib.util.find_spec("xllamacpp") is None:
        raise ConfigError(
            f"To run {path.name} here, xllamacpp is needed, and it is not installed.",
            remedy='Install it with: pip install "citewell[local]"',
        )
