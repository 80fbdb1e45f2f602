"""The thresholds of rag/reading/decide.py, fitted on the calibration groups.

`second`: the best F1 of the sentences quoted of papers that answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from rag.reading.decide import best_length

GRID = np.round(np.linspace(0.02, 0.9, 45), 3)


def fitted(score: Callable[[float], float]) -> float:
    """The middle of the thresholds whose score is within a hundredth of the best."""
    scores = np.array([score(float(t)) for t in GRID])
    return float(np.median(GRID[scores >= scores.max() - 0.005]))


def thresholds(held: Sequence[Any]) -> dict[str, float]:
    def quoted(t: float) -> float:
        hits = chosen = wanted = 0.0
        for case in held:
            for paper in np.flatnonzero(case.belongs):
                own = np.flatnonzero(case.views.owner == paper)
                ranked = own[np.argsort(-case.answers[own])][:2]
                kept = [n for n in ranked if n == ranked[0] or case.answers[n] >= t]
                hits += case.right[kept].sum()
                chosen += len(kept)
                wanted += case.right[own].sum()
        return 2 * hits / (chosen + wanted)

    return {"second": fitted(quoted)}


def list_f1(case: Any, least: float) -> float:
    """F1 of the list among the labelled papers."""
    known = np.flatnonzero(case.known)
    order = known[np.argsort(-case.probabilities[known], kind="stable")]
    k = best_length(case.probabilities[order].tolist(), least)
    return float(2 * case.belongs[order[:k]].sum() / (k + case.belongs.sum()))
