"""Misspellings, mended against the words of a corpus, cautiously.

A word is left alone when the corpus knows it, when it is listed as English, or when it looks like
an inflection, a compound or a British spelling of a known word. What remains is mended only if
exactly one known word is close: one slip (a letter dropped, added, changed, or two swapped) in
words of six letters or more (in five only a swap), two in nine or more, the first letter kept.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping

from rag.understand.chips import listed

_SUFFIXES = listed(
    "s es ed d r er ers ing ings ly y ness able ible less ful like ish al ally ic ity ion ions en "
    "ment ments ist ists ism ise ize ised ized ising izing iser izer isation ization"
)
_PREFIXES = listed(
    "un re non pre post multi over under out mis dis de co sub super inter anti semi self"
)
_VARIANTS = (
    ("isation", "ization"), ("ise", "ize"), ("ising", "izing"), ("yse", "yze"), ("ysing", "yzing"),
    ("our", "or"), ("ll", "l"), ("tre", "ter"), ("ogue", "og"), ("ence", "ense"), ("mme", "m"),
    ("aemia", "emia"), ("ae", "e"),
)  # fmt: skip
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_MIN_SWAP, _MIN_ONE, _MIN_TWO, _LONGEST, _MIN_COUNT, _DOMINANCE = 5, 6, 9, 30, 3, 5


def variant(word: str, known: Container[str]) -> str | None:
    """The other side's spelling (`colour`, `color`) if the corpus writes that one."""
    for british, american in _VARIANTS:
        for this, other in ((british, american), (american, british)):
            if this in word and word not in known:
                changed = other.join(word.rsplit(this, 1))
                if changed in known:
                    return changed
    return None


def plausible(word: str, known: Container[str]) -> bool:
    """Whether a lower-case word may well be right although the corpus does not have it."""
    if len(word) > _LONGEST:
        return True
    other_spellings = [word.replace(a, b) for pair in _VARIANTS for a, b in (pair, pair[::-1])]
    return any(_derived(spelt, known) for spelt in (word, *other_spellings))


def _derived(word: str, known: Container[str]) -> bool:
    """Whether a word is known, or made of known parts by inflection or composition."""
    if word in known:
        return True
    for suffix in _SUFFIXES:
        stem = word.removesuffix(suffix)
        if stem == word or len(stem) < 3:
            continue
        stems = {stem, stem + "e", stem + "y"} | ({stem[:-1]} if stem[-1] == stem[-2] else set())
        stems |= {stem[:-1] + "y"} if stem.endswith("i") else set()
        if any(len(s) > 2 and s in known for s in stems):
            return True
    if any(word.removeprefix(p) in known for p in _PREFIXES if len(word) > len(p) + 2):
        return True
    return any(word[:at] in known and word[at:] in known for at in range(3, len(word) - 2))


def correction(word: str, counts: Mapping[str, int]) -> str | None:
    """The one word of the corpus that a lower-case `word` is a slip of, or None if in doubt."""
    if len(word) < _MIN_SWAP:
        return None
    slips = _one_slip(word) if len(word) >= _MIN_ONE else _swaps(word)
    near = {w for w in slips if counts.get(w, 0) >= _MIN_COUNT and w[0] == word[0]}
    if not near and len(word) >= _MIN_TWO:
        near = {
            w
            for w, n in counts.items()
            if n >= _MIN_COUNT and w[0] == word[0] and abs(len(w) - len(word)) <= 2
            and len(w) >= _MIN_TWO - 1 and _distance(word, w, 2) <= 2
        }  # fmt: skip
    ranked = sorted(near, key=lambda w: -counts[w])
    # Forms of one word (`agent`, `agents`) leave no doubt about which word is meant.
    stems = {re.sub(r"(?:s|ed|ing)$", "", w) for w in ranked}
    clear = len(stems) == 1 or (
        len(ranked) > 1 and counts[ranked[0]] >= _DOMINANCE * counts[ranked[1]]
    )
    return ranked[0] if clear else None


def _swaps(word: str) -> Iterator[str]:
    return (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1))


def _one_slip(word: str) -> Iterator[str]:
    yield from _swaps(word)
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        if tail:
            yield head + tail[1:]
        for letter in _ALPHABET:
            yield head + letter + tail
            if tail:
                yield head + letter + tail[1:]


def _distance(a: str, b: str, limit: int) -> int:
    """Optimal string alignment distance (a swap is one step); more than `limit` if beyond it."""
    before, previous = [0] * (len(b) + 1), list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        row = [i] + [0] * len(b)
        for j, y in enumerate(b, start=1):
            row[j] = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                row[j] = min(row[j], before[j - 2] + 1)
        if min(row) > limit:
            return limit + 1
        before, previous = previous, row
    return previous[-1]
