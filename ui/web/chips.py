"""Constraints in plain words, one chip each; a question's constraints without one of them, or as
the visitor has filled them in."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from html import escape
from typing import cast

from rag.answer.constraints import authors_in_words, constraint_in_words, votes_in_words
from rag.answer.counts import nth
from rag.filters import Filters, Order, SortKey
from rag.text.words import enumerated

CHIPS: dict[str, tuple[str, ...]] = {
    "dates": ("date_from", "date_to"),
    "not_dates": ("not_from", "not_to"),
    "upvotes": ("upvotes_min", "upvotes_max"),
    "authors": ("authors",),
    "author_count": ("authors_min", "authors_max"),
    "recorded": ("recorded",),
    "unrecorded": ("unrecorded",),
    "order": ("sort", "order"),
    "limit": ("limit", "skip"),
    "not_about": ("not_about",),
    "lacking": ("lacking",),
    "papers": ("paper_ids",),
}
_WORDS = ("not_about", "lacking")
"""What is read off the question again unless it is stated to be empty."""
_ORDERS = {
    ("date", "desc"): "newest first",
    ("date", "asc"): "oldest first",
    ("upvotes", "desc"): "most upvoted first",
    ("upvotes", "asc"): "fewest upvotes first",
    ("authors", "desc"): "most authors first",
    ("authors", "asc"): "fewest authors first",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Chip:
    key: str
    label: str


def chips(filters: Filters, *, within: Sequence[str] | None = None) -> list[Chip]:
    """One for each stated constraint, in a fixed order. `within`: the papers that the visitor
    has chosen, as against those of an answer before."""
    labels = {
        "dates": _dates(filters.date_from, filters.date_to),
        "not_dates": _not_dates(filters.not_from, filters.not_to),
        "upvotes": votes_in_words(filters),
        "authors": f"by {enumerated(filters.authors)}" if filters.authors else "",
        "author_count": authors_in_words(filters),
        "recorded": constraint_in_words(Filters(recorded=filters.recorded)),
        "unrecorded": constraint_in_words(Filters(unrecorded=filters.unrecorded)),
        "order": _ORDERS.get((filters.sort, filters.order or "desc"), "") if filters.sort else "",
        "limit": _limit(filters),
        "not_about": _quoted("not about", filters.not_about),
        "lacking": _quoted("does without", filters.lacking),
        "papers": _restriction(filters.paper_ids, within),
    }
    return [Chip(key=key, label=label) for key, label in labels.items() if label]


def _restriction(papers: Sequence[str] | None, within: Sequence[str] | None) -> str:
    if papers is None:
        return ""
    if within is not None and set(papers) == set(within):
        return "only this paper" if len(papers) == 1 else f"only these {_papers(len(papers))}"
    return f"only among {_papers(len(papers))} of this conversation"


def without(filters: Filters, key: str) -> Filters:
    """`filters` less one chip's constraint. Raises KeyError for a key that no chip has."""
    gone: object = () if key in _WORDS else None
    return replace(filters, **dict.fromkeys(CHIPS[key], gone))  # type: ignore[arg-type]


def taken_away(stated: Filters | None, filters: Filters) -> list[Chip]:
    """What the question `stated` and `filters` no longer have."""
    kept = {chip.label for chip in chips(filters)}
    return [chip for chip in chips(stated or Filters()) if chip.label not in kept]


def put_back(filters: Filters, stated: Filters, key: str) -> Filters:
    """`filters` with one chip's constraint as it was `stated`. Raises KeyError as `without`."""
    return replace(filters, **{name: getattr(stated, name) for name in CHIPS[key]})


def filled_in(values: Mapping[str, object], before: Filters) -> Filters:
    """Constraints from the form's fields, as text; what is no date or number counts as empty.
    What has no field in the form stays as it was `before`."""
    given = {name: str(value).strip() for name, value in values.items()}
    sort, _, order = given.get("order", "").partition(" ")
    known = (sort, order) in _ORDERS
    limit = _number_or_none(given.get("limit")) or None
    return Filters(
        date_from=_day_or_none(given.get("date_from")),
        date_to=_day_or_none(given.get("date_to")),
        upvotes_min=_number_or_none(given.get("upvotes_min")),
        upvotes_max=_number_or_none(given.get("upvotes_max")),
        limit=limit,
        skip=before.skip if limit and limit == before.limit else None,
        sort=cast(SortKey, sort) if known else None,
        order=cast(Order, order) if known else None,
        paper_ids=before.paper_ids,
        not_from=before.not_from,
        not_to=before.not_to,
        not_about=before.not_about,
        lacking=before.lacking,
        authors=before.authors,
        authors_min=before.authors_min,
        authors_max=before.authors_max,
        recorded=before.recorded,
        unrecorded=before.unrecorded,
    )


def form(filters: Filters) -> str:
    """The form of `filled_in`. Dates are inclusive."""
    current = f"{filters.sort} {filters.order or 'desc'}" if filters.sort else ""
    orders = "".join(
        f'<option value="{sort} {order}"{" selected" * (f"{sort} {order}" == current)}>'
        f"{label}</option>"
        for (sort, order), label in _ORDERS.items()
    )
    return (
        '<form data-form="adjust">'
        f"{_field('Published since', 'date_from', 'date', filters.date_from)}"
        f"{_field('Published until', 'date_to', 'date', filters.date_to)}"
        f"{_field('Upvotes, at least', 'upvotes_min', 'number', filters.upvotes_min)}"
        f"{_field('Upvotes, at most', 'upvotes_max', 'number', filters.upvotes_max)}"
        f"{_field('Papers, at most', 'limit', 'number', filters.limit)}"
        f'<label>Sort by<select name="order"><option value="">best match</option>{orders}</select>'
        '</label><button type="submit" class="cw-act">Ask with these</button></form>'
    )


def _field(label: str, name: str, kind: str, value: object) -> str:
    least = ' min="0" max="1000000"' if kind == "number" else ""
    shown = "" if value is None else escape(str(value))
    return f'<label>{label}<input type="{kind}" name="{name}" value="{shown}"{least}></label>'


def _day_or_none(text: str | None) -> str | None:
    try:
        return date.fromisoformat(text or "").isoformat()
    except ValueError:
        return None


def _number_or_none(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 8 else None


def day(published: str | None) -> str:
    """`2025-10-11` → 11 Oct 2025, as precise as it is known; empty for an unknown date."""
    parts = (published or "").split("-")
    try:
        year, *rest = (int(part) for part in parts)
        if not rest:
            return str(year)
        month = f"{calendar.month_abbr[rest[0]]} {year}"
        return f"{rest[1]} {month}" if len(rest) > 1 else month
    except (ValueError, IndexError):
        return published or ""


def _limit(filters: Filters) -> str:
    if not filters.skip:
        return "" if filters.limit is None else f"at most {_papers(filters.limit)}"
    return (
        f"only the {nth(filters.skip)}"
        if filters.limit == 1
        else f"from the {nth(filters.skip)} on"
    )


def _quoted(said: str, terms: Sequence[str] | None) -> str:
    return f"{said} {' or '.join(f'“{term}”' for term in terms)}" if terms else ""


def _not_dates(first: str | None, last: str | None) -> str:
    return f"not {_dates(first, last)}" if first and last else ""


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
