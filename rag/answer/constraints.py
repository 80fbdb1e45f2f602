"""Constraints in words: dates, votes, numbers of authors, and the order asked for."""

from __future__ import annotations

from rag.answer.counts import count, number_of
from rag.filters import Filters, OnRecord, SortKey
from rag.text.words import MONTHS, enumerated, when

ON_RECORD: dict[OnRecord, str] = {
    "date": "a date",
    "upvotes": "upvotes",
    "authors": "names of authors",
    "author_count": "a number of authors",
    "link": "a link",
    "doi": "a DOI",
}
NONE_ON_RECORD = {what: words.removeprefix("a ") for what, words in ON_RECORD.items()}
_PLACED: dict[tuple[SortKey, bool], str] = {
    ("upvotes", True): "most upvoted",
    ("upvotes", False): "least upvoted",
    ("date", True): "latest",
    ("date", False): "earliest",
    ("authors", True): "most authors",
    ("authors", False): "fewest authors",
}
_LAST_DAYS = {"28", "29", "30", "31"}


def constraint_in_words(filters: Filters) -> str:
    """`from October 2025, with at least 10 upvotes`; empty where nothing is constrained."""
    parts = []
    if dates := _dates(filters.date_from, filters.date_to):
        parts.append(dates)
    if filters.not_from and filters.not_to:
        parts.append(f"not {_dates(filters.not_from, filters.not_to)}")
    if filters.authors:
        parts.append(f"by {enumerated(filters.authors)}")
    if votes := votes_in_words(filters):
        parts.append(f"with {votes}")
    if authors := authors_in_words(filters):
        parts.append(f"with {authors}")
    parts += [f"with {ON_RECORD[what]} on record" for what in filters.recorded or ()]
    parts += [f"with no {NONE_ON_RECORD[what]} on record" for what in filters.unrecorded or ()]
    if filters.paper_ids is not None:
        # Those of an answer before, or those that the user has chosen: either way, asked about.
        asked = len(filters.paper_ids)
        parts.append(
            "the one asked about" if asked == 1 else f"among the {count(asked).lower()} asked about"
        )
    if not filters.limit and filters.sort:
        parts.append(f"{placed(filters)} first")
    return ", ".join(parts)


def placed(filters: Filters) -> str:
    """What comes first in the order asked for, `most upvoted`; it needs one to be stated."""
    return _PLACED[filters.sort or "date", filters.order != "asc"]


def votes_in_words(filters: Filters) -> str:
    """`at least 5 upvotes`, `2 to 9 upvotes`; empty where they are not bounded."""
    return _bounded(filters.upvotes_min, filters.upvotes_max, "upvote")


def authors_in_words(filters: Filters) -> str:
    """`at least 5 authors`; empty where their number is not bounded."""
    return _bounded(filters.authors_min, filters.authors_max, "author")


def _bounded(least: int | None, most: int | None, thing: str) -> str:
    if most is None:
        return "" if least is None else f"at least {number_of(least, thing)}"
    if most in (least, 0):
        return f"no {thing}s" if most == 0 else f"exactly {number_of(most, thing)}"
    if least is not None:
        return f"{least:,} to {number_of(most, thing)}"
    return f"at most {number_of(most, thing)}"


def being(constraint: str, *, one: bool) -> str:
    """`is from 2025`, `are published before 2023`, `have at least 5 upvotes`."""
    if constraint.startswith("with "):
        return f"{'has' if one else 'have'} {constraint.removeprefix('with ')}"
    return f"{'is' if one else 'are'} {constraint}"


def _dates(first: str | None, last: str | None) -> str:
    if first and first == last:
        return f"published on {when(first)}"
    if first and last and first > last:
        return f"both {_dates(first, None)} and {_dates(None, last)}"
    if first and last:
        return f"from {period}" if (period := _period(first, last)) else (
            f"from {when(first)} to {when(last)}"
        )  # fmt: skip
    if first:
        return f"from {first[:4] if first.endswith('-01-01') else when(first)} on"
    if last and last.endswith("-12-31"):
        return f"published before {int(last[:4]) + 1}"
    return f"published by {when(last)}" if last else ""


def _period(first: str, last: str) -> str:
    """A whole year, month or run of months, named as such."""
    (y1, m1, d1), (y2, m2, d2) = first.split("-"), last.split("-")
    if d1 != "01" or d2 not in _LAST_DAYS:
        return ""
    if (m1, m2) == ("01", "12"):
        return y1 if y1 == y2 else f"{y1} to {y2}"
    start, end = MONTHS[int(m1) - 1], f"{MONTHS[int(m2) - 1]} {y2}"
    if (y1, m1) == (y2, m2):
        return end
    return f"{start} to {end}" if y1 == y2 else f"{start} {y1} to {end}"
