"""A constraint as the words that state it: what a user sees as a chip and may take away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from rag.filters import Filters

Stated = TypeVar("Stated", bound=str)


@dataclass(frozen=True, kw_only=True, slots=True)
class Chip:
    """Words of a question, `text[start:end]`, and the constraint that they state by themselves."""

    start: int
    end: int
    text: str
    filters: Filters


def merge(chips: Iterable[Chip]) -> Filters:
    """All constraints together. What is said first wins, except that dates narrow each other.

    Periods that exclude each other are alternatives (`from 2022 and from 2024`): the widest range
    that covers both is taken. Bounds that exclude each other (`after 2024 and before 2022`) stay,
    to be told: no day is within both.
    """
    found = [chip.filters for chip in chips]
    first_days = [f.date_from for f in found if f.date_from]
    last_days = [f.date_to for f in found if f.date_to]
    date_from, date_to = max(first_days, default=None), min(last_days, default=None)
    if date_from and date_to and date_from > date_to:
        dated = [f for f in found if f.date_from or f.date_to]
        if any(f.date_from and f.date_to for f in dated):
            date_from = min(first_days) if len(first_days) == len(dated) else None
            date_to = max(last_days) if len(last_days) == len(dated) else None
    ranked = next((f for f in found if f.sort), Filters())
    passed = next((f for f in found if f.skip), Filters())
    barred = next((f for f in found if f.not_from), Filters())
    return Filters(
        date_from=date_from,
        date_to=date_to,
        upvotes_min=next((f.upvotes_min for f in found if f.upvotes_min is not None), None),
        sort=ranked.sort,
        order=ranked.order,
        limit=next((f.limit for f in found if f.limit is not None), None),
        upvotes_max=next((f.upvotes_max for f in found if f.upvotes_max is not None), None),
        not_from=barred.not_from,
        not_to=barred.not_to,
        skip=passed.skip,
        authors=_together(f.authors for f in found),
        authors_min=next((f.authors_min for f in found if f.authors_min is not None), None),
        authors_max=next((f.authors_max for f in found if f.authors_max is not None), None),
        recorded=_together(f.recorded for f in found),
        unrecorded=_together(f.unrecorded for f in found),
    )


def _together(stated: Iterable[tuple[Stated, ...] | None]) -> tuple[Stated, ...] | None:
    return tuple(dict.fromkeys(one for some in stated for one in some or ())) or None
