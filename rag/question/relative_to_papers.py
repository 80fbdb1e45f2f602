"""Constraints that the records of papers give: `newer than X`, `more upvotes than X`, `anything
newer?` behind a list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from rag.filters import Filters
from rag.question.dates import months
from rag.records import Paper
from rag.text.latex import readable
from rag.text.patterns import lazy
from rag.text.words import when

Lookup = Callable[[Iterable[str]], list[Paper]]

_NEWER, _OLDER = r"newer|more\s+recent|later", r"older|less\s+recent|earlier"
_VOTES = r"(?:upvotes|votes|likes|upvoted|liked|popular)"
_BESIDE = (
    rf"\b(?:(?P<newer>{_NEWER}|(?:published\s+)?after)|(?P<older>{_OLDER}|(?:published\s+)?before)"
    rf"|(?P<more>(?:with\s+)?more\s+{_VOTES})|(?P<fewer>(?:with\s+)?(?:fewer|less)\s+{_VOTES}))"
    r"\s+(?:than\s+)?(?:the\s+)?"
)
_ALONE = lazy(rf"\b(?:(?P<newer>{_NEWER})|(?P<older>{_OLDER}))\b", re.IGNORECASE)
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Bound:
    """`filters` that a record gives, `rest` of the question, and a note that says where from."""

    filters: Filters
    rest: str
    note: str


def beside(text: str, names: Sequence[str], papers: Sequence[str], lookup: Lookup) -> Bound | None:
    """Bounds from the record of the one paper that `text` sets others beside; None where it sets
    them beside none, or that record does not say."""
    if len(papers) != 1 or len(names) != 1:
        return None
    match = re.search(_BESIDE + re.escape(names[0]), text, re.IGNORECASE)
    paper = next(iter(lookup(papers)), None) if match else None
    if match is None or paper is None:
        return None
    rest = " ".join(f"{text[: match.start()]} {text[match.end() :]}".split())
    side, title = str(match.lastgroup), readable(paper.title)
    if side in ("newer", "older"):
        bounded, note = _dated(side, [paper.published]), f"is dated {when(paper.published)}."
    elif paper.upvotes is None:
        return None
    else:
        more, fewer = paper.upvotes + 1, paper.upvotes - 1
        bounded = Filters(upvotes_min=more) if side == "more" else Filters(upvotes_max=fewer)
        note = f"has {paper.upvotes:,} upvotes."
    return Bound(filters=bounded, rest=rest, note=f"“{title}” {note}") if bounded else None


def beyond(text: str, shown: Sequence[str], lookup: Lookup) -> Bound | None:
    """Bounds from the dates of the papers shown, for `anything newer?`; None where nothing of the
    kind is asked, or none has a date."""
    match = _ALONE.search(text)
    side = str(match.lastgroup) if match else ""
    bounded = _dated(side, [p.published for p in lookup(shown)])
    if match is None or bounded is None:
        return None
    rest = " ".join(f"{text[: match.start()]} {text[match.end() :]}".split())
    bounded = replace(bounded, sort="date", order="desc")
    return Bound(filters=bounded, rest=rest, note=f"Published {side} than those shown.")


def _dated(side: str, published: Sequence[str | None]) -> Filters | None:
    """From the day behind the last of the dates on, or up to the day before the first."""
    days = [(date.fromisoformat((d + "-01-01")[:10]), len(d)) for d in published if d]
    if not days:
        return None
    if side == "older":
        return Filters(date_to=str(min(first for first, _ in days) - _DAY))
    ends = [
        first if length > 7 else months(first.year, first.month, 12 if length == 4 else 1).last
        for first, length in days
    ]
    return Filters(date_from=str(max(ends) + _DAY))
