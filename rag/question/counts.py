"""Numbers in questions: how many papers, upvotes, days, and which place in an order."""

from __future__ import annotations

from collections.abc import Iterator

from rag.question.phrases import DIGITS, Text
from rag.text.phrases import COUNTS

_SOME = {"zero": 0, "single": 1, "couple": 2, "dozen": 12, **COUNTS}
NUMBERS = frozenset([*_SOME, DIGITS, "half", "a"])
_PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
ORDINALS = frozenset([*_PLACES[1:], DIGITS])


def number(text: Text, at: int) -> Iterator[tuple[int, int]]:
    """A macro: `3`, `three`, `1,000`, `a couple of`, `half a dozen`; no more than nine digits."""
    word = text.word(at)
    plain = word.replace(",", "")
    if plain.isascii() and plain.isdigit() and len(plain) < 10:
        yield at + 1, int(plain)
    elif word == "half" and text.word(at + 2) == "dozen":
        yield at + 3, 6
    elif word in _SOME:
        yield at + 1 + (text.word(at + 1) == "of"), _SOME[word]
    elif word == "a" and text.word(at + 1) in ("dozen", "couple", "single"):
        yield from number(text, at + 1)


def ordinal(text: Text, at: int) -> Iterator[tuple[int, int]]:
    """A macro: how many come before the `second`, `3rd` or `ninth`."""
    word = text.word(at)
    if word in ORDINALS:
        yield at + 1, _PLACES.index(word)
    elif word[:1] in tuple("23456789") and word[1:] in ("nd", "rd", "th"):
        yield at + 1, int(word[0]) - 1
