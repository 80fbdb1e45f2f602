"""`anything newer?`: newer than what was shown, which only their dates tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from rag.records import Filters, Paper
from rag.understand import Reading
from rag.words import when


def beyond(reading: Reading, shown: Sequence[Paper], *, edited: bool) -> Reading:
    """`reading` with the dates that `newer` or `older` stand for, counted from those of the papers
    `shown`; as it is where the list does not go on so, and where the user has `edited` the
    constraints. Where nothing shown has a date, the order is all that is left."""
    further = reading.further
    if edited or further is None or further.way not in ("newer", "older"):
        return reading
    dates = [paper.published for paper in shown if paper.published]
    newer = further.way == "newer"
    filters = replace(reading.query.filters, sort="date", order="desc")
    if not dates:
        note = f"None of the papers shown has a date: {'latest' if newer else 'earliest'} first."
        filters = replace(filters, order="desc" if newer else "asc")
    elif newer:
        last = max(_last_day(day) for day in dates)
        note = f"Newer than those shown: after {when(last.isoformat())}."
        filters = _narrowed(filters, first=(last + timedelta(days=1)).isoformat())
    else:
        first = date.fromisoformat(min(_first_day(day) for day in dates))
        note = f"Older than those shown: before {when(first.isoformat())}."
        filters = _narrowed(filters, last=(first - timedelta(days=1)).isoformat())
    query = replace(reading.query, filters=filters)
    return replace(reading, query=query, notes=(*reading.notes, note))


def _narrowed(filters: Filters, *, first: str = "", last: str = "") -> Filters:
    """With these bounds, where what the user stated before is not narrower."""
    return replace(
        filters,
        date_from=max(first, filters.date_from or "") or None,
        date_to=min(last or filters.date_to or "", filters.date_to or last) or None,
    )


def _first_day(published: str) -> str:
    """The first day that `2025`, `2025-10` or `2025-10-11` may mean."""
    return f"{published}-01-01"[:10] if len(published) == 4 else f"{published}-01"[:10]


def _last_day(published: str) -> date:
    """The last one."""
    first = date.fromisoformat(_first_day(published))
    if len(published) > 7:
        return first
    months = 12 if len(published) == 4 else 1
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1) - timedelta(days=1)
