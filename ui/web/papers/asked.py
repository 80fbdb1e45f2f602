"""A list of papers as it is asked for: what the page sends, and what a saved search keeps of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from ui.web.marks.kept import MarkFilter, Marks, tags_in
from ui.web.papers.listing import Wanted

RANKED = 100
"""Papers that ranking by meaning puts forward."""


def _real_day(text: str) -> str:
    date.fromisoformat(text)  # raises ValueError for a day that no calendar has
    return text


_Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_real_day)] | None


class ListRequest(BaseModel):
    """Which papers the page wants: `words` to be found as they are typed, `ranked` to be ranked
    by meaning instead. A `cluster` is one of the map's; `among` are ids that it keeps to. `tags`,
    with commas between them, `reading` and `noted` are of the visitor's own marks."""

    words: Annotated[str, Field(max_length=500)] = ""
    ranked: Annotated[str, Field(max_length=500)] = ""
    date_from: _Day = None
    date_to: _Day = None
    dated: bool | None = None
    upvotes_min: Annotated[int | None, Field(ge=0, le=10**9)] = None
    source: Annotated[str | None, Field(max_length=300)] = None
    cluster: Annotated[int | None, Field(ge=0, le=1000)] = None
    among: list[str] | None = None
    tags: Annotated[str, Field(max_length=1000)] = ""
    reading: Literal["", "to_read", "read"] = ""
    noted: bool = False
    sort: Literal["match", "title", "date", "upvotes"] = "match"
    descending: bool = False

    @property
    def marked(self) -> MarkFilter:
        return MarkFilter(tags=tags_in(self.tags), reading=self.reading, noted=self.noted)


def wanted(
    asked: ListRequest,
    marks: Mapping[str, Marks],
    *,
    ranking: Sequence[str] = (),
    members: frozenset[str] | None = None,
) -> Wanted:
    """`marks`: the visitor's, by paper. `ranking`: ids best first, where the papers are ranked by
    meaning. `members`: of the cluster, where there is one."""
    among = None if asked.among is None else frozenset(asked.among)
    if members is not None:
        among = members if among is None else among & members
    if asked.marked:
        mine = frozenset(paper for paper, one in marks.items() if asked.marked.lets(one))
        among = mine if among is None else among & mine
    best = [paper for paper in ranking if among is None or paper in among][:RANKED]
    is_ranked = bool(asked.ranked.strip())
    return Wanted(
        words="" if is_ranked else asked.words,
        date_from=asked.date_from,
        date_to=asked.date_to,
        dated=asked.dated,
        upvotes_min=asked.upvotes_min,
        source=asked.source,
        among=frozenset(best) if is_ranked else among,
        ranks={paper: place for place, paper in enumerate(best)},
        sort=asked.sort,
        descending=asked.descending,
    )
