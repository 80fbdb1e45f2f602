"""What an answer by a model may cost, and what it has cost so far.

What is asked, and what becomes of the reply, is not known here.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rag.answer.packing import PackedEvidence
from rag.answer.replies import why_unusable
from rag.errors import BadReply, ServerRejected
from rag.model_calls import LATER, NOTHING, ModelReply, say
from rag.ports import ChatModel, Message
from rag.records import Usage

_FIRST_SHARE = 0.75
"""How much of the prompt budget the first call may take when a repair is to remain possible."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerLimits:
    """Of one answer. Calls and prompt tokens are those of all its calls together."""

    calls: int = 4
    prompt_tokens: int = 20_000
    answer_tokens: int = 1500


USUAL = AnswerLimits()


@dataclass(kw_only=True)
class Budget:
    """The calls of one answer by `model`. `usage`: what was asked of it for the same answer, kept
    up to date."""

    model: ChatModel
    limits: AnswerLimits = USUAL
    usage: Usage = NOTHING

    def __post_init__(self) -> None:
        self.longest = self.model.max_prompt_tokens

    @property
    def left(self) -> int:
        """Prompt tokens that may still be sent in one call."""
        return min(self.longest, self.limits.prompt_tokens - self.usage.prompt_tokens)

    def may_call(self, calls: int) -> bool:
        return self.usage.calls + calls <= self.limits.calls

    def room(self) -> int:
        """Prompt tokens of the first call, so that a repair fits behind it."""
        left = self.limits.prompt_tokens - self.usage.prompt_tokens
        return min(self.longest, int(left * _FIRST_SHARE) if self.may_call(2) else left)

    def call(
        self, messages: Sequence[Message], *, schema: Mapping[str, Any] | None = None
    ) -> Generator[str, None, ModelReply]:
        """`say`, with `schema` for JSON, else for prose. Raises ModelServerError, BadReply among
        them for what is no prose."""
        said = ModelReply()
        try:
            yield from say(self.model, messages, self.limits.answer_tokens, said, schema=schema)
        finally:
            self.usage += said.usage
        if schema is None and (why := why_unusable(said.text)):
            raise BadReply(f"{self.model.name} wrote no usable text: {why}.", remedy=LATER)
        return said

    def require(self, packed: PackedEvidence, room: int) -> None:
        """Raises ServerRejected where not one sentence fits into `room` tokens."""
        if not packed.evidence:
            raise ServerRejected(
                f"The question leaves no room for abstracts within {room:,} prompt tokens.",
                remedy="Ask a shorter question, or raise CITEWELL_CONTEXT_TOKENS or"
                " CITEWELL_MAX_PROMPT_TOKENS.",
            )

    def unread(self, packed: PackedEvidence, room: int) -> Iterator[str]:
        """What of the papers found the model has not seen in a prompt of `room` tokens."""
        if packed.read < packed.total or packed.cut:
            part = f", {packed.cut} of them in part" if packed.cut else ""
            by = "CONTEXT" if room == self.longest else "MAX_PROMPT"
            yield (
                f"The model read {packed.read} of the {packed.total} best papers found{part}: no"
                f" more fit into {room:,} prompt tokens (CITEWELL_{by}_TOKENS)."
            )


def heard_less(said: ModelReply) -> str:
    """That the server has read but a part of the prompt; empty where it has not."""
    if said.read is None or said.read >= 0.5 * said.sent:
        return ""
    return (
        f"The server read {said.read:,} prompt tokens, fewer than the {said.sent:,} that were "
        "sent: its context may be smaller than it says, or than CITEWELL_CONTEXT_TOKENS says."
    )


def finish(call: Generator[str, None, ModelReply]) -> ModelReply:
    """A call to its end, unseen. Raises as the call does."""
    while True:
        try:
            next(call)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]
