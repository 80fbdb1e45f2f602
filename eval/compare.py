"""Two runs over the same questions: by how much one is better, how sure that is, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from eval.measures import BY_NAME, MEASURES, Measure
from eval.questions import TYPES
from eval.runs import Run
from eval.stats import Difference, difference
from eval.summary import of_type
from rag.errors import UsageError

WON_BY = ("ndcg@10", "list_f1", "fact", "nugget_recall", "balanced_accuracy")
"""Measures by which a question is won or lost."""


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One measure over one type's questions (`kind` None: over all)."""

    measure: Measure
    kind: str | None
    difference: Difference


@dataclass(frozen=True, slots=True)
class Turned:
    """A question that came out differently: measure name → (first run, second run)."""

    id: str
    type: str
    question: str
    changes: Mapping[str, tuple[float, float]]

    @property
    def gain(self) -> float:
        return sum(after - before for before, after in self.changes.values())


@dataclass(frozen=True)
class Comparison:
    """`second` against `first`, the baseline. Won and lost come with the largest change first."""

    first: Run
    second: Run
    lines: tuple[ComparisonRow, ...]
    won: tuple[Turned, ...]
    lost: tuple[Turned, ...]


def compare(first: Run, second: Run) -> Comparison:
    """Every measure, overall and by type. Raises UsageError when the runs are over different
    questions."""
    _same_questions(first, second)
    lines = []
    for measure in MEASURES:
        scores = measure.scores(first.cases), measure.scores(second.cases)
        for kind in (None, *TYPES):
            found = difference(*(of_type(s, first.cases, kind) for s in scores))
            if found.n:
                lines.append(ComparisonRow(measure, kind, found))
    turned = sorted(_turned(first, second), key=lambda t: (-abs(t.gain), t.id))
    return Comparison(
        first=first,
        second=second,
        lines=tuple(lines),
        won=tuple(t for t in turned if t.gain > 0),
        lost=tuple(t for t in turned if t.gain < 0),
    )


def as_json(comparison: Comparison) -> dict[str, Any]:
    return {
        "first": comparison.first.name,
        "second": comparison.second.name,
        "settings": settings_that_differ(comparison.first, comparison.second),
        "differences": [
            {
                "measure": line.measure.name,
                "type": line.kind,
                "difference": round(line.difference.value, 4),
                "low": round(line.difference.low, 4),
                "high": round(line.difference.high, 4),
                "p": round(line.difference.p, 4),
                "n": line.difference.n,
            }
            for line in comparison.lines
        ],
        "won": [_turned_json(turned) for turned in comparison.won],
        "lost": [_turned_json(turned) for turned in comparison.lost],
    }


def _turned_json(turned: Turned) -> dict[str, Any]:
    return {
        "id": turned.id,
        "type": turned.type,
        "question": turned.question,
        "changes": {name: [round(v, 4) for v in pair] for name, pair in turned.changes.items()},
    }


def _same_questions(first: Run, second: Run) -> None:
    """One set means the same questions under the same labels: a difference between two sets of
    labels is none between two runs."""
    one, other = (
        {c.question.id: replace(c.question, entry={}) for c in r.cases} for r in (first, second)
    )
    if one == other:
        return
    differing = sorted(i for i in one.keys() | other.keys() if one.get(i) != other.get(i))
    example = differing[0]
    before, after = one.get(example), other.get(example)
    if before is None or after is None:
        how = "is in one of them"
    elif before.question != after.question:
        how = "is worded otherwise"
    else:
        how = "is labelled otherwise"
    raise UsageError(
        f"{first.name} and {second.name} are not over the same questions:"
        f" {len(differing)} differ ({example} {how}).",
        remedy="Compare runs of one question set, with the same --limit. Where only labels have"
        " changed, --questions SET puts the same under both.",
    )


def settings_that_differ(first: Run, second: Run) -> dict[str, tuple[Any, Any]]:
    """The entries of the two fingerprints that are not alike: what a difference may be due to."""
    names = dict.fromkeys((*first.fingerprint, *second.fingerprint))
    both = {name: (first.fingerprint.get(name), second.fingerprint.get(name)) for name in names}
    return {name: pair for name, pair in both.items() if pair[0] != pair[1]}


def _turned(first: Run, second: Run) -> list[Turned]:
    measured = [BY_NAME[name] for name in WON_BY]
    before, after = (
        {measure.name: measure.scores(run.cases) for measure in measured} for run in (first, second)
    )
    found = []
    for case in first.cases:
        question = case.question
        changes = {
            name: (before[name][question.id].value, after[name][question.id].value)
            for name in WON_BY
            if question.id in before[name] and question.id in after[name]
        }
        changes = {name: pair for name, pair in changes.items() if abs(pair[1] - pair[0]) > 1e-9}
        if changes:
            found.append(Turned(question.id, question.type, question.question, changes))
    return found


def pairs(runs: Sequence[Run]) -> list[Comparison]:
    """Every other run against the first."""
    return [compare(runs[0], run) for run in runs[1:]]
