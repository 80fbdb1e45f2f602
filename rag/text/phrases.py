"""Word lists, numbers in words, what people call papers: patterns that several readers share."""

from __future__ import annotations

import re

from rag.text.patterns import lazy


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


def count(word: str) -> int:
    """`3`, `three`, `1,000` or `a couple of` → the number."""
    word = word.strip().lower()
    if word.startswith("half"):
        return 6
    some = re.match(r"a\s+(single|couple|dozen)", word)
    if some:
        return _SOME[some[1]]
    return COUNTS[word] if word in COUNTS else int(word.replace(",", ""))


def compiled(pattern: str) -> re.Pattern[str]:
    return lazy(pattern, re.IGNORECASE | re.VERBOSE)
