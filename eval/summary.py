"""From a run's cases to its summary: every measure, overall and by type, with intervals."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from eval.measures import MEASURES, Measure, behaviour, graded
from eval.measures.base import Scores
from eval.questions import TYPES
from eval.runs import Case
from eval.stats import Figure, figure


def summarise(cases: Sequence[Case]) -> dict[str, Any]:
    """The `summary` of a run file. Figures are `{"value", "low", "high", "n"}`; a measure that
    applies to none of the questions is not there."""
    return {
        "questions": len(cases),
        "failed": sum(case.answer is None for case in cases),
        "overall": {m.name: _figure(f) for m, f in figures(cases, MEASURES).items()},
        "by_type": {
            kind: {m.name: _figure(f) for m, f in figures(part, MEASURES).items()}
            for kind, part in by_type(cases).items()
        },
        "abstention": behaviour.confusion(cases),
        "latency_ms": behaviour.latency(cases),
        "graded": {m.name: _figure(f) for m, f in figures(cases, graded(cases)).items()},
        "grading_failed": sum(v is None for case in cases for v in case.graded.values()),
    }


def figures(cases: Sequence[Case], measures: Sequence[Measure]) -> dict[Measure, Figure]:
    """Those measures that apply to any of the questions."""
    found = {measure: figure(measure.scores(cases)) for measure in measures}
    return {measure: f for measure, f in found.items() if f.n}


def by_type(cases: Sequence[Case]) -> dict[str, list[Case]]:
    parts: dict[str, list[Case]] = {kind: [] for kind in TYPES}
    for case in cases:
        parts[case.question.type].append(case)
    return {kind: part for kind, part in parts.items() if part}


def of_type(scores: Scores, cases: Sequence[Case], kind: str | None) -> Scores:
    """The scores of one type's questions; all of them for None."""
    if kind is None:
        return scores
    ids = {case.question.id for case in cases if case.question.type == kind}
    return {question: score for question, score in scores.items() if question in ids}


def _figure(value: Figure) -> Mapping[str, float | int]:
    return {
        "value": _rounded(value.value),
        "low": _rounded(value.low),
        "high": _rounded(value.high),
        "n": value.n,
    }


def _rounded(value: float) -> float:
    return value if math.isnan(value) else round(value, 4)
