"""How far a turn looks back in its conversation: a bounded number of messages, and so much of each,
so that a question costs the same however long the conversation has become.

What counts is near: the papers of the last answers, the questions that these answered. The papers
noted with an answer are kept whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.records import Turn

MESSAGES = 60
"""More than the offline reading follows references back through."""
CHARACTERS = 20_000
"""Of a message: a list of a hundred papers with their quotes is shorter."""


def recent(history: Sequence[Turn]) -> tuple[Turn, ...]:
    """The end of `history`, as a turn is read with it."""
    return tuple(
        turn
        if len(turn.content) <= CHARACTERS
        else replace(turn, content=turn.content[:CHARACTERS])
        for turn in history[-MESSAGES:]
    )
