"""Misspellings, mended against the words of a corpus, cautiously.

A word is left alone when the corpus knows it, when it is listed as English, or when it looks like
an inflection, a compound or a British spelling of a known word. What remains is mended only if
exactly one known word is close, the first letter kept: one slip in words of six letters or more
(in five if the word is frequent), two of the likeliest in nine or more. Before that, letters that
sound alike are tried for each other (`catastrofic`, `kurriculum`), the first one among them. A
question most of whose words are unknown is in another language, and left alone.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping

from rag.text.patterns import lazy
from rag.text.phrases import listed

_SUFFIXES = listed(
    "s es ed d r er ers ing ings ly y ness able ible less ful like ish al ally ic ity ion ions en "
    "ment ments ist ists ism ise ize ised ized ising izing iser izer isation ization"
)
_PREFIXES = listed(
    "un re non pre post multi over under out mis dis de co sub super inter anti semi self"
)
_VARIANTS = tuple(
    (lazy(british), lazy(american), this, other)
    for british, american, this, other in (
        (r"isation", r"ization", "isation", "ization"),
        (r"is(?=e[drs]?\Z|ers?\Z|ing\Z)", r"iz(?=e[drs]?\Z|ers?\Z|ing\Z)", "is", "iz"),
        (r"ys(?=e[drs]?\Z|ers?\Z|ing\Z)", r"yz(?=e[drs]?\Z|ers?\Z|ing\Z)", "ys", "yz"),
        (r"our", r"or", "our", "or"),
        (r"ll(?=ed\Z|ers?\Z|ing\Z|ors?\Z)", r"(?<!l)l(?=ed\Z|ers?\Z|ing\Z|ors?\Z)", "ll", "l"),
        (r"(?<!l)l(?=\Z|ments?\Z|s\Z)", r"ll(?=\Z|ments?\Z|s\Z)", "l", "ll"),
        (r"tre(?=s?\Z)", r"ter(?=s?\Z)", "tre", "ter"),
        (r"ogue(?=s?\Z)", r"og(?=s?\Z)", "ogue", "og"),
        (r"ence(?=s?\Z)", r"ense(?=s?\Z)", "ence", "ense"),
        (r"mme(?=[ds]?\Z)", r"m(?=s?\Z)", "mme", "m"),
        (r"ae", r"e", "ae", "e"),
    )
)
"""Where British and American spelling differ: places in a word, and what stands there."""
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_MIN_SWAP, _MIN_ONE, _MIN_TWO, _LONGEST, _MIN_COUNT, _DOMINANCE = 5, 6, 9, 30, 3, 5
_MIN_PART, _FREQUENT, _UNLIKELY, _MIN_UNLIKELY = 4, 20, 3, 8
_VOWELS = "aeiouy"
_SOUNDS = tuple(
    (lazy(typed), meant)
    for typed, meant in (
        (r"f", "ph"),
        (r"ph", "f"),
        (r"k", "c"),
        (r"c", "k"),
        (r"k\Z", "c"),
        (r"kw", "qu"),
        (r"k", "ch"),
        (r"s", "c"),
        (r"c(?=[eiy])", "s"),
        (r"z", "s"),
        (r"s", "z"),
        (r"ks", "x"),
        (r"x", "ks"),
        (r"i", "y"),
        (r"y", "i"),
        (r"\An", "kn"),
        (r"\As", "ps"),
        (r"\An", "pn"),
        (r"\Ar", "wr"),
        (r"sh", "ti"),
        (r"t", "th"),
        (r"ei", "ie"),
        (r"ie", "ei"),
        (r"j", "g"),
        (r"g(?=[eiy])", "j"),
    )
)
"""What is written for a sound, and what else may be."""
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def variant(word: str, known: Container[str]) -> str | None:
    """The other side's spelling (`colour`, `color`) if the corpus writes that one."""
    return None if word in known else next((w for w in _respelt(word) if w in known), None)


def plausible(word: str, known: Container[str], stems: Container[str]) -> bool:
    """Whether a lower-case word is known, or may well be right as an inflection of `stems` or in
    another country's spelling."""
    return len(word) > _LONGEST or any(_derived(w, known, stems) for w in (word, *_respelt(word)))


def composed(word: str, stems: Container[str]) -> bool:
    """Whether a word is two others written together (`codebook`)."""
    places = range(_MIN_PART, len(word) - _MIN_PART + 1)
    return any(word[:at] in stems and word[at:] in stems for at in places)


_MIN_ASKING = 3
ASKING = frozenset(
    listed("""
    about above also among another anything because before below between compare comparison
    describe difference differences different does each either else everything explain find first
    from have last list more most newest oldest only other others paper papers please recent same
    second show some something summaries summarise summarize summary tell than that the their them
    then there these they third this those what when where which while who whose why with without
    """)
)
"""Words with which people ask, of which a small corpus need not have all."""


def _respelt(word: str) -> Iterator[str]:
    for british, american, this, other in _VARIANTS:
        if british.search(word):
            yield british.sub(other, word)
        if american.search(word):
            yield american.sub(this, word)


def _derived(word: str, known: Container[str], stems: Container[str]) -> bool:
    if word in known or (word.endswith("e") and word + "d" in stems):
        return True
    for suffix in _SUFFIXES:
        stem = word.removesuffix(suffix)
        if stem == word or len(stem) < 3:
            continue
        if suffix[0] in _VOWELS and stem[-1] not in "lwxy" and stem + stem[-1] + suffix in known:
            continue  # the corpus doubles it: `forgeting`
        heads = {stem} | ({stem[:-1] + "y"} if stem.endswith("i") else set())
        if suffix[0] in _VOWELS:  # `make` → `making`, `plan` → `planning`
            heads |= {stem + "e", stem + "y"}
            if stem[-1] == stem[-2] and (len(stem) < 6 or stem[-1] == "l"):
                heads.add(stem[:-1])
        heads |= {head + "d" for head in heads if head.endswith("e")}  # `federates`, of `federated`
        if any(len(head) > 2 and head in stems for head in heads):
            return True
    return any(word.removeprefix(p) in stems for p in _PREFIXES if len(word) > len(p) + 2)


def correction(word: str, counts: Mapping[str, int], *, least: int = _MIN_COUNT) -> str | None:
    """The one word of the corpus, found there `least` times or more, that a lower-case `word` is a
    slip of; None if in doubt. The likeliest slip counts."""
    if not _MIN_SWAP <= len(word) <= _LONGEST:
        return None
    if sounds := _alike(word, counts, max(least, _FREQUENT)):
        return sounds
    near: dict[str, int] = {}
    for candidate, cost in _one_slip(word):
        swapped = cost == 1 and len(candidate) == len(word)
        rare = (len(word) < _MIN_ONE and not swapped) or cost == _UNLIKELY
        enough = max(least, _FREQUENT) if rare else least
        if counts.get(candidate, 0) >= enough and candidate[0] == word[0]:
            near[candidate] = min(cost, near.get(candidate, cost))
    if not near and len(word) >= _MIN_TWO:
        near = {
            w: 2
            for w, n in counts.items()
            if n >= least and w[0] == word[0] and abs(len(w) - len(word)) <= 2
            and len(w) >= _MIN_TWO - 1 and _distance(word, w, 2) <= 2
        }  # fmt: skip
    likeliest = min(near.values(), default=0)
    ranked = sorted((w for w in near if near[w] == likeliest), key=lambda w: -counts[w])
    # Forms of one word (`agent`, `agents`) leave no doubt about which word is meant.
    stems = {re.sub(r"(?:s|ed|ing)$", "", w) for w in ranked}
    clear = len(stems) == 1 or (
        len(ranked) > 1 and counts[ranked[0]] >= _DOMINANCE * counts[ranked[1]]
    )
    return ranked[0] if clear else None


def asking(word: str) -> str | None:
    """The one word with which people ask (`about`, `summarise`) that a lower-case `word` is a slip
    of: letters swapped, left out or doubled, of three letters only swapped. None if in doubt."""
    found = {
        meant
        for meant, cost in _one_slip(word)
        if cost == 1 and meant in ASKING and meant[0] == word[0]
        and (len(word) > _MIN_ASKING or len(meant) == len(word))
    }  # fmt: skip
    clear = len(found) == 1 and len(word) >= _MIN_ASKING and word not in ASKING
    return found.pop() if clear else None


def _alike(word: str, counts: Mapping[str, int], enough: int) -> str | None:
    """The one frequent word that sounds as `word` does, by one respelling or, in long words, two;
    None where there are several."""
    if len(word) < _MIN_ONE:
        return None
    once = set(_respelt_by_sound(word))
    for tried in (once, {w for one in once for w in _respelt_by_sound(one)}):
        found = {w for w in tried if counts.get(w, 0) >= enough}
        if found or len(word) < _MIN_TWO:
            return found.pop() if len(found) == 1 else None
    return None


def _respelt_by_sound(word: str) -> Iterator[str]:
    for typed, meant in _SOUNDS:
        for match in typed.finditer(word):
            yield word[: match.start()] + meant + word[match.end() :]


def _one_slip(word: str) -> Iterator[tuple[str, int]]:
    """What may have been meant, with the cost of the slip: 1 for letters swapped, left out or
    doubled, 2 for one too many, another vowel or a neighbouring key, 3 for any other letter."""
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:], 1
        if tail:
            yield head + tail[1:], 1 if tail[0] in (head[-1:], tail[1:2]) else 2
        for letter in _ALPHABET:
            yield head + letter + tail, 1
            if tail and _mistakable(letter, tail[0]):
                yield head + letter + tail[1:], 2
            elif tail and len(word) >= _MIN_UNLIKELY:
                yield head + letter + tail[1:], _UNLIKELY


def _mistakable(a: str, b: str) -> bool:
    """Whether one letter is typed for the other: two vowels, or neighbours on a keyboard."""
    if a in _VOWELS and b in _VOWELS:
        return True
    return any(a + b in row or b + a in row for row in _KEYS)


def _distance(a: str, b: str, limit: int) -> int:
    """Optimal string alignment from what was typed to a word: a swap, a letter left out or doubled
    costs 1, all else 2. More than `limit` if beyond it."""
    before, previous = [0] * (len(b) + 1), list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        extra = 1 if x == a[i - 2 : i - 1] else 2
        row = [previous[0] + extra] + [0] * len(b)
        for j, y in enumerate(b, start=1):
            row[j] = min(previous[j] + extra, row[j - 1] + 1, previous[j - 1] + 2 * (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                row[j] = min(row[j], before[j - 2] + 1)
        if min(row) > limit:
            return limit + 1
        before, previous = previous, row
    return previous[-1]
