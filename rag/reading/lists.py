"""Which of the papers looked at make a list, and in which order. When there is none, and what is
quoted of each, is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rag.question.schema import ParsedQuestion
from rag.reading import calibration
from rag.reading.calibration import BELONGS, LITERAL, belongs, chosen, lacking, probability
from rag.reading.question_features import Asked, mentions
from rag.reading.thresholds import Cuts
from rag.reading.views import View, Words
from rag.retrieval.ranking import Ranking
from rag.retrieval.sorting import in_order

Likely = list[tuple[float, View]]
"""Papers with the probability that they belong, most probable first."""

_SHARE = 0.85
"""Of the best, among papers that were chosen before: see `among`."""


def likely(ranking: Ranking, views: Sequence[View], words: Words) -> Likely:
    """By what was calibrated; ties in the order of the ranking."""
    found = calibration.belonging_features(views, ranking.likeness(len(views)))
    offers = ranking.question is not None and bool(ranking.question.choices)
    able = chosen(views, words) if offers else [True] * len(views)
    pairs = [
        (belongs(probability(BELONGS, one), lack) * has, view)
        for one, lack, has, view in zip(found, lacking(views, words), able, views, strict=True)
    ]
    return sorted(pairs, key=lambda pair: -pair[0])


def having(ordered: Likely, words: Words, least: float) -> Likely:
    """The same, with those at the end that lack what weighs in the question's words."""
    had = [(p * (calibration.met(view, words) >= least), view) for p, view in ordered]
    return sorted(had, key=lambda pair: -pair[0])


def close(views: Sequence[View], share: float) -> Likely:
    """Where scores are not calibrated: those from a share of the best score on."""
    best = max(views[0].score, 1e-9)
    return [(float(view.score >= share * best), view) for view in views]


def among(views: Sequence[View], words: Words, asked: Asked, cuts: Cuts) -> Likely:
    """Of papers that an earlier answer put forward, those that meet the words of this turn: what
    they had in common before tells nothing now. A word alone has to be met more nearly: something
    like it stands in most abstracts. And a name is met by itself, not by its like."""
    weights = words.weights * words.new
    least = cuts.among_one if int((weights > 0).sum()) == 1 else cuts.among
    if not weights.any():
        return [(1.0, view) for view in views]
    met = np.array([view.meets for view in views]) @ (weights / weights.sum())
    cut = max(least, _SHARE * float(met.max()))
    order = np.argsort(-met, kind="stable")
    found = [(met[i] >= cut and not _unnamed(views[i], words, asked), views[i]) for i in order]
    return sorted(((float(meets), view) for meets, view in found), key=lambda pair: -pair[0])


def _unnamed(view: View, words: Words, asked: Asked) -> bool:
    """Whether a paper neither mentions nor has what comes to the same as a name of this turn, of
    which nothing else is offered in its place."""
    source = f"{view.paper.title} {view.paper.abstract}"
    for start, end in asked.names:
        named = words.new & ~words.either & (words.begins >= start) & (words.begins < end)
        met = named.any() and bool((view.meets[named] >= LITERAL).all())
        if named.any() and not met and not mentions(source, asked.text[start:end]):
            return True
    return False


def by_half(
    asked: Asked, views: Sequence[View], words: Words, least: float
) -> list[tuple[str, list[View]]]:
    """For a question whose halves ask for something of their own (`which does X, and which does
    Y?`), each half in its words with the papers that meet it, best first: at least `least` of its
    words, by weight. Empty for all other questions,
    and where no half is met."""
    meets = np.array([view.meets for view in views])
    found = []
    for half in asked.halves() if meets.size else ():
        weights = words.weights * (words.clause == half)
        met = meets @ (weights / max(float(weights.sum()), 1e-9))
        cut = max(least, _SHARE * float(met.max()))
        start, end = asked.clauses[half]
        order = np.argsort(-met, kind="stable")
        found.append(
            (asked.text[start:end].strip(" ?.,"), [views[i] for i in order if met[i] >= cut])
        )
    return found if any(papers for _, papers in found) else []


def in_order_asked(parsed: ParsedQuestion, views: Sequence[View]) -> list[View]:
    """In the order that the question asks for: "the most upvoted papers on X". What has no place in
    it, for want of a date or of upvotes, stands behind, in the order given."""
    sort = parsed.filters.sort
    if sort is None:
        return list(views)
    order = in_order(parsed.filters, [view.paper for view in views])
    return [views[at] for at in order]


def in_order_chosen(parsed: ParsedQuestion, views: Sequence[View]) -> list[View]:
    """In the order in which the papers were chosen."""
    chosen = parsed.filters.paper_ids or ()
    return sorted(views, key=lambda view: chosen.index(view.paper.paper_id))


def in_order_named(views: Sequence[View], words: Words) -> list[View]:
    """In the order in which the question speaks of them: each paper stands where the words are
    that it meets better than the others do."""
    meets = np.array([view.meets for view in views])
    if not meets.size or len(views) < 2:
        return list(views)
    places = []
    for at in range(len(views)):
        ahead = np.maximum(meets[at] - np.delete(meets, at, axis=0).max(axis=0), 0) * words.weights
        places.append(float(ahead @ np.arange(len(ahead)) / max(float(ahead.sum()), 1e-9)))
    return [views[at] for at in np.argsort(places, kind="stable")]
