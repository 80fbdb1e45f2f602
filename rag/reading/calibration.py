"""Probabilities from scores: does a paper belong to a list, does the corpus hold an answer, does
an abstract state the fact. Three logistic regressions of a few features each, none of which knows
a corpus, a paper or a question. `scripts/fit_selection.py` fits them on the question sets and
prints what they reach in cross-validation: run it again when `rag.retrieval.first_stage` scores
differently. docs/log.md has the figures and what else was tried.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.ports import Vectors
from rag.reading.question_features import Asked
from rag.reading.views import View, Words

BELONGS = {
    "score": -3.23, "gap": -7.54, "sentence": 4.90, "own": 5.49, "like": 5.67, "rank": -1.05,
    "1": -0.52,
}  # fmt: skip
IN_CORPUS = {"score": 3.17, "words": 0.45, "torn": -12.00, "lack": -6.71, "1": -4.34}
STATED = {
    "rest": 2.20, "typed": 4.78, "focus": 2.39, "words": 0.58, "unmentioned": -2.96, "1": -9.97,
}  # fmt: skip
_MANY_WORDS = 12
"""Words of a question beyond which more of them change nothing."""
_BEST = 5
"""Papers that tell which words of a question the corpus has."""
LITERAL, _ALIKE = 0.75, 0.55
"""Cosines from which a word stands in a paper, and from which something like it does."""
_NEARLY = 0.7
"""The cosine from which a paper has a word, or an inflection of it."""
_LONG = 6
"""Words of a question from which a paper may come near in others than these."""
_HAS = 0.8
"""The cosine from which a paper has a word."""
_NEAR, _WHOLE = 0.4, 2
"""How far from the best a score may be, and how many papers have to meet every word, before those
that miss one are set back."""
_SHARPNESS = 15.0
"""How fast a paper's say in what the others are compared with falls with its score."""


def belonging_features(views: Sequence[View], likeness: Vectors) -> list[dict[str, float]]:
    """For each paper, best first: its score and how far it is from the best, what of the question
    one sentence covers, what its own contribution covers, how alike it is to the other good ones,
    and the logarithm of its rank. likeness: (n, n) cosines."""
    scores = np.array([view.score for view in views])
    say = np.tile(np.exp(_SHARPNESS * (scores - scores[0])), (len(views), 1))
    np.fill_diagonal(say, 0)
    like = (say * likeness).sum(axis=1) / np.maximum(say.sum(axis=1), 1e-9)
    return [
        {
            "score": view.score,
            "gap": float(scores[0] - view.score),
            "sentence": view.sentence,
            "own": view.own,
            "like": float(like[place]),
            "rank": math.log1p(place),
        }
        for place, view in enumerate(views)
    ]


def lacking(views: Sequence[View], words: Words) -> list[bool]:
    """For each paper, best first, whether it has nothing like some word of the question, where
    others have every one: it shares the subject and misses the point. Only words that one of the
    best papers has literally count, and none where the question offers a choice of words."""
    meets = np.array([view.meets for view in views])
    if not meets.size or words.either.any():
        return [False] * len(views)
    wanted = meets[:_BEST].max(axis=0) > LITERAL
    lacks = ((meets < _ALIKE) & wanted).any(axis=1)
    near = np.array([view.score for view in views]) > views[0].score - _NEAR
    whole = int((near & ~lacks).sum())
    return [bool(lack) and whole >= _WHOLE for lack in lacks]


def chosen(views: Sequence[View], words: Words) -> list[bool]:
    """For each paper whether it has one of the words that a question leaves the choice of (`X or
    Y`) that is about little else; all have where it leaves none, or none of the best has one."""
    meets = np.array([view.meets for view in views])
    if not meets.size or not words.either.any():
        return [True] * len(views)
    has = meets[:, words.either].max(axis=1) >= LITERAL
    return [bool(one) or not has[:_BEST].any() for one in has]


def met(view: View, words: Words) -> float:
    """Share of the question's words, by weight, that a paper has or nearly has."""
    return float(words.weights @ (view.meets >= _NEARLY)) if view.meets.size else 0.0


def by_chance(view: View, words: Words) -> bool:
    """Whether what a paper shares with a question of several words may be chance: something like
    one of them, or in a short question like none."""
    count = int((view.meets >= _ALIKE).sum())
    return len(words.pieces) > 1 and count < 2 and (count == 1 or len(words.pieces) < _LONG)


def corpus_features(views: Sequence[View], asked: Asked, words: Words) -> dict[str, float]:
    """The best score; how many words the question has: the longer it is, the more of its words no
    abstract shares; how far the words are torn apart, see `torn`; and the word that the best paper
    lacks most, see `lack`."""
    return {
        "score": views[0].score,
        "words": float(min(asked.words, _MANY_WORDS)),
        "torn": torn(views, words),
        "lack": lack(views[0], words),
    }


def lack(view: View, words: Words) -> float:
    """The largest of: how far a paper stays from having a word, by the word's weight. A description
    in words of the asker's own misses many of them by a little; a question on something else is met
    in all but the one word that it is about. Of words that the question offers as a choice, the one
    it comes nearest to counts."""
    if not len(view.meets):
        return 0.0
    missed = words.weights * np.maximum(0, _HAS - view.meets)
    groups = np.cumsum(~_goes_on(words))
    return max(float(missed[groups == group].min()) for group in np.unique(groups))


def _goes_on(words: Words) -> NDArray[np.bool_]:
    """(n,) whether a word is offered in the place of the one before it."""
    found = np.zeros(len(words.pieces), bool)
    found[1:] = words.either[1:] & words.either[:-1] & (words.clause[1:] == words.clause[:-1])
    return found


def torn(views: Sequence[View], words: Words) -> float:
    """What all papers together meet of the question beyond what one of them does, clause by
    clause. A corpus on federated learning and on privacy need not hold a paper on both."""
    meets = np.array([view.meets for view in views])
    if not meets.size:
        return 0.0
    apart = 0.0
    for clause in np.unique(words.clause):
        weights = words.weights * ((words.clause == clause) & ~words.either)
        apart += float(meets.max(axis=0) @ weights - (meets @ weights).max())
    return apart


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


def relative(probability: float, cut: float) -> float:
    """A probability on the scale where `cut` is even: odds against the odds of the cut."""
    mine, others = probability * (1 - cut), (1 - probability) * cut
    return mine / (mine + others)


def belongs(probability: float, lack: bool) -> float:
    """The probability that a paper belongs, given whether it is `lacking`: half of it then."""
    return probability / 2 if lack else probability


def best_length(probabilities: Sequence[float], least: float = 0.0) -> int:
    """How many of the most probable papers to list, for the highest expected F1: about
    2 sum(p of the first k) / (k + sum of all p). Probabilities fall. At least 1, and none behind
    it with a probability below `least`."""
    expected = sum(probabilities)
    best, found, length = -1.0, 0.0, 1
    for k, p in enumerate(probabilities, 1):
        if k > 1 and p < least:
            break
        found += p
        if 2 * found / (k + expected) > best:
            best, length = 2 * found / (k + expected), k
    return length
