"""Every measure, in the order in which tables show them. Definitions: their docstrings."""

from __future__ import annotations

from collections.abc import Sequence

from eval.measures import behaviour, citing, content, retrieval
from eval.measures.base import Measure, Score, Scores
from eval.runs import Case

MEASURES: tuple[Measure, ...] = (
    *retrieval.MEASURES,
    *content.MEASURES,
    *citing.MEASURES,
    *behaviour.MEASURES,
)
BY_NAME = {measure.name: measure for measure in MEASURES}

HEADLINE = (
    "ndcg@10",
    "recall@10",
    "list_f1",
    "fact",
    "fact@60",
    "nugget_recall",
    "citation_integrity",
    "citation_recall",
    "citation_precision",
    "balanced_accuracy",
    "words",
)
"""What a reader who looks at one table should see."""


def graded(cases: Sequence[Case]) -> tuple[Measure, ...]:
    """The extra columns that a run holds: one measure for every name that a row was graded by."""
    names = dict.fromkeys(name for case in cases for name in case.graded)
    return tuple(_graded(name) for name in names)


def _graded(name: str) -> Measure:
    def scores(cases: Sequence[Case]) -> Scores:
        values = {c.question.id: c.graded.get(name) for c in cases}
        return {question: Score(v) for question, v in values.items() if v is not None}

    return Measure(
        name,
        name,
        scores,
        "Graded by a model or another judge when the run was made; the mean over graded answers.",
        extra=True,
    )


__all__ = ["BY_NAME", "HEADLINE", "MEASURES", "Measure", "Score", "Scores", "graded"]
