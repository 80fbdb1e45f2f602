"""A question and its best ranked papers as numbers: one row a sentence, one row a paper.

All features are of late interaction (how near the word pieces of a text come to those of the
question), of the first stage's scores, of position, and of a few cue words. Columns are named by
`SENTENCE` and `PAPER`; what they mean for an answer is learned (scripts/train_reader.py) and not
known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.ports import Vectors
from rag.question.schema import FactAsked, ParsedQuestion
from rag.reading.cues import CUES, read_cues
from rag.reading.late import KIND_SCALE, LateInteraction
from rag.reading.pieces import Pieces, Rows
from rag.records import Paper, Span
from rag.retrieval.alternatives import weighed
from rag.retrieval.ranking import EncodedQuestion, Ranking
from rag.text.sentences import sentence_spans

_KINDS = ("fact", "list", "compare", "explain")
_FIGURES = ("percent", "factor", "count", "amount")
_THINGS = ("model", "dataset", "method", "entity")
_MET, _HAS = 0.6, 0.8
"""Cosines from which a word piece is somewhat, and surely, there."""

QUESTION = (
    "words", *(f"is_{kind}" for kind in _KINDS), "whether", "figure", "thing", "names",
)  # fmt: skip
SENTENCE = (
    "cover", "cover_in_paper", "cover_overall", "cover_rank", "cover_z", "with_title", "rest",
    "distinct", "unique", "met", "has", "lack", "reverse", "mean", "central", "before", "behind",
    "late", "late_in_paper", "late_overall", "late_rank",
    "fits", "fits_in_paper", "both", "both_in_paper", "both_rank",
    "at", "share_at", "sentences", "length", "capitals", *CUES,
    "paper_at", "paper_score", "paper_cover", "paper_late", *QUESTION,
)  # fmt: skip
PAPER = (
    "at", "score", "score_best", "score_next", "late", "dense", "lexical", "neighbours",
    "late_best", "dense_best", "lexical_best", "score_z", "title", "title_best", "cover",
    "cover_best", "second", "whole", "apart", "met", "has", "lack", "missed", "learned",
    "learned_best", "learned_next",
    "learned_z", "sentence_best", "named", "like_first", "sentences", *QUESTION,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Views:
    """P papers looked at and their S sentences. places: (P,) in the ranking. owner: (S,) which
    paper each sentence is of. sentence: (S, len(SENTENCE)). paper: (P, len(PAPER)). inside: (S, q)
    and meets: (P, q) the best cosine of each word piece of the question; weights: (q,). vectors:
    (S, 128) of the sentences, of unit length."""

    papers: list[Paper]
    places: Rows
    spans: list[Span]
    owner: Rows
    sentence: Vectors
    paper: Vectors
    inside: Vectors
    meets: Vectors
    weights: Vectors
    vectors: Vectors


def spans_of(paper: Paper) -> tuple[Span, ...]:
    """The sentences of an abstract; the whole of it where there is none."""
    return sentence_spans(paper.abstract) or (Span(start=0, end=len(paper.abstract)),)


def look(
    parsed: ParsedQuestion, ranking: Ranking, places: Rows, late: LateInteraction
) -> Views | None:
    """The papers at `places` of the ranking; None where the index or the embedder has no token
    vectors, or the question no word that carries meaning."""
    question = ranking.question
    tokens = ranking.tokens(places) if len(places) else None
    usable = question is not None and question.encoded is not None and len(question.weights)
    if tokens is None or question is None or not usable or "late" not in ranking.parts:
        return None
    papers = ranking.at(places)
    spans = [spans_of(paper) for paper in papers]
    owner = np.repeat(np.arange(len(papers)), [len(one) for one in spans])
    texts = [p.abstract[s.start : s.end] for p, own in zip(papers, spans, strict=True) for s in own]
    parts = Pieces(tokens, spans, owner)
    asked = _question(parsed, question)
    carried = parsed.topic.own_start
    learned_p, learned_s = late.questions(question, carried)
    both = np.concatenate([question.tokens, learned_p.vectors, learned_s.vectors])
    cosines = tokens.vectors @ both.T
    q, p = len(question.tokens), len(learned_p.weights)
    inside, titles = parts.best(cosines)
    wholes = np.maximum(parts.by_paper(inside), titles)
    weights = weighed(wholes[:, :q], question.weights, question.choices)
    learned_papers = wholes[:, q : q + p] @ learned_p.weights
    found = _Sentences(parts, inside[:, :q], titles[:, :q], weights, owner)
    scores = inside[:, q + p :] @ learned_s.weights
    vectors = parts.means(tokens.vectors)
    ids = [paper.paper_id for paper in papers]
    paper = _papers(
        parsed,
        ranking,
        places,
        ids,
        found,
        wholes[:, :q],
        learned_papers,
        parts.by_paper(scores),
        asked,
    )
    reverse = parts.mean(cosines[:, :q].max(axis=1))
    towards = question.weights @ question.tokens
    towards = towards / max(float(np.linalg.norm(towards)), 1e-9)
    told = _texts(texts, owner, len(papers))
    about = np.stack([told[name] for name in ("share_at", "length", "capitals", *CUES)], axis=1)
    fits = late.fits(question, vectors, about.astype(np.float32))
    kept = {
        **found.columns(),
        "reverse": reverse,
        "mean": vectors @ towards,
        "central": (vectors * parts.summed(vectors)[owner]).sum(axis=1),
        "late": scores,
        **{f"late_{name}": value for name, value in parts.relative(scores).items()},
        "fits": fits,
        "fits_in_paper": fits - parts.by_paper(fits)[owner],
        "both": scores + fits / KIND_SCALE,
        "both_in_paper": parts.relative(scores + fits / KIND_SCALE)["in_paper"],
        "both_rank": parts.relative(scores + fits / KIND_SCALE)["rank"],
        **told,
        "paper_at": places[owner],
        "paper_score": (ranking.scores[places] - ranking.scores[0])[owner],
        "paper_cover": (wholes[:, :q] * weights).sum(axis=1)[owner],
        "paper_late": (learned_papers - learned_papers.max())[owner],
        **{name: np.full(len(owner), value) for name, value in asked.items()},
    }
    return Views(
        papers=papers,
        places=places,
        spans=[span for own in spans for span in own],
        owner=owner,
        sentence=np.stack([kept[name] for name in SENTENCE], axis=1).astype(np.float32),
        paper=paper,
        inside=inside[:, :q],
        meets=wholes[:, :q],
        weights=question.weights,
        vectors=vectors,
    )


def _question(parsed: ParsedQuestion, question: EncodedQuestion) -> dict[str, float]:
    asked = parsed.intent
    wanted = asked.answer_type if isinstance(asked, FactAsked) else "none"
    words = question.places[1:, 0] != question.places[:-1, 1]
    return {
        "words": float(min(1 + int(words.sum()), 20)),
        **{f"is_{kind}": float(parsed.kind == kind) for kind in _KINDS},
        "whether": float(parsed.whether),
        "figure": float(wanted in _FIGURES),
        "thing": float(wanted in _THINGS),
        "names": float(len(parsed.names)),
    }


def _papers(
    parsed: ParsedQuestion,
    ranking: Ranking,
    places: Rows,
    ids: Sequence[str],
    found: _Sentences,
    meets: Vectors,
    learned: Vectors,
    sentences: Vectors,
    asked: dict[str, float],
) -> Vectors:
    """(P, len(PAPER)) the columns of papers."""
    scores = ranking.scores[places]
    parts = {name: part[places] for name, part in ranking.parts.items()}
    named = {paper for papers in parsed.names.values() for paper in papers}
    cover = (meets * found.weights).sum(axis=1)
    title = (found.titles * found.weights).sum(axis=1)
    missed = found.weights * (meets.max(axis=0) - meets)
    columns = {
        "at": places,
        "score": scores,
        "score_best": scores - scores.max(),
        "score_next": scores - np.append(scores[1:], scores[-1:]),
        **{name: parts[name] for name in ("late", "dense", "lexical", "neighbours")},
        **{f"{n}_best": parts[n] - parts[n].max() for n in ("late", "dense", "lexical")},
        "score_z": _standard(scores),
        "title": title,
        "title_best": title - title.max(),
        "cover": found.best,
        "cover_best": found.best - found.best.max(),
        "second": found.second,
        "whole": cover,
        "apart": cover - found.best,
        "met": (found.weights * (meets >= _MET)).sum(axis=1),
        "has": (found.weights * (meets >= _HAS)).sum(axis=1),
        "lack": (found.weights * np.maximum(0, _HAS - meets)).max(axis=1),
        "missed": missed.sum(axis=1),
        "learned": learned,
        "learned_best": learned - learned.max(),
        "learned_next": learned - _runner_up(learned),
        "learned_z": _standard(learned),
        "sentence_best": sentences - sentences.max(),
        "named": np.array([one in named for one in ids], np.float32),
        "like_first": ranking.likeness(places),
        "sentences": np.bincount(found.owner, minlength=len(places)),
        **{name: np.full(len(places), value) for name, value in asked.items()},
    }
    return np.stack([columns[name] for name in PAPER], axis=1).astype(np.float32)


def _standard(values: Vectors) -> Vectors:
    return np.asarray((values - values.mean()) / max(float(values.std()), 1e-6))


def _runner_up(values: Vectors) -> Vectors:
    """For each the best of the others."""
    if len(values) < 2:
        return values
    second, first = np.partition(values, -2)[-2:]
    return np.asarray(np.where(values == first, second, first))


class _Sentences:
    """How sentences cover the question. inside: (S, q); titles: (P, q); weights: (P, q)."""

    def __init__(
        self, parts: Pieces, inside: Vectors, titles: Vectors, weights: Vectors, owner: Rows
    ) -> None:
        self.owner, self.titles, self.weights = owner, titles, weights
        self._parts, self._inside, self._own = parts, inside, weights[owner]
        self.covers = (inside * self._own).sum(axis=1)
        self.best = parts.by_paper(self.covers)
        top = self.covers < self.best[owner]
        self.second = parts.by_paper(np.where(top, self.covers, 0.0))

    def columns(self) -> dict[str, Vectors]:
        inside, weights, owner = self._inside, self._own, self.owner
        titles = self.titles[owner]
        rest = weights * (1 - np.clip(titles, 0, 1))
        best = self._parts.by_paper(inside)[owner]
        others = np.where(inside < best, best, _second_best(self._parts, inside, best)[owner])
        mean = self._parts.average(self.covers)
        spread = np.sqrt(self._parts.average((self.covers - mean) ** 2))
        return {
            "cover": self.covers,
            **{f"cover_{n}": v for n, v in self._parts.relative(self.covers).items()},
            "cover_z": (self.covers - mean) / np.maximum(spread, 1e-3),
            "with_title": (np.maximum(inside, titles) * weights).sum(axis=1),
            "rest": (inside * rest).sum(axis=1) / np.maximum(rest.sum(axis=1), 1e-6),
            "distinct": (weights * (inside - self._parts.average(inside))).sum(axis=1),
            "unique": (weights * np.maximum(0, inside - others)).sum(axis=1),
            "met": (weights * (inside >= _MET)).sum(axis=1),
            "has": (weights * (inside >= _HAS)).sum(axis=1),
            "lack": (weights * np.maximum(0, _HAS - inside)).max(axis=1),
            "before": self._parts.beside(self.covers, -1),
            "behind": self._parts.beside(self.covers, 1),
        }


def _second_best(parts: Pieces, inside: Vectors, best: Vectors) -> Vectors:
    return parts.by_paper(np.where(inside < best, inside, 0.0))


def _texts(texts: Sequence[str], owner: Rows, papers: int) -> dict[str, Vectors]:
    counts = np.bincount(owner, minlength=papers)
    at = np.arange(len(owner)) - np.searchsorted(owner, np.arange(papers))[owner]
    last = np.maximum(counts[owner] - 1, 1)
    told = np.array([read_cues(text) for text in texts], np.float32).reshape(len(texts), -1)
    places = np.stack([at, at / last, counts[owner]], axis=1).astype(np.float32)
    names = ("at", "share_at", "sentences", "length", "capitals", *CUES)
    return dict(zip(names, np.concatenate([places, told], axis=1).T, strict=True))
