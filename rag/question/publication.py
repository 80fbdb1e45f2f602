"""Which days of publication a question asks for, and whether a date is one of publication at all:
`2024` is in `papers from 2024`, and part of a name in `AIME 2024`.
"""

from __future__ import annotations

from datetime import date, timedelta

from rag.filters import Filters
from rag.question.dates import Period, back, edge_of
from rag.question.phrases import Found, Match, Text
from rag.question.vocabulary import documents, words
from rag.text.words import STOPWORDS

_DAY = timedelta(days=1)
_NO_DATE = frozenset(["al", "not", "without", "nor", "neither", *"$€£#"])
"""Before what is no date of publication: `Smith et al. 2024`, `$2000`."""


def published(match: Match, text: Text) -> Filters | None:
    """The days of publication that a match of `dates` asks for; None where it is no such date."""
    try:
        return _bounded(match.found) if _of_publication(match, text) else None
    except (ValueError, OverflowError):
        return None  # beyond the calendar


def aged(match: Match, text: Text) -> Filters | None:
    """`newer than 6 months`, `more than two years old`."""
    found = match.found
    try:
        day = back(text.around["today"], found.get("n", 1), found["unit"])
    except (ValueError, OverflowError):
        return None
    newer = (found["age"] == "newer") != bool(found.get("not"))
    return _filters(day, None) if newer else _filters(None, day)


def _of_publication(match: Match, text: Text) -> bool:
    found, nouns = match.found, documents() | words("contents")
    first, last = found["dates"]
    behind, before = text.word(match.end), text.word(match.start - 1)
    near = {before, behind, text.word(match.end + 1)}
    if before in ("of", "from", "in", "for"):
        near.add(text.word(match.start - 2))
    if (behind not in nouns and not words("counted").isdisjoint(near)) or before in _NO_DATE:
        return False
    if found.get("tail") and behind[:1].isdigit():
        return False  # `before 2020 or after 2024`
    if last.kind == "year" and last.last.year > text.around["today"].year + 1:
        return before in nouns  # `2048 samples`
    kinds, dated = {first.kind, last.kind}, found.get("dated")
    placed = found.get("when") not in (None, "of")
    if kinds == {"now"}:
        return bool(dated) or (placed and (found["when"] != "in" or before in nouns))
    if kinds == {"month"}:
        goes_on = behind.isalnum() and behind not in nouns and behind not in STOPWORDS
        return (placed or bool(dated)) and not goes_on
    return kinds != {"year"} or placed or _is_year(match, text, nouns)


def _is_year(match: Match, text: Text, nouns: frozenset[str]) -> bool:
    """Whether a year without `since` and its like is no other number, and no part of a name."""
    before, behind = text.word(match.start - 1), text.word(match.end)
    if before in nouns or match.found.keys() & {"dated", "tail", "no"}:
        return True
    ahead = behind not in words("prepositions") and nouns & {*text.words(match.end, match.end + 4)}
    at_an_end = match.start == 0 or match.end >= len(text.tokens) - 1
    return bool(ahead or at_an_end) and not _named(match.start - 1, text)


def _named(at: int, text: Text) -> bool:
    """Whether a word is written as a name: `AIME`, `ImageNet`."""
    name = text.written(at) if at >= 0 else ""
    marked = any(c.isupper() or c.isdigit() for c in name[1:])
    return name[:1].isalpha() and (marked or (name[0].isupper() and at > 0))


def _bounded(found: Found) -> Filters:
    """The filters of a match with `dates`, and `when`, `edge`, `tail`, `no` where they are said."""
    first, last = found["dates"]
    when, tail = found.get("when", "in"), found.get("tail")
    if edge := found.get("edge"):
        day = last.last if edge == "end" else first.first
        first = last = Period(day, day) if when != "in" else edge_of(first, end=edge == "end")
    start: date | None = first.first
    end: date | None = last.last
    if when == "after":
        start, end = last.last + _DAY, None
    elif when == "since" or tail == "onwards":
        end = None
    elif when == "before":
        start, end = None, first.first - _DAY
    elif when == "until" or tail == "backwards":
        start = None
    if not found.get("no"):
        return _filters(start, end)
    if start and end:
        return Filters(not_from=start.isoformat(), not_to=end.isoformat())
    # `nothing before 2022` is since 2022.
    return _filters(end + _DAY if end else None, start - _DAY if start else None)


def _filters(start: date | None, end: date | None) -> Filters:
    return Filters(
        date_from=start.isoformat() if start else None, date_to=end.isoformat() if end else None
    )
