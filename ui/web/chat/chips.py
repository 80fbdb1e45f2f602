"""Constraints in plain words, one chip each; a question's constraints without one of them, or as
the visitor has filled them in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import cast

from rag.fields import FIELDS
from rag.filters import ORDERS, Filters, Order, SortKey
from rag.text.words import number_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Chip:
    key: str
    label: str


def chips(filters: Filters, *, within: Sequence[str] | None = None) -> list[Chip]:
    """One for each stated constraint, in a fixed order. `within`: the papers that the visitor
    has chosen, as against those of an answer before."""
    labels = {name: field.label(filters) for name, field in FIELDS.items()}
    labels["papers"] = _restriction(filters.paper_ids, within)
    return [Chip(key=key, label=label) for key, label in labels.items() if label]


def _restriction(papers: Sequence[str] | None, within: Sequence[str] | None) -> str:
    if papers is None:
        return ""
    if within is not None and set(papers) == set(within):
        return (
            "only this paper"
            if len(papers) == 1
            else f"only these {number_of(len(papers), 'paper')}"
        )
    return f"only among {number_of(len(papers), 'paper')} of this conversation"


def without(filters: Filters, key: str) -> Filters:
    """`filters` less one chip's constraint. Raises KeyError for a key that no chip has."""
    # What is read off the question again is stated to be empty.
    gone: object = () if key in ("not_about", "lacking") else None
    return replace(filters, **dict.fromkeys(FIELDS[key].attributes, gone))  # type: ignore[arg-type]


def taken_away(stated: Filters | None, filters: Filters) -> list[Chip]:
    """What the question `stated` and `filters` no longer have."""
    kept = {chip.label for chip in chips(filters)}
    return [chip for chip in chips(stated or Filters()) if chip.label not in kept]


def put_back(filters: Filters, stated: Filters, key: str) -> Filters:
    """`filters` with one chip's constraint as it was `stated`. Raises KeyError as `without`."""
    return replace(filters, **FIELDS[key].of(stated))


def filled_in(values: Mapping[str, object], before: Filters) -> Filters:
    """Constraints from the form's fields, as text; what is no date or number counts as empty.
    What has no field in the form stays as it was `before`."""
    given = {name: str(value).strip() for name, value in values.items()}
    sort, _, order = given.get("order", "").partition(" ")
    known = (sort, order) in ORDERS
    limit = _number_or_none(given.get("limit")) or None
    return replace(
        before,
        date_from=_day_or_none(given.get("date_from")),
        date_to=_day_or_none(given.get("date_to")),
        upvotes_min=_number_or_none(given.get("upvotes_min")),
        upvotes_max=_number_or_none(given.get("upvotes_max")),
        limit=limit,
        skip=before.skip if limit and limit == before.limit else None,
        sort=cast(SortKey, sort) if known else None,
        order=cast(Order, order) if known else None,
    )


def fields(filters: Filters) -> list[tuple[str, str, str, object]]:
    """Of the form of `filled_in`, but for the order: label, name, kind and value."""
    values = [
        ("Published since", "date_from", "date", filters.date_from),
        ("Published until", "date_to", "date", filters.date_to),
        ("Upvotes, at least", "upvotes_min", "number", filters.upvotes_min),
        ("Upvotes, at most", "upvotes_max", "number", filters.upvotes_max),
        ("Papers, at most", "limit", "number", filters.limit),
    ]
    return [(*named, "" if value is None else value) for *named, value in values]  # type: ignore[misc]


def orders(filters: Filters) -> list[tuple[str, str, bool]]:
    """Of the form: value, label, and whether it is the one in force."""
    current = f"{filters.sort} {filters.order or 'desc'}" if filters.sort else ""
    named = ((f"{sort} {order}", label) for (sort, order), label in ORDERS.items())
    return [(value, label, value == current) for value, label in named]


def _day_or_none(text: str | None) -> str | None:
    try:
        return date.fromisoformat(text or "").isoformat()
    except ValueError:
        return None


def _number_or_none(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 8 else None
