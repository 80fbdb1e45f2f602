"""Answers of a conversation as notes: which of them there are, and which conversations a visitor
may take them from."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterable
from weakref import WeakValueDictionary

from rag.export import Note
from ui.web.chat.conversation import Conversation
from ui.web.chat.turn import ChatTurn

HELD_S = 3600.0
"""Seconds from its last question for which a private conversation is held without a page."""
HELD = 200
"""Private conversations that are held at most."""


def notes(turns: Iterable[ChatTurn]) -> list[Note]:
    """Those that were answered."""
    return [
        Note(answer=turn.answer, papers=turn.papers, asked=turn.asked_on)
        for turn in turns
        if turn.answer
    ]


class OpenConversations:
    """Conversations that are open in some page, for as long as they are: where the private ones
    are found, which are kept nowhere. These are held for a while longer, so that one is still
    there when its tab is loaded again. Each is its visitor's. One whose browser takes no cookies
    is known by the conversation's id alone, a secret that its page was told and nobody else."""

    def __init__(self) -> None:
        self._open: WeakValueDictionary[tuple[str | None, str], Conversation] = (
            WeakValueDictionary()
        )
        self._private: OrderedDict[str, tuple[float, Conversation]] = OrderedDict()

    def add(self, owner: str | None, conversation: Conversation) -> None:
        self._open[owner, conversation.id] = conversation
        now = time.monotonic()
        if conversation.private:
            self._private.pop(conversation.id, None)
            self._private[conversation.id] = (now, conversation)
        while self._private:
            last, (used, _) = next(iter(self._private.items()))
            if now - used < HELD_S and len(self._private) <= HELD:
                break
            del self._private[last]

    def find(self, owner: str | None, conversation_id: str) -> Conversation | None:
        return self._open.get((owner, conversation_id))
