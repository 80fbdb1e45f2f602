"""Turns that take papers out of those in view, by place or by name: `all except the first`, `not
the last two`, `without CURE`, `drop number 3`. They ask about the rest.

Which papers that leaves is told in `view`; subjects that are left out (`except robotics`) are told
in `exclusions`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rag.corpus.lexicon import Lexicon
from rag.question.coreference import NTH, THINGS, is_topic, restricts
from rag.question.dialogue_acts import OPENING
from rag.text.phrases import DOCUMENT, compiled

FEW = 2
"""Papers at most that a name of theirs points at."""
_ALL = (
    r"(?:(?<!\bof\ )(?:all|any|both|every|each|none|(?:any|every)(?:thing|one)|those|these|them)\b"
    rf"(?:\s+of\s+(?:them|those|these))?(?:\s+the)?(?:\s+(?:others?|ones|{DOCUMENT}))?,?\s+)"
)
_OUT = rf"""(?:\b{_ALL}(?:but(?:\s+not)?|not)|(?:\A{OPENING}|[,;(–—-]\s*|\b(?:but|and)\s+)not
  |\b{_ALL}?(?:except(?:ing|\s+for)?|exclud(?:e|ing)|apart\s+from|aside\s+from|other\s+than|besides|without|minus
    |skip(?:ping)?|drop(?:ping)?|remov(?:e|ing)|omit(?:ting)?|ignor(?:e|ing)|discard|leav(?:e|ing)\s+(?:out|aside)
    |tak(?:e|ing)\s+(?:out|away)|forget(?:\s+about)?))"""
_PLACE = NTH.pattern.replace("(?P<nth>", "(?:").replace("(?P<n>", "(?:")
_PLACE = _PLACE.replace("(?P<number>", "(?:").replace("(?P<marker>", "(?:")
_SHOWS = compiled(rf"\b(?:everything|anything|keep|leave|rest|{DOCUMENT})\b")
"""Beside the words that ask for nothing, what may stand by a name that is taken out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TakenOut:
    """`text`: the words that say which papers are taken out. `rest`: the question with spaces in
    place of these and of what takes them out."""

    text: str
    rest: str


def taken_out(question: str, lexicon: Lexicon) -> TakenOut | None:
    """What a turn takes out by place, or by names where it does little else; None where nothing."""
    match = _shape(()).search(question)
    if not match:
        names = [name for name, papers in lexicon.names_in(question).items() if len(papers) <= FEW]
        match = _shape(tuple(names)).search(question) if names else None
        if match and not _asks_among(_blanked(question, match)):
            return None
    return TakenOut(text=match["out"], rest=_blanked(question, match)) if match else None


def _asks_among(rest: str) -> bool:
    return restricts(rest) or not is_topic(_SHOWS.sub(" ", rest))


def _blanked(text: str, match: re.Match[str]) -> str:
    return text[: match.start()] + " " * len(match[0]) + text[match.end() :]


@lru_cache(64)
def _shape(names: tuple[str, ...]) -> re.Pattern[str]:
    named = [rf"(?:the\s+)?{re.escape(name)}(?!\w)" for name in names]
    one = rf"(?:{'|'.join([*named, _PLACE])})(?:\s+(?:one|{THINGS})\b)?"
    one += r"(?:\s+of\s+(?:them|those|these))?"
    return compiled(rf"{_OUT}\s+(?P<out>{one}(?:\s*(?:,|,?\s(?:and|n?or))\s*{one})*)(?:\s*[,;:])?")
