"""Whether a named paper holds what a question that wants yes or no asks of it, be it in its title.

Few words are left of such a question when the name is taken out (`is SCoRe an RL method?`), so
that what was calibrated on longer ones declines. It is answered where every one of them stands in
the paper, literally, abstract and title together: the reader decides from the sentence shown.
"""

from __future__ import annotations

import re

import numpy as np

from rag.reading.question_features import Asked
from rag.reading.views import View, Words
from rag.retrieval.ranking import Ranking
from rag.text.patterns import lazy

_ASKS = lazy(
    r"\s*(?:(?:and|but|so|ok(?:ay)?)[\s,]+)*(?:is|are|was|were|does|do|did|can|has|have)\b",
    re.IGNORECASE,
)
_LITERAL = 0.75
"""Cosine from which a word stands in a paper."""
_ANY = frozenset(
    """
    paper method approach technique algorithm model framework system work works way use uses used
    using based about kind sort type form new novel employ employs apply applies rely relies make
    """.split()
)
"""What any paper could be called or do."""


def decided(ranking: Ranking, view: View, asked: Asked, words: Words) -> bool:
    """False as well where the question wants something else, or without token vectors."""
    question = ranking.question
    if question is None or not _ASKS.match(asked.text) or not view.meets.size:
        return False
    apart = (*asked.names, *asked.titles)
    met = []
    for word, near in zip(words.pieces, view.meets, strict=True):
        start, end = int(question.places[word[0]][0]), int(question.places[word[-1]][1])
        named = any(a <= start < b for a, b in apart)
        if not named and asked.text[start:end].lower() not in _ANY:
            met.append(float(near))
    return bool(met) and bool(np.min(met) >= _LITERAL)
