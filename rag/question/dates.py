"""Dates in words: from `Oct 2025`, `Q3 2025`, `the last two years` to a first and a last day, and
to what they bound: `since`, `before`, `not from`.

Decisions where English is vague: a month without a year is the latest one that has begun; seasons
are the meteorological ones of the north, winter starting in December of its year; early, mid and
late are thirds of a year; `last year` is the calendar year, `the past year` the twelve months up
to today.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from rag.question.counts import NUMBERS, number
from rag.question.phrases import Text
from rag.text.phrases import listed
from rag.text.words import MONTHS as _NAMES

MONTHS = {
    form: at for at, name in enumerate(_NAMES, 1) for form in (name.lower(), name[:3].lower())
}
MONTHS["sept"] = 9
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_DECADES = {"seventies": 1970, "eighties": 1980, "nineties": 1990}
_PLACES = dict(
    zip(
        listed("first second third fourth 1st 2nd 3rd 4th final last"),
        [1, 2, 3, 4] * 2 + [4, 4],
        strict=True,
    )
)
_UNITS = listed("day week month quarter year decade")
_UNIT = {word: unit for unit in _UNITS for word in (unit, f"{unit}s")} | {"yrs": "year"}
_MONTHS_LONG = {"month": 1, "quarter": 3, "year": 12, "decade": 120}
_ROLLING = listed("past last previous recent")
_SPANS = {
    **{name: (month, 1) for name, month in MONTHS.items()},
    **{name: (month, 3) for name, month in SEASONS.items()},
    **{f"q{n}": (3 * n - 2, 3) for n in range(1, 5)},
    "h1": (1, 6),
    "h2": (7, 6),
}
_THIRDS = {"early": 1, "mid": 5, "middle": 5, "late": 9}
STARTS = frozenset(
    "q1 q2 q3 q4 h1 h2 week the this current present today now nowadays yesterday an".split()
).union(MONTHS, SEASONS, _DECADES, _PLACES, _ROLLING, _THIRDS, NUMBERS)
"""The words that a date expression begins with."""
_EARLIEST_YEAR = 1950
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Days `first` to `last`, both included. kind: `year` and `month` stand without more and can
    be something else, `now` is a day that is an end rather than a date, all others are `sure`."""

    first: date
    last: date
    kind: str = "sure"


def months(year: int, month: int, length: int = 1, kind: str = "sure") -> Period:
    """`length` months from the first of `month`; raises ValueError beyond the calendar."""
    last_year, last_month = divmod(year * 12 + month - 1 + length - 1, 12)
    last = date(last_year, last_month + 1, monthrange(last_year, last_month + 1)[1])
    return Period(date(year, month, 1), last, kind)


def back(today: date, amount: int, unit: str) -> date:
    """The day `amount` units before `today`; raises ValueError or OverflowError beyond the
    calendar."""
    if unit in ("day", "week"):
        return today - timedelta(days=amount * (7 if unit == "week" else 1))
    year, month = divmod(today.year * 12 + today.month - 1 - amount * _MONTHS_LONG[unit], 12)
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


def whole(unit: str, day: date) -> Period:
    """The day, week, month, quarter, year or decade that a day is in."""
    if unit == "day":
        return Period(day, day)
    if unit == "week":
        monday = day - timedelta(days=day.weekday())
        return Period(monday, monday + timedelta(days=6))
    length = _MONTHS_LONG[unit]
    if unit == "decade":
        return months(day.year - day.year % 10, 1, length)
    return months(day.year, (day.month - 1) // length * length + 1, length)


def period(text: Text, at: int) -> Iterator[tuple[int, Period]]:
    """A macro: what a date expression at a word means, the longest first. Nothing where there is
    none, or no such day (`30 Feb`). Needs `today` around the text."""
    today, the = text.around["today"], text.word(at) == "the"
    for read in (_digits, _part, _calendar, _relative, _ago, _year):
        try:
            if found := read(text, at + (the and read is not _relative), today):
                yield found
        except (ValueError, OverflowError):
            continue


def periods(text: Text, at: int) -> Iterator[tuple[int, tuple[Period, Period]]]:
    """A macro: one period as both ends, or a range (`June to August 2025`, `2022-2024`)."""
    for end, first in period(text, at):
        yield end, (first, first)
        for start in _joint(text, end):
            for over, last in period(text, start):
                yield over, _range(first, last)
                for again in _joint(text, over) if text.word(end) == "," else ():
                    for past, later in period(text, again):  # `2022, 2023 and 2024`
                        yield past, _range(first, later)


_JOINTS = frozenset(listed("- – — to through thru till until and or vs versus , /"))


def _joint(text: Text, at: int) -> Iterator[int]:
    if text.within_word(at):
        yield at
    elif text.word(at) in _JOINTS:
        at += 1 + (text.word(at) == "," and text.word(at + 1) in ("and", "or"))
        while text.word(at) in ("in", "from", "the"):
            at += 1
        yield at


def _range(first: Period, last: Period) -> tuple[Period, Period]:
    """A first month without a year is of the year of the last, or of the one before."""
    if first.kind == "month" and last.kind not in ("month", "year"):
        years = last.first.year - first.first.year - (first.first.month > last.first.month)
        to_end = first.first != first.last
        first = Period(_moved(first.first, years), _moved(first.last, years, to_end=to_end))
    return (first, last) if first.first <= last.last else (last, first)


def _moved(day: date, years: int, *, to_end: bool = False) -> date:
    longest = monthrange(day.year + years, day.month)[1]
    return date(day.year + years, day.month, longest if to_end else min(day.day, longest))


Read = tuple[int, Period] | None


def _number_of_year(text: Text, at: int) -> int | None:
    """`2025`, `'25`."""
    match = re.fullmatch(r"((?:19|20)\d\d)|'([0-2]\d)", text.word(at))
    return int(match[1] or f"20{match[2]}") if match else None


def _year_behind(text: Text, at: int, today: date) -> tuple[int, int | None]:
    """A year behind `,`, `of`, `in` or nothing, and where it ends; else None, at the same place."""
    here = at + (text.word(at) in (",", "of", "in"))
    if (year := _number_of_year(text, here)) is not None:
        return here + 1, year
    here += text.word(here) == "the"
    if text.word(here) in ("this", "last", "year") and "year" in text.words(here, here + 2):
        named = text.word(here) != "year"
        return here + 1 + named, today.year - (text.word(here) == "last")
    return at, None


def _digits(text: Text, at: int, _today: date) -> Read:
    """`2025-10-11`, `12/09/2025` (the day first, unless that cannot be), `2025-10`, `10/2025`."""
    parts = [int(part) for part in re.split(r"[-/.]", text.word(at)) if part.isdecimal()]
    if len(parts) == 2 and 1900 < max(parts) < 2100 and min(parts) <= 12:
        return at + 1, months(max(parts), min(parts))
    if len(parts) != 3:
        return None
    year, month, day = parts if parts[0] > 31 else (parts[2], parts[1], parts[0])
    if month > 12:
        month, day = day, month
    return at + 1, Period(date(year, month, day), date(year, month, day))


def _part(text: Text, at: int, today: date) -> Read:
    """`late 2024`, `early May`, `the week of 3 March`, `first week of May`."""
    word, following = text.word(at), text.word(at + 1)
    week = following == "week" and word in _PLACES
    end, year = _year_behind(text, at + 1, today)
    if word in _THIRDS and year:
        return end, months(year, _THIRDS[word], 4)
    if word not in _THIRDS and not week and (word, following) != ("week", "of"):
        return None
    found = _calendar(text, at + (3 if week else 2 if word == "week" else 1), today)
    if found is None:
        return None
    end, inner = found
    if word in _THIRDS:
        return end, edge_of(inner, end=word == "late")
    if not week:
        return end, whole("week", inner.first)
    late = word in ("last", "final")
    start = inner.last - 6 * _DAY if late else inner.first + 7 * (_PLACES[word] - 1) * _DAY
    return end, Period(start, start + 6 * _DAY)


def _span(text: Text, at: int) -> tuple[int, tuple[int, int] | None]:
    """Behind `October`, `Oct.`, `Q3`, `third quarter`, `autumn`, and its first month and length."""
    word, following = text.word(at), text.word(at + 1)
    if word in _PLACES and following in ("quarter", "half"):
        most = 4 if following == "quarter" else 2
        return at + 2, _SPANS[f"{following[0]}{min(_PLACES[word], most)}"]
    point = following == "." and word in MONTHS and bool(text.word(at + 2))
    return at + 1 + point, _SPANS.get(word)


def _calendar(text: Text, at: int, today: date) -> Read:
    """`October`, `Oct. 2025`, `May 3, 2024`, `3 of May`, `2025 Q3`, `last summer`, `winter 2024`:
    without a year, the latest that has begun; behind `last`, the latest that is over."""
    day, year, which = _day_at(text, at), None, ""
    here = at
    if day is not None:
        here += 1 + (text.word(at + 1) == "of")
    elif (year := _number_of_year(text, at)) is not None:
        here += 1
    elif text.word(at) in ("this", "last", "past"):
        which, here = text.word(at), at + 1
    end, span = _span(text, here)
    compound = text.within_word(end) and text.word(end) not in _SPANS
    if span is None or (compound and not _number_of_year(text, end)):
        return None
    start, length = span
    if length == 1 and day is None and year is None and not text.within_word(end):
        day = _day_at(text, end)
        end += day is not None
    if year is None and not which:
        end, year = _year_behind(text, end, today)
    kind = "sure" if year or which else "month"
    if which:
        over = months(today.year, start, length).last < today
        year = today.year - (which != "this" and not over)
    year = year or today.year - (start > today.month)
    if day is None or length > 1:
        return end, months(year, start, length, kind)
    return end, Period(date(year, start, day), date(year, start, day), kind)


def _day_at(text: Text, at: int) -> int | None:
    match = re.fullmatch(r"(3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?", text.word(at))
    return int(match[1]) if match else None


def _relative(text: Text, at: int, today: date) -> Read:
    """`this year`, `last month`, `the past 6 months`, `last few weeks`, `yesterday`, `now`."""
    the = text.word(at) == "the"
    word, here = text.word(at + the), at + the + 1
    if word in ("today", "now", "present", "nowadays"):
        return here, Period(today, today, "now")
    unit = _UNIT.get(word)
    if the and unit in ("week", "month", "quarter", "year"):
        return here, replace(whole(unit, today), kind="now")
    unit = _UNIT.get(text.word(here))
    if word in ("this", "current", "present") and unit:
        return here + 1, whole(unit, today)
    if word not in _ROLLING:
        return None
    if unit and unit != "day" and word in ("last", "previous") and (not the or unit == "quarter"):
        return here + 1, whole(unit, whole(unit, today).first - _DAY)
    end, amount = _amount(text, here) or (here, 1)
    unit = _UNIT.get(text.word(end))
    return (end + 1, Period(back(today, amount, unit), today)) if unit and amount else None


def _ago(text: Text, at: int, today: date) -> Read:
    """`two years ago`, `a month ago`, `yesterday`: the calendar year, month, week or day then."""
    if text.word(at) == "yesterday":
        return at + 1, whole("day", today - _DAY)
    end, amount = _amount(text, at) or (at + 1, int(text.word(at) in ("a", "an")))
    unit = _UNIT.get(text.word(end))
    if not amount or not unit or text.word(end + 1) not in ("ago", "back"):
        return None
    return end + 2, whole(unit, back(today, amount, unit))


def _amount(text: Text, at: int) -> tuple[int, int] | None:
    few = text.word(at) in ("few", "several")
    return (at + 1 + (text.word(at + 1) == "of"), 3) if few else next(number(text, at), None)


def _year(text: Text, at: int, _today: date) -> Read:
    """`2024`, `'24`, `the 1990s`."""
    if match := re.fullmatch(r"((?:19|20)\d0)'?s", text.word(at)):
        return at + 1, months(int(match[1]), 1, 120)
    if text.word(at) in _DECADES:
        return at + 1, months(_DECADES[text.word(at)], 1, 120)
    year = _number_of_year(text, at)
    return (at + 1, months(year, 1, 12, "year")) if year and year >= _EARLIEST_YEAR else None


def edge_of(around: Period, *, end: bool) -> Period:
    """`the end of 2024`, `the beginning of October`: a quarter of a year, ten days of less."""
    first, last = around.first, around.last
    if (last - first).days >= 364:
        return months(last.year, 10, 3) if end else months(first.year, 1, 3)
    most = timedelta(days=min(9, (last - first).days))
    return Period(last - most, last) if end else Period(first, first + most)
