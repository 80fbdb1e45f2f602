"""Does an abstract deny what a question takes for granted?

`Why does X need labels?` presumes that X needs labels; an abstract that says `without labels` or
`label-free` denies it. Only this one pattern is read: a why-question with a verb of need, and the
thing needed within the reach of a negation in the abstract. Other false premises (two things
swapped in a comparison, say) take an understanding of sentences that is not here.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from rag.ranking import Ranking
from rag.records import Paper

_PRESUMES = re.compile(
    r"\bwhy\b[^?]*?\b(?:needs?|requires?|ha(?:ve|s)\s+to|must|rel(?:y|ies)\s+on|depends?\s+on|keeps?"
    r"|retains?|insists?\s+on)\s+(?P<thing>[^?,;]{3,60})",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"\b(?:not|without|no|never|nor|n['’]t|cannot|avoid(?:s|ing)?|eliminat(?:e|es|ing)|remov(?:e|es|ing)"
    r"|obviat(?:e|es|ing)|instead\s+of|rather\s+than|free\s+of|unnecessary)\b",
    re.IGNORECASE,
)
_FREE = re.compile(r"[\w-]+-(?:free|less)\b|\b\w+less\b", re.IGNORECASE)
_REACH = 45
"""Characters behind a negation in which it holds."""
_ALIKE = 0.6
"""Cosine from which two word pieces are taken for the same thing."""


def denied(ranking: Ranking, at: int, paper: Paper) -> bool:
    """Whether the paper at place `at` denies what the question presumes."""
    question, matches = ranking.question, ranking.matches(at)
    if question is None or matches is None:
        return False
    presumed = _PRESUMES.search(question.text)
    if presumed is None or _NEGATION.search(question.text):
        return False
    start, end = presumed.span("thing")
    begins = question.places[:, 0]
    thing = (begins >= start) & (begins < end)
    negated = np.zeros(len(matches.spans), bool)
    for match in _NEGATION.finditer(paper.abstract):
        negated |= _inside(matches.spans[:, 0], match.end(), match.end() + _REACH)
    for match in _FREE.finditer(paper.abstract):
        negated |= _inside(matches.spans[:, 0], *match.span())
    if not thing.any() or not negated.any():
        return False
    return bool(matches.cosines[np.ix_(negated, thing)].max() >= _ALIKE)


def _inside(begins: NDArray[np.int32], start: int, end: int) -> NDArray[np.bool_]:
    return np.asarray((begins >= start) & (begins < end))
