"""`citewell ask`: a question, or an earlier answer's question again with what has changed since."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.answer import diff
from rag.errors import UsageError
from rag.export import json_records as jsons
from rag.filters import Filters
from rag.records import Answer, Depth, Turn

if TYPE_CHECKING:
    from rag.assistant import Assistant

PIPED = "-"
"""In place of a question: it comes on standard input."""
_MOST_BYTES = 1_000_000
"""Far more than a question may have: a larger one is refused by its length."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AskRequest:
    question: str
    history: tuple[Turn, ...] = ()
    filters: Filters | None = None
    before: Answer | None = None
    depth: Depth = "normal"
    fresh: bool = False

    @property
    def how(self) -> dict[str, Any]:
        """As `Assistant.stream` takes it, besides the question."""
        return {
            "history": self.history,
            "filters": self.filters,
            "depth": self.depth,
            "keeping": "fresh" if self.fresh else "resume",
        }


def one(given: Sequence[str] | None, command: str = "ask") -> str:
    """The question as one text, from standard input for `-`. Raises UsageError where the shell has
    cut it into words, or nothing comes."""
    if given and len(given) > 1:
        text = " ".join(given)
        raise UsageError(
            "The question came as several words.",
            remedy=f'Put the question in quotes: citewell {command} "{text}"',
        )
    question = given[0] if given else ""
    return _piped(command) if question == PIPED else question


def _piped(command: str) -> str:
    """What comes on standard input. Raises UsageError where that is nothing."""
    from ui import terminal

    if sys.stdin is None:  # closed (`<&-`)
        text = ""
    else:
        if sys.stdin.isatty():
            terminal.notice("Type the question, then press Ctrl-D in a new line.")
        text = sys.stdin.buffer.read(_MOST_BYTES).decode("utf-8", "replace").strip()
    if not text:
        raise UsageError(
            "No question came on standard input.",
            remedy=f'Send one: echo "…" | citewell {command} {PIPED}',
        )
    return text


def read(
    question: str,
    *,
    history: Path | None,
    again: Path | None,
    depth: Depth = "normal",
    fresh: bool = False,
) -> AskRequest:
    """What is asked for. Raises UsageError for nothing or too much, and BadInput."""
    if fresh and depth == "normal":
        raise UsageError(
            "Nothing is kept of a normal answer, so --fresh has no meaning.",
            remedy="Add --depth thorough, or leave --fresh out.",
        )
    if again is None:
        if not question.strip():
            raise UsageError("The question is empty.", remedy='Ask something: citewell ask "…"')
        turns = jsons.read_history(history) if history else ()
        return AskRequest(question=question, history=turns, depth=depth, fresh=fresh)
    if question or history:
        raise UsageError(
            "--again takes question and conversation from the answer.",
            remedy=f"citewell ask --again {again}",
        )
    before = jsons.read_answer(again)
    # A follow-up is asked as what it was understood to mean: its conversation is not there.
    return AskRequest(
        question=before.standalone_question,
        filters=before.filters,
        before=before,
        depth=depth,
        fresh=fresh,
    )


def as_json(assistant: Assistant, request: AskRequest) -> dict[str, Any]:
    after = assistant.ask(request.question, **request.how)
    value = jsons.answer(after)
    if request.before:
        value["changes"] = jsons.changes(_changes(assistant, request.before, after))
    return value


def show(assistant: Assistant, request: AskRequest) -> None:
    from ui import terminal

    after = terminal.answer(
        assistant.stream(request.question, **request.how),
        restricted=request.filters is not None,
    )
    if request.before:
        terminal.changes(diff.told(_changes(assistant, request.before, after)))


def _changes(assistant: Assistant, before: Answer, after: Answer) -> diff.Changes:
    cited = {citation.paper_id for answer in (before, after) for citation in answer.citations}
    others = {*before.papers, *after.papers} - cited
    titles = {
        paper.paper_id: paper.title for paper in assistant.index_manager.catalog.papers(others)
    }
    return diff.changes(before, after, titles=titles)
