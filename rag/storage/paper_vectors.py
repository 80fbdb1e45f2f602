"""One vector for each paper, and which are nearest to which. Pure functions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rag.ports import Vectors

_BLOCK = 1024
"""Rows of a similarity matrix at a time, to bound the memory."""


def paper_vectors(vectors: Vectors, chunk_paper: NDArray[np.int32], lengths: Vectors) -> Vectors:
    """(papers, d) unit vectors: the mean of each paper's chunks (n, d), by their length (n,).
    `chunk_paper` (n,) ascends without a gap."""
    first = np.searchsorted(chunk_paper, np.arange(chunk_paper[-1] + 1))
    sums = np.add.reduceat(vectors * lengths[:, None], first)
    norms = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    return np.asarray(sums / norms, np.float32)


def nearest_papers(vectors: Vectors, k: int = 3) -> tuple[NDArray[np.int32], Vectors]:
    """Rows and cosines (papers, k) of the papers nearest to each, exact, in blocks: 1 s for
    5,000 papers, and a hundred times that for ten times as many."""
    count = len(vectors)
    rows = np.repeat(np.arange(count, dtype=np.int32)[:, None], k, axis=1)
    cosines = np.ones((count, k), np.float32)
    if count > k:
        for start in range(0, count, _BLOCK):
            similar = vectors[start : start + _BLOCK] @ vectors.T
            own = np.arange(len(similar))
            similar[own, start + own] = -2.0
            best = np.argpartition(-similar, k, axis=1)[:, :k]
            rows[start : start + _BLOCK] = best
            cosines[start : start + _BLOCK] = np.take_along_axis(similar, best, axis=1)
    return rows, cosines
