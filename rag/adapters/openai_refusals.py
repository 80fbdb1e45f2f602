"""What of a request a server does not take, by what it says as it refuses it.

Servers say so in their own words or not at all. What they name is left out; where they name
nothing, what the fewest of them know goes first. That the request is too long is no such refusal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.ports import Message
from rag.text.patterns import lazy

Refused = frozenset[str]
"""Names of parameters, and SYSTEM."""
SYSTEM = "system"
"""Messages in the system's role."""
_TOO_LONG = lazy(r"context[ _](?:length|size|window)|too (?:large|long|many tokens)|exceed", re.I)
_ROLES = lazy(
    r"\bsystem\b[^.]{0,60}\b(?:role|message|prompt|instruction)|\brole\b[^.]{0,60}\bsystem\b"
    r"|\bonly\b[^.]{0,40}\buser\b[^.]{0,20}\bassistant\b|\broles must alternate"
    r"|\b(?:system|developer) instruction",
    re.I,
)


def refused_next(said: str, refused: Refused, *, optional: Refused) -> Refused | None:
    """`refused`, and what is to be left out next; None where it is not that. `optional`:
    parameters of the request that it can do without."""
    if _TOO_LONG.search(said):
        return None
    for name in _named(said, optional):
        if name not in refused:
            return refused | {name}
    for name in ("response_format", "stream_options"):  # older servers know neither, nor say so
        if name in optional and name not in refused and not any(_named(said, optional)):
            return refused | {name}
    return None


def _named(said: str, optional: Refused) -> Iterator[str]:
    if _ROLES.search(said):
        yield SYSTEM
    if "max_completion_tokens" in said and "max_tokens" in optional:
        yield "max_tokens"
        return
    for name in ("max_completion_tokens", "max_tokens", "temperature", "response_format"):
        if name in said and name in optional:
            yield name
    if "stream_options" in said:
        yield "stream_options"
    elif re.search(r"\bstream", said):
        yield "stream"


def folded(messages: list[Message]) -> list[Message]:
    """The system's messages at the head of the first of the user's."""
    told = [message.content for message in messages if message.role == "system"]
    others = [message for message in messages if message.role != "system"]
    if not told or not others:
        return others or [Message(role="user", content="\n\n".join(told))]
    first, *rest = others
    return [Message(role=first.role, content="\n\n".join([*told, first.content])), *rest]
