"""Counts, dates and constraints in words, as an extractive answer says them."""

from __future__ import annotations

import re
from typing import NamedTuple

from rag.answer.markdown import bold
from rag.readable import readable
from rag.records import Filters, Paper, Selection

_SMALL = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")
_MONTHS = (
    "January February March April May June July August September October November December"
).split()
_AUTHORS = re.compile(
    r"\b(?:who\s+(?:wrote|authored|published|(?:is|are|was|were)\s+(?:the\s+)?(?:first\s+|lead\s+)?authors?)"
    r"|(?:written|authored|published)\s+by|(?:first|lead|last|senior|co-?)\s*-?authors?\b"
    r"|authors?\s+of|(?i:papers?|works?)\s+(?:by|of)\s+(?!(?-i:[A-Z]{2}))(?-i:[A-Z][a-z]+))\b",
    re.IGNORECASE,
)
_LAST_DAYS = {"28", "29", "30", "31"}


class Said(NamedTuple):
    """A piece of an answer: as text, and as the Markdown that shows this text."""

    plain: str
    marked: str


def count(n: int) -> str:
    """`Two`, `27`, `1,204`."""
    return _SMALL[n] if n < len(_SMALL) else f"{n:,}"


def of_the_corpus(n: int, searched: int) -> str:
    """`Two of 536 papers`, `All three papers`; without the corpus's size where it is not known."""
    if n and n == searched:
        many = {1: "The one paper", 2: "Both papers"}
        return many.get(n, f"All {count(n).lower()} papers")
    if searched:
        return f"{count(n)} of {searched:,} papers"
    return f"{count(n)} {'paper' if n == 1 else 'papers'}"


def heading(paper: Paper, filters: Filters | None = None) -> Said:
    """Title and year; the whole date or the upvotes where the question is about these."""
    about = []
    if paper.published:
        dated = filters and (filters.date_from or filters.date_to or filters.sort == "date")
        about.append(paper.published if dated else paper.published[:4])
    voted = filters and (filters.sort == "upvotes" or filters.upvotes_min is not None)
    if voted and paper.upvotes is not None:
        about.append(f"{paper.upvotes} {'upvote' if paper.upvotes == 1 else 'upvotes'}")
    title = readable(paper.title)
    rest = f" ({', '.join(about)})" if about else ""
    return Said(title + rest, bold(title) + rest)


def left_out(selection: Selection, filters: Filters) -> str:
    """Which papers the constraints could not even look at; empty where there are none."""
    asked = ["a date"] if filters.date_from or filters.date_to else []
    if filters.upvotes_min is not None:
        asked.append("upvotes")
    if not asked or not selection.searched or selection.recorded >= selection.searched:
        return ""
    having = f"{' and '.join(asked)}; the others were left out."
    if not selection.recorded:
        return f"No paper of the corpus has {having.removesuffix('; the others were left out.')}."
    verb = "has" if selection.recorded == 1 else "have"
    return f"{selection.recorded:,} of its {selection.searched:,} papers {verb} {having}"


def asks_for_authors(question: str) -> bool:
    """Whether a question is about who wrote a paper."""
    return bool(_AUTHORS.search(question))


def constraint_in_words(filters: Filters) -> str:
    """`from October 2025, with at least 10 upvotes`; empty where nothing is constrained."""
    parts = []
    if dates := _dates(filters.date_from, filters.date_to):
        parts.append(dates)
    if filters.upvotes_min is not None:
        votes = "upvote" if filters.upvotes_min == 1 else "upvotes"
        parts.append(f"with at least {filters.upvotes_min:,} {votes}")
    if filters.paper_ids is not None:
        # Those of an answer before, or those that the user has chosen: either way, asked about.
        asked = len(filters.paper_ids)
        parts.append("the one asked about" if asked == 1 else f"among the {asked:,} asked about")
    if not filters.limit and filters.sort:
        falling = filters.order != "asc"
        first = {"upvotes": "most upvoted", "date": "latest"} if falling else {
            "upvotes": "least upvoted", "date": "earliest",
        }  # fmt: skip
        parts.append(f"{first[filters.sort]} first")
    return ", ".join(parts)


def being(constraint: str, *, one: bool) -> str:
    """`is from 2025`, `are published before 2023`, `have at least 5 upvotes`."""
    if constraint.startswith("with "):
        return f"{'has' if one else 'have'} {constraint.removeprefix('with ')}"
    return f"{'is' if one else 'are'} {constraint}"


def _dates(first: str | None, last: str | None) -> str:
    if first and first == last:
        return f"published on {_day(first)}"
    if first and last:
        return f"from {period}" if (period := _period(first, last)) else (
            f"from {_day(first)} to {_day(last)}"
        )  # fmt: skip
    if first:
        return f"from {first[:4] if first.endswith('-01-01') else _day(first)} on"
    if last and last.endswith("-12-31"):
        return f"published before {int(last[:4]) + 1}"
    return f"published by {_day(last)}" if last else ""


def _period(first: str, last: str) -> str:
    """A whole year, month or run of months, named as such."""
    (y1, m1, d1), (y2, m2, d2) = first.split("-"), last.split("-")
    if d1 != "01" or d2 not in _LAST_DAYS:
        return ""
    if (m1, m2) == ("01", "12"):
        return y1 if y1 == y2 else f"{y1} to {y2}"
    start, end = _MONTHS[int(m1) - 1], f"{_MONTHS[int(m2) - 1]} {y2}"
    if (y1, m1) == (y2, m2):
        return end
    return f"{start} to {end}" if y1 == y2 else f"{start} {y1} to {end}"


def _day(day: str) -> str:
    year, month, date = day.split("-")
    return f"{int(date)} {_MONTHS[int(month) - 1]} {year}"
