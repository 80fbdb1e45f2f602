"""What constraints ask of a paper's record: what it has to state, and its place in an order.

Whether a paper satisfies them, the catalog finds out.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.filters import Filters, OnRecord, SortKey
from rag.records import Paper


def on_record(filters: Filters) -> tuple[OnRecord, ...]:
    """What papers have to state to be found under these constraints: `the newest` are among those
    with a date."""
    first = filters.sort if filters.limit else None
    found: dict[OnRecord, bool] = {
        "date": filters.dated or first == "date",
        "upvotes": filters.voted or first == "upvotes",
        "authors": bool(filters.authors),
        "author_count": filters.manned or first == "authors",
    }
    return tuple(what for what, wanted in found.items() if wanted)


def place_in(sort: SortKey, paper: Paper) -> str | int | None:
    """Where a paper stands in an order; None where its record does not say."""
    authors = paper.author_count or len(paper.authors) or None
    return {"date": paper.date, "upvotes": paper.upvotes, "authors": authors}[sort]


def in_order(filters: Filters, papers: Sequence[Paper]) -> list[int]:
    """The places of `papers` in the order that constraints ask for, those behind that have none in
    it; as they are where no order is asked for."""
    sort = filters.sort
    places = [place_in(sort, paper) if sort else 0 for paper in papers]
    known = [at for at, place in enumerate(places) if place is not None]
    known.sort(key=lambda at: places[at], reverse=filters.order != "asc")  # type: ignore[arg-type, return-value]
    return known + [at for at, place in enumerate(places) if place is None]
