"""From `Oct 2025`, `Q3 2025`, `the last two years` to a first and a last day.

This module reads a phrase that is known to be a date; whether a phrase in a question is one, and
what it bounds, is decided in `dates`.

Decisions where English is vague: a month without a year is the latest one that has begun; seasons
are the meteorological ones of the north, winter starting in December of its year; early, mid and
late are thirds of a year; `last year` is the calendar year, `the past year` the twelve months up
to today.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from rag.text.patterns import lazy
from rag.text.phrases import COUNT, compiled, count, listed

MONTHS = listed("jan feb mar apr may jun jul aug sep oct nov dec")
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?!\w|['’](?![012]\d))\.?"
)
YEAR = r"(?:19|20)\d\d"
_SHORT = r"['’][012]\d(?!\w)"
DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
ORDINALS = dict(
    zip(listed("first second third fourth 1st 2nd 3rd 4th"), (1, 2, 3, 4) * 2, strict=True)
)
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_DECADES = {"seventies": 1970, "eighties": 1980, "nineties": 1990}
THIRDS = {"early": 1, "mid": 5, "late": 9}


@dataclass(frozen=True, slots=True)
class Period:
    """Days `first` to `last`, both included."""

    first: date
    last: date


def months(year: int, month: int, length: int = 1) -> Period:
    """`length` months from the first of `month`; raises ValueError beyond the calendar."""
    last_year, last_month = divmod(year * 12 + month - 1 + length - 1, 12)
    last = date(last_year, last_month + 1, monthrange(last_year, last_month + 1)[1])
    return Period(date(year, month, 1), last)


def back(today: date, number: int, unit: str) -> date:
    """The day `number` units before `today`; raises ValueError beyond the calendar."""
    unit = unit.lower().rstrip("s")
    if unit == "decade":
        number, unit = 10 * number, "year"
    if unit in ("day", "week"):
        return today - timedelta(days=number * (7 if unit == "week" else 1))
    months_back = number * (12 if unit == "year" else 1)
    year, month = divmod(today.year * 12 + today.month - 1 - months_back, 12)
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


def _month(name: str) -> int:
    return MONTHS.index(name[:3].lower()) + 1


def year_of(text: str) -> int:
    """`2025`, `'25`."""
    return int(text) if len(text) == 4 else 2000 + int(text[1:])


def _digits(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def _latest(today: date, month: int) -> Period:
    return months(today.year if month <= today.month else today.year - 1, month)


def _day(year: str | None, month: int, day: str, today: date) -> Period:
    at = date(year_of(year) if year else _latest(today, month).first.year, month, _digits(day))
    return Period(at, at)


def _named(word: str, unit: str, today: date) -> Period:
    """`this year`, `last month`, `previous week`."""
    current = word.lower() in ("this", "current")
    if unit.lower() == "week":
        monday = today - timedelta(days=today.weekday() + (0 if current else 7))
        return Period(monday, monday + timedelta(days=6))
    if unit.lower() == "year":
        return months(today.year - (not current), 1, 12)
    if unit.lower() == "quarter":
        first = (today.month - 1) // 3 * 3 + 1
        return months(today.year, first, 3) if current else months(*_three_before(today, first), 3)
    return months(today.year, today.month) if current else _month_before(today)


def edge(period: Period, *, end: bool) -> Period:
    """`the end of 2024`, `the beginning of October`: a quarter of a year, ten days of less."""
    first, last = period.first, period.last
    if (last - first).days >= 364:
        return months(last.year, 10, 3) if end else months(first.year, 1, 3)
    most = timedelta(days=min(9, (last - first).days))
    return Period(last - most, last) if end else Period(first, first + most)


def _week(which: str, month: str, year: str | None, today: date) -> Period:
    """`the first week of October`: seven days from the first; the last seven."""
    whole = months(year_of(year), _month(month)) if year else _latest(today, _month(month))
    if which.lower() == "last":
        return Period(whole.last - timedelta(days=6), whole.last)
    start = whole.first + timedelta(days=7 * (ORDINALS[which.lower()] - 1))
    return Period(start, start + timedelta(days=6))


def _three_before(today: date, month: int) -> tuple[int, int]:
    return (today.year, month - 3) if month > 3 else (today.year - 1, 10)


def _ago(number: str, unit: str, today: date) -> Period:
    """`two years ago`: the calendar year, month, week or day of that time."""
    unit = unit.lower().rstrip("s")
    day = back(today, 1 if number.lower() in ("a", "an", "one") else count(number), unit)
    if unit == "day":
        return Period(day, day)
    return _named("this", unit, day)


def _season(word: str, start: int, length: int, today: date) -> Period:
    """`last summer`, `this autumn`, `last October`: the latest that is over, or this year's."""
    this = months(today.year, start, length)
    return (
        this
        if word.lower() == "this" or this.last < today
        else months(today.year - 1, start, length)
    )


def _month_before(today: date) -> Period:
    last = today.replace(day=1) - timedelta(days=1)
    return months(last.year, last.month)


def _rolling(number: str | None, unit: str, today: date) -> Period:
    """`the past 6 months`, `the last few weeks`, `past year`."""
    few = {"few": 3, "couple of": 2, "several": 3}
    amount = 1 if not number else few.get(number.lower()) or count(number)
    return Period(back(today, amount, unit), today)


def _slashed(first: int, second: int, year: int) -> Period:
    """`12/09/2025`: the day first, unless that cannot be."""
    month, day = (first, second) if second > 12 else (second, first)
    at = date(year, month, day)
    return Period(at, at)


def _both(one: Period, other: Period) -> Period:
    return Period(min(one.first, other.first), max(one.last, other.last))


def _week_of(day: str, today: date) -> Period | None:
    """From Monday to Sunday."""
    at = read_period(day, today=today)
    return _named("this", "week", at.first) if at else None


Reader = Callable[[re.Match[str], date], Period | None]
_SHAPES: tuple[tuple[str, Reader], ...] = (
    (rf"({YEAR})[-/](\d\d?)[-/](\d\d?)", lambda m, now: _day(m[1], int(m[2]), m[3], now)),
    (rf"(\d\d?)/(\d\d?)/({YEAR})", lambda m, now: _slashed(int(m[1]), int(m[2]), int(m[3]))),
    (rf"({YEAR})[-/](0[1-9]|1[0-2])", lambda m, now: months(int(m[1]), int(m[2]))),
    (rf"(\d\d?)\.(\d\d?)\.({YEAR})", lambda m, now: _day(m[3], int(m[2]), m[1], now)),
    (rf"(0?[1-9]|1[0-2])/({YEAR})", lambda m, now: months(int(m[2]), int(m[1]))),
    (
        rf"({DAY})\s+(?:of\s+)?({MONTH})(?:,?\s+({YEAR}|{_SHORT}))?",
        lambda m, now: _day(m[3], _month(m[2]), m[1], now),
    ),
    (
        rf"({MONTH})\s+({DAY})(?!\d)(?:,?\s+({YEAR}|{_SHORT}))?",
        lambda m, now: _day(m[3], _month(m[1]), m[2], now),
    ),
    (
        rf"(?:the\s+)?(first|1st|second|2nd|third|3rd|fourth|4th|last)\s+week\s+of\s+({MONTH})(?:,?\s+({YEAR}|{_SHORT}))?",
        lambda m, now: _week(m[1], m[2], m[3], now),
    ),
    (
        rf"({MONTH}),?\s*(?:of\s+)?({YEAR}|{_SHORT})",
        lambda m, now: months(year_of(m[2]), _month(m[1])),
    ),
    (rf"({YEAR})\s+({MONTH})", lambda m, now: months(int(m[1]), _month(m[2]))),
    (rf"Q([1-4]),?\s+(?:of\s+)?({YEAR})", lambda m, now: months(int(m[2]), int(m[1]) * 3 - 2, 3)),
    (rf"({YEAR})[ -]Q([1-4])", lambda m, now: months(int(m[1]), int(m[2]) * 3 - 2, 3)),
    (
        rf"(first|1st|second|2nd|third|3rd|fourth|4th)\s+quarter\s+(?:of\s+)?({YEAR})",
        lambda m, now: months(int(m[2]), ORDINALS[m[1].lower()] * 3 - 2, 3),
    ),
    (rf"H([12]),?\s+(?:of\s+)?({YEAR})", lambda m, now: months(int(m[2]), int(m[1]) * 6 - 5, 6)),
    (rf"({YEAR})[ -]H([12])", lambda m, now: months(int(m[1]), int(m[2]) * 6 - 5, 6)),
    (
        rf"(first|1st|second|2nd)\s+half\s+(?:of\s+)?({YEAR})",
        lambda m, now: months(int(m[2]), ORDINALS[m[1].lower()] * 6 - 5, 6),
    ),
    (
        rf"({'|'.join(SEASONS)})\s+(?:of\s+)?({YEAR}|{_SHORT})",
        lambda m, now: months(year_of(m[2]), SEASONS[m[1].lower()], 3),
    ),
    (
        rf"({'|'.join(THIRDS)})[ -](?:in\s+)?({YEAR})",
        lambda m, now: months(int(m[2]), THIRDS[m[1].lower()], 4),
    ),
    (
        rf"({'|'.join(SEASONS)})\s+(?:and|to)\s+({'|'.join(SEASONS)})\s+(?:of\s+)?({YEAR})",
        lambda m, now: _both(*(months(int(m[3]), SEASONS[m[i].lower()], 3) for i in (1, 2))),
    ),
    (
        rf"Q([1-4])\s*(?:[-–—]|\s(?:and|to)\s)\s*Q([1-4]),?\s+(?:of\s+)?({YEAR})",
        lambda m, now: _both(*(months(int(m[3]), int(m[i]) * 3 - 2, 3) for i in (1, 2))),
    ),
    (r"((?:19|20)\d0)['’]?s", lambda m, now: months(int(m[1]), 1, 120)),
    (r"(seventies|eighties|nineties)", lambda m, now: months(_DECADES[m[1].lower()], 1, 120)),
    (
        rf"week\s+of\s+((?:{MONTH}\s+{DAY}|{DAY}\s+(?:of\s+)?{MONTH})(?:,?\s+{YEAR})?)",
        lambda m, now: _week_of(m[1], now),
    ),
    (r"the\s+(year|quarter|month|week)", lambda m, now: _named("this", m[1], now)),
    (
        r"(?<!the\ )(this|last|previous)\s+(year|quarter|month|week)",
        lambda m, now: _named(m[1], m[2], now),
    ),
    (r"the\s+(last|previous)\s+quarter", lambda m, now: _named(m[1], "quarter", now)),
    (
        rf"(this|last)\s+({'|'.join(SEASONS)})",
        lambda m, now: _season(m[1], SEASONS[m[2].lower()], 3, now),
    ),
    (rf"(this|last)\s+({MONTH})", lambda m, now: _season(m[1], _month(m[2]), 1, now)),
    (
        rf"({COUNT}|an?)\s+(days?|weeks?|months?|years?)\s+ago",
        lambda m, now: _ago(m[1], m[2], now),
    ),
    (
        rf"(?:past|last|previous)\s+(?:({COUNT}|few|couple\ of|several)\s+)?"
        r"(days?|weeks?|months?|years?|decades?)",
        lambda m, now: _rolling(m[1], m[2], now),
    ),
    (r"today|now|(?:the\s+)?present", lambda m, now: Period(now, now)),
    (r"yesterday", lambda m, now: Period(now - timedelta(days=1), now - timedelta(days=1))),
    (rf"({YEAR}|{_SHORT})", lambda m, now: months(year_of(m[1]), 1, 12)),
    (rf"({MONTH})", lambda m, now: _latest(now, _month(m[1]))),
)
_READERS = tuple((compiled(rf"(?:{shape})\Z"), reader) for shape, reader in _SHAPES)

PHRASE = "(?:" + "|".join(re.sub(r"\((?!\?)", "(?:", shape) for shape, _ in _SHAPES) + ")"
"""A pattern (verbose, ignoring case, without groups) of everything `read_period` reads."""
BARE_YEAR = lazy(rf"(?:{YEAR}|{_SHORT})\Z")
BARE_MONTH = compiled(rf"(?:(?:{DAY}\s+(?:of\s+)?)?{MONTH}|{MONTH}\s+{DAY})\Z")
"""Month, or month and day: the year is to be found elsewhere, or is the latest one."""


def read_period(phrase: str, *, today: date) -> Period | None:
    """The days that a phrase matched by `PHRASE` means, or None where there are none (`30 Feb`)."""
    for shape, reader in _READERS:
        match = shape.match(phrase)
        if match:
            try:
                return reader(match, today)
            except (ValueError, OverflowError):
                return None
    return None
