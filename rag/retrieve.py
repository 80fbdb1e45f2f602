"""Query → ranked papers: dense and lexical evidence, fused per paper; constraints are exact.

Candidates come from Chroma (nearest chunks) and BM25; every candidate then gets both scores
exactly, whichever of the two found it. Where the question states constraints, all papers that
satisfy them are the candidates: filtering after the fact would lose some.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rag.catalog import Catalog
from rag.indexes import Indexes
from rag.ports import Embedder, Vectors
from rag.records import Filters, Hit, Query

Rows = NDArray[np.int64]

_NEAREST = 400
"""Chunks and papers that each of the two retrievers nominates."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Weights:
    """Shares of the fused score, each part min-max normalised over the candidates."""

    dense: float = 0.65
    lexical: float = 0.35


class Retriever:
    def __init__(
        self, catalog: Catalog, indexes: Indexes, embedder: Embedder, weights: Weights = Weights()
    ) -> None:
        self._catalog = catalog
        self._indexes = indexes
        self._embedder = embedder
        self._weights = weights

    def rank(self, query: Query) -> Ranking:
        """All candidates, best first. Raises IndexDamaged, ModelMissing, ModelServerError."""
        allowed = self._allowed(query.filters)
        if not query.topic:
            # Nothing to match on: the constraints' own order is the ranking.
            rows = allowed if allowed is not None else np.arange(len(self._indexes.paper_ids))
            scores = np.linspace(1.0, 0.0, len(rows) + 1, dtype=np.float32)[: len(rows)]
            return Ranking(self, query, rows, scores, {})
        vector = self._embedder.embed_query(query.topic)
        lexical = self._indexes.lexical.scores(query.topic)
        rows = self._nominated(vector, lexical) if allowed is None else np.sort(allowed)
        if not len(rows):
            return Ranking(self, query, rows, np.zeros(0, np.float32), {})
        parts = {"dense": self._dense(vector, rows), "lexical": lexical[rows]}
        fused = self._weights.dense * _scaled(parts["dense"]) + self._weights.lexical * _scaled(
            parts["lexical"]
        )
        order = np.argsort(-fused, kind="stable")
        if query.filters.sort:
            # "the most upvoted papers on X": what is on X by score, then the order asked for.
            order = np.argsort(-fused, kind="stable")
        return Ranking(
            self,
            query,
            rows[order],
            fused[order].astype(np.float32),
            {name: part[order] for name, part in parts.items()},
        )

    def _allowed(self, filters: Filters) -> Rows | None:
        """Rows of the papers that satisfy the constraints, in their order; None for no constraint."""
        if not filters:
            return None
        ids = self._catalog.matching(replace(filters, limit=None))
        return np.array([self._indexes.row_of[i] for i in ids if i in self._indexes.row_of], int)

    def _nominated(self, vector: Vectors, lexical: Vectors) -> Rows:
        nearest = self._indexes.nearest.search(vector, _NEAREST)
        rows = [self._indexes.chunk_row_of[chunk_id] for chunk_id, _ in nearest]
        dense = self._indexes.chunk_paper[rows]
        k = min(_NEAREST, len(lexical))
        words = np.argpartition(-lexical, k - 1)[:k] if k else np.zeros(0, int)
        return np.union1d(dense, words[lexical[words] > 0]).astype(np.int64)

    def _dense(self, vector: Vectors, rows: Rows) -> Vectors:
        """(rows,) the best cosine of any chunk of each paper; `rows` ascending."""
        first = self._indexes.first_chunk
        if len(rows) > len(self._indexes.paper_ids) // 2:
            best = np.maximum.reduceat(self._indexes.vectors @ vector, first[:-1])
            return np.asarray(best[rows], np.float32)
        counts = first[rows + 1] - first[rows]
        chunks = np.concatenate([np.arange(first[r], first[r + 1]) for r in rows])
        starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
        return np.asarray(
            np.maximum.reduceat(self._indexes.vectors[chunks] @ vector, starts), np.float32
        )


class Ranking:
    """Ranked paper rows with their scores; texts are fetched only for what is looked at."""

    def __init__(
        self, retriever: Retriever, query: Query, rows: Rows, scores: Vectors, parts: dict[str, Vectors]
    ) -> None:
        self.query = query
        self.rows = rows
        self.scores = scores
        self.parts = parts
        self._retriever = retriever

    def __len__(self) -> int:
        return len(self.rows)

    def ids_and_scores(self) -> list[tuple[str, float]]:
        ids = self._retriever._indexes.paper_ids
        return [(ids[r], float(s)) for r, s in zip(self.rows, self.scores, strict=True)]


def _scaled(part: Vectors) -> Vectors:
    """Min-max over the candidates; all alike means no evidence either way."""
    low, high = float(part.min()), float(part.max())
    return (part - low) / (high - low) if high > low else np.zeros_like(part)
