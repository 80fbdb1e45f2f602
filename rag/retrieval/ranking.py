"""What retrieval found: ranked papers, and how the words of each answer to those of the question.

Texts are fetched only for the papers that are looked at. How scores come about is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from rag.corpus.names import owns
from rag.corpus.owners import candidates, puts_forward, wordings
from rag.corpus.titles import Mention
from rag.filters import Filters, OnRecord
from rag.ports import Encoded, Vectors
from rag.question.schema import ParsedQuestion
from rag.records import Hit, Paper, Span
from rag.retrieval.alternatives import Masks, weighed
from rag.retrieval.sorting import on_record
from rag.storage.generations import Indexes
from rag.storage.papers import PaperStore
from rag.storage.token_vectors import TOKEN_DIMENSION, Offsets, Tokens
from rag.text.sentences import sentence_spans

Rows = NDArray[np.int64]

_COMMON = 100
"""Papers from which `Ranking.likeness` reads what all have in common."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EncodedQuestion:
    """A question as vectors. vector: (d,). tokens: (q, 128) of the word pieces that carry meaning,
    weights: (q,) summing to 1; none where the embedder gives no token vectors."""

    vector: Vectors
    tokens: Vectors = field(default_factory=lambda: np.zeros((0, TOKEN_DIMENSION), np.float32))
    weights: Vectors = field(default_factory=lambda: np.zeros(0, np.float32))
    text: str = ""
    """What was encoded: the earlier turns' words first."""
    places: Offsets = field(default_factory=lambda: np.zeros((0, 2), np.int32))
    """(q, 2) offsets of `tokens` into `text`."""
    choices: tuple[Masks, ...] = ()
    encoded: Encoded | None = None
    """All its word pieces as the model left them, stop words included."""
    idf: Vectors = field(default_factory=lambda: np.zeros(0, np.float32))
    """(t,) of the word pieces of `encoded`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Matches:
    """How the word pieces of one paper match those of the question. cosines: (t, q). spans: (t, 2)
    offsets into the abstract, negative for the title. weights: (q,) summing to 1, nothing on
    alternatives that the question offers beside the one that the paper comes nearest to."""

    cosines: Vectors
    spans: Offsets
    weights: Vectors


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """A sentence of an abstract and how well it answers: `score` is L within the sentence."""

    start: int
    end: int
    score: float


class Ranking:
    """Ranked papers. Texts are fetched only for those that are looked at.

    `question` is what they were ranked by; `asked` reads the question as it was asked where that
    is another one, which takes a pass of the model and is done when somebody judges by it.
    """

    def __init__(
        self,
        catalog: PaperStore,
        indexes: Indexes,
        parsed: ParsedQuestion,
        rows: Rows,
        scores: Vectors,
        parts: dict[str, Vectors],
        question: EncodedQuestion | None,
        asked: Callable[[], EncodedQuestion] | None = None,
    ) -> None:
        self.parsed = parsed
        self.rows = rows
        self.scores = scores
        self.parts = parts
        self._catalog = catalog
        self._indexes = indexes
        self._ranked_by = question
        self._asked = asked
        self._names: dict[str, list[str]] | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def ids(self) -> list[str]:
        paper_ids = self._indexes.paper_ids
        return [paper_ids[row] for row in self.rows]

    def papers(self, most: int) -> list[Paper]:
        """The best `most` papers."""
        return self._catalog.papers(self.ids()[:most])

    def reordered(self, order: NDArray[np.int64]) -> Ranking:
        """The same papers with the first of them in another order, `order` being a permutation of
        their places. Scores stay in theirs; what they were made of goes with the papers."""
        places = np.concatenate([order, np.arange(len(order), len(self.rows))])
        return Ranking(
            self._catalog,
            self._indexes,
            self.parsed,
            self.rows[places],
            self.scores,
            {name: part[places] for name, part in self.parts.items()},
            self._ranked_by,
            self._asked,
        )

    def of(self, ids: Sequence[str]) -> list[Paper]:
        """Papers by id, wherever they rank."""
        return self._catalog.papers(ids)

    def hits(self, most: int) -> Iterator[Hit]:
        """The best `most`, each with its best passage."""
        for at, paper in enumerate(self.papers(most)):
            best = max(self._passages(at, paper, self._ranked_by), key=lambda p: p.score)
            yield Hit(
                paper=paper,
                rank=at + 1,
                score=float(self.scores[at]),
                start=best.start,
                end=best.end,
                parts={name: float(part[at]) for name, part in self.parts.items()},
            )

    def passages(self, at: int, paper: Paper) -> list[Passage]:
        """The sentences of the paper at place `at`, in their order, scored."""
        return self._passages(at, paper, self.question)

    def _passages(self, at: int, paper: Paper, question: EncodedQuestion | None) -> list[Passage]:
        spans = sentence_spans(paper.abstract) or (Span(start=0, end=len(paper.abstract)),)
        scores = self._sentence_scores(int(self.rows[at]), paper, spans, question)
        return [
            Passage(start=span.start, end=span.end, score=score)
            for span, score in zip(spans, scores, strict=True)
        ]

    @property
    def corpus_size(self) -> int:
        """How many papers the corpus has, matching or not."""
        return len(self._indexes.paper_ids)

    def recorded(self) -> int:
        """How many papers of the corpus, or of those chosen, state what the constraints are about:
        a date, upvotes, authors. 0 where these are about neither."""
        filters = self.parsed.filters
        about = on_record(filters)
        known: tuple[OnRecord, ...] = tuple(what for what in about if what != "upvotes")
        stated = Filters(recorded=known or None, upvotes_min=0 if "upvotes" in about else None)
        chosen = replace(stated, paper_ids=filters.paper_ids)
        return len(self._catalog.matching(chosen)) if stated else 0

    @property
    def asks_nothing(self) -> bool:
        """Whether the question has words, and none that carries meaning: `where is she?`"""
        question = self._ranked_by
        return bool(question and self._indexes.tokens is not None and not len(question.weights))

    @cached_property
    def question(self) -> EncodedQuestion | None:
        """As it was asked; None where the question states nothing but constraints."""
        return self._asked() if self._asked else self._ranked_by

    def matches(self, at: int) -> Matches | None:
        """Word piece by word piece, for the paper at place `at`; None without token vectors."""
        store, question = self._indexes.tokens, self.question
        if store is None or question is None or not len(question.weights):
            return None
        cosines, spans = store.similarities(question.tokens, int(self.rows[at]))
        nearest = cosines.max(axis=0, initial=0.0)
        weights = weighed(nearest[None], question.weights, question.choices)[0]
        return Matches(cosines=cosines, spans=spans, weights=weights)

    def at(self, places: Rows) -> list[Paper]:
        """The papers at these places."""
        ids = self._indexes.paper_ids
        return self._catalog.papers([ids[row] for row in self.rows[places]])

    def tokens(self, places: Rows) -> Tokens | None:
        """The word pieces of the papers at these places; None without token vectors."""
        store = self._indexes.tokens
        return None if store is None else store.of(self.rows[places])

    def likeness(self, places: Rows) -> Vectors:
        """Cosines of the papers at these places with the best one, as wholes, less what the best
        hundred have in common."""
        mean = np.asarray(self._indexes.paper_vectors[self.rows[:_COMMON]]).mean(axis=0)
        vectors = np.asarray(self._indexes.paper_vectors[self.rows[np.append(0, places)]]) - mean
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        return np.asarray(vectors[1:] @ vectors[0])

    def named(self) -> dict[str, tuple[str, ...]]:
        """Names of methods and data sets in the question, each with the ids of its papers."""
        return dict(self.parsed.names)

    def titled(self, text: str) -> tuple[Mention, ...]:
        """The titles of papers in `text`."""
        return self._indexes.lexicon.titled(text)

    def names_work_of(self, paper: Paper) -> bool:
        """Whether the question has a name that is in the paper's title, or that it introduces."""
        return any(paper.paper_id in of and owns(paper, name) for name, of in self.named().items())

    def owners(self, name: str) -> list[Paper]:
        """The papers whose own `name` is, wherever they rank."""
        lexicon = self._indexes.lexicon
        known = wordings(name, lexicon)
        papers = self._catalog.papers(candidates(name, lexicon))
        return [paper for paper in papers if any(puts_forward(paper, one) for one in known)]

    def named_beyond(self, most: int) -> dict[int, Paper]:
        """Papers that the question names and that stand behind the best `most`, by their place."""
        owners = {paper for papers in self.named().values() for paper in papers}
        if not owners:
            return {}
        ids = self.ids()
        places = [at for at in range(most, len(ids)) if ids[at] in owners]
        papers = self._catalog.papers([ids[at] for at in places])
        return dict(zip(places, papers, strict=True))

    def names_of(self, paper: Paper) -> list[str]:
        """What the paper calls its own methods and data sets: names that are of it alone."""
        if self._names is None:
            self._names = {}
            for name, papers in self._indexes.lexicon.names.items():
                if len(papers) == 1:
                    self._names.setdefault(papers[0], []).append(name)
        return self._names.get(paper.paper_id, [])

    def _sentence_scores(
        self, row: int, paper: Paper, spans: Sequence[Span], question: EncodedQuestion | None
    ) -> list[float]:
        store = self._indexes.tokens
        if question is None:  # nothing but constraints: the beginning says what a paper is about
            return [1.0 / (1 + i) for i in range(len(spans))]
        if store is None or not len(question.weights):
            lexical = self._indexes.lexical
            return [
                lexical.overlap(self.parsed.topic.text, paper.abstract[s.start : s.end])
                for s in spans
            ]
        similar, places = store.similarities(question.tokens, row)
        # Tokens stand in the order of the text, those of the title first.
        first = np.searchsorted(places[:, 0], [span.start for span in spans])
        last = np.searchsorted(places[:, 0], [span.end for span in spans])
        return [
            float(similar[a:b].max(axis=0) @ question.weights) if b > a else 0.0
            for a, b in zip(first.tolist(), last.tolist(), strict=True)
        ]
