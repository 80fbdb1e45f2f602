"""The figures that both kinds of report show, as text: runs, headline, types, comparisons."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eval.compare import Comparison
from eval.measures import BY_NAME, HEADLINE, MEASURES, Measure, graded
from eval.runs import Run
from eval.stats import Figure, figure
from eval.summary import by_type


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure as text; `interval` is empty where it says nothing."""

    value: str
    interval: str = ""
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A difference as text. `verdict`: better or worse where the interval leaves out zero and p
    is below 0.05, else unclear."""

    value: str
    interval: str
    p: str
    verdict: str


@dataclass(frozen=True)
class TableRow:
    measure: Measure
    n: int
    cells: tuple[Cell, ...]
    changes: tuple[Change, ...] = ()


def headline(runs: Sequence[Run], comparisons: Sequence[Comparison]) -> list[TableRow]:
    """A line for each headline measure, a cell for each run, a change for each comparison."""
    return [
        line for name in HEADLINE if (line := _line(BY_NAME[name], runs, comparisons)) is not None
    ]


def everything_else(runs: Sequence[Run], comparisons: Sequence[Comparison]) -> list[TableRow]:
    """The other measures and, last, what models graded."""
    others = [m for m in MEASURES if m.name not in HEADLINE]
    lines = [line for m in others if (line := _line(m, runs, comparisons)) is not None]
    return lines + judged(runs, comparisons)


def judged(runs: Sequence[Run], comparisons: Sequence[Comparison]) -> list[TableRow]:
    """What models or other judges graded."""
    extras = {m.name: m for run in runs for m in graded(run.cases)}
    found = (_line(m, runs, comparisons) for m in extras.values())
    return [line for line in found if line is not None]


def _line(
    measure: Measure, runs: Sequence[Run], comparisons: Sequence[Comparison]
) -> TableRow | None:
    figures = [figure(measure.scores(run.cases)) for run in runs]
    if not any(f.n for f in figures):
        return None
    changes = tuple(_change(measure, comparison, None) for comparison in comparisons)
    return TableRow(
        measure,
        max(f.n for f in figures),
        tuple(cell(f, measure) for f in figures),
        changes if not measure.extra else (),
    )


def types(run: Run) -> tuple[list[tuple[str, int]], list[tuple[Measure, list[Cell]]]]:
    """Types with their numbers of questions, and for each measure its cell in each type."""
    parts = by_type(run.cases)
    lines = []
    for measure in MEASURES:
        cells = [cell(figure(measure.scores(part)), measure) for part in parts.values()]
        if any(c.value != NOTHING for c in cells):
            lines.append((measure, cells))
    return [(kind, len(part)) for kind, part in parts.items()], lines


def type_changes(comparison: Comparison) -> list[tuple[Measure, str, Change]]:
    """The headline measures' changes by type, where anything changed."""
    return [
        (line.measure, str(line.kind), _change(line.measure, comparison, line.kind))
        for line in comparison.lines
        if line.kind is not None
        and line.measure.name in HEADLINE
        and (line.difference.value or line.difference.low or line.difference.high)
    ]


NOTHING = "–"


def cell(value: Figure, measure: Measure) -> Cell:
    if not value.n or math.isnan(value.value):
        return Cell(NOTHING)
    interval = f"{_number(value.low, measure)} to {_number(value.high, measure)}"
    return Cell(_number(value.value, measure), interval if value.low < value.high else "")


def _change(measure: Measure, comparison: Comparison, kind: str | None) -> Change:
    found = next(
        (x for x in comparison.lines if x.measure.name == measure.name and x.kind == kind), None
    )
    if found is None:
        return Change(NOTHING, "", "", "unclear")
    d = found.difference
    sure = (d.low > 0 or d.high < 0) and d.p < 0.05
    better = (d.value > 0) == (measure.better == "higher")
    verdict = "unclear" if not sure or measure.better == "none" else "better" if better else "worse"
    return Change(
        _signed(d.value, measure),
        f"{_signed(d.low, measure)} to {_signed(d.high, measure)}" if d.low < d.high else "",
        "" if not d.low < d.high else "< 0.001" if d.p < 0.001 else f"{d.p:.3f}",
        verdict,
    )


def _number(value: float, measure: Measure) -> str:
    return f"{value:.3f}" if measure.unit == "share" else f"{value:,.1f}"


def _signed(value: float, measure: Measure) -> str:
    shown = _number(abs(value), measure)
    if not float(shown.replace(",", "")):
        return shown
    return ("+" if value > 0 else "−") + shown


def about(run: Run) -> list[tuple[str, str]]:
    """The fingerprint as pairs of text."""
    return [(key.replace("_", " "), plain(value)) for key, value in run.fingerprint.items()]


def plain(value: Any) -> str:
    """A value of a fingerprint as text."""
    if isinstance(value, dict):
        return ", ".join(f"{k} = {v}" for k, v in value.items()) or "default"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "default"
    return NOTHING if value is None else str(value)
