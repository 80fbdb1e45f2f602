"""Answers that a model writes over two papers, and replies for it to give."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from rag.answer.written import compose
from rag.ports import ChatModel
from rag.question.schema import ParsedQuestion
from rag.records import Draft, Paper
from tests.rag.evidence import CURE, STEER, query

BOTH = (CURE, STEER)  # E1-E3 are CURE's, E4 and E5 STEER's
GOOD = "- **CURE**: balances exploration and exploitation [E1].\n- **STEER**: works too [E5]."
HALF = "STEER mitigates entropy collapse [E5]. CURE gains 99% [E2]."


def run(draft: Generator[str, None, Draft]) -> tuple[str, Draft]:
    """What was streamed, and what came of it."""
    streamed = ""
    while True:
        try:
            streamed += next(draft)
        except StopIteration as stop:
            result: Draft = stop.value
            return streamed, result


def answer(
    model: ChatModel,
    papers: Sequence[Paper] = BOTH,
    asked: ParsedQuestion | None = None,
    **settings: Any,
) -> tuple[str, Draft]:
    return run(compose(asked or query(), papers, model, **settings))
