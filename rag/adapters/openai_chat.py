"""Chat completions from any OpenAI-compatible server: OpenAI, Ollama, vLLM, llama.cpp, LM Studio.

Only what a server turned away untouched (429, 5xx, a parameter it does not know) is tried again,
and only before the first token: it has cost nothing. Everything else is told at once, so that
the user gets the extractive answer instead of a long wait.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rag.adapters.openai_server import DOCTOR, RequestRefused, Server, Settings, TurnedAway
from rag.adapters.openai_stream import Reply, StreamedError, events
from rag.adapters.tiktoken_count import count_messages
from rag.errors import BadReply, ConfigError, ServerTimeout
from rag.ports import Delta, Message

_MAX_WAIT_S = 5.0
# Tokens kept free for the reply; how far tiktoken may be off where the tokenizer is another one.
_REPLY_TOKENS, _OTHER_TOKENIZER = 1024, 0.9
# Reasoning models that want `max_completion_tokens` count their thinking in it.
_REASONING_TOKENS = 4096
_SETTINGS = Settings()


class OpenAIChat:
    """The ChatModel port over HTTP. Thread-safe; each call has its own connection.

    `base_url` None is OpenAI's public service, which wants a key; local servers get a dummy.
    Times are in seconds. `deadline_s` bounds a call, retries included; it is checked whenever
    bytes arrive, so that a stalled call may exceed it by at most `read_s`. Raises ConfigError
    for settings that cannot work.
    """

    def __init__(
        self,
        *,
        model: str,
        api_key: str | None = None,
        base_url: str | None = None,
        context_tokens: int = 8192,
        max_prompt_tokens: int = 6000,
        connect_s: float = 5.0,
        read_s: float = 60.0,
        deadline_s: float = 180.0,
        max_retries: int = 2,
        backoff_s: float = 0.5,
        settings: Settings = _SETTINGS,
    ) -> None:
        room = int(context_tokens * _OTHER_TOKENIZER) - _REPLY_TOKENS
        if room < 512:
            raise ConfigError(
                f"A context of {context_tokens:,} tokens leaves no room for evidence.",
                remedy="Give the model 4,096 or more, and say so in CITEWELL_CONTEXT_TOKENS.",
            )
        self._server = Server(
            model=model,
            api_key=api_key,
            base_url=base_url,
            connect_s=connect_s,
            read_s=read_s,
            settings=settings,
        )
        self._max_prompt_tokens = min(max_prompt_tokens, room)
        self._deadline_s = deadline_s
        self._max_retries, self._backoff_s = max_retries, backoff_s
        self._refused: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        return self._server.model

    @property
    def max_prompt_tokens(self) -> int:
        return self._max_prompt_tokens

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
        deadline = time.monotonic() + self._deadline_s
        retries = 0
        while True:
            started = False
            try:
                for delta in self._call(messages, max_tokens, deadline, schema):
                    started = True
                    yield delta
                return
            except RequestRefused as error:
                if started or not self._do_without(str(error), schema is not None):
                    raise
            except TurnedAway as error:
                wait = self._backoff_s * 2**retries if error.wait_s is None else error.wait_s
                late = wait > _MAX_WAIT_S or time.monotonic() + wait >= deadline
                if started or late or retries >= self._max_retries:
                    raise
                retries += 1
                time.sleep(wait)

    def _call(
        self,
        messages: Sequence[Message],
        max_tokens: int,
        deadline: float,
        schema: Mapping[str, Any] | None,
    ) -> Iterator[Delta]:
        server, reply = self._server, Reply()
        with (
            server.client() as client,
            client.chat.completions.with_streaming_response.create(
                **self._parameters(messages, max_tokens, schema)
            ) as response,
        ):
            if "html" in response.headers.get("content-type", ""):
                raise BadReply(
                    f"{server.host} answered with a web page.",
                    remedy=f"{server.settings.url} mostly ends in /v1. {DOCTOR}",
                )
            try:
                for text in reply.read(events(self._in_time(response.iter_bytes(), deadline))):
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
    ) -> dict[str, Any]:
        optional: dict[str, Any] = {
            "stream_options": {"include_usage": True},
            "temperature": 0,
            "max_tokens": max_tokens,
        }
        if schema is not None:
            form = {"name": "reply", "strict": True, "schema": schema}
            optional["response_format"] = {"type": "json_schema", "json_schema": form}
        if "max_tokens" in self._refused:
            optional["max_completion_tokens"] = max_tokens + _REASONING_TOKENS
        return {
            "model": self.name,
            "messages": [{"role": m.role, "content": m.content} for m in messages],
            "stream": True,
            **{name: value for name, value in optional.items() if name not in self._refused},
        }

    def _do_without(self, message: str, with_schema: bool) -> bool:
        """Note which parameter a server refused. False when none is left to be blamed."""
        for parameter, sign in (
            ("max_tokens", "max_completion_tokens"),
            ("temperature", "temperature"),
            *([("response_format", "")] if with_schema else []),
            ("stream_options", ""),  # the one that older servers do not know, named or not
        ):
            if sign in message and parameter not in self._refused:
                self._refused |= {parameter}
                return True
        return False

    def _in_time(self, chunks: Iterable[bytes], deadline: float) -> Iterator[bytes]:
        # Bytes rather than tokens: a server may keep a connection alive with comments for ever.
        for chunk in chunks:
            if time.monotonic() > deadline:
                raise ServerTimeout(
                    f"{self._server.host} was still writing after {self._deadline_s:g} s.",
                    remedy="Choose a faster model (CITEWELL_MODEL) or shorter answers "
                    "(CITEWELL_MAX_ANSWER_TOKENS).",
                )
            yield chunk

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
