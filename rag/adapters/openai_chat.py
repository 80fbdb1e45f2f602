"""Chat completions from any OpenAI-compatible server: OpenAI, Ollama, vLLM, llama.cpp, LM Studio.

Only what a server turned away untouched (429, 5xx, a parameter it does not know) is tried again,
and only before the first token: it has cost nothing. Everything else is told at once, so that
the user gets the extractive answer instead of a long wait.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rag.adapters.model_context import Context, context_of
from rag.adapters.openai_refusals import SYSTEM, Refused, folded, refused_next
from rag.adapters.openai_server import DOCTOR, RequestRefused, Server, SettingNames, TurnedAway
from rag.adapters.openai_stream import Reply, StreamedError, events
from rag.adapters.tiktoken_count import count_messages
from rag.errors import BadReply, ConfigError
from rag.ports import Delta, Message

_MAX_WAIT_S = 5.0
_OTHER_TOKENIZER = 0.9  # how far tiktoken may be off where the tokenizer is another one
_LEAST_ROOM = 1024  # tokens of a prompt below which there is no point in asking
_REPLY_SHARE = 0.25  # of a small context, at most
# Reasoning models that want `max_completion_tokens` count their thinking in it.
_REASONING_TOKENS = 4096
_SETTINGS = SettingNames()


class OpenAIChat:
    """The ChatModel port over HTTP. Thread-safe; each call has its own connection.

    `base_url` None is OpenAI's public service, which wants a key; local servers get a dummy.
    `context_tokens` None asks the server when it is first needed (`rag.adapters.model_context`);
    `reply_tokens` of it stay free for the reply, or a quarter of a small one. Times are in seconds.
    `deadline_s` bounds a call, retries included. Raises ConfigError for settings that cannot
    work.
    """

    def __init__(
        self,
        *,
        model: str,
        api_key: str | None = None,
        base_url: str | None = None,
        context_tokens: int | None = None,
        reply_tokens: int = 1500,
        connect_s: float = 5.0,
        read_s: float = 120.0,
        deadline_s: float = 300.0,
        max_retries: int = 2,
        backoff_s: float = 0.5,
        settings: SettingNames = _SETTINGS,
    ) -> None:
        self._server = Server(
            model=model,
            api_key=api_key,
            base_url=base_url,
            connect_s=connect_s,
            read_s=read_s,
            settings=settings,
        )
        self._reply_tokens = reply_tokens
        self._context: Context | None = None
        if context_tokens is not None:
            self._context = Context(tokens=context_tokens, source="as set")
            if self.max_prompt_tokens < _LEAST_ROOM:
                raise ConfigError(
                    f"A context of {context_tokens:,} tokens leaves no room for abstracts.",
                    remedy="Give the model 4,096 or more, and say so in CITEWELL_CONTEXT_TOKENS.",
                )
        self._deadline_s = deadline_s
        self._max_retries, self._backoff_s = max_retries, backoff_s
        self._read_s = read_s
        self._refused: Refused = frozenset()
        """What the server does not take, once an answer has come without it."""

    @property
    def name(self) -> str:
        return self._server.model

    @property
    def context(self) -> Context:
        """As set or as the server tells it; assumed where it does not."""
        found = self._context or context_of(self._server)
        if found.settled:
            self._context = found
        return found

    @property
    def max_prompt_tokens(self) -> int:
        tokens = self.context.tokens
        return max(0, int(tokens * _OTHER_TOKENIZER) - self._reply_room(tokens))

    def _reply_room(self, context: int) -> int:
        return min(self._reply_tokens, int(context * _REPLY_SHARE))

    def count_tokens(self, messages: Sequence[Message]) -> int:
        return count_messages(messages, model=self.name)

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        schema: Mapping[str, Any] | None = None,
    ) -> Iterator[Delta]:
        """The reply as it comes, without what the model thinks aloud before it.

        Raises ModelServerError; once text has come, nothing is tried again."""
        if self._context is not None:  # a prompt that was fitted leaves so much, and no more
            max_tokens = min(max_tokens, max(1, self._reply_room(self._context.tokens)))
        began = time.monotonic()
        deadline = began + self._deadline_s
        retries, refused = 0, self._refused
        while True:
            started = False
            try:
                for delta in self._call(messages, max_tokens, deadline, schema, refused):
                    started = True
                    self._refused |= refused
                    yield delta
                return
            except RequestRefused as error:
                optional = frozenset(self._optional(max_tokens, schema, refused))
                less = refused_next(error.body, refused, optional=optional)
                if started or less is None:
                    raise
                refused = less
            except TurnedAway as error:
                wait = self._backoff_s * 2**retries if error.wait_s is None else error.wait_s
                wait = min(wait, _MAX_WAIT_S) if error.loading else wait
                late = wait > _MAX_WAIT_S or time.monotonic() + wait >= deadline
                if error.loading:
                    tired = time.monotonic() - began >= self._read_s
                else:
                    tired = retries >= self._max_retries
                if started or late or tired:
                    raise
                retries += 1
                time.sleep(wait)

    def _call(
        self,
        messages: Sequence[Message],
        max_tokens: int,
        deadline: float,
        schema: Mapping[str, Any] | None,
        refused: Refused,
    ) -> Iterator[Delta]:
        server, reply = self._server, Reply()
        with (
            server.client(deadline=deadline) as client,
            client.chat.completions.with_streaming_response.create(
                **self._parameters(messages, max_tokens, schema, refused)
            ) as response,
        ):
            if "html" in response.headers.get("content-type", ""):
                raise BadReply(
                    f"{server.host} answered with a web page.",
                    remedy=f"{server.settings.url} mostly ends in /v1. {DOCTOR}",
                )
            try:
                for text in reply.read(events(response.iter_bytes())):
                    yield Delta(text=text)
            except StreamedError as error:
                said = server.said(error.body)
                raise server.broken(f"broke off: {said or 'an error'}") from None
        yield Delta(
            prompt_tokens=reply.prompt_tokens,
            completion_tokens=reply.completion_tokens,
            cut=reply.finish == "length",
        )
        self._check_end(reply, max_tokens)

    def _parameters(
        self,
        messages: Sequence[Message],
        max_tokens: int,
        schema: Mapping[str, Any] | None,
        refused: Refused,
    ) -> dict[str, Any]:
        told = folded(list(messages)) if SYSTEM in refused else messages
        return {
            "model": self.name,
            "messages": [{"role": m.role, "content": m.content} for m in told],
            **({} if "stream" in refused else {"stream": True}),
            **self._optional(max_tokens, schema, refused),
        }

    @staticmethod
    def _optional(
        max_tokens: int, schema: Mapping[str, Any] | None, refused: Refused
    ) -> dict[str, Any]:
        """What a server may be asked without."""
        optional: dict[str, Any] = {"temperature": 0, "max_tokens": max_tokens}
        if "stream" not in refused:
            optional["stream_options"] = {"include_usage": True}
        if schema is not None:
            form = {"name": "reply", "strict": True, "schema": schema}
            optional["response_format"] = {"type": "json_schema", "json_schema": form}
        if "max_tokens" in refused:
            optional["max_completion_tokens"] = max_tokens + _REASONING_TOKENS
        return {name: value for name, value in optional.items() if name not in refused}

    def _check_end(self, reply: Reply, limit: int) -> None:
        server, tokens = self._server, reply.completion_tokens
        if reply.finish is None:
            raise server.broken("broke off: the stream ended before the reply did")
        if reply.finish == "content_filter":
            raise BadReply(
                f"The content filter of {server.host} stopped the reply.",
                remedy="Ask in other words, or ask for an extractive answer: --mode extractive",
            )
        if reply.finish == "length" and not reply.written:
            raise BadReply(
                f"{self.name} used up its {limit:,} tokens before it wrote an answer.",
                remedy="Raise CITEWELL_MAX_ANSWER_TOKENS, or choose a model that does not think "
                "aloud (CITEWELL_MODEL).",
            )
        if reply.finish == "length" and tokens is not None and tokens < 0.9 * limit:
            raise BadReply(
                f"The context of {self.name} was full after {tokens:,} tokens of its reply.",
                remedy="Set CITEWELL_CONTEXT_TOKENS to the context that the server gives it.",
            )
        if not reply.written:
            raise server.broken("sent an empty reply")
