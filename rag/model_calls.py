"""One call of a model: its text as it comes, and what it cost, also when it fails half-way.

What is asked, and what the text is worth, is not known here.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rag.errors import BadReply, ModelServerError, ServerTimeout
from rag.ports import ChatModel, Message
from rag.records import Usage

LATER = "Try again, or choose another model with CITEWELL_MODEL; citewell doctor tests it."
NOTHING = Usage()

_CHARS_PER_TOKEN = 20  # far more than any language has: beyond it a server ignores the limit


@dataclass
class ModelReply:
    """A reply as it comes. `sent` and `read`: prompt tokens by our count and by the server's."""

    text: str = ""
    usage: Usage = NOTHING
    cut: bool = False
    """Whether it ran into the limit of its tokens."""
    sent: int = 0
    read: int | None = None


def say(
    model: ChatModel,
    messages: Sequence[Message],
    max_tokens: int,
    said: ModelReply,
    *,
    schema: Mapping[str, Any] | None = None,
) -> Generator[str, None, None]:
    """Yield a reply's text and note it in `said`, with its cost. `schema`: the JSON schema that the
    reply is to follow. Raises ModelServerError."""
    completion_tokens = None
    said.sent = model.count_tokens(messages)
    try:
        for delta in model.stream(messages, max_tokens=max_tokens, schema=schema):
            if delta.text:
                said.text += delta.text
                if len(said.text) > _CHARS_PER_TOKEN * max_tokens + 1000:
                    raise BadReply(f"{model.name} does not stop writing.", remedy=LATER)
                yield delta.text
            said.read = delta.prompt_tokens or said.read
            said.cut = said.cut or delta.cut
            completion_tokens = delta.completion_tokens or completion_tokens
    except ModelServerError as error:
        # What was turned away at the door has cost nothing but the call.
        came_in = isinstance(error, BadReply | ServerTimeout) or said.text
        said.usage = _usage(model, said, completion_tokens) if came_in else Usage(calls=1)
        raise
    said.usage = _usage(model, said, completion_tokens)


def spent_so_far(model: ChatModel, said: ModelReply) -> Usage:
    """Of a call under way: what was sent, and what has come."""
    return _usage(model, said, None)


def _usage(model: ChatModel, said: ModelReply, completion_tokens: int | None) -> Usage:
    estimated = said.read is None or completion_tokens is None
    if completion_tokens is None:
        written = [Message(role="assistant", content=said.text)]
        completion_tokens = model.count_tokens(written) if said.text else 0
    return Usage(
        prompt_tokens=said.sent if said.read is None else said.read,
        completion_tokens=completion_tokens,
        calls=1,
        estimated=estimated,
    )
