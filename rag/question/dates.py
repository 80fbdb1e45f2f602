"""Which words of a question bound the dates of papers, and which only look like dates.

`2024` is a year in `papers from 2024` and part of a name in `AIME 2024`. A date with a month, a
quarter or the like counts wherever it stands; a bare year or month counts only beside a word that
makes it a date: a preposition, a noun such as `papers`, or the end of a plain list of words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from rag.filters import Filters
from rag.question.chips import Chip
from rag.question.periods import (
    BARE_MONTH,
    BARE_YEAR,
    PHRASE,
    YEAR,
    Period,
    back,
    edge,
    read_period,
    year_of,
)
from rag.text.patterns import lazy
from rag.text.phrases import ADJECTIVES, COUNT, DOCUMENT, RESEARCH, compiled, count, previous_words

_PUBLISHED = (
    r"(?:(?:that|which)\s+(?:(?:were|was|are|have\s+been|came)\s+)?|were\s+|was\s+)?"
    r"(?:published|released|posted|written|submitted|uploaded|dated|dating|appearing|appeared|announced)"
)
_AFTER = (
    r"after|later\s+than|newer\s+than|more\s+recent\s+than|younger\s+than|following|post(?:-|\s)"
)
_SINCE = (
    r"since(?:\s+(?:at\s+least|about|around|roughly))?|(?:in|on|from)\s+or\s+after|(?:starting|beginning)(?:\s+(?:in|from|with))?|not?\s+(?:earlier|older)\s+than"
    r"|not\s+before|as\s+of"
)
_BEFORE = r"before|prior\s+to|earlier\s+than|older\s+than|pre(?:-|\s)"
_UNTIL = (
    r"(?:up\s+)?until|till|by(?!\s+(?-i:[A-Z]\w+\s+[A-Z]\w+))|up\s+to(?:\s+and\s+including)?|through"
    r"|not?\s+later\s+than|not\s+after|(?:in|on|from)\s+or\s+before"
)
"""`by` and two capitals is a name: `by April Jones`."""
_NO = (
    r"(?:(?:is|are|was|were)(?:\s+not|n['’]t)|(?:that|which)\s+(?:are|were)(?:\s+not|n['’]t)|not|nothing|none|no"
    r"|(?P<but>except(?:ing|\s+for)?|excluding|exclude|leav(?:e|ing)\s+out|other\s+than|apart\s+from|aside\s+from"
    r"|besides|outside(?:\s+of)?|(?:anything|everything|all)\s+but))\s+"
    rf"(?:(?:the|those|that|ones|any(?:thing)?|everything|stuff|{DOCUMENT})\s+){{0,3}}"
)
"""What leaves a period out: `not from 2024`, `nothing older than 2023`, `except the 2024 ones`."""
_IN = r"in|from|during|within|throughout|over|between|of|for|on"

_DATES = compiled(
    rf"""(?<![\w.,/$€£#])
    (?:(?:,\s*|\b)(?:but\s+|and\s+)?(?:only|just|exclusively)\s+)?
    (?P<no>(?:\b(?:but|and)\s+)?\b{_NO})?
    (?P<published>\b{_PUBLISHED}\s+)?
    (?P<lead>(?:(?:\bpublication\s+)?\b(?P<field>year|date)s?\s*)?
      (?P<sign>>=|≥|>|<=|≤|<|=|:(?=\s*\d))\s*|\b(?:(?P<after>{_AFTER})|(?P<since>{_SINCE})|(?P<before>{_BEFORE})
        |(?P<until>{_UNTIL})|(?P<in>{_IN}))\s*(?<=[\s-]))?
    (?:the\s+(?:(?P<ends>end)|(?P<starts>start|beginning))\s+of\s+)?
    (?P<the>the\s+)?(?P<year>(?:years?|months?)\s+(?:of\s+)?)?
    (?P<a>{PHRASE})
    (?:(?:\s*,\s*{YEAR}(?=\s*,|\s+(?:and|or)\b))*
       (?P<join>\s*[-–—]\s*|/(?={YEAR}\b)|,\s*(?:(?:and|or)\s+)?(?={YEAR}\b)|\s+(?:to|through|thru|till|until|and|or|vs\.?|versus)\s+(?:in\s+|from\s+|the\s+)*)
       (?P<b>{PHRASE}))?
    (?!\w|%|[.,/-]\d)(?P<own>['’]s\b)?(?!['’]\w)
    (?P<plus>\+(?!\w))?
    (?P<tail>\s+(?:(?P<onwards>onwards?|on(?=\s*(?:[.,;?!)]|\Z))|(?:or|and)\s+(?:later|newer|after))
        |(?P<backwards>(?:or|and)\s+(?:earlier|older|before)))\b(?!\s+{PHRASE}))?
    (?:\s+only\b)?(?:\s+please\b)?"""
)
_AGE = compiled(
    rf"""\b(?P<not>not?\s+)?(?:(?:(?P<newer>newer|younger|more\s+recent|less)|(?P<older>older|more))\s+than|(?P<most>at\s+most)
    |(?P<least>at\s+least))\s+
    (?:the\s+last\s+)?(?P<n>{COUNT}|an?)\s+(?P<unit>days?|weeks?|months?|years?)(?P<old>\s+(?:old|ago))?\b"""
)
_COUNTED = compiled(
    r"""\s*(?:training\s+|gradient\s+|update\s+|environment\s+)?(?:steps?|iterations?|epochs?|episodes?
    |updates?|samples?|tokens?|examples?|rows?|words?|points?|images?|videos?|frames?|layers?|hours?
    |minutes?|seconds?|days|classes|tasks?|questions?|problems?|users?|nodes?|documents?|sentences?
    |annotat\w+|parameters?|dimensions?|gpus?|times|trials?|runs?|demonstrations?|trajectories|people
    |dollars?|usd|euros?|k|m|b|ms|hz|x)\b"""
)
_EDITION = (
    r"(?:versions?|checkpoints?|snapshots?|editions?|elections?|challenges?|competitions?|cut-?offs?"
    r"|dumps?|benchmarks?|contests?|exams?|shared\s+tasks?|tracks?|data(?:sets?)?|corp(?:us|ora)"
    r"|tweets|questions|problems|news|wikipedia)"
)
"""Things that have dates of their own: `the March 2023 version`, `tweets from 2020`."""
_EDITION_BEFORE = compiled(rf"\b{_EDITION}\s+\Z")
_EDITION_AFTER = compiled(rf"\s+(?:\w+\s+)?{_EDITION}\b")
_NEGATED = compiled(r"\b(?:not|without|\w+n['’]t|neither|nor)\s+\Z")
_OF_NOW = compiled(r"the\s+(?:year|quarter|month|week)\Z")
"""`since the start of the year`: a date only where an end of it is meant."""
_NAMED_BEFORE = compiled(rf"(?:\b(?:{RESEARCH}|published)|,)\s*\(?\s*\Z")
_NOUN_BEFORE = compiled(rf"\b{RESEARCH}\s+\Z")
_NOUN_AFTER = compiled(rf"\s+{ADJECTIVES}{RESEARCH}\b")
_RANKED_BEFORE = compiled(r"(?:\btop[ -]\w+|\bbest|\b(?:most|highest)[ -]\w+|\bnewest)\s+\Z")
_RANKED_AFTER = compiled(r"\s+(?:most|best|top|highest|newest)\b")
"""`the best of 2025`, `2025's most popular`"""
_AL = lazy(r"\bal\b[.,\s(]*\Z")
_WEAK = ("of", "for", "over", "on")
"""Prepositions that make no date of a bare number or month: `a vocabulary of 2023 words`."""
_NEARBY = 120
_EARLIEST_YEAR = 1950


def read_dates(text: str, *, today: date) -> Iterator[Chip]:
    """The date constraints of a question, in its order; spans do not overlap."""
    taken = 0
    for match in sorted(
        [*_AGE.finditer(text), *_DATES.finditer(text)], key=lambda found: found.start()
    ):
        if match.start() < taken:
            continue
        read = _age(match, today) if "unit" in match.groupdict() else _dates(match, today)
        if read is None:
            continue
        start, end = match.span()
        if text[:start].endswith("(") and text[end:].startswith(")"):
            start, end = start - 1, end + 1
        taken = end
        yield Chip(start=start, end=end, text=text[start:end].strip(" ,"), filters=read)


def _age(match: re.Match[str], today: date) -> Filters | None:
    """`newer than 6 months`, `less than two years old`."""
    comparative = match["newer"] or match["older"] or "less"
    if comparative.lower() in ("less", "more") and not match["old"]:
        return None
    number = 1 if match["n"].lower() in ("a", "an") else count(match["n"])
    try:
        day = back(today, number, match["unit"]).isoformat()
    except (ValueError, OverflowError):
        return None
    newer = bool(match["newer"] or match["most"]) != bool(match["not"])
    return Filters(date_from=day) if newer else Filters(date_to=day)


def _dates(match: re.Match[str], today: date) -> Filters | None:
    first, last = match["a"], match["b"]
    if match["the"] and not last:  # `in the last year` are twelve months, `last year` is a year
        first = re.sub(r"\Alast(?=\s+(?:year|month|week)\Z)", "past", first, flags=re.IGNORECASE)
    if not _is_date(match, today):
        return None
    period = _range(first, last, today) if last else read_period(first, today=today)
    if period is None:
        return None
    bound = match["after"] or match["since"] or match["before"] or match["until"]
    if match["ends"] or match["starts"]:
        day = period.last if match["ends"] else period.first
        period = Period(day, day) if bound else edge(period, end=bool(match["ends"]))
    start: date | None = period.first
    end: date | None = period.last
    sign = match["sign"] or ""
    if match["after"] or sign == ">":
        start, end = period.last + timedelta(days=1), None
    elif match["since"] or match["onwards"] or match["plus"] or sign in (">=", "≥"):
        end = None
    elif match["before"] or sign == "<":
        start, end = None, period.first - timedelta(days=1)
    elif match["until"] or match["backwards"] or sign in ("<=", "≤"):
        start = None
    return _left_out(start, end) if match["no"] else _bounded(start, end)


def _bounded(start: date | None, end: date | None) -> Filters:
    return Filters(
        date_from=start.isoformat() if start else None, date_to=end.isoformat() if end else None
    )


def _left_out(start: date | None, end: date | None) -> Filters:
    """All days but these: `nothing before 2022` is since 2022."""
    if start and end:
        return Filters(not_from=start.isoformat(), not_to=end.isoformat())
    day = timedelta(days=1)
    return _bounded(end + day if end else None, start - day if start else None)


def _range(first: str, last: str, today: date) -> Period | None:
    """`June to August 2025`, `2022-2024`. A first month without a year borrows that of the last."""
    end = read_period(last, today=today)
    if end is None:
        return None
    if BARE_MONTH.match(first) and not BARE_YEAR.match(last):
        for year in (end.last.year, end.last.year - 1):
            start = read_period(f"{first.rstrip('.')} {year}", today=today)
            if start and start.first <= end.last:
                return Period(start.first, end.last)
        return None
    start = read_period(first, today=today)
    if start and start.first > end.last:  # `2025 to 2023`
        start, end = end, start
    return Period(start.first, end.last) if start else None


def _is_date(match: re.Match[str], today: date) -> bool:
    text, start = match.string, match.start()
    # A few words on either side say what a date is; a pasted document need not be read each time.
    before = text[: match.start("lead") if match["lead"] and not match["no"] else start][-_NEARBY:]
    after = text[match.end("own" if match["own"] else "b" if match["b"] else "a") :][:_NEARBY]
    if (
        _AL.search(text[max(0, match.start("a") - _NEARBY) : match.start("a")])
        or re.match(r"\s+et\s+al\b", after)
        or _NEGATED.search(before)
        or _EDITION_AFTER.match(after)
        or (match["in"] and _EDITION_BEFORE.search(before))
    ):
        return False
    phrases = [phrase for phrase in (match["a"], match["b"]) if phrase]
    if phrases in (["now"], ["today"], ["present"], ["the present"]):
        named = _NOUN_BEFORE.search(before) and (match["in"] or "").lower() in ("from", "of")
        return bool(match["until"] or match["since"] or match["published"] or named)
    if any(_OF_NOW.match(phrase) for phrase in phrases):
        return bool(match["starts"] or match["ends"])
    if all(BARE_MONTH.match(phrase) for phrase in phrases):
        return bool(match["lead"]) and (match["in"] or "").lower() not in _WEAK
    years = [year_of(phrase) for phrase in phrases if BARE_YEAR.match(phrase)]
    # Beyond next year only where papers are spoken of: `from 2048 samples` is no date.
    last = 2099 if _NOUN_BEFORE.search(before) else today.year + 1
    return all(_EARLIEST_YEAR <= year <= last for year in years) and (
        len(years) < len(phrases) or (not _COUNTED.match(after) and _is_year(match, before, after))
    )


def _is_year(match: re.Match[str], before: str, after: str) -> bool:
    """Whether bare years, alone or as a range, are years of publication."""
    only = re.search(r"\b(only|just)\b", match[0], re.IGNORECASE)
    if match["year"] or match["tail"] or only or (match["but"] and not match["lead"]):
        return True
    if match["sign"] or match["plus"]:
        return bool(match["field"] or _NAMED_BEFORE.search(before))
    preposition = (match["in"] or "").lower()
    if match["lead"] and preposition not in _WEAK:
        return not match["the"] or bool(_NOUN_AFTER.match(after))
    ranked = (preposition == "of" and _RANKED_BEFORE.search(before)) or (
        match["own"] and _RANKED_AFTER.match(after)
    )
    if ranked or _NOUN_BEFORE.search(before):
        return True
    return not preposition and _listed(match, before, after)


def _listed(match: re.Match[str], before: str, after: str) -> bool:
    """Whether bare years stand by themselves, and not as part of a name: `AIME 2024`."""
    words = list(previous_words(before, len(before)))
    name = words[0] if words else ""
    part_of_name = re.search(r"[A-Z\d]", name[1:]) or (
        name[:1].isupper() and before.strip() != name
    )
    if part_of_name:
        return False
    if _NOUN_AFTER.match(after) or re.search(r"\(\Z|,\s*\Z", before) or match["b"]:
        return True
    # A plain list of search words ending in a year; `accuracy on imagenet 2012` is none.
    at_end = not re.search(r"\w", after)
    listed_last = len(words) > 1 and words[1].lower() not in ("on", "at", "in", "for", "of")
    return at_end and (listed_last or not words)
