"""Numbers as prose writes them: 1,000 and 1000, 37\\% and 37 percent, 7B, three.

What a number counts is not known here, so that 7B parameters and a 7 B budget are the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

_WORDS = re.findall(
    r"\w+",
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty",
)
_TENS = re.findall(r"\w+", "thirty forty fifty sixty seventy eighty ninety hundred")
_BY_WORD = {word: Decimal(n) for n, word in enumerate(_WORDS)} | {
    word: Decimal(10 * n) for n, word in enumerate(_TENS, 3)
}
_FACTORS = {"k": 3, "thousand": 3, "m": 6, "million": 6, "b": 9, "billion": 9, "trillion": 12}
_DIGITS = re.compile(
    r"(?P<digits>[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)"
    r"(?:[ -]?(?P<factor>thousand|million|billion|trillion|[kKMB])\b)?"
)
_GLUED = re.compile(r"(?:[^\W\d]-?|\.)$")
_PERCENT = re.compile(r"\s?(?:%|per ?cent)")


@dataclass(frozen=True, slots=True)
class Number:
    """A number in its text. `glued` digits belong to a name (GPT-4, top-1, Math-7B)."""

    shown: str
    start: int
    values: frozenset[Decimal]
    """The value, and with `k`, `M`, `billion` behind it the multiplied one as well."""
    percent: bool = False
    glued: bool = False
    word: bool = False


def numbers(text: str) -> Iterator[Number]:
    """All numbers of `text`, in digits first, then in words."""
    for match in _DIGITS.finditer(text):
        value = Decimal(match["digits"].replace(",", ""))
        glued = _GLUED.search(text[max(0, match.start() - 2) : match.start()]) is not None
        values = set() if glued else {value}
        if factor := match["factor"]:
            values.add(value.scaleb(_FACTORS[factor.casefold()]))
        yield Number(
            match.group(),
            match.start(),
            frozenset(values),
            percent=_PERCENT.match(text, match.end()) is not None,
            glued=glued,
        )
    for match in re.finditer(r"[a-z]+", text.casefold()):
        if (found := _BY_WORD.get(match.group())) is not None:
            yield Number(
                match.group(),
                match.start(),
                frozenset({found}),
                percent=_PERCENT.match(text, match.end()) is not None,
                word=True,
            )
