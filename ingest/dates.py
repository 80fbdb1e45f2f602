"""Days of publication out of whatever states one: ISO dates, years as numbers, months in letters,
date parts, time stamps. An ambiguous date gives what is sure of it, the year."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, date, datetime

from rag.text.patterns import lazy
from rag.text.words import MONTHS

_YEARS = range(1400, 2101)
_TIME = lazy(r"[T ]\d\d?:\d\d.*\Z", 16)
_ISO = lazy(r"(\d{4})\s?[-/.]\s?(\d{1,2})(?:\s?[-/.]\s?(\d{1,2}))?(?:[-/].*)?\Z")
_COMPACT = lazy(r"(\d{4})(\d\d)(\d\d)\Z")
_LAST = lazy(r"(?:(\d{1,2})([-/.])\s?)?(\d{1,2})[-/.]\s?(\d{4})\Z")
_MONTHS = [month[:3].lower() for month in MONTHS]
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY, _YEAR = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?\.?", r"(?P<year>[0-9]{4})"
_LETTERED = tuple(
    lazy(
        rf"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\ )?{shape}\Z", 2
    )
    for shape in (
        rf"(?:{_DAY}(?:\ of)?[\ /-])?{_MONTH},?[\ /-]{_YEAR}",
        rf"{_MONTH}\ {_DAY},?\ {_YEAR}",
        rf"{_YEAR},?[\ /-]{_MONTH}(?:[\ /-]{_DAY})?",
    )
)
_A_YEAR = lazy(r"(?<!\d)(?:1[4-9]|20)\d\d(?!\d)")
_NONE = frozenset(("", "nd", "na", "none", "null", "nan", "nil", "unknown", "nat"))


def is_no_date(value: object) -> bool:
    """Whether it says that there is no date, which is nothing odd."""
    if isinstance(value, float) and math.isnan(value):
        return True
    if isinstance(value, str):
        return "".join(filter(str.isalnum, value.casefold())) in _NONE
    return value is None or value in ([], {}, [[]], [None], [[None]]) or _empty_parts(value)


def day_of(value: object) -> tuple[str | None, bool]:
    """`2025-10-11`, `2025-10` or `2025`, as precise as `value` tells it, and whether that is all
    that it tells. None where it tells none."""
    found: tuple[str | None, bool] = (None, False)
    match value:
        case bool():
            pass
        case int() | float():
            found = _of_number(value), True
        case str():
            found = _of_text(value)
        case dict():
            found = _of_parts_or_text(value)
        case [[*parts], *_] | [*parts] if parts and all(map(_is_number, parts)):
            found = _joined(parts), True
        case [first, *_]:
            found = day_of(first)
    return found if found[0] else (None, False)


def _of_parts_or_text(value: dict[object, object]) -> tuple[str | None, bool]:
    keys = {str(key).lower().lstrip("$#@"): key for key in value}
    for name in ("date-parts", "date-time", "value", "date", "raw", "literal", "text", "_"):
        if name in keys and (found := day_of(value[keys[name]]))[0]:
            return found
    year, month, day = (value.get(keys.get(name, name)) for name in ("year", "month", "day"))
    if year is not None:
        return day_of("-".join(str(part) for part in (year, month, day) if part))
    return None, False


def _of_number(value: float) -> str | None:
    if not math.isfinite(value) or value != int(value):
        return None
    whole = int(value)
    if whole in _YEARS:
        return str(whole)
    if match := _COMPACT.match(str(whole)):
        return _day(*map(int, match.groups()))
    for scale in (1, 1000):  # seconds or milliseconds since 1970
        if 10**8 * scale <= whole < 5 * 10**9 * scale:
            return datetime.fromtimestamp(whole / scale, UTC).date().isoformat()
    return None


def _of_text(value: str) -> tuple[str | None, bool]:
    told = " ".join(_TIME.sub("", value.strip()[:200]).split()).strip(" ,;/[]()")
    for pattern in (_ISO, _COMPACT):
        if (match := pattern.match(told)) and (found := _day(*map(_number, match.groups()))):
            return found, True
    if match := _LAST.match(told):
        return _day_or_month_first(*match.groups())
    for shape in _LETTERED:
        if match := shape.match(told):
            parts = match.groupdict()
            month = _MONTHS.index(parts["month"][:3].lower()) + 1
            if found := _day(int(parts["year"]), month, _number(parts.get("day"))):
                return found, True
    try:
        if found := _of_number(float(told)):
            return found, True
    except ValueError:
        pass
    years = set(_A_YEAR.findall(told))
    return (years.pop(), False) if len(years) == 1 else (None, False)


def _day_or_month_first(
    first: str | None, mark: str | None, second: str, year: str
) -> tuple[str | None, bool]:
    """`25.01.2020` and `01/25/2020` can mean one day alone; `03/04/2020` may be two."""
    if first is None:
        found = _day(int(year), int(second))
        return (found, True) if found else (_day(int(year)), False)
    day, month = int(first), int(second)
    if mark != "." and day <= 12 and month <= 12 and day != month:
        return _day(int(year)), False
    if day <= 12 < month:
        day, month = month, day
    found = _day(int(year), month, day)
    return (found, True) if found else (_day(int(year)), False)


def _joined(parts: Sequence[object]) -> str | None:
    return _day(*([_number(part) for part in parts] + [0, 0])[:3])


def _day(year: int, month: int = 0, day: int = 0) -> str | None:
    """What is not zero; None where there is no such day."""
    if year not in _YEARS:
        return None
    if not month:
        return str(year)
    try:
        whole = date(year, month, day or 1).isoformat()
    except ValueError:
        return None
    return whole if day else whole[:7]


def _number(part: object) -> int:
    try:
        return int(str(part or 0).strip())
    except ValueError:
        return 0


def _is_number(part: object) -> bool:
    return (isinstance(part, int) and not isinstance(part, bool)) or (
        isinstance(part, str) and part.strip().isdecimal()
    )


def _empty_parts(value: object) -> bool:
    return isinstance(value, dict) and value.get("date-parts") in ([], [[]], [[None]])
