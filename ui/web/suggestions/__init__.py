"""Questions offered on the page: below the last answer, and where nothing has been asked yet. Each
has been asked of the corpus before (`rag.suggest`), one at a time and after the answer is shown."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from rag.assistant import Assistant
from rag.errors import CitewellError
from rag.records import Turn
from rag.suggest import Example, examples, next_questions
from ui.web.chat import answer_diff
from ui.web.chat.turn import ChatTurn
from ui.web.current_assistant import CurrentAssistant

USUAL: Sequence[Example] = (
    Example(kind="List", question="which papers mitigate entropy collapse in RLVR?"),
    Example(kind="Fact", question="what gain does CURE achieve on math benchmarks?"),
    Example(kind="Compare", question="how do STEER and CURE differ?"),
    Example(kind="Filter", question="the five most upvoted papers of 2025"),
    Example(kind="Explain", question="why does reward hacking happen?"),
    Example(kind="Not here", question="who discovered penicillin?"),
)
"""What a question can be, and one of each over the bundled corpus. The last shows a refusal."""


class Suggestions:
    """Thread-safe. What is worked out for one visitor waits for what is worked out for another."""

    def __init__(self, current: CurrentAssistant) -> None:
        self._current = current
        self._lock = threading.Lock()
        self._examples: tuple[str, tuple[Example, ...]] | None = None
        """For the digits of which corpus, and what."""

    def ready(self) -> Sequence[Example] | None:
        """Examples for the empty page, or None where they have yet to be checked."""
        if not isinstance(self._current.current, Assistant):
            return USUAL
        held = self._examples
        corpus = answer_diff.current(self._current.index_manager)
        return held[1] if held and held[0] == corpus else None

    def examples(self) -> Sequence[Example]:
        """Takes seconds the first time. Raises what the index and the embedder raise."""
        with self._lock:
            assistant = self._current.current
            if (held := self.ready()) is not None or not isinstance(assistant, Assistant):
                return held or ()
            corpus = answer_diff.current(assistant.index_manager)
            self._examples = corpus, examples(assistant, USUAL)
            return self._examples[1]

    def after(
        self, turn: ChatTurn, history: Sequence[Turn], is_wanted: Callable[[], bool]
    ) -> tuple[str, ...]:
        """Questions that go on from `turn`, with which `history` ends. Takes seconds, in which it
        is seen to whether they are still wanted: another question takes precedence. None of an
        answer that is older than its corpus."""
        assistant = self._current.current
        if turn.answer is None or not isinstance(assistant, Assistant):
            return ()
        if answer_diff.is_stale(turn.answer, answer_diff.current(assistant.index_manager)):
            return ()
        with self._lock:
            if turn.suggested is not None:
                return turn.suggested
            try:
                found = next_questions(
                    assistant,
                    turn.answer,
                    history=history,
                    within=turn.within,
                    is_wanted=is_wanted,
                )
            except CitewellError:  # told where it matters: by the next answer
                return ()
            if is_wanted():
                turn.suggested = found
            return found
