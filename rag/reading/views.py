"""A ranked paper looked at closely: each sentence with what it covers of the question and what it
does in its abstract. Everything the selection decides on is read off these; nothing here decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.corpus.names import owns
from rag.ports import Vectors
from rag.reading.question_features import Asked, measures
from rag.reading.rhetoric import (
    dangles,
    gives_cause,
    introduces,
    own_work,
    points_elsewhere,
    proposes,
    reports,
    standing,
)
from rag.records import Paper, Span
from rag.retrieval.ranking import Matches, Ranking
from rag.text.sentences import sentence_spans

_FIGURE_WANTED = 0.3
"""What a result in figures adds where an aspect is a quantity, in units of L."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A sentence of an abstract. covers: L of the question within it. rest: the same without the
    names in the question. asked: the same for what this turn of a conversation asks with. focus:
    the same for the noun that is asked for. fits: see `Sought.held`; where it holds the type of
    thing asked for, rest and focus count the words for that as met.
    aspects: the same for each part of the question. own: it tells the authors' own work.
    reports: it tells what came of the work, or gives scores. cause: it tells why something comes
    about. names: it holds a name of the paper's own that the title lacks. leans: see
    `rhetoric.dangles`. stands: where the part begins that needs no sentence before it. elsewhere:
    it tells where code or data are, and nothing else.
    """

    start: int
    end: int
    stands: int
    words: int
    covers: float
    rest: float
    asked: float
    focus: float
    fits: float
    aspects: tuple[float, ...]
    own: bool
    introduces: bool
    proposes: bool
    reports: bool
    cause: bool
    names: bool
    leans: float
    elsewhere: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """The words of a question that carry meaning, n of them. pieces: which word pieces each is made
    of. weights: (n,) summing to 1. clause: (n,) which of `Asked.clauses` each stands in. either:
    (n,) whether the question offers another in its place (`X or Y`). new: (n,) whether this turn
    asks with it; the others are carried over from earlier turns. begins: (n,) where each does."""

    pieces: tuple[tuple[int, ...], ...]
    weights: Vectors
    clause: NDArray[np.int64]
    either: NDArray[np.bool_]
    new: NDArray[np.bool_]
    begins: NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """A paper at its place in the ranking. score: fused. sentence: the best `covers`. own: L of
    the title and the authors' own work together. meets: for each of `Words` how near the paper
    comes to it, the mean best cosine of its pieces; empty without token vectors."""

    at: int
    paper: Paper
    score: float
    lines: tuple[Line, ...]
    sentence: float
    own: float
    meets: Vectors


def words_of(ranking: Ranking, asked: Asked) -> Words:
    """The words of the ranking's question; none without token vectors."""
    question = ranking.question
    places = question.places if question is not None else np.zeros((0, 2), np.int32)
    pieces: list[list[int]] = []
    for i, (start, _) in enumerate(places):
        if i and places[i - 1][1] == start:
            pieces[-1].append(i)
        else:
            pieces.append([i])
    begins = [int(places[word[0]][0]) for word in pieces]
    ends = [int(places[word[-1]][1]) for word in pieces]
    either = np.zeros(len(pieces), bool)
    for i in range(len(pieces) - 1):
        if asked.offers(ends[i], begins[i + 1]):
            either[i : i + 2] = True
    carried = ranking.parsed.topic.own_start
    openings = [start for start, _ in asked.clauses]
    weights = [float(question.weights[word].sum()) for word in pieces] if question else []
    return Words(
        pieces=tuple(tuple(word) for word in pieces),
        weights=np.array(weights, np.float32),
        clause=np.searchsorted(openings, np.array(begins, np.int64), side="right") - 1,
        either=either,
        new=np.array(begins, np.int64) >= carried,
        begins=np.array(begins, np.int64),
    )


def look(ranking: Ranking, at: int, paper: Paper, asked: Asked, words: Words) -> View:
    """The paper at place `at` of the ranking."""
    text = paper.abstract
    spans = sentence_spans(text) or (Span(start=0, end=len(text)),)
    texts = [text[span.start : span.end] for span in spans]
    own = own_work(texts)
    called = ranking.names_of(paper)
    names = [name for name in called if name not in paper.title]
    own_names = [] if asked.sought.made else [name for name in called if owns(paper, name)]
    known = frozenset(name.lower() for name in (*own_names, *asked.named()))
    fits = [asked.sought.held(sentence, known) for sentence in texts]
    matches = ranking.matches(at)
    if matches is None:
        covers = [passage.score for passage in ranking.passages(at, paper)]
        rest = focus = turn = covers
        aspects: list[tuple[float, ...]] = [() for _ in spans]
        whole, meets = max(covers), np.zeros(0, np.float32)
    else:
        rest_of, focus_of = _unnamed(ranking, asked, matches), _asked_noun(ranking, asked, matches)
        own_words = np.zeros(len(matches.weights), bool)
        own_words[[piece for i in np.flatnonzero(words.new) for piece in words.pieces[i]]] = True
        turn_of = _shares(np.where(own_words, matches.weights, 0))
        inside = _inside(matches, spans)
        covers = [float(best @ matches.weights) for best in inside]
        typed = _within(ranking, matches, asked.sought.words)
        held = [
            np.where(typed, 1.0, best) if fit == 1.0 else best
            for best, fit in zip(inside, fits, strict=True)
        ]
        rest = [float(best @ rest_of) for best in held]
        focus = [float(best @ focus_of) for best in held]
        turn = [float(best @ turn_of) for best in inside]
        parts = [_part(ranking, asked, matches, part) for part in asked.parts]
        figures = [asked.wants_figure(part) for part in asked.parts]
        aspects = [
            tuple(
                float(best @ part) + _FIGURE_WANTED * (wanted and measures(sentence))
                for part, wanted in zip(parts, figures, strict=True)
            )
            for best, sentence in zip(inside, texts, strict=True)
        ]
        whole = _own_work(matches, spans, own)
        nearest = matches.cosines.max(axis=0)
        meets = np.array([nearest[list(word)].mean() for word in words.pieces], np.float32)
    return View(
        at=at,
        paper=paper,
        score=float(ranking.scores[at]),
        lines=tuple(
            Line(
                start=span.start,
                end=span.start + standing(sentence)[1],
                stands=span.start + standing(sentence)[0],
                words=len(sentence.split()),
                covers=covers[i],
                rest=rest[i],
                asked=turn[i],
                focus=focus[i],
                fits=fits[i],
                aspects=aspects[i],
                own=own[i],
                introduces=introduces(sentence),
                proposes=proposes(sentence),
                reports=reports(sentence) or measures(sentence),
                cause=gives_cause(sentence),
                names=any(name in sentence for name in names),
                leans=dangles(sentence[standing(sentence)[0] :]) if i else 0.0,
                elsewhere=points_elsewhere(sentence[: standing(sentence)[1]]),
            )
            for i, (span, sentence) in enumerate(zip(spans, texts, strict=True))
        ),
        sentence=max(covers),
        own=whole,
        meets=meets,
    )


def _unnamed(ranking: Ranking, asked: Asked, matches: Matches) -> Vectors:
    """The weights of the question's word pieces with those of its names taken out."""
    named = _within(ranking, matches, (*asked.names, *asked.titles))
    if not named.any():
        return matches.weights
    return _shares(np.where(named, 0, matches.weights))


def _asked_noun(ranking: Ranking, asked: Asked, matches: Matches) -> Vectors:
    """The weights of the noun that is asked for; of all word pieces where none is."""
    noun = _within(ranking, matches, [asked.focus] if asked.focus else [])
    return _shares(np.where(noun, matches.weights, 0)) if noun.any() else matches.weights


def _part(ranking: Ranking, asked: Asked, matches: Matches, part: tuple[int, int]) -> Vectors:
    """The weights of one part of the question, names apart."""
    kept = _within(ranking, matches, [part]) & ~_within(
        ranking, matches, (*asked.names, *asked.titles)
    )
    return _shares(np.where(kept, matches.weights, 0))


def _within(
    ranking: Ranking, matches: Matches, spans: Sequence[tuple[int, int]]
) -> NDArray[np.bool_]:
    """(q,) whether each word piece of the question begins in one of `spans`."""
    inside = np.zeros(len(matches.weights), bool)
    if ranking.question is not None:
        begins = ranking.question.places[:, 0]
        for start, end in spans:
            inside |= (begins >= start) & (begins < end)
    return inside


def _shares(weights: Vectors) -> Vectors:
    return np.asarray(weights / max(float(weights.sum()), 1e-9), np.float32)


def _inside(matches: Matches, spans: Sequence[Span]) -> list[Vectors]:
    """For each sentence (q,) the best cosine of each word piece of the question to any in it."""
    # Word pieces stand in the order of the text, those of the title first.
    begins = matches.spans[:, 0]
    first = np.searchsorted(begins, [span.start for span in spans]).tolist()
    last = np.searchsorted(begins, [span.end for span in spans]).tolist()
    return [matches.cosines[a:b].max(axis=0, initial=0.0) for a, b in zip(first, last, strict=True)]


def _own_work(matches: Matches, spans: Sequence[Span], own: Sequence[bool]) -> float:
    """L of the title and the authors' own work together."""
    begins = matches.spans[:, 0]
    kept = begins < 0
    for span, is_own in zip(spans, own, strict=True):
        if is_own:
            kept |= (begins >= span.start) & (begins < span.end)
    return float(matches.cosines[kept].max(axis=0, initial=0.0) @ matches.weights)
