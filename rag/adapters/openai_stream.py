"""A streamed chat completion, read from bytes: events, then the text and usage in them.

The SDK takes a stream without a finish reason for a complete reply; this reader does not. It
knows no HTTP and no error of ours: what cannot be read is a ValueError, a cut is `finish` None.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from rag.text.latex import seen

_MAX_LINE = 1 << 20  # bytes; a stream without line breaks is not one


def events(chunks: Iterable[bytes]) -> Iterator[Mapping[str, Any]]:
    """The JSON objects of a server-sent event stream, up to `[DONE]` or its end; the one object
    where a server sends its whole reply at once although a stream was asked for.

    Raises ValueError for data that is no JSON object."""
    chunks = iter(chunks)
    head = b""
    for chunk in chunks:
        head = (head + chunk).lstrip()
        if head:
            break
    if head.startswith(b"{"):
        yield json.loads(b"".join([head, *chunks]))
        return
    buffer = b""
    for chunk in chain([head], chunks):
        *lines, buffer = (buffer + chunk).split(b"\n")
        if len(buffer) > _MAX_LINE:
            raise ValueError("a line without end")
        for line in lines:
            name, _, data = line.strip().partition(b":")
            if name != b"data":  # comments keep a connection alive, ids and names say nothing
                continue
            if data.strip() == b"[DONE]":
                return
            event = json.loads(data)
            if not isinstance(event, dict):
                raise ValueError("not an object")
            yield event


class StreamedError(Exception):
    """The server reported an error within the stream; `body` is what it said."""

    def __init__(self, body: object) -> None:
        super().__init__()
        self.body = body


class Thinking:
    """Takes `<think>…</think>` off the head of a reply, however the tags are cut into pieces."""

    _OPENING, _CLOSING = "<think>", "</think>"

    def __init__(self) -> None:
        self._held = ""
        self._done = False
        self.open = False

    def passed(self, piece: str) -> str:
        """What of the reply can be let through by now."""
        if self._done:
            return piece
        self._held += piece
        if self.open:
            _, closed, behind = self._held.partition(self._CLOSING)
            if not closed:
                return ""
            self._held, self.open = behind, False
        head = self._held.lstrip()
        if head.startswith(self._OPENING):
            self.open = True
            return self.passed("")
        if self._OPENING.startswith(head):
            return ""
        self._done = True
        return head

    def rest(self) -> str:
        """What was held back for looking like the start of a tag, once nothing more comes."""
        return "" if self._done or self.open else self._held


@dataclass
class Reply:
    """One reply as it is read: `read` yields the text, the fields tell how it ended."""

    finish: str | None = None
    written: bool = False
    """Whether anything but white space and thinking has come."""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    _thinking: Thinking = field(default_factory=Thinking)

    def read(self, stream: Iterable[Mapping[str, Any]]) -> Iterator[str]:
        """Pieces of the text. Raises StreamedError, ValueError, and what `stream` raises."""
        try:
            for event in stream:
                yield from self._noted(self._thinking.passed(self._take(event)))
        except Exception:
            # The reply is whole once its end was told; only the usage is lost.
            if self.finish is None:
                raise
        yield from self._noted(self._thinking.rest())

    def _noted(self, text: str) -> Iterator[str]:
        if text:
            self.written = self.written or bool(text.strip())
            yield text

    def _take(self, event: Mapping[str, Any]) -> str:
        if error := event.get("error"):
            raise StreamedError(error)
        choices = event.get("choices")
        choice = _mapping(choices[0]) if isinstance(choices, list) and choices else {}
        said = _mapping(choice.get("delta"))
        if "message" in choice:  # a whole reply, however it ends
            said = _mapping(choice["message"])
            self.finish = "stop"
        self.finish = choice.get("finish_reason") or self.finish
        usage = _mapping(event.get("usage"))
        self.prompt_tokens = _count(usage.get("prompt_tokens"), self.prompt_tokens)
        self.completion_tokens = _count(usage.get("completion_tokens"), self.completion_tokens)
        # `reasoning_content` and `reasoning` beside it are the model thinking aloud: not taken.
        content = said.get("content") or ""
        if not isinstance(content, str):
            raise ValueError("content is no text")
        return seen(content)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _count(value: object, otherwise: int | None) -> int | None:
    return value if isinstance(value, int) and value >= 0 else otherwise
