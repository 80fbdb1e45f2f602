"""Ranked papers → what the answer may rest on: where a list ends, which sentences count, and when
to decline. Probabilities come from `calibration`; the decisions on them are made here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rag import asked as questions
from rag.ranking import Ranking
from rag.records import Evidence, Paper, Query, Selection
from rag.select import aspects, calibration, lists, quotes
from rag.select.calibration import IN_CORPUS, STATED, best_length, probability, relative
from rag.select.definitions import defined
from rag.select.particular import particular
from rag.select.premise import denied
from rag.select.quotes import Taste
from rag.select.views import Line, View, look, words_of
from rag.select.yesno import decided
from rag.understand.followup import ABOUT

__all__ = ["Cuts", "select"]


_EVEN = 0.5
"""The confidence from which a question is answered, whichever probability decides."""
_NAMED_LEAST = 0.1
"""The confidence from which a question is answered whose name is that of a paper's own work."""
_NAMED_TRIED = 3
"""Papers that a question names, in which its fact is looked for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cuts:
    """`in_corpus`, `stated`: probabilities below which the answer declines; `narrowed` stands for
    `in_corpus` where constraints leave a part of the corpus: whatever is nearest in it satisfies at
    least these; `among` where a follow-up asks among the papers of the answer before: how much of
    its words, by weight, one of them has to meet; `half` where the question has halves, of those
    of each. `offered`: confidence from which a refusal shows
    what came nearest. `considered`: papers looked at closely. `least`: probability below which a
    paper is in no list, unless it is the first. `share`: of the best score, from which a paper is
    listed where scores are not calibrated. `most_listed` and so on: papers in an answer.
    """

    in_corpus: float = 0.25
    narrowed: float = 0.1
    among: float = 0.45
    half: float = 0.7
    stated: float = 0.45
    share: float = 0.86
    considered: int = 30
    least: float = 0.3
    most_listed: int = 20
    most_explained: int = 5
    most_compared: int = 5
    most_halved: int = 5
    offered: float = 0.1
    most_offered: int = 3
    near: int = 5
    taste: Taste = field(default_factory=Taste)


def select(query: Query, ranking: Ranking, cuts: Cuts | None = None) -> Selection:
    """What the answer to `query` rests on. Never raises; an empty ranking declines."""
    cuts = cuts or Cuts()
    asks = bool(query.topic) and not ranking.asks_nothing
    if not len(ranking) or query.nothing_asked or (query.topic and not asks and not query.filters):
        return Selection(
            status="not_in_corpus",
            papers=(),
            evidence=(),
            searched=ranking.corpus_size,
            recorded=ranking.recorded(),
        )
    explain = replace(query, kind="explain")
    if found := particular(query, ranking, lambda: _Selector(explain, ranking, cuts).select()):
        return found
    if not asks:
        return _by_constraints_alone(query, ranking, cuts)
    return defined(query, ranking) or _Selector(query, ranking, cuts).select()


class _Selector:
    def __init__(self, query: Query, ranking: Ranking, cuts: Cuts) -> None:
        self._query, self._ranking, self._cuts = query, ranking, cuts
        self._searched = ranking.corpus_size
        question = ranking.question
        text = (question and question.text) or query.topic
        carried = len(query.topic.partition(ABOUT)[2])
        titles = [(t.start, t.end) for t in ranking.titled(text) if t.start >= carried]
        self._asked = questions.read(text, titles=titles)
        self._words = words = words_of(ranking, self._asked)
        papers = dict(enumerate(ranking.papers(cuts.considered)))
        papers |= ranking.named_beyond(cuts.considered)
        self._views = [look(ranking, at, paper, self._asked, words) for at, paper in papers.items()]

    def select(self) -> Selection:  # noqa: PLR0911
        confidence = self._confidence()
        named = self._named()
        kind = self._query.kind
        if self._query.aspect and self._calibrated and kind != "explain":
            return self._aspect()
        if kind == "fact":
            return self._fact(named, confidence)
        if kind == "compare" and self._restricted:
            named = lists.in_order_chosen(self._query, self._views)
        if kind == "compare" and len(named) > 1:
            silent = self._restricted and confidence < _EVEN
            most = self._cuts.most_compared
            compared = self._compare(named, max(confidence, _EVEN))
            return self._not_stated(named[:most], confidence) if silent else compared
        halves = lists.by_half(self._asked, self._views, self._words, self._cuts.half)
        if kind == "list" and not self._restricted and halves:
            return self._each_half(halves)
        # Whose work the question names is there, whatever little else it says: "what is DITTO?"
        owners = [view for view in named if self._ranking.names_work_of(view.paper)]
        least = _NAMED_LEAST if owners and not self._restricted else _EVEN
        if confidence < least:
            return self._declined(owners, confidence)
        first = (named or self._views)[0]
        if denied(self._ranking, first.at, first.paper):
            return self._not_stated([first], _EVEN * confidence)
        return self._compare(named, confidence) if kind == "compare" else self._list(confidence)

    def _confidence(self) -> float:
        """That the corpus has something on this. Scores that another embedder or another fusion
        made mean something else: what was calibrated does not apply, and what is found counts."""
        if not self._calibrated:
            return 1.0
        if self._restricted:
            best = lists.among(self._views, self._words, self._cuts.among)[0][0]
            return 1.0 if best else 0.0
        features = calibration.corpus_features(self._views, self._asked, self._words)
        return relative(probability(IN_CORPUS, features), self._least)

    @property
    def _calibrated(self) -> bool:
        return "late" in self._ranking.parts

    @property
    def _least(self) -> float:
        filters = self._query.filters
        narrowed = filters.dated or filters.voted
        return self._cuts.narrowed if narrowed else self._cuts.in_corpus

    @property
    def _restricted(self) -> bool:
        """Follow-ups that ask among the papers of the answer before."""
        return self._query.filters.paper_ids is not None

    def _named(self) -> list[View]:
        """Papers that the question names: those that own most of its names first, then the best."""
        owned: Counter[str] = Counter()
        for papers in self._ranking.named().values():
            owned.update(papers)
        found = [view for view in self._views if view.paper.paper_id in owned]
        return sorted(found, key=lambda view: -owned[view.paper.paper_id])

    def _list(self, confidence: float) -> Selection:
        cuts, taste = self._cuts, self._cuts.taste
        views = [view for view in self._views if view.at < cuts.considered]
        if not self._calibrated:
            ordered = lists.close(views, cuts.share)
        elif self._restricted:
            ordered = lists.among(views, self._words, cuts.among)
        else:
            ordered = lists.likely(self._ranking, views, self._words)
        probabilities = [p for p, _ in ordered]
        length = best_length(probabilities, cuts.least)
        explained = self._query.kind == "explain"
        if explained and self._asked.titles:
            titled = {title.paper for title in self._ranking.titled(self._asked.text)}
            ordered = [one for one in ordered if one[1].paper.paper_id in titled] or ordered
            length = len(ordered) if len(ordered) <= len(titled) else length
        elif explained:  # a few papers that surely belong explain better than many that may
            sure = sum(p >= _EVEN for p in probabilities[:length])
            length = max(1, min(sure, self._cuts.most_explained))
        chosen = [view for _, view in ordered[:length]]
        total = len(chosen)
        first = self._query.filters.skip or 0
        most = self._query.filters.limit or cuts.most_listed
        chosen = lists.in_order_asked(self._query, chosen)[first : first + most]
        near = [view for _, view in ordered[length:]]
        if explained:
            each = 3 if len(chosen) == 1 else 2
            lines = [(view, quotes.several(view, each, taste)) for view in chosen]
        else:
            lines = [(view, quotes.line_of_list(view, taste)) for view in chosen]
        return self._answered(lines, near, total, confidence)

    def _each_half(self, halves: Sequence[tuple[str, list[View]]]) -> Selection:
        """Each half of a question answered from what it finds alone."""
        most = self._cuts.most_halved
        views = list({view.at: view for _, found in halves for view in found[:most]}.values())
        lines = [(view, quotes.line_of_list(view, self._cuts.taste)) for view in views]
        answered = self._answered(lines, self._others(views), len(views), _EVEN)
        return replace(answered, unmet=tuple(part for part, found in halves if not found))

    def _aspect(self) -> Selection:
        """What the papers in view say of something that is asked in a few words; compared, those
        are named too that do not say."""
        views, kind = lists.in_order_chosen(self._query, self._views), self._query.kind
        told = {view.at: (view, line) for view, line in aspects.told(self._asked, views)}
        if not told:
            return self._not_stated(views[: self._cuts.most_compared], 0.0)
        if kind == "compare":
            lines = [(view, [told[view.at][1]] if view.at in told else []) for view in views]
            lines = lines[: self._cuts.most_compared]
        else:
            lines = [(view, [line]) for view, line in told.values()][
                : 1 if kind == "fact" else None
            ]
        return self._answered(lines, self._others([view for view, _ in lines]), len(lines), 1.0)

    def _fact(self, named: list[View], confidence: float) -> Selection:
        """From the papers that the question names, before all others; from another only where it
        mentions all that is named and states the fact where those do not."""
        best = self._views[0]
        able = named[:_NAMED_TRIED] or [best]
        if named and best not in able and not self._asked.unmentioned(_source(best)):
            able.append(best)
        chances = [self._stated(view) for view in able]
        at = next((i for i, chance in enumerate(chances) if chance >= _EVEN), None)
        if at is not None:
            lines = self._quoted(able[at])
            return self._answered([(able[at], lines)], self._others([able[at]]), 1, chances[at])
        if confidence < _EVEN and not named:
            return self._declined(named, chances[0])
        return self._not_stated(able[: len(named) or 1], max(chances))

    def _stated(self, view: View) -> float:
        if not self._calibrated:
            return 1.0
        features = calibration.stated_features(view, self._asked)
        chance = relative(probability(STATED, features), self._cuts.stated)
        told = quotes.tell_of(self._asked, view, self._quoted(view))
        if chance < _EVEN and decided(self._ranking, view, self._asked, self._words):
            chance = _EVEN
        return chance if told else _EVEN * chance

    def _quoted(self, view: View) -> list[Line]:
        """The sentence that holds the fact, whatever words it shares with a title asked about."""
        if self._asked.titles or decided(self._ranking, view, self._asked, self._words):
            view = replace(view, lines=tuple(replace(one, covers=one.rest) for one in view.lines))
        return quotes.fact(view, self._cuts.taste)

    def _compare(self, named: list[View], confidence: float) -> Selection:
        chosen = named[: self._cuts.most_compared]
        for view in self._views:
            if len(chosen) >= self._asked.compared:
                break
            if view not in chosen:
                chosen.append(view)
        chosen = lists.in_order_named(chosen, self._words)
        lines = [(view, quotes.aspects(view, 3, self._cuts.taste)) for view in chosen]
        return self._answered(lines, self._others(chosen), len(chosen), confidence)

    def _declined(self, named: list[View], confidence: float) -> Selection:
        if self._restricted and len(self._views) == 1:
            named = self._views
        if named:
            return self._not_stated(named[:1], confidence)
        # Who wants more than was shown gets what comes next, however far off.
        offered = self._query.seen or confidence >= self._cuts.offered
        most = (self._query.seen and self._query.filters.limit) or self._cuts.most_offered
        shown = self._views[:most] if offered else []
        taste = self._cuts.taste
        return Selection(
            status="not_in_corpus",
            papers=(),
            evidence=_evidence([(view, quotes.one_line(view, taste)) for view in shown]),
            near=self._papers(self._views),
            confidence=confidence,
            searched=self._searched,
            recorded=self._ranking.recorded(),
        )

    def _not_stated(self, nearest: Sequence[View], confidence: float) -> Selection:
        taste = self._cuts.taste
        return Selection(
            status="not_stated",
            papers=(),
            evidence=_evidence([(view, quotes.one_line(view, taste)) for view in nearest]),
            near=self._papers([*nearest, *self._others(nearest)]),
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
            recorded=self._ranking.recorded(),
        )

    def _others(self, chosen: Sequence[View]) -> list[View]:
        return [view for view in self._views if view not in chosen]

    def _papers(self, views: Sequence[View]) -> tuple[Paper, ...]:
        return tuple(view.paper for view in views[: self._cuts.near])


def _by_constraints_alone(query: Query, ranking: Ranking, cuts: Cuts) -> Selection:
    """Every paper that satisfies the constraints, in the order these ask for, each by what it
    puts forward; to explain or to compare them, by more of it."""
    first = query.filters.skip or 0
    papers = ranking.papers(first + (query.filters.limit or cuts.most_listed))[first:]
    asked = questions.read("")
    words = words_of(ranking, asked)
    views = [look(ranking, at, paper, asked, words) for at, paper in enumerate(papers, first)]
    most = {"explain": 3 if len(views) == 1 else 2, "compare": 3}.get(query.kind, 1)
    lines = [(view, quotes.opening(view, most, cuts.taste)) for view in views]
    return Selection(
        status="answered" if papers else "not_in_corpus",
        papers=tuple(papers),
        evidence=_evidence(lines),
        total=len(papers) if query.filters.limit else len(ranking),
        confidence=1.0,
        searched=ranking.corpus_size,
        recorded=ranking.recorded(),
    )


def _source(view: View) -> str:
    return f"{view.paper.title} {view.paper.abstract}"


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
