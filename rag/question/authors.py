"""Whose papers a question asks for: `papers by Jane Smith`, `what did Smith publish`.

A name in small letters counts where somebody of that family name has written a paper of the corpus.
Where no paper names its authors nothing is read.
"""

from __future__ import annotations

from collections.abc import Iterator

from rag.corpus.people import PARTICLES, family
from rag.filters import Filters
from rag.question.dates import MONTHS
from rag.question.phrases import Match, Text
from rag.question.unrecorded import ORGANISATION
from rag.text.patterns import lazy
from rag.text.words import STOPWORDS

_ORGANISATION = lazy(ORGANISATION)
_MOST_WORDS = 4


def names(text: Text, at: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    """A macro: names; those with an `or` between them are one choice. Needs `people` around the
    text: family names."""
    found: tuple[str, ...] = ()
    joint = "and"
    while joint and text.around["people"]:
        end, name = _name(text, at)
        if not name:
            return
        found = (*found[:-1], f"{found[-1]} or {name}") if joint == "or" else (*found, name)
        yield end, found
        at, joint = end, ""
        while text.word(at) in (",", "and", "or", "&", "by"):
            joint = "or" if "or" in (joint, text.word(at)) else "and"
            at += 1


def _name(text: Text, at: int) -> tuple[int, str]:
    """Where the longest name at a word ends, and the name."""
    best = (at, "")
    start = text.tokens[at].start if at < len(text.tokens) else len(text.raw)
    if _ORGANISATION.match(text.raw, start):
        return best
    for end in range(at + 1, min(at + 2 * _MOST_WORDS, len(text.tokens)) + 1):
        word = text.word(end - 1)
        if word == "." and len(text.word(end - 2)) == 1 and end > at + 1:
            continue
        if not word[0].isalpha() or (word in STOPWORDS and word not in PARTICLES and word[1:]):
            break
        name = text.raw[start : text.tokens[end - 1].end]
        said = [one for one in name.split() if one not in PARTICLES]
        capital = all(one[0].isupper() and (len(one) < 3 or not one.isupper()) for one in said)
        known = family(name) in text.around["people"]
        if said and (known or capital) and len(said) <= _MOST_WORDS and name.lower() not in MONTHS:
            best = (end, name.title() if name.islower() else name)
    return best


def authors(match: Match, _text: Text) -> Filters:
    return Filters(authors=match.found["names"])
