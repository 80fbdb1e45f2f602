"""Whether a paper plainly uses a thing that a question wants done without.

That it names the thing says nothing, for those do that do without.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.corpus.mentions import FREE, NEGATED
from rag.text.patterns import lazy
from rag.text.phrases import compiled

_USES = compiled(
    r"""\b(?:us(?:e|es|ing|ed)|utili[sz]\w+|leverag\w+|employ\w*|appl(?:y|ies|ying)
      |rel(?:y|ies|ying)\s+(?:\w+\s+)?on|based\s+on|via|through|requir(?:e|es|ing)|exploit\w*|adopt\w*
      |incorporat\w*|(?:we|paper|work)\s+(?:\w+\s+)?(?:introduce|propose)s?|combin\w+
      |train(?:s|ed|ing)?(?:\s+with)?|learn(?:s|ed|ing)?\s+(?:from|with)|fine-?tun\w+)
      \s+(?:[\w-]+\s+){0,3}\Z
    |\b(?:we|paper|work)\s+(?:\w+\s+)?(?:introduce|propose|present|develop|design|devise)s?
      \s+(?:(?!(?:that|which|to|for|against|of|over|than|on|in|with|from|and)\b)[\w-]+[^\w.]{1,3}){0,7}\Z"""
)
"""Ending where the thing begins: `we use experience …`, `we present two approaches: 1) a …`."""
_OURS = compiled(r"\b(?:we|our|ours|this\s+(?:paper|work|study|method))\b")
"""Marks of sentences that tell what the paper itself does, and not what others do."""
_KINDS_OF = compiled(r"[-\s](?:based|guided|driven|augmented|supervised)\b")
_UN = lazy(r"\b(?:un|non)-?(?=[a-z]{4})", re.IGNORECASE)
"""`unlabelled`, `non-parametric`"""
_SENTENCE = lazy(r"(?<=[.?!])\s+")


def plainly_uses(title: str, abstract: str, wordings: Sequence[re.Pattern[str]]) -> bool:
    """Whether a paper uses one of `wordings`, by what it says of itself, and never negates it."""
    whole = f"{title}. {abstract}"
    if any(_negated(wording, whole) for wording in wordings):
        return False
    if any(_named(wording, title) for wording in wordings):
        return True
    return any(
        _USES.search(sentence[max(0, match.start() - 60) : match.start()])
        or _KINDS_OF.match(sentence[match.end() :])
        for sentence in filter(_OURS.search, _SENTENCE.split(abstract))
        for wording in wordings
        for match in _named(wording, sentence)
    )


def _named(wording: re.Pattern[str], text: str) -> list[re.Match[str]]:
    """Where a text has it, `pseudo-labels` and the like aside."""
    return [match for match in wording.finditer(text) if text[: match.start()][-1:] != "-"]


def _negated(wording: re.Pattern[str], text: str) -> bool:
    return any(
        NEGATED.search(text[max(0, match.start() - 60) : match.start()])
        or FREE.match(text[match.start() :])
        for match in wording.finditer(text)
    ) or any(wording.match(text[match.end() : match.end() + 60]) for match in _UN.finditer(text))
