"""A constraint as the words that state it: what a user sees as a chip and may take away.

Also the word lists and the pattern for counts that the readers of dates and of ranks share.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from rag.filters import Filters
from rag.patterns import lazy

Stated = TypeVar("Stated", bound=str)


@dataclass(frozen=True, kw_only=True, slots=True)
class Chip:
    """Words of a question, `text[start:end]`, and the constraint that they state by themselves."""

    start: int
    end: int
    text: str
    filters: Filters


def listed(words: str) -> tuple[str, ...]:
    """Word lists are written as prose, to be read and sorted by people."""
    return tuple(words.split())


COUNTS = {
    word: value
    for value, word in enumerate(
        listed("one two three four five six seven eight nine ten eleven twelve"), start=1
    )
} | {"fifteen": 15, "twenty": 20, "thirty": 30, "fifty": 50, "hundred": 100}
_SOME = {"single": 1, "couple": 2, "dozen": 12}
COUNT = (
    r"(?:\d{1,3}(?!\d)|(?:half\s+)?a\s+dozen|a\s+(?:single|couple\s+of)"
    rf"|{'|'.join(COUNTS)})"
)

DOCUMENT = r"(?:papers?|articles?|publications?|preprints?|stud(?:y|ies)|works?|abstracts?|entries)"
"""What the corpus holds, as people call it."""
RESEARCH = (
    rf"(?:{DOCUMENT}|research|literature|methods?|approach(?:es)?|techniques?|ideas?|findings|results"
    r"|advances|progress|developments|contributions|surveys?)"
)
"""What can be recent or from a year: documents, and what people call their contents."""
ADJECTIVES = (
    r"(?:(?!(?:in|on|of|for|from|with|by|to|at|that|which|about|and|than|is|are|was|were)\b)"
    r"[\w/+'’-]+\s+){0,4}?"
)
"""Up to four words between a number or adjective and its noun: `newest LLM agent papers`."""


def count(word: str) -> int:
    """`3`, `three`, `1,000` or `a couple of` → the number."""
    word = word.strip().lower()
    if word.startswith("half"):
        return 6
    some = re.match(r"a\s+(single|couple|dozen)", word)
    if some:
        return _SOME[some[1]]
    return COUNTS[word] if word in COUNTS else int(word.replace(",", ""))


def merge(chips: Iterable[Chip]) -> Filters:
    """All constraints together. What is said first wins, except that dates narrow each other.

    Periods that exclude each other are alternatives (`from 2022 and from 2024`): the widest range
    that covers both is taken. Bounds that exclude each other (`after 2024 and before 2022`) stay,
    to be told: no day is within both.
    """
    found = [chip.filters for chip in chips]
    first_days = [f.date_from for f in found if f.date_from]
    last_days = [f.date_to for f in found if f.date_to]
    date_from, date_to = max(first_days, default=None), min(last_days, default=None)
    if date_from and date_to and date_from > date_to:
        dated = [f for f in found if f.date_from or f.date_to]
        if any(f.date_from and f.date_to for f in dated):
            date_from = min(first_days) if len(first_days) == len(dated) else None
            date_to = max(last_days) if len(last_days) == len(dated) else None
    ranked = next((f for f in found if f.sort), Filters())
    passed = next((f for f in found if f.skip), Filters())
    barred = next((f for f in found if f.not_from), Filters())
    return Filters(
        date_from=date_from,
        date_to=date_to,
        upvotes_min=next((f.upvotes_min for f in found if f.upvotes_min is not None), None),
        sort=ranked.sort,
        order=ranked.order,
        limit=next((f.limit for f in found if f.limit is not None), None),
        upvotes_max=next((f.upvotes_max for f in found if f.upvotes_max is not None), None),
        not_from=barred.not_from,
        not_to=barred.not_to,
        skip=passed.skip,
        authors=_together(f.authors for f in found),
        authors_min=next((f.authors_min for f in found if f.authors_min is not None), None),
        authors_max=next((f.authors_max for f in found if f.authors_max is not None), None),
        recorded=_together(f.recorded for f in found),
        unrecorded=_together(f.unrecorded for f in found),
    )


def _together(stated: Iterable[tuple[Stated, ...] | None]) -> tuple[Stated, ...] | None:
    return tuple(dict.fromkeys(one for some in stated for one in some or ())) or None


def compiled(pattern: str) -> re.Pattern[str]:
    return lazy(pattern, re.IGNORECASE | re.VERBOSE)


def previous_words(text: str, end: int) -> Iterator[str]:
    """The last few words before `end`, nearest first."""
    words: list[str] = re.findall(r"[\w.'’+-]+", text[max(0, end - 80) : end])
    return reversed(words)
