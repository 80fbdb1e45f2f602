"""What the page is sent of a conversation: all that the chat shows, as HTML and a few facts.

What each piece looks like is known to render.py, what becomes of it on the page to script.js.
"""

from __future__ import annotations

import contextlib
from typing import Any
from weakref import WeakKeyDictionary

from rag.errors import CitewellError
from ui.web.answers import Answers
from ui.web.chat import answer_diff, render
from ui.web.chat.conversation import Conversation
from ui.web.chat.turn import ChatTurn
from ui.web.suggestions import Suggestions

ChatState = dict[str, Any]


class ChatStates:
    """`papers` of the corpus until they can be counted; `is_kept`: conversations can be kept."""

    def __init__(
        self, assistant: Answers, papers: int, suggestions: Suggestions, *, is_kept: bool
    ) -> None:
        self._assistant = assistant
        self._suggestions = suggestions
        self._papers = papers
        self._is_kept = is_kept
        self._finished: WeakKeyDictionary[ChatTurn, tuple[str, dict[str, str]]] = (
            WeakKeyDictionary()
        )
        """What was drawn of a turn that is over, and for which corpus."""

    def of(
        self, conversation: Conversation | None, *, note: str = "", brief: bool = False
    ) -> ChatState:
        """All that is seen: `order` has the ids of the turns, `turns` the turns themselves; `brief`
        leaves out those that this page has already, as a conversation may have hundreds."""
        config, papers = self._assistant.config, self._counted()
        corpus = answer_diff.current(self._assistant.index_manager)
        return {
            "conversation": conversation.id if conversation else "",
            "head": render.head(
                config, papers, private=bool(conversation and conversation.private)
            ),
            "model": config.model if config.mode != "extractive" else None,
            "mode": "llm" if config.answers_with_model else "extractive",
            "intro": render.intro(papers, self._suggestions.ready(), note=note),
            "trouble": conversation.trouble if conversation else "",
            "kept": bool(
                self._is_kept
                and conversation
                and not (conversation.private or conversation.deleted)
            ),
            "private": bool(conversation and conversation.private),
            "elsewhere": bool(conversation and conversation.awaited and not conversation.busy),
            "order": " ".join(turn.id for turn in conversation.turns) if conversation else "",
            "turns": self._turns(conversation, corpus, brief=brief) if conversation else [],
        }

    def _counted(self) -> int:
        with contextlib.suppress(CitewellError):  # told where it matters: by an answer
            self._papers = len(self._assistant.index_manager.catalog)
        return self._papers

    def _turns(
        self, conversation: Conversation, corpus: str, *, brief: bool
    ) -> list[dict[str, str]]:
        drawn = [self._drawn(turn, corpus) for turn in conversation.turns]
        shown, conversation.shown = conversation.shown, {turn["id"]: turn for turn in drawn}
        if not brief:
            return drawn
        # The last one always goes as a whole: a page may skip a picture when another follows.
        return [*(one for one in drawn[:-1] if shown.get(one["id"]) is not one), *drawn[-1:]]

    def _drawn(self, turn: ChatTurn, corpus: str) -> dict[str, str]:
        if turn.busy:
            return render.turn(turn)
        held = self._finished.get(turn)
        if held is None or held[0] != corpus:
            held = self._finished[turn] = (corpus, render.turn(turn, corpus=corpus))
        return held[1]
