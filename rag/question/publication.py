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


_ONLY = frozenset(["only", "just", "exclusively", "year", "years"])
_RANKED = frozenset(["best", "top", "newest", "most", "highest", "popular", "upvoted"])


def dates(match: Match, text: Text) -> Filters | None:
    try:
        return _date(match, text)
    except (ValueError, OverflowError):
        return None  # beyond the calendar


def aged(match: Match, text: Text) -> Filters | None:
    try:
        return _aged(match.found, text.around["today"])
    except (ValueError, OverflowError):
        return None


def _date(match: Match, text: Text) -> Filters | None:
    found, nouns = match.found, documents() | words("contents")
    first, last = found["dates"]
    behind, before = text.word(match.end), text.word(match.start - 1)
    if before in ("of", "from", "in", "for") and not found.get("when"):
        before = text.word(match.start - 2)
    counted = behind not in nouns and not words("counted").isdisjoint(
        [before, behind, text.word(match.end + 1)]
    )
    again = found.get("tail") and behind[:1].isdigit()  # `before 2020 or after 2024`
    if counted or again or before in _NO_DATE:
        return None
    kinds, when, dated = {first.kind, last.kind}, found.get("when"), found.get("dated")
    by_itself = when in (None, "of") and not dated
    if kinds == {"now"}:
        fits = dated or (when not in (None, "of") and (when != "in" or before in nouns))
    elif kinds == {"month"}:
        goes_on = behind.isalnum() and behind not in nouns and behind not in STOPWORDS
        fits = not (by_itself or goes_on)
    elif kinds == {"year"}:
        # Beyond next year only behind `since` or where papers are spoken of: `from 2048 samples`.
        latest = text.around["today"].year + 1
        is_plain = last.last.year <= latest or before in nouns or when == "since"
        fits = is_plain and _is_year(match, text)
    else:
        fits = True
    return _bounded(found) if fits else None


def _is_year(match: Match, text: Text) -> bool:
    """Whether a bare year is one of publication: `papers from 2024`, and not `AIME 2024`."""
    found, nouns = match.found, documents() | words("contents")
    when, before, behind = found.get("when"), text.word(match.start - 1), text.word(match.end)
    said = set(text.words(match.start, match.end))
    near = nouns.intersection(text.words(match.end, match.end + 4))
    of_papers = behind in nouns or (near and behind not in words("prepositions"))
    if found.keys() & {"dated", "tail", "no"} or said & _ONLY:
        return True
    if when not in (None, "of"):
        return "the" not in said or "edge" in found or bool(of_papers)
    if before in nouns or (of_papers and not _named(match.start - 1, text)):
        return True
    if when == "of":
        return bool({before, text.word(match.start - 2)} & _RANKED)
    return behind in _RANKED if "'s" in said else _listed(match, text)


def _listed(match: Match, text: Text) -> bool:
    """Whether bare years stand by themselves at an end of a list of search words."""
    at = match.start - 1
    if _named(at, text) or text.word(at - 1) in ("on", "at", "in", "for", "of"):
        return False
    first, last = match.found["dates"]
    if first != last or text.word(at) in (",", "("):
        return True
    return not text.word(match.end)[:1].isalnum() and (at < 0 or at > 0)


def _named(at: int, text: Text) -> bool:
    """Whether a word is written as a name: `AIME`, `ImageNet`."""
    name = text.written(at) if at >= 0 else ""
    marked = any(c.isupper() or c.isdigit() for c in name[1:])
    return name[:1].isalpha() and (marked or (name[0].isupper() and at > 0))


def _bounded(found: Found) -> Filters | None:
    """The filters of a match with `dates`, and `when`, `edge`, `tail`, `no` where they are said."""
    first, last = found["dates"]
    when, tail = found.get("when", "in"), found.get("tail")
    if edge := found.get("edge"):
        day = last.last if edge == "end" else first.first
        inner = Period(day, day) if when != "in" else edge_of(first, end=edge == "end")
        first = last = inner
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


def _aged(found: Found, today: date) -> Filters | None:
    """`newer than 6 months`, `at most two years old`: `n` of `unit`, and `newer` or not."""
    day = back(today, found.get("n", 1), found["unit"])
    newer = (found["age"] == "newer") != bool(found.get("not"))
    return _filters(day, None) if newer else _filters(None, day)


def _filters(start: date | None, end: date | None) -> Filters:
    return Filters(
        date_from=start.isoformat() if start else None, date_to=end.isoformat() if end else None
    )
