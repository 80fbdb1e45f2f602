"""`anything newer?`, `newer than X`, `more upvotes than X`: what only the records of papers tell,
of those shown or of the one named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Literal

from rag.corpus.identifiers import identifiers
from rag.corpus.owners import puts_forward
from rag.corpus.people import in_order
from rag.filters import Filters, Side
from rag.question import Reading
from rag.question.sentence import called
from rag.records import Paper, RecordAsked
from rag.text.latex import readable
from rag.text.words import enumerated, when


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


def beside(reading: Reading, paper: Paper | None, *, edited: bool) -> Reading:
    """`reading` with the bounds that the record of the `paper` beside which it asks for others
    gives; where that record does not say, a question about it. As it is where the user has
    `edited` the constraints."""
    query = reading.query
    relative = query.relative
    if relative is None or paper is None:
        return reading
    if not (identifiers(relative.name) or puts_forward(paper, relative.name)) and (
        relative.name.lower() not in paper.title.lower()
    ):
        asked = RecordAsked(fields=("date",), names=(relative.name,))
        query = replace(query, record=asked, topic=relative.name, filters=Filters(), seen=())
        return replace(reading, query=replace(query, relative=None, kind="fact"))
    if edited or relative.side == "like":
        return reading
    on = _ON[relative.side]
    value = {
        "date": paper.published,
        "upvotes": paper.upvotes,
        "authors": paper.authors,
        "author_count": _manned(paper),
    }[on]
    if relative.side in _PRECISION and len(paper.published or "") < _PRECISION[relative.side]:
        value = None
    if value is None or value == ():
        asked = RecordAsked(fields=(on,), papers=(paper.paper_id,))
        query = replace(query, record=asked, filters=Filters(), seen=(), topic="", kind="fact")
        return replace(reading, query=query)
    told, filters = _bounds(relative.side, paper, query.filters)
    query = replace(query, filters=filters)
    note = f"{called(readable(paper.title))} {told}."
    return replace(reading, query=query, notes=(*reading.notes, note))


def _bounds(side: Side, paper: Paper, filters: Filters) -> tuple[str, Filters]:
    """What a paper's record says, and `filters` with the bounds that follow for those beside it."""
    if side == "same_authors":
        names = [in_order(name) for name in paper.authors]
        return f"is by {enumerated(names)}", replace(filters, authors=(" or ".join(names),))
    if _ON[side] == "upvotes":
        votes = paper.upvotes or 0
        least = {"more_upvotes": votes + 1, "same_upvotes": votes}.get(side)
        most = {"fewer_upvotes": votes - 1, "same_upvotes": votes}.get(side)
        told = f"has {votes:,} upvote{'' if votes == 1 else 's'}"
        return told, replace(filters, upvotes_min=least, upvotes_max=most)
    if _ON[side] == "author_count":
        many = _manned(paper) or 0
        least = many + 1 if side == "more_authors" else None
        most = many - 1 if side == "fewer_authors" else None
        told = f"has {many:,} author{'' if many == 1 else 's'}"
        return told, replace(filters, authors_min=least, authors_max=most)
    published, day = paper.published or "", timedelta(days=1)
    told = f"is dated {when(published)}"
    if side == "after":
        return told, _narrowed(filters, first=(_last_day(published) + day).isoformat())
    if side == "before":
        last = date.fromisoformat(_first_day(published)) - day
        return told, _narrowed(filters, last=last.isoformat())
    period = published[: _PRECISION[side]]
    return told, _narrowed(filters, first=_first_day(period), last=_last_day(period).isoformat())


def _manned(paper: Paper) -> int | None:
    return paper.author_count or len(paper.authors) or None


_ON: dict[Side, Literal["date", "upvotes", "authors", "author_count"]] = {
    "after": "date",
    "before": "date",
    "same_year": "date",
    "same_month": "date",
    "same_day": "date",
    "more_upvotes": "upvotes",
    "fewer_upvotes": "upvotes",
    "same_upvotes": "upvotes",
    "more_authors": "author_count",
    "fewer_authors": "author_count",
    "same_authors": "authors",
}
_PRECISION: dict[Side, int] = {"same_year": 4, "same_month": 7, "same_day": 10}
"""How much of an ISO date has to be known."""


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
