"""Constraints in plain words, one chip each, and a question's constraints without one of them."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date

from rag.records import Filters

CHIPS: dict[str, tuple[str, ...]] = {
    "dates": ("date_from", "date_to"),
    "upvotes": ("upvotes_min",),
    "order": ("sort", "order"),
    "limit": ("limit",),
    "papers": ("paper_ids",),
}
_ORDERS = {
    ("date", "desc"): "newest first",
    ("date", "asc"): "oldest first",
    ("upvotes", "desc"): "most upvoted first",
    ("upvotes", "asc"): "fewest upvotes first",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Chip:
    key: str
    label: str


def chips(filters: Filters) -> list[Chip]:
    """One for each stated constraint, in a fixed order."""
    labels = {
        "dates": _dates(filters.date_from, filters.date_to),
        "upvotes": "" if filters.upvotes_min is None else f"at least {filters.upvotes_min} upvotes",
        "order": _ORDERS.get((filters.sort, filters.order or "desc"), "") if filters.sort else "",
        "limit": "" if filters.limit is None else f"at most {_papers(filters.limit)}",
        "papers": ""
        if filters.paper_ids is None
        else f"only among {_papers(len(filters.paper_ids))} of this conversation",
    }
    return [Chip(key=key, label=label) for key, label in labels.items() if label]


def without(filters: Filters, key: str) -> Filters:
    """`filters` less one chip's constraint. Raises KeyError for a key that no chip has."""
    return replace(filters, **dict.fromkeys(CHIPS[key]))


def day(published: str | None) -> str:
    """`2025-10-11` → 11 October 2025, as precise as it is known; empty for an unknown date."""
    parts = (published or "").split("-")
    try:
        year, *rest = (int(part) for part in parts)
        if not rest:
            return str(year)
        month = f"{calendar.month_name[rest[0]]} {year}"
        return f"{rest[1]} {month}" if len(rest) > 1 else month
    except (ValueError, IndexError):
        return published or ""


def _papers(n: int) -> str:
    return "1 paper" if n == 1 else f"{n:,} papers"


def _dates(first: str | None, last: str | None) -> str:
    if not first or not last:
        return f"since {day(first)}" if first else f"until {day(last)}" if last else ""
    if first == last:
        return f"on {day(first)}"
    try:
        start, end = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return f"{first} to {last}"
    whole_months = start.day == 1 and end.day == calendar.monthrange(end.year, end.month)[1]
    if whole_months and (start.month, end.month) == (1, 12):
        first, last = first[:4], last[:4]
    elif whole_months:
        first, last = first[:7], last[:7]
    return f"from {day(first)}" if first == last else f"from {day(first)} to {day(last)}"
