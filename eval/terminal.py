"""Figures in a terminal: results to standard output, never as markup."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from eval.compare import Comparison, Turned
from eval.gate import Verdict
from eval.measures import behaviour
from eval.report import tables
from eval.runs import Run

_MOST = 12
_STYLES = {"better": "green", "worse": "red", "unclear": ""}


def _console() -> Console:
    # Made anew, so that a redirected standard output is respected; a pipe gets the full width.
    width = None if sys.stdout.isatty() else 120
    return Console(highlight=False, width=width)


def figures(
    runs: Sequence[Run], comparisons: Sequence[Comparison] = (), *, all_: bool = False
) -> None:
    lines = tables.headline(runs, comparisons)
    if all_:
        lines += tables.everything_else(runs, comparisons)
    table = Table(box=None, pad_edge=False)
    table.add_column("measure")
    for run in runs:
        table.add_column(Text(run.name), justify="right")
    for comparison in comparisons:
        name = f"{comparison.second.name} − {comparison.first.name}"
        table.add_column(Text(name), justify="right")
        table.add_column("p", justify="right")
    table.add_column("n", justify="right", style="dim")
    for line in lines:
        cells = [Text.assemble(c.value, (f"  {c.interval}", "dim")) for c in line.cells]
        for change in line.changes:
            style = _STYLES[change.verdict]
            cells.append(Text.assemble((change.value, style), (f"  {change.interval}", "dim")))
            cells.append(Text(change.p))
        table.add_row(line.measure.title, *cells, str(line.n))
    _console().print(table)


def outcomes(run: Run) -> None:
    """What was said, failures by name, and how long it took."""
    console = _console()
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    for name in behaviour.OUTCOMES:
        table.add_column(name.replace("_", " "), justify="right")
    for row, counts in behaviour.confusion(run.cases).items():
        table.add_row(row, *(str(counts[name]) for name in behaviour.OUTCOMES))
    console.print()
    console.print(table)
    if total := behaviour.latency(run.cases).get("total"):
        console.print(f"\ntime an answer: p50 {total['p50']:.0f} ms, p95 {total['p95']:.0f} ms")
    for case in run.cases:
        if case.answer is None:
            console.print(Text(f"failed: {case.question.id}: {case.error}", style="red"))


def turned(comparison: Comparison) -> None:
    console = _console()
    for word, found in (("won", comparison.won), ("lost", comparison.lost)):
        names = f"{comparison.second.name} against {comparison.first.name}"
        console.print(Text(f"\n{names}: {len(found)} {word}"))
        for one in found[:_MOST]:
            line = Text(f"  {one.id}  {_changes(one)}  {one.question}")
            console.print(line, overflow="ellipsis", no_wrap=True)
        if len(found) > _MOST:
            console.print(f"  … and {len(found) - _MOST} more (--json has all)")


def _changes(one: Turned) -> str:
    return ", ".join(f"{name} {a:.2f} → {b:.2f}" for name, (a, b) in one.changes.items())


def gate(run: Run, found: Sequence[Verdict]) -> bool:
    """Each figure beside its floor, then whether the gate is passed and why not."""
    table = Table(box=None, pad_edge=False)
    for name in ("measure", "floor", "noise", "now", ""):
        table.add_column(name, justify="left" if name in ("measure", "") else "right")
    for verdict in found:
        table.add_row(
            verdict.floor.measure.title,
            f"{verdict.floor.floor:.4f}",
            f"{verdict.noise:.4f}",
            "–" if verdict.value is None else f"{verdict.value:.4f}",
            Text(verdict.said, "" if verdict.passed else "red"),
        )
    console = _console()
    console.print(table)
    lost = [case for case in run.cases if case.answer is None]
    for case in lost:
        console.print(Text(f"failed: {case.question.id}: {case.error}", style="red"))
    sunk = [verdict for verdict in found if not verdict.passed]
    reasons = [f"{verdict.floor.measure.title} {verdict.said}" for verdict in sunk]
    if lost:
        reasons.append(f"{len(lost)} of {len(run.cases)} questions failed")
    console.print()
    console.print(
        Text(f"The gate is not passed: {'; '.join(reasons)}.", style="red")
        if reasons
        else Text(f"The gate is passed: {len(found)} figures hold, no question failed.")
    )
    return not reasons


def values(found: Mapping[str, float | int | str]) -> None:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, value in found.items():
        table.add_row(name, f"{value:.4f}" if isinstance(value, float) else str(value))
    _console().print(table)
