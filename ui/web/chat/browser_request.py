"""What the browser asks for, made of what it sends: a question, or one again, and the papers that
the visitor has chosen for it. What it sends is not trusted.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any, Protocol, cast

from rag.errors import CitewellError, UsageError
from rag.fields import FIELDS
from rag.filters import Filters
from rag.records import Mode, Paper
from ui.web.chat.chips import filled_in, put_back, without
from ui.web.chat.conversation import Conversation, nothing
from ui.web.chat.turn import ChatTurn

MOST = 2000
"""Papers that a question can be restricted to by hand."""


class PaperLookup(Protocol):
    def papers(self, ids: Iterable[str]) -> list[Paper]: ...


def requested_turn(
    conversation: Conversation, data: dict[str, Any], catalog: PaperLookup
) -> AsyncIterator[ChatTurn]:
    """What the browser asks for: a question, or one again, in other words or with other
    constraints. Whatever else it sends is as good as an empty question."""
    mode = cast(Mode, data["mode"]) if data.get("mode") in ("extractive", "llm") else None
    question, turn = _text(data, "question"), conversation.find(_text(data, "again"))
    if turn is None and data.get("again") and not question:
        return nothing()  # another tab has asked it anew
    if turn is None or question:
        try:
            within = scope(data, catalog)
        except CitewellError:
            question, within = "", None
        if turn is None:
            return conversation.ask(question, within=within, mode=mode)
        return conversation.again(turn, question=question, within=within, mode=mode)
    if data.get("depth") == "thorough":
        return conversation.again(turn, within=turn.within, mode="llm", depth="thorough")
    within = turn.within if data.get("without") != "papers" else None
    before = turn.parsed.filters if turn.parsed else Filters()
    filters = None
    if data.get("without") in FIELDS:
        filters = without(before, data["without"])
    elif data.get("with") in FIELDS and turn.stated:
        filters = put_back(before, turn.stated, data["with"])
    elif isinstance(data.get("filters"), dict):
        filters = filled_in(data["filters"], before)
    return conversation.again(turn, filters=filters, within=within, mode=mode)


def scope(data: Mapping[str, Any], catalog: PaperLookup) -> tuple[str, ...] | None:
    """The ids in `scope` that `catalog` knows, or None where nothing is chosen. Papers that have
    gone since are left out; where all have, nothing is left to ask about, and () says so.
    Raises UsageError for what no page of ours sends, CatalogError as the catalog does."""
    given = data.get("scope")
    if not given:
        return None
    if not isinstance(given, list) or not all(isinstance(i, str) for i in given):
        raise UsageError("The chosen papers cannot be read.", remedy="Choose them again.")
    if len(given) > MOST:
        raise UsageError(
            f"{len(given):,} papers are chosen; {MOST:,} is the most.", remedy="Choose fewer."
        )
    return tuple(paper.paper_id for paper in catalog.papers(dict.fromkeys(given)))


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    return value.strip() if isinstance(value, str) else ""
