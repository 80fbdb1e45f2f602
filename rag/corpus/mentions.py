"""Whether a text has what a term names, in whatever form, and does not say that it does without.

This module does not know why one wants to know: for what is left out, see `exclusions`, for what
papers are to do without, `without`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from rag.text.phrases import compiled

WORD = r"[^\W_]+(?:[-+*^./'’][^\W_]+)*"
NEGATED = compiled(
    r"""\b(?:without|no|not|non|never|free\ of|instead\ of|rather\ than|unlike|beyond|than|need\ for
      |(?:avoid|eliminat|remov|replac|bypass|sidestep|circumvent)\w*|\w+n['’]t)\W+(?:[\w-]+\W+){0,3}\Z"""
)
FREE = compiled(r"\w*[-\s]free\b")


def words_of(text: str) -> list[str]:
    """The words of a text; what a hyphen or an apostrophe joins is one."""
    return re.findall(WORD, text)


def stem(word: str) -> str:
    """The head of a word that its forms share: `robotics` → `robot`, `videos` → `video`."""
    word = word.lower()
    return word[: max(5, len(word) - 4)] if len(word) > 5 else word.removesuffix("s")


def is_about(title: str, abstract: str, wordings: Sequence[re.Pattern[str]]) -> bool:
    """Whether a paper is about one of `wordings`: in its title, or twice in its abstract, without
    saying there that it does without."""
    for wording in wordings:
        if _affirmed(wording, title) or _affirmed(wording, abstract) > 1:
            return True
    return False


def is_mentioned(title: str, abstract: str, terms: Iterable[str]) -> bool:
    """Whether a paper has one of `terms` anywhere, other than to say that it does without. Whoever
    wants papers that do not use a thing wants none of those that may."""
    return any(_affirmed(_mention(term), text) for term in terms for text in (title, abstract))


@lru_cache(256)
def _mention(term: str) -> re.Pattern[str]:
    """As `wording`, but an acronym counts within a compound, too: `meta-RL`."""
    if term.isupper():
        return re.compile(rf"(?<!\w){re.escape(term)}s?(?!\w)")
    return wording(term)


@lru_cache(64)
def wording(term: str) -> re.Pattern[str]:
    """A pattern for the forms of a term. An acronym counts as written."""
    if term.isupper():
        return re.compile(rf"(?<![\w-]){re.escape(term)}s?(?!\w)")
    words = [re.escape(stem(word)) + (r"\w*" if len(word) > 5 else "s?") for word in words_of(term)]
    return re.compile(r"\b" + r"[\s-]+".join(words) + r"\b", re.IGNORECASE)


def may_hold(term: str, lowered: str) -> bool:
    """Whether a text in small letters has all that `wording(term)` looks for, in whatever order:
    tells most papers apart from those worth reading, in a tenth of the time."""
    return all(stem(word) in lowered for word in words_of(term))


def _affirmed(wording: re.Pattern[str], text: str) -> int:
    """How often a text has it without a negation in front of it or `-free` behind it."""
    return sum(
        not NEGATED.search(text[max(0, match.start() - 60) : match.start()])
        and not FREE.match(text[match.end() - 1 :])
        for match in wording.finditer(text)
    )
