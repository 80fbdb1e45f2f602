"""Constraints that the records of papers give: `newer than X`, `more upvotes than X`, `anything
newer?` behind a list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from rag.filters import Filters
from rag.records import Paper
from rag.text.latex import readable
from rag.text.patterns import lazy
from rag.text.words import when, when_told

Lookup = Callable[[Iterable[str]], list[Paper]]

_NEWER = r"newer|more\s+recent|later|fresher|(?:published|released)\s+after|after"
_OLDER = r"older|less\s+recent|earlier|(?:published|released)\s+before|before"
_VOTES = r"(?:upvotes|votes|likes|upvoted|liked|popular)"
_MORE = rf"(?:with\s+)?more\s+{_VOTES}"
_FEWER = rf"(?:with\s+)?(?:fewer|less)\s+{_VOTES}"
_SIDES = {"newer": _NEWER, "older": _OLDER, "more": _MORE, "fewer": _FEWER}
_BESIDE = "|".join(rf"(?P<{side}>{words})" for side, words in _SIDES.items())
_ALONE = lazy(
    r"\b(?:(?P<newer>newer|more\s+recent|later)|(?P<older>older|earlier|less\s+recent))\b", re.I
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Bound:
    """`filters` that a record gives, `rest` of the question, and a note that says where from."""

    filters: Filters
    rest: str
    note: str


def beside(text: str, names: Sequence[str], papers: Sequence[str], lookup: Lookup) -> Bound | None:
    """Bounds from the record of the one paper that `text` sets others beside, or only a note where
    that record does not say; None where it sets them beside none."""
    if len(papers) != 1 or len(names) != 1:
        return None
    name = re.escape(names[0])
    match = re.search(rf"\b(?:{_BESIDE})\s+(?:than\s+)?(?:the\s+)?{name}", text, re.IGNORECASE)
    paper = next(iter(lookup(papers)), None) if match else None
    if match is None or paper is None:
        return None
    rest = " ".join(f"{text[: match.start()]} {text[match.end() :]}".split())
    side = str(match.lastgroup)
    title, dated = readable(paper.title), side in ("newer", "older")
    if dated and paper.date:
        return _dated(side, [paper.date], rest, paper)
    if not dated and paper.upvotes is not None:
        bounded = (
            Filters(upvotes_min=paper.upvotes + 1)
            if side == "more"
            else Filters(upvotes_max=paper.upvotes - 1)
        )
        note = f"“{title}” has {paper.upvotes:,} upvotes."
        return Bound(filters=bounded, rest=rest, note=note)
    what = "date" if dated else "number of upvotes"
    note = f"The record of “{title}” has no {what} to compare others with."
    return Bound(filters=Filters(), rest=text, note=note)


def beyond(text: str, shown: Sequence[str], lookup: Lookup) -> Bound | None:
    """Bounds from the dates of the papers shown, for `anything newer?`; None where nothing of the
    kind is asked, or none has a date."""
    match = _ALONE.search(text)
    if match is None:
        return None
    dates = [paper.date for paper in lookup(shown) if paper.date]
    rest = " ".join(f"{text[: match.start()]} {text[match.end() :]}".split())
    return _dated(str(match.lastgroup), dates, rest, None)


def _dated(side: str, dates: Sequence[str], rest: str, paper: Paper | None) -> Bound | None:
    if not dates:
        return None
    if side == "newer":
        day = max(map(_last_day, dates)) + timedelta(days=1)
        bounded, said = (
            Filters(date_from=day.isoformat()),
            f"after {when(str(day - timedelta(days=1)))}",
        )
    else:
        day = min(map(_first_day, dates)) - timedelta(days=1)
        bounded, said = (
            Filters(date_to=day.isoformat()),
            f"before {when(str(day + timedelta(days=1)))}",
        )
    note = (
        f"“{readable(paper.title)}” is dated {when_told(paper.published, paper.arxiv_month)}."
        if paper
        else f"Published {said}: {side} than those shown."
    )
    ordered = bounded if paper else replace(bounded, sort="date", order="desc")
    return Bound(filters=ordered, rest=rest, note=note)


def _first_day(published: str) -> date:
    """The first day that `2025`, `2025-10` or `2025-10-11` may mean."""
    return date.fromisoformat((published + "-01-01")[:10])


def _last_day(published: str) -> date:
    first = _first_day(published)
    if len(published) > 7:
        return first
    months = 12 if len(published) == 4 else 1
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1) - timedelta(days=1)
