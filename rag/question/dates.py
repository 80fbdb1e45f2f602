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

from rag.filters import Filters
from rag.question.phrases import NUMBERS, Found, Text, number
from rag.text.phrases import listed

_NAMES = (
    "january february march april may june july august september october november december".split()
)
MONTHS = {name[:length]: at for at, name in enumerate(_NAMES, 1) for length in (3, len(name))}
MONTHS["sept"] = 9
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_DECADES = {"seventies": 1970, "eighties": 1980, "nineties": 1990}
_WEEKDAYS = listed("monday tuesday wednesday thursday friday saturday sunday")
_PLACES = {
    word: at
    for at, words in enumerate(("first 1st", "second 2nd", "third 3rd", "fourth 4th final last"), 1)
    for word in words.split()
}
_UNITS = {
    "day": "day days", "week": "week weeks wk wks", "month": "month months mo mos",
    "quarter": "quarter quarters", "year": "year years yr yrs", "decade": "decade decades",
}  # fmt: skip
_UNIT = {word: unit for unit, words in _UNITS.items() for word in words.split()}
_MONTHS_LONG = {"month": 1, "quarter": 3, "year": 12, "decade": 120}
_ROLLING = listed("past last previous recent")
_THIRDS = {"early": 1, "mid": 5, "middle": 5, "late": 9}
STARTS = frozenset(
    [*MONTHS, *SEASONS, *_DECADES, *_PLACES, *_ROLLING, *_THIRDS, *NUMBERS]
    + "q1 q2 q3 q4 h1 h2 the this current present today now nowadays yesterday an since".split()
)
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
    for read in (_digits, _part, _month, _season, _relative, _ago, _year):
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
                # `2022, 2023 and 2024`
                for start_again in _joint(text, over) if text.word(end) == "," else ():
                    for past, later in period(text, start_again):
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
        start, length = first.first, (first.last - first.first).days
        if start.day == 1 and length > 26:
            months_long = round(length / 30.4)
            first = months(start.year + years, start.month, months_long)
        else:
            day = start.replace(year=start.year + years)
            first = Period(day, day + timedelta(days=length))
    return (first, last) if first.first <= last.last else (last, first)


Read = tuple[int, Period] | None


def _number_of_year(text: Text, at: int) -> int | None:
    """`2025`, `'25`."""
    word = text.word(at)
    if re.fullmatch(r"(?:19|20)\d\d", word):
        return int(word)
    return 2000 + int(word[1:]) if re.fullmatch(r"'[0-2]\d", word) else None


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
    """`Q3 2025`, `H1 2024`, `2025 Q3`, `third quarter of 2025`, `first half of last year`, `late
    2024`, `first week of May`."""
    word, following = text.word(at), text.word(at + 1)
    if re.fullmatch(r"q[1-4]|h[12]", word):
        end, said = _year_behind(text, at + 1, today)
        return end, _nth(word[0], int(word[1]), said, today)
    if (year := _number_of_year(text, at)) and re.fullmatch(r"q[1-4]|h[12]", following):
        return at + 2, _nth(following[0], int(following[1]), year, today)
    if word in _THIRDS:
        end, year = _year_behind(text, at + 1, today)
        if year:
            return end, months(year, _THIRDS[word], 4)
        inner = _month(text, at + 1, today)
        return inner and (inner[0], edge_of(inner[1], end=word == "late"))
    if word in _PLACES and following == "week" and text.word(at + 2) in ("of", "in"):
        inner = _month(text, at + 3, today)
        return inner and (inner[0], _week(word, inner[1]))
    if word in _PLACES and following in ("quarter", "half"):
        end, said = _year_behind(text, at + 2, today)
        return (end, _nth(following[0], _PLACES[word], said, today)) if said else None
    return None


def _nth(unit: str, which: int, year: int | None, today: date) -> Period:
    length = 3 if unit == "q" else 6
    start = (min(which, 12 // length) - 1) * length + 1
    return _latest(start, length, year, today)


def _latest(start: int, length: int, year: int | None, today: date) -> Period:
    """`length` months from the first of month `start`: the latest that have begun, if no year is
    said."""
    said = year or today.year - (start > today.month)
    return months(said, start, length, kind="sure" if year else "month")


def _week(which: str, month: Period) -> Period:
    """Seven days from the first; the last seven."""
    if which in ("last", "final"):
        return Period(month.last - timedelta(days=6), month.last)
    start = month.first + timedelta(days=7 * (_PLACES[which] - 1))
    return Period(start, start + timedelta(days=6))


def _day_at(text: Text, at: int) -> int | None:
    match = re.fullmatch(r"(3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?", text.word(at))
    return int(match[1]) if match else None


def _month(text: Text, at: int, today: date) -> Read:
    """`October`, `Oct. 2025`, `May 3, 2024`, `3 of May`, `2025 May`."""
    here, day, year = at, _day_at(text, at), None
    if day is not None:
        here += 1 + (text.word(at + 1) == "of")
    elif (year := _number_of_year(text, at)) is not None:
        here += 1
    month = MONTHS.get(text.word(here))
    if month is None or (text.within_word(here + 1) and not _joins_dates(text, here + 1)):
        return None
    here += 1 + (text.word(here + 1) == "." and bool(text.word(here + 2)))
    if day is None and year is None and not text.within_word(here):
        day = _day_at(text, here)
        here += day is not None
    if year is None:
        here, year = _year_behind(text, here, today)
    kind = "month" if year is None else "sure"
    year = year or today.year - (month > today.month)
    at_day = date(year, month, day) if day else None
    return here, Period(at_day, at_day, kind) if at_day else months(year, month, kind=kind)


def _joins_dates(text: Text, at: int) -> bool:
    return text.word(at) in MONTHS or _number_of_year(text, at) is not None


def _season(text: Text, at: int, today: date) -> Read:
    """`summer 2025`, `last summer`, `this autumn`, `last October`: the latest that is over."""
    word, following = text.word(at), text.word(at + 1)
    if word in SEASONS and not text.within_word(at + 1):
        end, year = _year_behind(text, at + 1, today)
        return end, _latest(SEASONS[word], 3, year, today)
    if word in ("this", "last", "past") and following in {**SEASONS, **MONTHS}:
        start = SEASONS.get(following) or MONTHS[following]
        found = months(today.year, start, 3 if following in SEASONS else 1)
        late = word != "this" and found.last >= today
        return at + 2, months(today.year - 1, start, 3 if following in SEASONS else 1) if late else found
    if word in ("last", "since") and following in _WEEKDAYS:
        day = today - timedelta(days=(today.weekday() - _WEEKDAYS.index(following) - 1) % 7 + 1)
        return at + 2, Period(day, day)
    return None


def _relative(text: Text, at: int, today: date) -> Read:
    """`this year`, `last month`, `the past 6 months`, `last few weeks`, `yesterday`, `now`."""
    the = text.word(at) == "the"
    word, here = text.word(at + the), at + the + 1
    if word in ("today", "now", "present", "nowadays"):
        return here, Period(today, today, "now")
    if word == "yesterday" and not the:
        return here, Period(today - _DAY, today - _DAY)
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
    amount, end = (1, here) if unit else (0, here)
    for end, amount in number(text, here):
        pass
    if text.word(here) in ("few", "several"):
        end, amount = here + 1, 3
    end += text.word(end) == "of"
    unit = _UNIT.get(text.word(end))
    return (end + 1, Period(back(today, amount, unit), today)) if unit and amount else None


def _ago(text: Text, at: int, today: date) -> Read:
    """`two years ago`, `a month ago`: the calendar year, month, week or day of that time."""
    end, amount = (at + 1, 1) if text.word(at) in ("a", "an") else (at, 0)
    for end, amount in number(text, at):
        pass
    unit = _UNIT.get(text.word(end))
    if not amount or not unit or text.word(end + 1) not in ("ago", "back"):
        return None
    return end + 2, whole(unit, back(today, amount, unit))


def _year(text: Text, at: int, _today: date) -> Read:
    """`2024`, `'24`, `the 1990s`."""
    if match := re.fullmatch(r"((?:19|20)\d0)'?s", text.word(at)):
        return at + 1, months(int(match[1]), 1, 120)
    if text.word(at) in _DECADES:
        return at + 1, months(_DECADES[text.word(at)], 1, 120)
    year = _number_of_year(text, at)
    return (at + 1, months(year, 1, 12, "year")) if year and year >= _EARLIEST_YEAR else None


def bounded(found: Found) -> Filters | None:
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


def aged(found: Found, today: date) -> Filters | None:
    """`newer than 6 months`, `at most two years old`: `n` of `unit`, and `newer` or not."""
    day = back(today, found.get("n", 1), found["unit"])
    newer = (found["age"] == "newer") != bool(found.get("not"))
    return _filters(day, None) if newer else _filters(None, day)


def edge_of(around: Period, *, end: bool) -> Period:
    """`the end of 2024`, `the beginning of October`: a quarter of a year, ten days of less."""
    first, last = around.first, around.last
    if (last - first).days >= 364:
        return months(last.year, 10, 3) if end else months(first.year, 1, 3)
    most = timedelta(days=min(9, (last - first).days))
    return Period(last - most, last) if end else Period(first, first + most)


def _filters(start: date | None, end: date | None) -> Filters:
    return Filters(
        date_from=start.isoformat() if start else None, date_to=end.isoformat() if end else None
    )
