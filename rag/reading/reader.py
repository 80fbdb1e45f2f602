"""A question and its ranking → probabilities: that a sentence answers, that a paper belongs, that
the corpus answers at all. What follows from them, `rag.reading.decide` knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rag.ports import Vectors
from rag.question.schema import ParsedQuestion
from rag.reading.calibration import confidence, says_so
from rag.reading.features import PAPER, Views, look
from rag.reading.model import Model, load, probability
from rag.reading.pieces import Rows
from rag.records import Paper, Span
from rag.retrieval.ranking import Ranking

CONSIDERED = 30
"""Papers looked at closely."""
_NAMED_BEYOND = 5
STACKED = (*PAPER, "p_best", "p_second", "p_sum", "p_gap", "p_rank")
"""What papers are judged by: their own columns and what was found of their sentences."""
BELONGS = {"odds": 0.59, "score_best": 3.82, "like_first": 3.50, "1": -0.22}
"""See `settled`; fitted by scripts/fit_calibration.py on whole lists of papers."""
_OFF_SCALE = 0.86
"""Where no model applies: the share of the best score from which a paper belongs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    """A sentence of an abstract. answers: probability that it answers the question."""

    start: int
    end: int
    words: int
    answers: float
    vector: Vectors | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Read:
    """A paper at its place in the ranking. belongs: probability that it is part of the answer;
    says_so: of one of several that were shown, that it is among those asked for."""

    at: int
    paper: Paper
    belongs: float
    sentences: tuple[Sentence, ...]
    says_so: float = 0.0

    @property
    def best(self) -> Sentence:
        return max(self.sentences, key=lambda one: one.answers)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """The papers looked at, those that most probably belong first. any: probability that the corpus
    answers; near: that it has something on this. calibrated: whether the probabilities are; where
    another embedder ranked they are not, and only their order means something."""

    papers: tuple[Read, ...]
    any: float
    near: float
    calibrated: bool

    def reordered(self, ranking: Ranking) -> Ranking:
        """The best papers of the ranking that was read, those first that most probably belong."""
        most = min(CONSIDERED, len(ranking))
        order = [one.at for one in self.papers if one.at < most]
        asked = self.calibrated and not ranking.parsed.related
        return ranking.reordered(np.array(order, np.int64)) if asked else ranking

    def in_order_of(self, ids: Sequence[str]) -> Reading:
        """The best papers in the order of `ids`, by somebody who has looked at them again. Their
        probabilities are handed out anew in that order, as scores are; a named paper beyond the
        best keeps its own."""
        place = {paper: at for at, paper in enumerate(ids)}
        best = [one for one in self.papers if one.at < CONSIDERED]
        best.sort(key=lambda one: place[one.paper.paper_id])
        chances = sorted((one.belongs for one in best), reverse=True)
        again = [replace(one, belongs=p) for one, p in zip(best, chances, strict=True)]
        beyond = [one for one in self.papers if one.at >= CONSIDERED]
        return replace(self, papers=tuple(sorted(again + beyond, key=lambda one: -one.belongs)))


def read(parsed: ParsedQuestion, ranking: Ranking, model: Model | None = None) -> Reading:
    """What the reader makes of the best papers of `ranking`; never raises."""
    if not parsed.topic or not len(ranking):
        return Reading(papers=(), any=0.0, near=0.0, calibrated=False)
    model = model or load()
    places = looked_at(ranking)
    views = look(parsed, ranking, places, model.late)
    if views is None:
        return _uncalibrated(ranking, places)
    answers = probability(model.sentence.logits(views.sentence))
    belongs = probability(model.paper.logits(stacked(views, answers)))
    near, found = confidence(parsed, ranking, views, answers, belongs)
    chances, say = settled(views, belongs), np.zeros(len(belongs), np.float32)
    if parsed.among_shown and len(belongs) > 1:
        say = says_so(parsed, ranking, views, answers, chances)
    return Reading(
        papers=_read(views, answers, chances, say),
        any=found,
        near=near,
        calibrated=True,
    )


def settled(views: Views, belongs: Vectors) -> Vectors:
    """The probabilities that papers belong, in a whole corpus. The trees learned them within groups
    of abstracts that stand near each other, where to be like the best paper tells nothing."""
    told = {"1": 1.0, "odds": np.log(belongs / (1 - belongs))}
    told |= {name: views.paper[:, PAPER.index(name)] for name in ("score_best", "like_first")}
    return probability(np.asarray(sum(weight * told[name] for name, weight in BELONGS.items())))


def looked_at(ranking: Ranking) -> Rows:
    """The places of the best papers, and of those that the question names."""
    best = np.arange(min(CONSIDERED, len(ranking)))
    named = {paper for papers in ranking.parsed.names.values() for paper in papers}
    ids = ranking.ids() if named else []
    beyond = [at for at in range(len(best), len(ids)) if ids[at] in named][:_NAMED_BEYOND]
    return np.concatenate([best, np.array(beyond, np.int64)]).astype(np.int64)


def stacked(views: Views, answers: Vectors) -> Vectors:
    """(P, len(STACKED))."""
    best = np.maximum.reduceat(answers, np.searchsorted(views.owner, np.arange(len(views.papers))))
    top = np.where(answers < best[views.owner], answers, 0)
    first = np.searchsorted(views.owner, np.arange(len(views.papers)))
    columns = (
        best,
        np.maximum.reduceat(top, first),
        np.add.reduceat(answers, first),
        best - best.max(),
        np.argsort(np.argsort(-best)),
    )
    return np.concatenate([views.paper, np.stack(columns, axis=1)], axis=1).astype(np.float32)


def _read(views: Views, answers: Vectors, belongs: Vectors, say: Vectors) -> tuple[Read, ...]:
    papers, found = views.papers, []
    for at in np.argsort(-belongs, kind="stable").tolist():
        own = np.flatnonzero(views.owner == at)
        text = papers[at].abstract
        sentences = tuple(
            _sentence(text, views.spans[i], float(answers[i]), views.vectors[i]) for i in own
        )
        found.append(
            Read(
                at=int(views.places[at]),
                paper=papers[at],
                belongs=float(belongs[at]),
                sentences=sentences,
                says_so=float(say[at]),
            )
        )
    return tuple(found)


def _sentence(text: str, span: Span, answers: float, vector: Vectors | None = None) -> Sentence:
    words = len(text[span.start : span.end].split())
    return Sentence(start=span.start, end=span.end, words=words, answers=answers, vector=vector)


def _uncalibrated(ranking: Ranking, places: Rows) -> Reading:
    """By the first stage's scores, and by the words that sentences share with the question."""
    found = []
    best = float(ranking.scores[0]) if len(ranking) else 0.0
    for at, paper in zip(places.tolist(), ranking.at(places), strict=True):
        score = float(ranking.scores[at])
        passages = ranking.passages(at, paper)
        found.append(
            Read(
                at=at,
                paper=paper,
                belongs=0.9 if score >= _OFF_SCALE * best else 0.1,
                sentences=tuple(
                    _sentence(paper.abstract, Span(start=p.start, end=p.end), p.score)
                    for p in passages
                ),
            )
        )
    return Reading(papers=tuple(found), any=1.0, near=1.0, calibrated=False)
