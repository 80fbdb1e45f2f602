"""The trained reader's weights: gradient-boosted trees for sentences and for papers, the learned
late interaction, and the thresholds.

One file, made by scripts/train_reader.py, whose hash is checked when it is opened. Nothing but
numpy evaluates it.
"""

from __future__ import annotations

import functools
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.ports import Vectors
from rag.reading.late import LateInteraction

FILE = "reader.npz"
SHA256 = "0c927f8c87a672e2dfa92fc1cecc3885e8f647b2154b4f9c43e89eec71f52679"


@dataclass(frozen=True, kw_only=True, slots=True)
class Trees:
    """Boosted regression trees, one behind the other. feature, threshold, left, right, value: (n,)
    by node; a leaf is its own child. roots: (trees,). base: what all leaves are added to."""

    feature: NDArray[np.int16]
    threshold: Vectors
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: Vectors
    roots: NDArray[np.int32]
    depth: int
    base: float

    def logits(self, rows: Vectors) -> Vectors:
        """(n,) for (n, features)."""
        node = np.tile(self.roots, (len(rows), 1))
        flat = np.ascontiguousarray(rows, np.float32).ravel()
        starts = (np.arange(len(rows), dtype=np.int32) * rows.shape[1])[:, None]
        for _ in range(self.depth):
            below = flat[starts + self.feature[node]] <= self.threshold[node]
            node = np.where(below, self.left[node], self.right[node])
        return np.asarray(self.value[node].sum(axis=1) + self.base, np.float32)


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """sentence, paper: log-odds from features. thresholds: by name, see `rag.reading.decide`."""

    late: LateInteraction
    sentence: Trees
    paper: Trees
    thresholds: Mapping[str, float]


def probability(logits: Vectors) -> Vectors:
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))))


@functools.cache
def load() -> Model:
    """The weights that are installed with this module."""
    data = (files("rag.reading") / FILE).read_bytes()
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise ValueError(f"{FILE} is not the file that belongs to this version: install again.")
    return read(data)


def read(data: bytes) -> Model:
    """A `Model` from the bytes of its file."""
    with np.load(io.BytesIO(data)) as held:
        arrays = {name: held[name] for name in held.files}
    late = {name: array.astype(np.float32) for name, array in arrays.items() if name[:5] == "late_"}
    return Model(
        late=LateInteraction(arrays={name[5:]: array for name, array in late.items()}),
        sentence=_trees(arrays, "sentence"),
        paper=_trees(arrays, "paper"),
        thresholds=_named(arrays, "thresholds"),
    )


def _trees(arrays: Mapping[str, NDArray[Any]], name: str) -> Trees:
    parts = ("feature", "threshold", "left", "right", "value", "roots")
    return Trees(
        **{part: arrays[f"{name}_{part}"] for part in parts},
        depth=int(arrays[f"{name}_depth"]),
        base=float(arrays[f"{name}_base"]),
    )


def _named(arrays: Mapping[str, NDArray[Any]], name: str) -> dict[str, float]:
    keys, values = arrays[f"{name}_names"], arrays[f"{name}_values"]
    return {str(key): float(value) for key, value in zip(keys, values, strict=True)}
