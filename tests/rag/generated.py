"""Answers that a model writes over two papers, and replies for it to give."""

from __future__ import annotations

from collections.abc import Generator

from rag.answer.written import compose
from rag.ports import ChatModel
from rag.records import Draft, Query, Selection
from tests.rag.evidence import CURE, STEER, query, selection

BOTH = selection(CURE, STEER)  # E1-E3 are CURE's, E4 and E5 STEER's
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
    model: ChatModel, found: Selection = BOTH, asked: Query | None = None, repair: bool = True
) -> tuple[str, Draft]:
    return run(compose(asked or query(), found, model, repair=repair))
