"""The list of conversations, and what can be done with one in it. What goes wrong is said in the
list itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rag.errors import CitewellError
from ui.web.chat import render
from ui.web.chat.conversations import Conversations
from ui.web.remedies import told

SHOWN = 100
"""Conversations that are listed at first, and more of them at each asking."""
_GONE = "That conversation is not here any more; it was deleted in another tab."


class ConversationList:
    """Without `conversations` there are none, and `trouble` says why. An `owner` of None is a
    browser that takes no cookies."""

    def __init__(self, conversations: Conversations | None, trouble: str) -> None:
        self._conversations = conversations
        self._trouble = trouble

    def listed(
        self, owner: str | None, words: str, *, most: int = SHOWN, trouble: str = ""
    ) -> dict[str, Any]:
        """`more`: how many to ask for to see the next ones; 0 where all are there."""
        entries = []
        trouble = trouble or self._trouble
        if self._conversations and owner:
            try:
                entries = self._conversations.entries(owner, words, most=most + 1)
            except CitewellError as error:
                trouble = told(error)
        elif not owner:
            trouble = trouble or "This browser takes no cookies, so conversations are not kept."
        return {
            "words": words,
            "trouble": trouble,
            "groups": render.groups(entries[:most]),
            "more": most + SHOWN if len(entries) > most else 0,
        }

    def rename(self, owner: str | None, conversation: str, title: str) -> str:
        """Returns what went wrong, in words; so does `forget`."""
        return self._tried(owner, lambda kept, owner: kept.rename(owner, conversation, title))

    def forget(self, owner: str | None, conversation: str) -> str:
        return self._tried(owner, lambda kept, owner: kept.forget(owner, conversation))

    def _tried(self, owner: str | None, do: Callable[[Conversations, str], bool]) -> str:
        if self._conversations and owner:
            try:
                return "" if do(self._conversations, owner) else _GONE
            except CitewellError as error:
                return told(error)
        return ""
