"""Values of word pieces brought together by sentence and by paper."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.ports import Vectors
from rag.records import Span
from rag.storage.token_vectors import Tokens

Rows = NDArray[np.int64]


class Pieces:
    """The word pieces of papers by sentence; those of the title apart."""

    def __init__(self, tokens: Tokens, spans: Sequence[Sequence[Span]], owner: Rows) -> None:
        starts, ends, heads = [], [], []
        for at, own in enumerate(spans):
            first, last = tokens.first[at], tokens.first[at + 1]
            begins = tokens.spans[first:last, 0]
            starts.append(first + np.searchsorted(begins, [span.start for span in own]))
            ends.append(first + np.searchsorted(begins, [span.end for span in own]))
            heads.append((first, first + np.searchsorted(begins, 0)))
        self._owner = owner
        self._first = np.searchsorted(owner, np.arange(len(spans)))
        self._starts, self._ends = np.concatenate(starts), np.concatenate(ends)
        self._heads = np.array(heads)
        self.lengths = self._ends - self._starts

    def best(self, cosines: Vectors) -> tuple[Vectors, Vectors]:
        """(S, q) and (P, q) the best cosine of each column in each sentence, and in each title."""
        titles = _reduced(np.maximum, cosines, self._heads[:, 0], self._heads[:, 1])
        return _reduced(np.maximum, cosines, self._starts, self._ends), titles

    def mean(self, values: Vectors) -> Vectors:
        """(S, …) the mean of (T, …) by sentence."""
        total = _reduced(np.add, values, self._starts, self._ends)
        lengths = np.maximum(self.lengths, 1)
        return np.asarray(total / (lengths if total.ndim == 1 else lengths[:, None]))

    def means(self, vectors: Vectors) -> Vectors:
        return _unit(self.mean(vectors))

    def by_paper(self, values: Vectors) -> Vectors:
        """(P, …) the greatest of (S, …) in each paper."""
        return np.asarray(np.maximum.reduceat(values, self._first, axis=0))

    def summed(self, vectors: Vectors) -> Vectors:
        """(P, 128) the direction of each paper's sentences together."""
        return _unit(np.add.reduceat(vectors, self._first, axis=0))

    def relative(self, values: Vectors) -> dict[str, Vectors]:
        """(S,) against the best of the paper, the best of all, and the rank in the paper."""
        best = self.by_paper(values)[self._owner]
        order = np.lexsort((-values, self._owner))
        rank = np.empty(len(values))
        rank[order] = np.arange(len(values)) - self._first[self._owner[order]]
        return {"in_paper": values - best, "overall": values - values.max(), "rank": rank}

    def beside(self, values: Vectors, step: int) -> Vectors:
        """(S,) the value of the sentence before (-1) or behind (1), 0 for none."""
        moved = np.roll(values, -step)
        same = np.roll(self._owner, -step) == self._owner
        same[0 if step < 0 else -1] = False
        return np.asarray(np.where(same, moved, 0.0))

    def average(self, values: Vectors) -> Vectors:
        """(S, …) the mean over each sentence's paper."""
        counts = np.bincount(self._owner)
        total = np.add.reduceat(values, self._first, axis=0)
        return np.asarray((total / counts.reshape(-1, *[1] * (values.ndim - 1)))[self._owner])


def _reduced(how: np.ufunc, values: Vectors, starts: Rows, ends: Rows) -> Vectors:
    """`how` over values[start:end] for each; 0 where that is empty."""
    if not len(values):
        return np.zeros((len(starts), *values.shape[1:]), np.float32)
    # reduceat ends a run where the next index is; the indices between are its ends.
    padded = np.concatenate([values, np.zeros((1, *values.shape[1:]), values.dtype)])
    bounds = np.stack([starts, ends], axis=1).ravel()
    found = how.reduceat(padded, bounds, axis=0)[::2]
    found[starts >= ends] = 0
    return np.asarray(found)


def _unit(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9))
