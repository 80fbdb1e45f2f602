"""Nearest passages without a graph: every row is compared.

A graph (HNSW) is faster for very many rows and may miss some: among vectors that are nearly alike
its links lead to few of them. This is what it is checked against, and what answers in its place
where it cannot be opened or does not find what it should.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rag.errors import IndexDamaged
from rag.ports import VectorIndex, Vectors

_SAMPLE = 32
"""Rows that a graph is asked for."""
_DEPTH = 10
"""Nearest rows looked at for each."""
_CLOSE = 1e-3
"""Cosines that differ by less are the same: what matters is how near a row is, not which it is."""


class ExactIndex:
    """The VectorIndex port on an array of unit vectors (n, d), rows named by `ids` (n,)."""

    def __init__(self, ids: Sequence[str], vectors: Vectors) -> None:
        self._ids = ids
        self._vectors = vectors

    def search(self, vector: Vectors, k: int) -> list[tuple[str, float]]:
        k = min(k, len(self._ids))
        if k <= 0:
            return []
        cosines = np.asarray(self._vectors @ vector)
        best = np.argpartition(-cosines, k - 1)[:k]
        best = best[np.argsort(-cosines[best], kind="stable")]
        return [(self._ids[row], float(cosines[row])) for row in best]

    def close(self) -> None:
        pass


class BackedIndex:
    """The VectorIndex port on a graph; a search that fails there is done exactly."""

    def __init__(self, graph: VectorIndex, exact: VectorIndex) -> None:
        self.graph = graph
        self._exact = exact

    def search(self, vector: Vectors, k: int) -> list[tuple[str, float]]:
        try:
            return self.graph.search(vector, k)
        except IndexDamaged:
            return self._exact.search(vector, k)

    def close(self) -> None:
        self.graph.close()


def shortfall(graph: VectorIndex, exact: VectorIndex, vectors: Vectors) -> str:
    """What a graph over `vectors` (n, d) misses of its own rows, in words; empty for nothing.

    A few rows are searched for; what is found must be as near as what exact search finds, nine
    times in ten, and the nearest always."""
    found = wanted = 0
    for row in range(0, len(vectors), max(1, len(vectors) // _SAMPLE)):
        vector = np.asarray(vectors[row])
        least = [cosine - _CLOSE for _, cosine in exact.search(vector, _DEPTH)]
        try:
            got = [cosine for _, cosine in graph.search(vector, _DEPTH)]
        except IndexDamaged as error:
            return str(error)
        if got[0] < least[0]:
            return f"row {row} does not find itself"
        wanted += len(least)
        found += sum(cosine >= least[-1] for cosine in got)
    return "" if found >= 0.9 * wanted else f"only {found} of {wanted} nearest rows are found"
