"""Scores of several kinds put together into one: as they are, normalised, or by rank alone.

This module does not know where scores come from, nor what they are of: see `retrieve`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np

from rag.ports import Vectors

Fusion = Literal["sum", "minmax", "rrf"]
"""`sum` adds the parts as they are, `minmax` normalises each over the rows first, `rrf` adds
1 / (60 + rank) (Cormack, Clarke and Büttcher 2009)."""


def fused(parts: Mapping[str, Vectors], shares: Mapping[str, float], how: Fusion) -> Vectors:
    """(rows,) one score from the (rows,) scores of each part, weighed by the part's share."""
    shape = _SHAPES[how]
    return np.asarray(sum(shares[name] * shape(part) for name, part in parts.items()), np.float32)


def _minmax(part: Vectors) -> Vectors:
    """To [0, 1] over the rows; all alike means no evidence either way."""
    low, high = part.min(), part.max()
    return np.asarray((part - low) / (high - low) if high > low else np.zeros_like(part))


def _reciprocal_rank(part: Vectors) -> Vectors:
    rank = np.empty(len(part))
    rank[np.argsort(-part, kind="stable")] = np.arange(1, len(part) + 1)
    return np.asarray(1 / (60 + rank))


_SHAPES: dict[Fusion, Callable[[Vectors], Vectors]] = {
    "sum": np.asarray,
    "minmax": _minmax,
    "rrf": _reciprocal_rank,
}
