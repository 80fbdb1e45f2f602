"""Numbers in questions: how many papers, upvotes, days."""

from __future__ import annotations

from collections.abc import Iterator

from rag.question.phrases import DIGITS, Text
from rag.text.phrases import COUNTS

NUMBERS = frozenset([*COUNTS, DIGITS, "zero", "half", "dozen", "couple", "single", "a"])


def number(text: Text, at: int) -> Iterator[tuple[int, int]]:
    """A macro: `3`, `three`, `1,000`, `a couple of`, `half a dozen`; no more than nine digits."""
    word, following = text.word(at), text.word(at + 1)
    plain = word.replace(",", "")
    if plain.isascii() and plain.isdigit() and len(plain) < 10:
        yield at + 1, int(plain)
    elif word in COUNTS or word == "zero":
        yield at + 1, COUNTS.get(word, 0)
    elif word == "half" and text.word(at + 2) == "dozen":
        yield at + 3, 6
    elif word in ("dozen", "couple", "single"):
        yield at + 1 + (following == "of"), {"dozen": 12, "couple": 2, "single": 1}[word]
    elif word == "a" and following in ("dozen", "couple", "single"):
        yield from number(text, at + 1)
