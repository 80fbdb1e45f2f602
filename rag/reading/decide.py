"""From the reader's probabilities to what an answer rests on: which papers, in which order, how
many of them, what is quoted, and when to decline.

A threshold is fitted by scripts/train_reader.py and comes with the weights: `second`, from which a
sentence is quoted beside the best.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.corpus.genres import is_of_kind
from rag.question.schema import (
    ComparisonAsked,
    ExplanationAsked,
    ParsedQuestion,
    SynthesisAsked,
)
from rag.reading.definitions import defined
from rag.reading.evidence import doing_without, evidence, puts_forward, sentences_to_quote
from rag.reading.groups import FROM, grouped
from rag.reading.mentions import mentions
from rag.reading.model import load
from rag.reading.overview import by_constraints_alone, overview
from rag.reading.reader import Read, Reading, Sentence, read
from rag.reading.recorded import recorded
from rag.records import Paper, PaperGroup, Selection
from rag.retrieval.ranking import Ranking
from rag.retrieval.sorting import in_order
from rag.text.patterns import lazy

_MOST_LISTED, _MOST_COMPARED, _MOST_TOLD, _MOST_OUTLINED = 20, 5, 6, 12
"""Papers in an answer."""
_OF_ONE, _OF_EACH = 3, 2
"""Sentences quoted at most, of the only paper of an answer and of each of several."""
_NEAR, _OFFERED = 5, 3
"""Papers named beside an answer, and quoted with a refusal."""
EVEN, LEAST = 0.5, 0.3
"""Probabilities: from which something rather holds than not, and below which a paper is in no list
unless it is the first."""
SURE = 0.7
"""The probability from which a list says that a paper matches, and not that it may. On the sets
over the bundled papers 0.8 of the papers above it are relevant and 0.32 of those below
(docs/log.md)."""
MAY_MATCH = "May match"
"""What the group of papers is called whose probability is below `SURE`."""
_NAME = lazy(r"\S+[A-Z\d]\S*")
"""A word that is written like a name and nothing else."""


def select(parsed: ParsedQuestion, ranking: Ranking, reading: Reading | None = None) -> Selection:
    """What the answer to `parsed` rests on. `reading`: of that ranking, where it was read before.
    Never raises; an empty ranking declines."""
    asks = bool(parsed.topic) and not ranking.asks_nothing
    if not len(ranking) or parsed.nothing_asked or not (asks or parsed.filters or not parsed.topic):
        return Selection(
            status="not_in_corpus",
            papers=(),
            evidence=(),
            searched=ranking.corpus_size,
            recorded=ranking.recorded(),
        )

    def explained() -> Selection:
        return _Decision(replace(parsed, intent=ExplanationAsked()), ranking, reading).selection()

    if found := recorded(parsed, ranking, explained) or overview(parsed, ranking):
        return found
    if not asks:
        return by_constraints_alone(parsed, ranking)
    return defined(parsed, ranking, explained) or _Decision(parsed, ranking, reading).selection()


def best_length(probabilities: Sequence[float], least: float) -> int:
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


class _Decision:
    def __init__(self, parsed: ParsedQuestion, ranking: Ranking, reading: Reading | None) -> None:
        self._parsed, self._ranking = parsed, ranking
        self._cuts = load().thresholds
        self._reading = reading or read(parsed, ranking)
        self._papers = list(self._reading.papers)

    def selection(self) -> Selection:
        parsed = self._parsed
        if parsed.among_shown and self._reading.calibrated:
            return self._among()
        return self._missing() or self._searched()

    def _searched(self) -> Selection:
        parsed = self._parsed
        # Two papers that have nothing in common can be set side by side all the same.
        if self._reading.any < EVEN and not self._both_named():
            return self._declined()
        if parsed.agreement:
            return self._speaking() or self._declined()
        match parsed.kind:
            case "fact":
                return self._fact()
            case "compare":
                return self._compared()
            case "explain":
                return self._explained()
        return self._listed()

    # --- shapes of answers ---------------------------------------------------------------------

    def _listed(self) -> Selection:
        """As many as promise the best list. Of what is to be done without, an abstract that is
        silent says nothing: those that say so come first, and the others are told apart."""
        papers = self._papers
        length = best_length([one.belongs for one in papers], LEAST)
        said, silent = self._told_apart(papers[:length])
        sure, unsure = self._by_likelihood(said)
        chosen = self._in_order(sure) + self._in_order(unsure) + self._in_order(silent)
        filters = self._parsed.filters
        first, most = filters.skip or 0, filters.limit or self._points or _MOST_LISTED
        shown = chosen[first : first + most]
        each = self._each(shown)
        found = self._answered([(one, each) for one in shown], near=papers[length:], total=length)
        return replace(
            found,
            silent=sum(one in silent for one in shown),
            unsure=len(unsure),
            groups=self._groups(shown, unsure),
        )

    def _groups(self, shown: list[Read], unsure: list[Read]) -> tuple[PaperGroup, ...]:
        """Papers that match, in groups where they are many and no order was asked for, and those
        that may in one of their own."""
        if self._parsed.left_out.used:  # told apart by what they say
            return ()
        front = [one for one in shown if one not in unsure]
        last = [one for one in shown if one in unsure]
        alike = grouped(front or last, self._parsed.topic.text)
        groups = () if self._parsed.filters.sort else alike
        if not last:
            return groups
        if not front:
            groups = groups or (PaperGroup(name="", papers=_ids(last)),)
            return tuple(replace(one, unsure=True) for one in groups)
        may = PaperGroup(name=MAY_MATCH, papers=_ids(last), unsure=True)
        return (*(groups or (PaperGroup(name="", papers=_ids(front)),)), may)

    def _by_likelihood(self, papers: list[Read]) -> tuple[list[Read], list[Read]]:
        """Those that match, also by a title that names the whole topic, and those that may. What is
        to be done without, and how near papers are to one, is told in other words."""
        if self._parsed.left_out.used or self._parsed.related:
            return papers, []
        topic = self._parsed.topic.text
        sure = [one for one in papers if one.belongs >= SURE or mentions(one.paper.title, topic)]
        return sure, [one for one in papers if one not in sure]

    def _told_apart(self, papers: list[Read]) -> tuple[list[Read], list[Read]]:
        """Those that say that they do without what is to be done without, and the silent ones."""
        without = self._parsed.left_out.used
        said = [one for one in papers if not without or doing_without(one, without)]
        return said, [one for one in papers if one not in said]

    def _in_order(self, papers: list[Read]) -> list[Read]:
        """By the order asked for, else as they are."""
        filters = self._parsed.filters
        if not filters.sort:
            return papers
        return [papers[at] for at in in_order(filters, [one.paper for one in papers])]

    def _fact(self) -> Selection:
        """The surest sentences of the paper that most probably states it. Where none is named and
        another rather belongs than not, a list was read as a fact, and the others come behind."""
        named = self._named()
        best = max(named or self._papers, key=lambda one: one.belongs * one.best.answers)
        several = not named and self._papers[1:2] and self._papers[1].belongs >= EVEN
        length = best_length([one.belongs for one in self._papers], LEAST) if several else 1
        others = [one for one in self._papers[: min(length, _MOST_TOLD)] if one is not best]
        return self._answered([(best, _OF_ONE), *((one, 1) for one in others)])

    def _explained(self) -> Selection:
        """What the question names by the papers whose own it is, else a few of what belongs."""
        length = best_length([one.belongs for one in self._papers], LEAST)
        if isinstance(self._parsed.intent, SynthesisAsked):
            return self._outlined(self._papers[: min(length, self._points or _MOST_OUTLINED)])
        chosen = (self._named() or self._papers[:length])[: self._points or _MOST_TOLD]
        return self._answered([(one, self._each(chosen)) for one in chosen])

    def _speaking(self) -> Selection | None:
        """What papers say on a claim, those alone that rather belong than not: to stand in the list
        is to be counted. None where there are none."""
        chosen = [one for one in self._papers if one.belongs >= EVEN][:_MOST_LISTED]
        if not chosen:
            return None
        return self._answered([(one, _OF_EACH) for one in chosen])

    def _outlined(self, chosen: list[Read]) -> Selection:
        """A text over several papers, as far as quotes go: a sentence of each, in groups. What to
        read begins with surveys."""
        each = _OF_EACH if len(chosen) < FROM else 1
        if self._parsed.wishes_for("reading_order"):
            chosen = sorted(chosen, key=lambda one: not _surveys(one.paper))
            return self._answered([(one, each) for one in chosen])
        found = self._answered([(one, each) for one in chosen])
        return replace(found, groups=grouped(chosen, self._parsed.topic.text))

    @property
    def _points(self) -> int:
        """In how many bullets the answer is wanted; 0 where that is not said."""
        form = self._parsed.form
        return (form.count or 0) if form and self._parsed.wishes_for("bullets") else 0

    def _each(self, shown: Sequence[Read]) -> int:
        """Sentences quoted of each paper."""
        if self._parsed.wishes_for("short"):
            return 1
        return _OF_ONE if len(shown) == 1 else _OF_EACH

    def _compared(self) -> Selection:
        """The papers of what is compared by name first, then those that most probably belong."""
        named = [papers for papers in self._parsed.names.values() if papers]
        first = [
            next((one for one in self._papers if one.paper.paper_id in owners), None)
            for owners in named
        ]
        chosen = list(dict.fromkeys(one.at for one in first if one is not None))
        length = max(2, best_length([one.belongs for one in self._papers], LEAST))
        for one in self._papers[:length] if len(chosen) < 2 else ():
            if one.at not in chosen:
                chosen.append(one.at)
        by_place = {one.at: one for one in self._papers}
        each = _OF_ONE if len(chosen) == 2 else _OF_EACH
        return self._answered([(by_place[at], each) for at in chosen[:_MOST_COMPARED]])

    def _both_named(self) -> bool:
        """Whether a comparison names two papers or more, each by a name of its own."""
        own = {papers for papers in self._parsed.names.values() if len(papers) == 1}
        return self._parsed.kind == "compare" and len(own) > 1

    def _among(self) -> Selection:
        """What the papers that were shown say; compared, all of them where one says so."""
        if self._both_named():
            return self._compared()
        papers = self._papers
        order = list(self._parsed.filters.paper_ids or ())
        papers.sort(key=lambda one: order.index(one.paper.paper_id))
        fact = self._parsed.kind == "fact" or len(papers) == 1
        said = papers if fact else [one for one in papers if one.says_so >= EVEN]
        if self._parsed.left_out.used and not fact:
            said, _ = self._told_apart(papers)
        if not said or (fact and self._reading.any < EVEN):
            nearest = sorted(papers, key=lambda one: -one.says_so)
            return self._held(nearest[:_MOST_COMPARED])
        if self._parsed.kind == "fact":
            return self._answered([(max(said, key=lambda one: one.best.answers), _OF_ONE)])
        if self._parsed.kind == "compare":
            # Words such as "approaches" are hardly ever said: each is told by what comes nearest.
            return self._answered([(one, _OF_EACH) for one in papers[:_MOST_COMPARED]])
        most = self._parsed.filters.limit or len(said)
        surest = sorted(said, key=lambda one: -one.belongs * one.best.answers)[:most]
        return self._answered([(one, self._each(surest)) for one in said if one in surest])

    # --- when there is no answer ---------------------------------------------------------------

    def _missing(self) -> Selection | None:
        """Where a side of a comparison is a name that no paper looked at mentions."""
        intent = self._parsed.intent
        sides = intent.sides if isinstance(intent, ComparisonAsked) else ()
        texts = [f"{one.paper.title} {one.paper.abstract}" for one in self._papers]
        missing = [
            side
            for side in sides
            if _NAME.fullmatch(side.strip()) and not any(mentions(text, side) for text in texts)
        ]
        return self._held(self._papers[:_OFFERED], unmet=missing) if missing else None

    def _declined(self) -> Selection:
        """With the nearest papers: those that are there and do not say, or what comes next."""
        papers, parsed = self._papers, self._parsed
        near = self._named()
        if not near and parsed.kind == "fact" and self._reading.near >= EVEN:
            near = papers[:1]
        if near and not parsed.seen:
            return self._held(near[:_OFFERED])
        # A fact is in one abstract or in none; what a list or an explanation misses may be there.
        most = 1 if parsed.kind == "fact" else _OFFERED
        shown = [one for one in papers[:most] if one.belongs >= LEAST]
        if parsed.seen:  # who wants more than was shown gets what comes next, however far off
            shown = papers[: parsed.filters.limit or 1]
        return replace(self._held(shown), status="not_in_corpus", recorded=self._ranking.recorded())

    def _held(self, nearest: Sequence[Read], *, unmet: Sequence[str] = ()) -> Selection:
        quotes = [(one.paper, self._quotes(one, 1)) for one in nearest]
        rest = [one for one in self._papers if one not in nearest]
        return Selection(
            status="not_stated",
            papers=(),
            evidence=evidence(quotes),
            near=tuple(one.paper for one in (*nearest, *rest))[:_NEAR],
            confidence=self._reading.any,
            searched=self._ranking.corpus_size,
            unmet=tuple(unmet),
        )

    def _named(self) -> list[Read]:
        """The papers that the question names."""
        named = {paper for own in self._parsed.names.values() for paper in own}
        return [one for one in self._papers if one.paper.paper_id in named]

    # --- the record ----------------------------------------------------------------------------

    def _quotes(self, one: Read, most: int) -> list[Sentence]:
        """What answers best, of one of several papers also what it puts forward; first of all that
        it does without what it is to do without."""
        several = most == _OF_EACH or self._parsed.kind == "compare"
        several = several and not self._parsed.agreement  # what it is about says nothing on a claim
        beside = puts_forward(one) if several else None
        found = sentences_to_quote(one, most, least=self._cuts["second"], beside=beside)
        says = doing_without(one, self._parsed.left_out.used)
        return [says, *(two for two in found if two is not says)][:most] if says else found

    def _answered(
        self,
        chosen: Sequence[tuple[Read, int]],
        *,
        near: Sequence[Read] | None = None,
        total: int | None = None,
    ) -> Selection:
        """`chosen`: papers, and how many sentences of each. `near`: those named beside, all others
        unless given. `total`: how many match, all chosen unless given."""
        put = {one.paper.paper_id for one, _ in chosen}
        others = [one.paper for one in (self._papers if near is None else near)]
        return Selection(
            status="answered",
            papers=tuple(one.paper for one, _ in chosen),
            evidence=evidence([(one.paper, self._quotes(one, most)) for one, most in chosen]),
            near=tuple(paper for paper in others if paper.paper_id not in put)[:_NEAR],
            total=len(chosen) if total is None else total,
            confidence=self._reading.any,
            searched=self._ranking.corpus_size,
            recorded=self._ranking.recorded(),
        )


def _ids(papers: Sequence[Read]) -> tuple[str, ...]:
    return tuple(one.paper.paper_id for one in papers)


def _surveys(paper: Paper) -> bool:
    return is_of_kind(paper.title, paper.abstract, "survey")
