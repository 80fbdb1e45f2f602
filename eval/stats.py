"""Figures with intervals, and paired comparisons. The sample is the questions.

Everything is seeded: the same runs give the same intervals and p-values.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.measures.base import Score, Scores

RESAMPLES = 5000
SEED = 20250101
_EXACT_UP_TO = 12
"""Questions that differ: up to here every one of the 2^n relabellings is looked at."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figure:
    """An estimate with its 95 % interval, over `n` questions. NaN where n is 0."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Second run minus first, over the `n` questions that both have scores for."""

    value: float
    low: float
    high: float
    p: float
    n: int


def figure(scores: Scores) -> Figure:
    """The estimate and its percentile bootstrap interval: questions are drawn with replacement
    within their group, 5,000 times. Efron and Tibshirani 1993."""
    table = _Table.of([scores])
    if not table.n:
        return Figure(np.nan, np.nan, np.nan, 0)
    low, high = _interval(table.resampled(_resamples(table.groups))[:, 0])
    return Figure(float(table.resampled(np.ones((1, table.n)))[0, 0]), low, high, table.n)


def difference(first: Scores, second: Scores) -> Difference:
    """The paired difference, its percentile bootstrap interval, and the two-sided p-value of a
    randomisation test.

    The test swaps the two runs' scores of each question at random and asks how often the
    difference is at least as large as the one observed: over all relabellings when at most 12
    questions differ, else over 5,000 random ones, counting the observed one (Smucker, Allan and
    Carterette 2007)."""
    table = _Table.of([first, second])
    if not table.n:
        return Difference(np.nan, np.nan, np.nan, np.nan, 0)
    observed = float(np.diff(table.resampled(np.ones((1, table.n))))[0, 0])
    low, high = _interval(np.diff(table.resampled(_resamples(table.groups)))[:, 0])
    return Difference(observed, low, high, _p_value(table, observed), table.n)


@dataclass(frozen=True)
class _Table:
    """Scores of several runs over the questions they share: (runs, n) values and weights."""

    values: Numbers
    weights: Numbers
    groups: NDArray[np.str_]

    @property
    def n(self) -> int:
        return len(self.groups)

    @classmethod
    def of(cls, runs: Iterable[Scores]) -> _Table:
        runs = list(runs)
        shared = [q for q in runs[0] if all(q in scores for scores in runs)]
        rows: list[list[Score]] = [[scores[q] for q in shared] for scores in runs]
        return cls(
            np.array([[s.value for s in row] for row in rows], dtype=float),
            np.array([[s.weight for s in row] for row in rows], dtype=float),
            np.array([s.group for s in rows[0]], dtype=np.str_),
        )

    def resampled(self, counts: Numbers) -> Numbers:
        """(b, runs): each run's figure when question j is taken counts[i, j] times."""
        return self._figures(lambda values, at: counts[:, at] @ values[:, at].T)

    def relabelled(self, swapped: NDArray[np.bool_]) -> Numbers:
        """(b, 2): the figures of two runs that have exchanged their scores of question j where
        swapped[i, j]."""

        def sums(values: Numbers, at: NDArray[np.bool_]) -> Numbers:
            first, second = values[:, at]
            gain = swapped[:, at] @ (second - first)
            return np.stack([first.sum() + gain, second.sum() - gain], axis=1)

        return self._figures(sums)

    def _figures(self, sums: Callable[[Numbers, NDArray[np.bool_]], Numbers]) -> Numbers:
        means = []
        for group in np.unique(self.groups):
            at = self.groups == group
            with np.errstate(invalid="ignore"):
                means.append(sums(self.weights * self.values, at) / sums(self.weights, at))
        return np.asarray(np.mean(means, axis=0))


def _resamples(groups: NDArray[np.str_]) -> Numbers:
    """(RESAMPLES, n): how often each question is drawn, each group keeping its size."""
    counts = np.empty((RESAMPLES, len(groups)))
    for group in np.unique(groups):
        at = np.flatnonzero(groups == group)
        counts[:, at] = _draws(len(at))
    return counts


@functools.lru_cache(maxsize=32)
def _draws(n: int) -> Numbers:
    rng = np.random.default_rng(SEED + n)
    return rng.multinomial(n, np.full(n, 1 / n), size=RESAMPLES).astype(float)


def _interval(estimates: Numbers) -> tuple[float, float]:
    low, high = np.nanpercentile(estimates, [2.5, 97.5])
    return float(low), float(high)


def _p_value(table: _Table, observed: float) -> float:
    differs = (table.values[0] != table.values[1]) | (table.weights[0] != table.weights[1])
    at = np.flatnonzero(differs)
    exact = len(at) <= _EXACT_UP_TO
    if exact:
        labels = (np.arange(2 ** len(at))[:, None] >> np.arange(len(at))) & 1
    else:
        labels = np.random.default_rng(SEED).integers(0, 2, size=(RESAMPLES, len(at)))
    swapped = np.zeros((len(labels), table.n), dtype=bool)
    swapped[:, at] = labels.astype(bool)
    differences = np.diff(table.relabelled(swapped))[:, 0]
    # Rounding must not decide whether a relabelling is as extreme as what was observed.
    extreme = int((np.abs(differences) >= abs(observed) - 1e-12).sum())
    return extreme / len(labels) if exact else (1 + extreme) / (1 + len(labels))
