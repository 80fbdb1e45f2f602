"""The list of conversations, and what can be done with one in it. What goes wrong is said in the
list itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rag.errors import CitewellError
from ui.web import render
from ui.web.conversations import Conversations


class Library:
    """Without `conversations` there are none, and `trouble` says why. An `owner` of None is a
    browser that takes no cookies."""

    def __init__(self, conversations: Conversations | None, trouble: str) -> None:
        self._conversations = conversations
        self._trouble = trouble

    def view(self, owner: str | None, words: str, *, trouble: str = "") -> dict[str, Any]:
        entries = []
        trouble = trouble or self._trouble
        if self._conversations and owner:
            try:
                entries = self._conversations.entries(owner, words)
            except CitewellError as error:
                trouble = f"{error} {error.remedy}".strip()
        elif not owner:
            trouble = trouble or "This browser takes no cookies, so conversations are not kept."
        return {"words": words, "trouble": trouble, "groups": render.groups(entries)}

    def rename(self, owner: str | None, talk: str, title: str) -> str:
        """Returns what went wrong, in words; so does `forget`."""
        return self._tried(owner, lambda kept, owner: kept.rename(owner, talk, title))

    def forget(self, owner: str | None, talk: str) -> str:
        return self._tried(owner, lambda kept, owner: kept.forget(owner, talk))

    def _tried(self, owner: str | None, do: Callable[[Conversations, str], None]) -> str:
        if self._conversations and owner:
            try:
                do(self._conversations, owner)
            except CitewellError as error:
                return f"{error} {error.remedy}".strip()
        return ""
