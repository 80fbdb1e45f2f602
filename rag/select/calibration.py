"""Probabilities from scores: does a paper belong to a list, does the corpus hold an answer, does
an abstract state the fact. Three logistic regressions of a few features each, none of which knows
a corpus, a paper or a question. `scripts/fit_selection.py` fits them on the question sets and
prints what they reach in cross-validation: run it again when `rag.retrieve` scores differently.
docs/log.md has the figures and what else was tried.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from rag.asked import Asked
from rag.ports import Vectors
from rag.select.views import View

BELONGS = {
    "gap": -6.58, "sentence": 3.44, "own": 3.46, "like": 4.98, "rank": -1.05, "1": -1.53,
}  # fmt: skip
IN_CORPUS = {"score": 8.00, "words": 0.36, "1": -10.24}
STATED = {
    "rest": 2.20, "typed": 4.78, "focus": 2.39, "words": 0.58, "unmentioned": -2.96, "1": -9.97,
}  # fmt: skip
_MANY_WORDS = 12
"""Words of a question beyond which more of them change nothing."""
_SHARPNESS = 15.0
"""How fast a paper's say in what the others are compared with falls with its score."""


def belonging_features(views: Sequence[View], likeness: Vectors) -> list[dict[str, float]]:
    """For each paper, best first: how far its score is from the best, what of the question one
    sentence covers, what its own contribution covers, how alike it is to the other good ones, and
    the logarithm of its rank. likeness: (n, n) cosines."""
    scores = np.array([view.score for view in views])
    say = np.tile(np.exp(_SHARPNESS * (scores - scores[0])), (len(views), 1))
    np.fill_diagonal(say, 0)
    like = (say * likeness).sum(axis=1) / np.maximum(say.sum(axis=1), 1e-9)
    return [
        {
            "gap": float(scores[0] - view.score),
            "sentence": view.sentence,
            "own": view.own,
            "like": float(like[place]),
            "rank": math.log1p(place),
        }
        for place, view in enumerate(views)
    ]


def corpus_features(best: View, asked: Asked) -> dict[str, float]:
    """The best score, and how many words the question has: the longer it is, the more of its
    words no abstract shares."""
    return {"score": best.score, "words": float(min(asked.words, _MANY_WORDS))}


def stated_features(view: View, asked: Asked) -> dict[str, float]:
    """What of the question, names apart, the best sentence covers that could hold the answer, and
    of the noun asked for; how well any sentence's figures fit; how many words the question has;
    whether the paper never mentions a name that the question has."""
    able = [line.rest for line in view.lines if line.fits]
    source = f"{view.paper.title} {view.paper.abstract}"
    return {
        "rest": max(able, default=0.0),
        "typed": max(line.fits for line in view.lines),
        "focus": max((line.focus for line in view.lines if line.fits), default=0.0),
        "words": float(min(asked.words, _MANY_WORDS)),
        "unmentioned": float(bool(asked.unmentioned(source))),
    }


def probability(model: dict[str, float], features: dict[str, float]) -> float:
    z = model["1"] + sum(model[name] * value for name, value in features.items())
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, z))))


def best_length(probabilities: Sequence[float]) -> int:
    """How many of the most probable papers to list, for the highest expected F1: about
    2 sum(p of the first k) / (k + sum of all p). Probabilities fall. At least 1."""
    expected = sum(probabilities)
    best, found, length = -1.0, 0.0, 1
    for k, p in enumerate(probabilities, 1):
        found += p
        if 2 * found / (k + expected) > best:
            best, length = 2 * found / (k + expected), k
    return length
