"""What a measure is: a number for every question it applies to, and how these make one figure.

A figure is the mean over questions, unless scores carry weights (a share of all citations weighs
a question by its number of citations) or groups (balanced accuracy is the mean of two means).
`eval.stats` turns scores into figures with intervals; nothing here knows of samples.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from eval.runs import Case


@dataclass(frozen=True, slots=True)
class Score:
    """One question's part in a figure: sum of weight x value over sum of weight, in each group;
    the figure is the mean of the groups."""

    value: float
    weight: float = 1.0
    group: str = ""


Scores = Mapping[str, Score]
"""By question id; a question to which the measure does not apply is not there."""


@dataclass(frozen=True, slots=True)
class Measure:
    """`better` is the direction of improvement; `none` for what only stands beside others."""

    name: str
    title: str
    scores: Callable[[Sequence[Case]], Scores]
    definition: str
    better: Literal["higher", "lower", "none"] = "higher"
    unit: Literal["share", "count"] = "share"
    extra: bool = False
    """Not one of the measures proper: graded by a model."""


def measure(
    name: str,
    title: str,
    score: Callable[[Case], Score | float | None],
    *,
    better: Literal["higher", "lower", "none"] = "higher",
    unit: Literal["share", "count"] = "share",
) -> Measure:
    """A Measure from a function of one case, whose docstring is its definition. None: the
    measure does not apply."""

    def scores(cases: Sequence[Case]) -> Scores:
        found: dict[str, Score] = {}
        for case in cases:
            value = score(case)
            if value is not None:
                found[case.question.id] = value if isinstance(value, Score) else Score(value)
        return found

    return Measure(name, title, scores, inspect.getdoc(score) or "", better, unit)
