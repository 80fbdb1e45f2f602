"""What a conversation has heard and answered so far; who answers is not known here."""

from __future__ import annotations

from collections.abc import Sequence

from rag.records import Answer, Turn


class Turns:
    """`history`: what was said before the conversation began."""

    def __init__(self, history: Sequence[Turn] = ()) -> None:
        self._history = tuple(history)
        self._answers: tuple[Answer, ...] = ()

    @property
    def history(self) -> tuple[Turn, ...]:
        """The turns so far, the oldest first."""
        return self._history

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The answers given in this conversation, the oldest first."""
        return self._answers

    def _note(self, answer: Answer) -> None:
        self._answers += (answer,)
        self._history += answer.turns
