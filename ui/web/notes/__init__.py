"""Answers of a conversation as notes: which of them there are, and which conversations a visitor
may take them from."""

from __future__ import annotations

from collections.abc import Iterable
from weakref import WeakValueDictionary

from rag.notes import Note
from ui.web.talk import Exchange, Talk


def notes(exchanges: Iterable[Exchange]) -> list[Note]:
    """Those that were answered."""
    return [
        Note(answer=exchange.answer, papers=exchange.papers, asked=exchange.asked_on)
        for exchange in exchanges
        if exchange.answer
    ]


class OpenTalks:
    """Conversations that are open in some page, for as long as they are: where the private ones
    are found, which are kept nowhere. Each is its visitor's. One whose browser takes no cookies
    is known by the conversation's id alone, a secret that its page was told and nobody else."""

    def __init__(self) -> None:
        self._talks: WeakValueDictionary[tuple[str | None, str], Talk] = WeakValueDictionary()

    def add(self, owner: str | None, talk: Talk) -> None:
        self._talks[owner, talk.id] = talk

    def find(self, owner: str | None, talk_id: str) -> Talk | None:
        return self._talks.get((owner, talk_id))
