"""Whose papers a question asks for: `papers by Jane Smith`, `what did Smith publish`, `Lee's work`.

A name in capitals counts behind words that plainly ask for an author; elsewhere, and in small
letters, only where somebody of that family name has written a paper of the corpus. Where no paper
names its authors nothing is read.
"""

from __future__ import annotations

from collections.abc import Iterator

from rag.corpus.people import PARTICLES, family
from rag.filters import Filters
from rag.question.dates import MONTHS, SEASONS
from rag.question.phrases import Match, Text
from rag.question.unrecorded import ORGANISATION
from rag.text.patterns import lazy
from rag.text.words import STOPWORDS

_ORGANISATION = lazy(ORGANISATION)
_MOST_WORDS = 4
_NO_NAMES = ("not", "except", "besides", "without", "excluding", "than", "nothing")


def names(text: Text, at: int) -> Iterator[tuple[int, tuple[tuple[str, bool], ...]]]:
    """A macro: names, with whether the family is known to the corpus; those with an `or` between
    them are one choice. Needs `people` around the text: family names."""
    people = text.around.get("people") or ()
    if not people:
        return
    found: list[tuple[str, bool]] = []
    offered = False
    while True:
        end, name, known = _name(text, at, people)
        if not name:
            return
        if offered and found:
            before, held = found.pop()
            found.append((f"{before} or {name}", held and known))
        else:
            found.append((name, known))
        if text.words(end, end + 2) == ("et", "al"):
            end += 2 + (text.word(end + 2) == "." and bool(text.word(end + 3)))
        yield end, tuple(found)
        joint = text.word(end)
        at = end + 1 + (joint == "," and text.word(end + 1) in ("and", "or", "&"))
        if joint not in (",", "and", "or", "&"):
            return
        offered = "or" in text.words(end, at)
        at += text.word(at) == "by"


def _name(text: Text, at: int, people: object) -> tuple[int, str, bool]:
    """Where the longest name at a word ends, the name, and whether its family is known."""
    best = (at, "", False)
    start = text.tokens[at].start if at < len(text.tokens) else len(text.raw)
    if _ORGANISATION.match(text.raw, start):
        return best
    is_day = text.word(at) in MONTHS or text.word(at) in SEASONS
    if is_day and not text.raw[text.tokens[at].end :].lstrip()[:1].isupper():
        return best
    end = at
    for _ in range(_MOST_WORDS):
        word = text.word(end)
        initial = len(word) == 1 and word.isalpha()
        if not word[:1].isalpha():
            break
        if word in STOPWORDS and word not in PARTICLES and not initial:
            written = text.raw[text.tokens[end].start : text.tokens[end].end]
            if end == at or not written.istitle() or word not in people:  # type: ignore[operator]
                break
        end += 1
        if initial and text.word(end) == ".":
            end += 1
        elif word in PARTICLES:
            continue
        name = text.raw[start : text.tokens[end - 1].end]
        words = [one for one in name.split() if one not in PARTICLES]
        is_acronym = len(words) == 1 and len(words[0]) > 1 and words[0].isupper()
        known = not is_acronym and family(name.rstrip(".")) in people  # type: ignore[operator]
        capital = all(one[0].isupper() for one in words)
        shouted = any(len(one) > 2 and one.isupper() for one in words)
        if known or (capital and not shouted):
            best = (end, _capitalised(name), known)
    return best


def _capitalised(name: str) -> str:
    """`jane van der berg` as she writes herself; other names as they are."""
    words = (word if word in PARTICLES else word.capitalize() for word in name.split())
    return " ".join(words) if name.islower() else name


def sure_names(match: Match, text: Text) -> Filters | None:
    """Behind words that ask for an author, whoever is named is one."""
    before = match.first - 1
    while text.word(before) == "by" or (text.word(before) and text.written(before).istitle()):
        before -= 1  # of the name, or what leads to it: `not by Jane Smith`
    if text.word(before) in _NO_NAMES:
        return None
    return Filters(authors=tuple(name for name, _ in match.found["names"]))


def known_names(match: Match, text: Text) -> Filters | None:
    """Elsewhere only those whom the corpus knows, in capitals."""
    named = match.found["names"]
    written = text.raw[text.tokens[match.first].start : text.tokens[match.last - 1].end]
    if not all(known for _, known in named) or written.islower():
        return None
    return sure_names(match, text)
