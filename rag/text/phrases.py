"""Word lists, numbers in words, what people call papers: patterns that several readers share."""

from __future__ import annotations

import re
from collections.abc import Iterator

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


def compiled(pattern: str) -> re.Pattern[str]:
    return lazy(pattern, re.IGNORECASE | re.VERBOSE)


def previous_words(text: str, end: int) -> Iterator[str]:
    """The last few words before `end`, nearest first."""
    words: list[str] = re.findall(r"[\w.'’+-]+", text[max(0, end - 80) : end])
    return reversed(words)
