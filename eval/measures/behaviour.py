"""When to decline, how long it takes, what it costs.

Declining is saying `not_stated` or `not_in_corpus`. A question that failed neither answered nor
declined: it counts as wrong for balanced accuracy and has a column of its own in the table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from eval.measures.base import Measure, Score, measure
from eval.runs import Case

OUTCOMES = ("answered", "not_stated", "not_in_corpus", "failed")


def outcome(case: Case) -> str:
    return case.answer.status if case.answer else "failed"


def declined(case: Case) -> bool:
    return outcome(case) in ("not_stated", "not_in_corpus")


def balanced_accuracy(case: Case) -> Score:
    """Mean of two shares: answerable questions that were answered, unanswerable ones that were
    declined; failures are in neither. In [0, 1], 0.5 by chance; where the questions are all of
    one kind, that kind's share. Brodersen et al. 2010."""
    if case.question.answerable:
        return Score(float(outcome(case) == "answered"), group="answerable")
    return Score(float(declined(case)), group="unanswerable")


def confusion(cases: Sequence[Case]) -> dict[str, dict[str, int]]:
    """How many questions had which outcome. Unanswerable questions are told apart by whether a
    paper is near (`partial`), where `not_stated` is the fitting word, or none is."""
    table = {
        row: dict.fromkeys(OUTCOMES, 0)
        for row in ("answerable", "unanswerable, paper near", "unanswerable, no paper")
    }
    for case in cases:
        if case.question.answerable:
            row = "answerable"
        else:
            near = bool(case.question.partial)
            row = "unanswerable, paper near" if near else "unanswerable, no paper"
        found = table[row]
        found[outcome(case)] = found.get(outcome(case), 0) + 1
    return table


def latency(cases: Sequence[Case]) -> dict[str, dict[str, float]]:
    """p50 and p95 in milliseconds of each stage and of `total`, over the answers given (linear
    interpolation between order statistics; a stage that an answer lacks is left out)."""
    stages: dict[str, list[float]] = {}
    for case in cases:
        timings: Mapping[str, float] = case.answer.timings_ms if case.answer else {}
        for stage, milliseconds in timings.items():
            stages.setdefault(stage, []).append(milliseconds)
    return {
        stage: {
            "p50": round(float(np.percentile(values, 50)), 2),
            "p95": round(float(np.percentile(values, 95)), 2),
        }
        for stage, values in stages.items()
    }


def tokens(case: Case) -> float | None:
    """Prompt and completion tokens an answer used; their mean over the answers given. In [0, ∞)."""
    if case.answer is None:
        return None
    return float(case.answer.usage.prompt_tokens + case.answer.usage.completion_tokens)


def calls(case: Case) -> float | None:
    """Calls of a model an answer took; their mean over the answers given. In [0, ∞)."""
    return None if case.answer is None else float(case.answer.usage.calls)


def failed(case: Case) -> float:
    """Share of questions that ended in an error instead of an answer. In [0, 1]."""
    return float(case.answer is None)


def fell_back(case: Case) -> float | None:
    """Share of the answers that quote because the server of the model that should have written
    them failed: their figures are not the model's. In [0, 1]; should be 0."""
    return None if case.answer is None else float(case.fell_back is not None)


MEASURES: tuple[Measure, ...] = (
    measure("balanced_accuracy", "Balanced accuracy", balanced_accuracy),
    measure("failed", "Failed", failed, better="lower"),
    measure("fell_back", "Fell back to quoting", fell_back, better="lower"),
    measure("tokens", "Tokens an answer", tokens, better="none", unit="count"),
    measure("calls", "Model calls an answer", calls, better="none", unit="count"),
)
