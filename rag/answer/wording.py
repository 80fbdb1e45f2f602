"""Counts, dates and constraints in words, as an extractive answer says them."""

from __future__ import annotations

from rag.readable import readable
from rag.records import Filters, Paper

_SMALL = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")
_MONTHS = (
    "January February March April May June July August September October November December"
).split()
_LAST_DAYS = {"28", "29", "30", "31"}


def count(n: int) -> str:
    """`Two`, `27`, `1,204`."""
    return _SMALL[n] if n < len(_SMALL) else f"{n:,}"


def of_the_corpus(n: int, searched: int) -> str:
    """`Two of 536 papers`, or without the corpus's size where it is not known."""
    if searched:
        return f"{count(n)} of {searched:,} papers"
    return f"{count(n)} {'paper' if n == 1 else 'papers'}"


def heading(paper: Paper, filters: Filters | None = None) -> str:
    """Title and year; the whole date or the upvotes where the question is about these."""
    about = []
    if paper.published:
        dated = filters and (filters.date_from or filters.date_to or filters.sort == "date")
        about.append(paper.published if dated else paper.published[:4])
    voted = filters and (filters.sort == "upvotes" or filters.upvotes_min is not None)
    if voted and paper.upvotes is not None:
        about.append(f"{paper.upvotes} {'upvote' if paper.upvotes == 1 else 'upvotes'}")
    title = readable(paper.title)
    return f"{title} ({', '.join(about)})" if about else title


def constraint_in_words(filters: Filters) -> str:
    """`from October 2025, with at least 10 upvotes`; empty where nothing is constrained."""
    parts = []
    if dates := _dates(filters.date_from, filters.date_to):
        parts.append(dates)
    if filters.upvotes_min is not None:
        parts.append(f"with at least {filters.upvotes_min:,} upvotes")
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


def _dates(first: str | None, last: str | None) -> str:
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
