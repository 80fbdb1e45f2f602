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
from ui.web.chips import filled_in, put_back, without
from ui.web.conversation import Conversation, nothing
from ui.web.exchange import Exchange

MOST = 2000
"""Papers that a question can be restricted to by hand."""


class Catalog(Protocol):
    def papers(self, ids: Iterable[str]) -> list[Paper]: ...


def asked(
    conversation: Conversation, data: dict[str, Any], catalog: Catalog
) -> AsyncIterator[Exchange]:
    """What the browser asks for: a question, or one again, in other words or with other
    constraints.
    Whatever else it sends is as good as an empty question."""
    mode = cast(Mode, data["mode"]) if data.get("mode") in ("extractive", "llm") else None
    question, exchange = _text(data, "question"), conversation.find(_text(data, "again"))
    if exchange is None and data.get("again") and not question:
        return nothing()  # another tab has asked it anew
    if exchange is None or question:
        try:
            within = chosen(data, catalog)
        except CitewellError:
            question, within = "", None
        if exchange is None:
            return conversation.ask(question, within=within, mode=mode)
        return conversation.again(exchange, question=question, within=within, mode=mode)
    if data.get("depth") == "thorough":
        return conversation.again(exchange, within=exchange.within, mode="llm", depth="thorough")
    within = exchange.within if data.get("without") != "papers" else None
    before = exchange.parsed.filters if exchange.parsed else Filters()
    filters = None
    if data.get("without") in FIELDS:
        filters = without(before, data["without"])
    elif data.get("with") in FIELDS and exchange.stated:
        filters = put_back(before, exchange.stated, data["with"])
    elif isinstance(data.get("filters"), dict):
        filters = filled_in(data["filters"], before)
    return conversation.again(exchange, filters=filters, within=within, mode=mode)


def chosen(data: Mapping[str, Any], catalog: Catalog) -> tuple[str, ...] | None:
    """The ids in `only` that `catalog` knows, or None where nothing is chosen. Papers that have
    gone since are left out; where all have, nothing is left to ask about, and () says so.
    Raises UsageError for what no page of ours sends, CatalogError as the catalog does."""
    given = data.get("only")
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
