"""Ranked papers → what the answer may rest on: where a list ends, which sentences count, and when
to decline. Probabilities come from `calibration`; the decisions on them are made here, and
`outcome` puts them into a `Selection`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from rag.question.schema import ExplanationAsked, ParsedQuestion
from rag.reading import aspects, calibration, comparing, explaining, lists, quotes
from rag.reading import question_features as questions
from rag.reading.by_constraints import by_constraints_alone
from rag.reading.calibration import IN_CORPUS, STATED, best_length, probability, relative
from rag.reading.definitions import defined
from rag.reading.outcome import Outcome
from rag.reading.particular import particular
from rag.reading.premise import denial
from rag.reading.question_features import has_page
from rag.reading.thresholds import EVEN, NAMED_LEAST, NAMED_TRIED, Cuts
from rag.reading.views import Line, View, look, words_of
from rag.reading.yesno import decided
from rag.records import Selection
from rag.retrieval.ranking import Ranking

__all__ = ["Cuts", "select"]


def select(parsed: ParsedQuestion, ranking: Ranking, cuts: Cuts | None = None) -> Selection:
    """What the answer to `parsed` rests on. Never raises; an empty ranking declines."""
    cuts = cuts or Cuts()
    asks = bool(parsed.topic) and not ranking.asks_nothing
    if (
        not len(ranking)
        or parsed.nothing_asked
        or (parsed.topic and not asks and not parsed.filters)
    ):
        return Selection(
            status="not_in_corpus",
            papers=(),
            evidence=(),
            searched=ranking.corpus_size,
            recorded=ranking.recorded(),
        )
    explain = replace(parsed, intent=ExplanationAsked())
    if found := particular(parsed, ranking, lambda: _Selector(explain, ranking, cuts).select()):
        return found
    if not asks:
        return by_constraints_alone(parsed, ranking, cuts)
    return defined(parsed, ranking) or _Selector(parsed, ranking, cuts).select()


class _Selector:
    def __init__(self, parsed: ParsedQuestion, ranking: Ranking, cuts: Cuts) -> None:
        self._parsed, self._ranking, self._cuts = parsed, ranking, cuts
        question = ranking.question
        text = (question and question.text) or parsed.topic.text
        carried = parsed.topic.own_start
        titles = [(t.start, t.end) for t in ranking.titled(text) if t.start >= carried]
        self._asked = questions.read(text, titles=titles)
        self._words = words = words_of(ranking, self._asked)
        papers = dict(enumerate(ranking.papers(cuts.considered)))
        papers |= ranking.named_beyond(cuts.considered)
        self._views = [look(ranking, at, paper, self._asked, words) for at, paper in papers.items()]
        self._outcome = Outcome(ranking, self._views, cuts)
        self._phrase = False
        """Whether nothing but a phrase tells that the corpus has something."""

    def select(self) -> Selection:
        kind = self._parsed.kind
        if self._parsed.among_shown and self._calibrated and kind in ("fact", "compare"):
            return self._aspect()
        confidence, named = self._confidence(), self._named()
        if kind == "fact":
            return self._fact(named, confidence)
        return self._compare_named(named, confidence) or self._found(named, confidence)

    def _found(self, named: list[View], confidence: float) -> Selection:
        halves = lists.by_half(self._asked, self._views, self._words, self._cuts.half)
        if self._parsed.kind == "list" and not self._restricted and halves:
            return self._each_half(halves)
        # Whose work the question names is there, whatever little else it says: "what is DITTO?"
        owners = [view for view in named if self._ranking.names_work_of(view.paper)]
        least = NAMED_LEAST if owners and not self._restricted else EVEN
        if confidence < least:
            return self._declined(owners, confidence)
        first = (named or self._views)[0]
        if denying := denial(self._ranking, first, named=first in owners):
            lines = [(first, [first.lines[at] for at in denying[:2]])]
            return self._outcome.held(lines, EVEN * confidence, denied=True)
        return self._told(named, owners, confidence)

    def _told(self, named: list[View], owners: list[View], confidence: float) -> Selection:
        """What the corpus has, in the shape that the question asks for."""
        if self._parsed.kind == "compare":
            return self._compare(named, confidence)
        if self._parsed.kind == "explain" and owners and not self._restricted:
            names = self._ranking.named()
            if any(explaining.is_about(self._asked.text, name) for name in names):
                return self._work(owners, confidence)
        return self._list(confidence)

    def _confidence(self) -> float:
        """That the corpus has something on this. Scores that another embedder or another fusion
        made mean something else: what was calibrated does not apply, and what is found counts."""
        if not self._calibrated:
            return 1.0
        if self._restricted:
            best = lists.among(self._views, self._words, self._asked, self._cuts)[0][0]
            return 1.0 if best else 0.0
        features = calibration.corpus_features(self._views, self._asked, self._words)
        confidence = relative(probability(IN_CORPUS, features), self._least)
        self._phrase = confidence < EVEN and self._has_phrase(confidence)
        return EVEN if self._phrase else confidence

    def _has_phrase(self, confidence: float) -> bool:
        """Whether the topic is a phrase of a few words and the best paper has what weighs in it:
        how many words a question has tells little of so few."""
        few = 1 < len(self._words.pieces) <= self._cuts.few
        told = few and self._parsed.kind == "list" and confidence >= self._cuts.offered
        return told and calibration.met(self._views[0], self._words) >= self._cuts.phrase

    @property
    def _calibrated(self) -> bool:
        return "late" in self._ranking.parts

    @property
    def _least(self) -> float:
        filters = self._parsed.filters
        narrowed = filters.dated or filters.voted
        return self._cuts.narrowed if narrowed else self._cuts.in_corpus

    @property
    def _restricted(self) -> bool:
        """Follow-ups that ask among the papers of the answer before."""
        return self._parsed.filters.paper_ids is not None

    def _named(self) -> list[View]:
        """Papers that the question names: those that own most of its names first, then the best."""
        owned: Counter[str] = Counter()
        for papers in self._ranking.named().values():
            owned.update(papers)
        found = [view for view in self._views if view.paper.paper_id in owned]
        if not found:  # a name that the paper has in no sentence, but in the address of its page
            names = self._asked.named()
            found = [v for v in self._views if any(has_page(v.paper.abstract, n) for n in names)]
        return sorted(found, key=lambda view: -owned[view.paper.paper_id])

    def _list(self, confidence: float) -> Selection:
        cuts, taste = self._cuts, self._cuts.taste
        views = [view for view in self._views if view.at < cuts.considered]
        if not self._calibrated:
            ordered = lists.close(views, cuts.share)
        elif self._restricted:
            ordered = lists.among(views, self._words, self._asked, cuts)
        else:
            ordered = lists.likely(self._ranking, views, self._words)
        if self._phrase:
            ordered = lists.having(ordered, self._words, cuts.phrase)
        probabilities = [p for p, _ in ordered]
        length = best_length(probabilities, cuts.least)
        explained = self._parsed.kind == "explain"
        if explained and self._asked.titles:
            titled = {title.paper for title in self._ranking.titled(self._asked.text)}
            ordered = [one for one in ordered if one[1].paper.paper_id in titled] or ordered
            length = len(ordered) if len(ordered) <= len(titled) else length
        elif explained:  # a few papers that surely belong explain better than many that may
            sure = sum(p >= EVEN for p in probabilities[:length])
            length = max(1, min(sure, cuts.most_explained))
        chosen = [view for _, view in ordered[:length]]
        near = [view for _, view in ordered[length:]]
        first = self._parsed.filters.skip or 0
        most = self._parsed.filters.limit or cuts.most_listed
        shown = lists.in_order_asked(self._parsed, chosen)[first : first + most]
        if explained:
            lines = explaining.of_subject(shown, self._asked.text, taste)
        elif self._restricted and self._calibrated:
            lines = [(view, quotes.proof(view, taste)) for view in shown]
        else:
            lines = [(view, quotes.line_of_list(view, taste)) for view in shown]
        return self._outcome.answered(lines, confidence, near=near, total=len(chosen))

    def _work(self, owners: Sequence[View], confidence: float) -> Selection:
        """What the question names, explained by the papers whose own it is and by no other."""
        chosen = owners[: self._cuts.most_explained]
        lines = explaining.of_work(chosen, self._asked.text, self._cuts.taste)
        return self._outcome.answered(lines, confidence)

    def _each_half(self, halves: Sequence[tuple[str, list[View]]]) -> Selection:
        """Each half of a question answered from what it finds alone."""
        most = self._cuts.most_halved
        views = list({view.at: view for _, found in halves for view in found[:most]}.values())
        lines = [(view, quotes.line_of_list(view, self._cuts.taste)) for view in views]
        unmet = [part for part, found in halves if not found]
        return self._outcome.answered(lines, EVEN, unmet=unmet)

    def _aspect(self) -> Selection:
        """What the papers in view say of something that is asked in a few words; compared, those
        are named too that do not say."""
        views, kind = lists.in_order_chosen(self._parsed, self._views), self._parsed.kind
        most = self._cuts.most_compared
        said = {
            view.at: (view, quotes.grounded(view, [line], self._cuts.taste))
            for view, line in aspects.told(self._asked, views)
        }
        if not said:
            return self._outcome.not_stated(views[:most], 0.0)
        if kind == "compare":
            return self._outcome.answered([said.get(v.at, (v, [])) for v in views[:most]], 1.0)
        return self._outcome.answered(list(said.values())[: 1 if kind == "fact" else None], 1.0)

    def _fact(self, named: list[View], confidence: float) -> Selection:
        """From the papers that the question names, before all others; from another only where it
        mentions all that is named and states the fact where those do not."""
        best = self._views[0]
        able = named[:NAMED_TRIED] or [best]
        source = f"{best.paper.title} {best.paper.abstract}"
        if named and best not in able and not self._asked.unmentioned(source, capital=True):
            able.append(best)
        chances = [self._stated(view) for view in able]
        at = next((i for i, chance in enumerate(chances) if chance >= EVEN), None)
        if at is not None:
            return self._outcome.answered([(able[at], self._quoted(able[at]))], chances[at])
        if confidence < EVEN and not named:
            return self._declined(named, chances[0])
        return self._outcome.not_stated(able[: len(named) or 1], max(chances))

    def _stated(self, view: View) -> float:
        if not self._calibrated:
            return 1.0
        features = calibration.stated_features(view, self._asked)
        chance = relative(probability(STATED, features), self._cuts.stated)
        told = quotes.tell_of(self._asked, view, self._quoted(view))
        sure = decided(self._ranking, view, self._asked, self._words)
        if chance < EVEN and (sure or self._held(view)):
            chance = EVEN
        return chance if told else EVEN * chance

    def _held(self, view: View) -> bool:
        """Whether one sentence holds the type of thing asked for and all else that is asked: of a
        named paper few words are left to be met."""
        kept = [line.rest for line in view.lines if line.fits == 1.0]
        return bool(self._asked.sought) and max(kept, default=0.0) >= self._cuts.held

    def _quoted(self, view: View) -> list[Line]:
        """The sentence that holds the fact, whatever words it shares with a title asked about."""
        if self._asked.titles or decided(self._ranking, view, self._asked, self._words):
            view = replace(view, lines=tuple(replace(one, covers=one.rest) for one in view.lines))
        return quotes.fact(view, self._cuts.taste)

    def _compare_named(self, named: Sequence[View], confidence: float) -> Selection | None:
        """A comparison of what the question names; None where it is none, or names but one thing
        and leaves the other to its words."""
        if self._parsed.kind == "compare" and self._restricted:
            chosen = lists.in_order_chosen(self._parsed, self._views)
            if len(chosen) > 1 and confidence < EVEN:
                return self._outcome.not_stated(chosen[: self._cuts.most_compared], confidence)
            return self._compare(chosen, confidence) if len(chosen) > 1 else None
        if self._parsed.kind != "compare":
            return None
        if missing := comparing.missing(self._asked, self._ranking):
            names = [name for name in self._ranking.named() if name not in missing]
            owners = {p.paper_id for name in names for p in self._ranking.owners(name)}
            own = [view for view in named if view.paper.paper_id in owners]
            lines, compares = comparing.of_nobodys(
                self._asked, missing, own, self._views, self._cuts.taste
            )
            if compares and not self._restricted:
                return self._outcome.answered(lines, max(confidence, EVEN), unmet=missing)
            return self._outcome.held(lines, confidence, unmet=missing)
        return self._compare(named, max(confidence, EVEN)) if len(named) > 1 else None

    def _compare(self, named: Sequence[View], confidence: float) -> Selection:
        cuts = self._cuts
        chosen = list(named[: cuts.most_compared])
        for view in comparing.speaking_of_both(self._asked, self._words, self._views):
            if len(chosen) >= self._asked.compared:
                break
            if view not in chosen:
                chosen.append(view)
        chosen = lists.in_order_named(chosen, self._words)
        return self._outcome.answered(comparing.lines(chosen, cuts.taste), confidence)

    def _declined(self, named: Sequence[View], confidence: float) -> Selection:
        if self._restricted and len(self._views) == 1:
            named = self._views
        if named:
            return self._outcome.not_stated(named[:1], confidence)
        near = [view for view in self._views if not calibration.by_chance(view, self._words)]
        return self._outcome.not_in_corpus(confidence, near)
