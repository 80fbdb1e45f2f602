"""Numbers as prose writes them: 1,000 and 1000, 37\\% and 37 percent, 7B, twenty-five, twice.

What a number counts is not known here, so that 7B parameters and a 7 B budget are the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rag.text.patterns import lazy

_UNITS = {
    word: n
    for n, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: 10 * n
    for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
_SCALES = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_FACTORS = {"k": 3, "m": 6, "b": 9, "hundred": 2, **_SCALES}
_TIMES = {"twice": 2, "doubles": 2, "doubled": 2, "doubling": 2, "thrice": 3, "tripled": 3}
_TIMES |= {"tripling": 3, "quadrupled": 4, "quadrupling": 4}
_LOOSE = {"double": 2, "triple": 3, "triples": 3, "quadruple": 4}
"""Multiples, or something else: double descent, triples of a graph."""
_ORDINALS = {
    word: n
    for n, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth".split(), 1
    )
}
_HALF = lazy(r"\bhalf (?:the|of|as)\b|\bhalv(?:es?|ed|ing)\b", re.IGNORECASE)
_WORD = lazy(r"[A-Za-z]+")
_BETWEEN = lazy(r"[\s-]+(?:and\s+)?")
_DIGITS = lazy(
    r"(?P<digits>[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)"
    r"(?:(?:[eE]|(?P<power>\^))(?P<exponent>[-−+]?[0-9]{1,2})(?![\w.]*[0-9]))?"
    r"(?:[ -]?(?P<factor>hundred|thousand|million|billion|trillion|[kKMB])\b)?"
)
_GLUED = lazy(r"(?:[^\W\d]-?|\.)$")
_PERCENT = lazy(r"\s?(?:%|per ?cent)")


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
    loose: bool = False
    """A word that seldom is a figure: one, two, first, double."""


def numbers(text: str) -> Iterator[Number]:
    """All numbers of `text`, in digits first, then in words."""
    for match in _DIGITS.finditer(text):
        value = Decimal(match["digits"].replace(",", ""))
        glued = _GLUED.search(text[max(0, match.start() - 2) : match.start()]) is not None
        if exponent := match["exponent"]:
            by = int(exponent.replace("−", "-"))
            if not match["power"]:
                value = value.scaleb(by)
            elif 0 < value <= 1000:  # beyond it is no power that prose writes
                value = value**by
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
    yield from _in_words(text)


def _in_words(text: str) -> Iterator[Number]:
    """Cardinals (twenty-five, three hundred, two dozen), multiples, ordinals, halves."""
    for match in _HALF.finditer(text):
        # Half is 50%, and that is how it is told and looked up.
        shown = match.group().split()[0]
        values = frozenset({Decimal("0.5"), Decimal(50)})
        yield Number(shown, match.start(), values, percent=True, word=True)
    words = [match for match in _WORD.finditer(text) if match.group().lower() != "and"]
    at = 0
    while at < len(words):
        start = words[at].start()
        if found := _cardinal(text, words, at):
            value, behind = found
            shown = text[start : words[behind - 1].end()]
            percent = _PERCENT.match(text, words[behind - 1].end()) is not None
            loose = behind == at + 1 and value <= 2
            yield Number(
                shown, start, frozenset({Decimal(value)}), percent=percent, word=True, loose=loose
            )
            at = behind
            continue
        word = words[at].group().lower()
        fold = _UNITS.get(word.removesuffix("fold"), 0) if word.endswith("fold") else 0
        loosely = _LOOSE.get(word) or _ORDINALS.get(word, 0)
        if times := _TIMES.get(word) or fold or loosely:
            shown = words[at].group()
            yield Number(shown, start, frozenset({Decimal(times)}), word=True, loose=bool(loosely))
        at += 1


def _cardinal(text: str, words: Sequence[re.Match[str]], at: int) -> tuple[int, int] | None:
    """The number that begins at word `at`, and the place behind its last word."""
    total, current, behind = 0, -1, at
    if text[max(0, words[at].start() - 2) : words[at].start()].strip(" -").isdigit():
        return None  # 1.5 million: told by its digits
    while behind < len(words):
        word = words[behind].group().lower()
        joint = text[words[behind - 1].end() : words[behind].start()] if behind > at else ""
        if joint and not _BETWEEN.fullmatch(joint):
            break
        if word in _UNITS and (current < 0 or (current % 100 == 0 and current) or _open(current)):
            if _open(current) and not 0 < _UNITS[word] < 10:
                break
            current = max(current, 0) + _UNITS[word]
        elif word in _TENS and (current < 0 or (current % 100 == 0 and current)):
            current = max(current, 0) + _TENS[word]
        elif word == "hundred" and current < 100:
            current = max(current, 1) * 100
        elif word == "dozen" and current < 100:
            current, behind = max(current, 1) * 12, behind + 1
            break
        elif word in _SCALES and (current > 0 or not total):
            total, current = total + max(current, 1) * 10 ** _SCALES[word], -1
        else:
            break
        behind += 1
    return (total + max(current, 0), behind) if behind > at else None


def _open(current: int) -> bool:
    """Whether a unit may still follow: twenty, but not twenty-five."""
    return current > 0 and current % 100 >= 20 and current % 10 == 0
