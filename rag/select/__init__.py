"""Ranked papers → what the answer may rest on: where a list ends, which sentences count, and when
to decline. Probabilities come from `calibration`; the decisions on them are made here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rag import asked as questions
from rag.ranking import Ranking
from rag.records import Evidence, Paper, Query, Selection
from rag.select import calibration, quotes
from rag.select.calibration import (
    BELONGS,
    IN_CORPUS,
    STATED,
    belongs,
    best_length,
    lacking,
    probability,
)
from rag.select.premise import denied
from rag.select.quotes import Taste
from rag.select.views import Line, View, look, words_of

__all__ = ["Cuts", "select"]


_EVEN = 0.5
"""The confidence from which a question is answered, whichever probability decides."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cuts:
    """`in_corpus`, `stated`: probabilities below which the answer declines; `narrowed` stands for
    `in_corpus` where constraints leave a part of the corpus: whatever is nearest in it satisfies at
    least these. `offered`: confidence from which a refusal shows what came nearest. `considered`:
    papers looked at closely. `least`: probability
    below which a paper is in no list, unless it is the first. `share`: of the best score, from which a paper is listed where scores
    are not calibrated. `most_listed` and so on: papers in an answer.
    """

    in_corpus: float = 0.25
    narrowed: float = 0.1
    stated: float = 0.45
    share: float = 0.86
    considered: int = 30
    least: float = 0.3
    most_listed: int = 20
    most_explained: int = 5
    most_compared: int = 5
    offered: float = 0.1
    most_offered: int = 3
    near: int = 5
    taste: Taste = field(default_factory=Taste)


def select(query: Query, ranking: Ranking, cuts: Cuts | None = None) -> Selection:
    """What the answer to `query` rests on. Never raises; an empty ranking declines."""
    cuts = cuts or Cuts()
    if not len(ranking):
        return Selection(
            status="not_in_corpus", papers=(), evidence=(), searched=ranking.corpus_size
        )
    if not query.topic:
        return _by_constraints_alone(query, ranking, cuts)
    return _Selector(query, ranking, cuts).select()


class _Selector:
    def __init__(self, query: Query, ranking: Ranking, cuts: Cuts) -> None:
        self._query, self._ranking, self._cuts = query, ranking, cuts
        self._searched = ranking.corpus_size
        question = ranking.question
        self._asked = questions.read((question and question.text) or query.topic)
        self._words = words = words_of(ranking, self._asked)
        papers = ranking.papers(cuts.considered)
        self._views = [
            look(ranking, at, paper, self._asked, words) for at, paper in enumerate(papers)
        ]

    def select(self) -> Selection:
        confidence = self._confidence()
        named = self._named()
        kind = self._query.kind
        if kind == "fact":
            return self._fact(named, confidence)
        if kind == "compare" and len(named) > 1:
            return self._compare(named, max(confidence, _EVEN))
        # What the question names is there, whatever little else it says: "what is DITTO?"
        if confidence < _EVEN and not self._restricted and not named:
            return self._declined(named, confidence)
        first = (named or self._views)[0]
        if denied(self._ranking, first.at, first.paper):
            return self._not_stated(first, _EVEN * confidence)
        if kind == "compare":
            return self._compare(named, confidence)
        return self._list(confidence)

    def _confidence(self) -> float:
        """That the corpus has something on this. Scores that another embedder or another fusion
        made mean something else: what was calibrated does not apply, and what is found counts."""
        if not self._calibrated:
            return 1.0
        features = calibration.corpus_features(self._views, self._asked, self._words)
        return _relative(probability(IN_CORPUS, features), self._least)

    @property
    def _calibrated(self) -> bool:
        return "late" in self._ranking.parts

    @property
    def _least(self) -> float:
        filters = self._query.filters
        narrowed = filters.date_from or filters.date_to or filters.upvotes_min is not None
        return self._cuts.narrowed if narrowed else self._cuts.in_corpus

    @property
    def _restricted(self) -> bool:
        """Follow-ups that ask among the papers of the answer before."""
        return self._query.filters.paper_ids is not None

    def _named(self) -> list[View]:
        """Papers that the question names, best first."""
        owners = {paper for papers in self._ranking.named().values() for paper in papers}
        return [view for view in self._views if view.paper.paper_id in owners]

    def _list(self, confidence: float) -> Selection:
        cuts, taste = self._cuts, self._cuts.taste
        ordered = self._by_probability()
        probabilities = [p for p, _ in ordered]
        length = best_length(probabilities, cuts.least)
        explained = self._query.kind == "explain"
        if explained:  # a few papers that surely belong explain better than many that may
            sure = sum(p >= _EVEN for p in probabilities[:length])
            length = max(1, min(sure, self._cuts.most_explained))
        chosen = [view for _, view in ordered[:length]]
        total = len(chosen)
        chosen = _sorted(self._query, chosen)[: self._query.filters.limit or cuts.most_listed]
        near = [view for _, view in ordered[length:]]
        if explained:
            each = 3 if len(chosen) == 1 else 2
            lines = [(view, quotes.several(view, each, taste)) for view in chosen]
        else:
            lines = [(view, quotes.line_of_list(view, taste)) for view in chosen]
        return self._answered(lines, near, total, confidence)

    def _by_probability(self) -> list[tuple[float, View]]:
        """Most probable first; ties in the order of the ranking."""
        if not self._calibrated:
            best = max(self._views[0].score, 1e-9)
            near = self._cuts.share
            return [(float(view.score >= near * best), view) for view in self._views]
        likeness = self._ranking.likeness(len(self._views))
        found = calibration.belonging_features(self._views, likeness)
        lacks = lacking(self._views, self._words)
        pairs = [
            (belongs(probability(BELONGS, one), lack), view)
            for one, lack, view in zip(found, lacks, self._views, strict=True)
        ]
        return sorted(pairs, key=lambda pair: -pair[0])

    def _fact(self, named: list[View], confidence: float) -> Selection:
        view = self._views[0]
        if named and view not in named and named[0].score > 0.8 * view.score:
            view = named[0]
        features = calibration.stated_features(view, self._asked)
        stated = _relative(probability(STATED, features), self._cuts.stated)
        stated = stated if self._calibrated else 1.0
        if stated < _EVEN:
            if confidence < _EVEN and not named:
                return self._declined(named, stated)
            return self._not_stated(view, stated)
        lines = quotes.fact(view, self._cuts.taste)
        return self._answered([(view, lines)], self._others([view]), 1, stated)

    def _compare(self, named: list[View], confidence: float) -> Selection:
        chosen = named[: self._cuts.most_compared]
        for view in self._views:
            if len(chosen) >= self._asked.compared:
                break
            if view not in chosen:
                chosen.append(view)
        lines = [(view, quotes.aspects(view, 3, self._cuts.taste)) for view in chosen]
        return self._answered(lines, self._others(chosen), len(chosen), confidence)

    def _declined(self, named: list[View], confidence: float) -> Selection:
        if named:
            return self._not_stated(named[0], confidence)
        shown = self._views[: self._cuts.most_offered] if confidence >= self._cuts.offered else []
        taste = self._cuts.taste
        return Selection(
            status="not_in_corpus",
            papers=(),
            evidence=_evidence([(view, quotes.one_line(view, taste)) for view in shown]),
            near=self._papers(self._views),
            confidence=confidence,
            searched=self._searched,
        )

    def _not_stated(self, view: View, confidence: float) -> Selection:
        lines = quotes.one_line(view, self._cuts.taste)
        return Selection(
            status="not_stated",
            papers=(),
            evidence=_evidence([(view, lines)]),
            near=self._papers([view, *self._others([view])]),
            confidence=confidence,
            searched=self._searched,
        )

    def _answered(
        self,
        lines: Sequence[tuple[View, list[Line]]],
        near: Sequence[View],
        total: int,
        confidence: float,
    ) -> Selection:
        return Selection(
            status="answered",
            papers=tuple(view.paper for view, _ in lines),
            evidence=_evidence(lines),
            near=self._papers(near),
            total=total,
            confidence=confidence,
            searched=self._searched,
        )

    def _others(self, chosen: Sequence[View]) -> list[View]:
        return [view for view in self._views if view not in chosen]

    def _papers(self, views: Sequence[View]) -> tuple[Paper, ...]:
        return tuple(view.paper for view in views[: self._cuts.near])


def _relative(probability: float, cut: float) -> float:
    """A probability on the scale where `cut` is even: odds against the odds of the cut."""
    mine, others = probability * (1 - cut), (1 - probability) * cut
    return mine / (mine + others)


def _by_constraints_alone(query: Query, ranking: Ranking, cuts: Cuts) -> Selection:
    """Every paper that satisfies the constraints, in the order these ask for, each by what it
    puts forward."""
    papers = ranking.papers(query.filters.limit or cuts.most_listed)
    asked = questions.read("")
    words = words_of(ranking, asked)
    views = [look(ranking, at, paper, asked, words) for at, paper in enumerate(papers)]
    return Selection(
        status="answered",
        papers=tuple(papers),
        evidence=_evidence([(view, quotes.opening(view)) for view in views]),
        total=len(papers) if query.filters.limit else len(ranking),
        confidence=1.0,
        searched=ranking.corpus_size,
    )


def _sorted(query: Query, views: list[View]) -> list[View]:
    """In the order that the question asks for: "the most upvoted papers on X"."""
    sort = query.filters.sort
    if sort is None:
        return views
    falling = query.filters.order != "asc"
    if sort == "upvotes":
        return sorted(views, key=lambda view: view.paper.upvotes or 0, reverse=falling)
    return sorted(views, key=lambda view: view.paper.published or "", reverse=falling)


def _evidence(lines: Sequence[tuple[View, Sequence[Line]]]) -> tuple[Evidence, ...]:
    found: list[Evidence] = []
    for view, chosen in lines:
        for line in chosen:
            found.append(
                Evidence(
                    key=f"E{len(found) + 1}",
                    paper=view.paper,
                    start=line.start,
                    end=line.end,
                    score=line.covers,
                )
            )
    return tuple(found)
