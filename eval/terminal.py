"""Figures in a terminal: results to standard output, never as markup."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from eval.compare import Comparison, Turned, settings_that_differ
from eval.gate import Verdict
from eval.measures import BY_NAME, behaviour
from eval.report import tables
from eval.report.views import VERDICTS, verdict
from eval.runs import Case, Run
from eval.stats import figure
from eval.summary import by_type

_MOST = 12
_STYLES = {"better": "green", "worse": "red", "unclear": ""}


def _console() -> Console:
    # Made anew, so that a redirected standard output is respected; a pipe gets the full width.
    width = None if sys.stdout.isatty() else 120
    return Console(highlight=False, width=width)


def _table(*columns: str, left: int = 1, header: bool = True) -> Table:
    """A plain table whose first `left` columns are text and the others numbers."""
    table = Table(box=None, pad_edge=False, show_header=header)
    for number, name in enumerate(columns):
        table.add_column(Text(name), justify="left" if number < left else "right", overflow="fold")
    return table


def run(done: Run, *, everything: bool = False) -> None:
    """How many questions came out right, the figures, by type, what was said, what failed."""
    console = _console()
    tally = Counter(verdict(case)[0] for case in done.cases)
    counts = ", ".join(f"{tally[word]} {word}" for word in _BEST_FIRST if tally[word])
    console.print(Text(f"{len(done.cases)} questions: {counts}", style="bold"))
    for case in done.cases:
        if case.answer is None:
            console.print(Text(f"failed: {case.question.id}: {case.error}", style="red"))
    if fell := [case for case in done.cases if case.fell_back]:
        text = f"{len(fell)} answers quote because the model failed: {fell[0].fell_back}"
        console.print(Text(text, style="red"))
    table = _table("measure", done.name, "95 % interval", "n")
    lines = tables.headline([done], [])
    lines += tables.everything_else([done], []) if everything else tables.judged([done], [])
    for line in lines:
        (cell,) = line.cells
        table.add_row(line.measure.title, cell.value, Text(cell.interval, "dim"), str(line.n))
    console.print()
    console.print(table)
    if gaps := sum(value is None for case in done.cases for value in case.graded.values()):
        console.print(Text(f"{gaps} grades are missing: their judge failed.", style="red"))
    console.print()
    console.print(_by_type(done.cases))
    console.print()
    console.print(_outcomes(done.cases))
    if total := behaviour.latency(done.cases).get("total"):
        console.print(f"\ntime an answer: p50 {total['p50']:.0f} ms, p95 {total['p95']:.0f} ms")


_BEST_FIRST = tuple(reversed(VERDICTS))


def _by_type(cases: Sequence[Case]) -> Table:
    table = _table("type", "n", *_BEST_FIRST, "nDCG@10")
    ranked = BY_NAME["ndcg@10"]
    for kind, part in by_type(cases).items():
        tally = Counter(verdict(case)[0] for case in part)
        value = tables.cell(figure(ranked.scores(part)), ranked).value
        counts = (str(tally[word]) for word in _BEST_FIRST)
        table.add_row(kind, str(len(part)), *counts, value)
    return table


def _outcomes(cases: Sequence[Case]) -> Table:
    table = _table("what was said", *(name.replace("_", " ") for name in behaviour.OUTCOMES))
    for row, counts in behaviour.confusion(cases).items():
        table.add_row(row, *(str(counts[name]) for name in behaviour.OUTCOMES))
    return table


def comparison(found: Comparison) -> None:
    """What differs between two runs, by how much they differ, where, and in which questions."""
    console = _console()
    console.print(Text(f"{found.second.name} against {found.first.name}", style="bold"))
    for name, (before, after) in settings_that_differ(found.first, found.second).items():
        shown = f"  {name}: {tables.plain(before)} → {tables.plain(after)}"
        console.print(Text(shown, "dim"), overflow="ellipsis", no_wrap=True)
    table = _table("measure", found.first.name, found.second.name, "difference, 95 %", "p", "n")
    for line in tables.headline([found.first, found.second], [found]):
        before, after = (cell.value for cell in line.cells)
        (change,) = line.changes
        table.add_row(line.measure.title, before, after, _change(change), change.p, str(line.n))
    console.print()
    console.print(table)
    _sure(console, found)
    for word, questions in (("won", found.won), ("lost", found.lost)):
        _turned(console, word, questions)


def _change(change: tables.Change) -> Text:
    return Text.assemble((change.value, _STYLES[change.verdict]), (f"  {change.interval}", "dim"))


def _sure(console: Console, found: Comparison) -> None:
    """The differences within a type that are not by chance alone."""
    changes = [x for x in tables.type_changes(found) if x[2].verdict != "unclear"]
    if not changes:
        console.print("\nWithin no type is a difference clear of chance.")
        return
    table = _table("clear of chance, by type", "", "difference, 95 %", "p", left=2)
    for measure, kind, change in changes:
        table.add_row(kind, measure.title, _change(change), change.p)
    console.print()
    console.print(table)


def _turned(console: Console, word: str, questions: Sequence[Turned]) -> None:
    console.print(
        Text(f"\n{len(questions)} question{'s' * (len(questions) != 1)} {word}", style="bold")
    )
    for one in questions[:_MOST]:
        line = Text(f"  {one.id}  {_changes(one)}  {one.question}")
        console.print(line, overflow="ellipsis", no_wrap=True)
    if len(questions) > _MOST:
        console.print(f"  … and {len(questions) - _MOST} more (--json has all)")


def _changes(one: Turned) -> str:
    return ", ".join(f"{name} {a:.2f} → {b:.2f}" for name, (a, b) in one.changes.items())


def gate(run: Run, found: Sequence[Verdict]) -> bool:
    """Each figure beside its floor, then whether the gate is passed and why not."""
    table = _table("measure", "floor", "noise", "now", "")
    for one in found:
        table.add_row(
            one.floor.measure.title,
            f"{one.floor.floor:.4f}",
            f"{one.noise:.4f}",
            "–" if one.value is None else f"{one.value:.4f}",
            Text(one.said, "" if one.passed else "red"),
        )
    console = _console()
    console.print(table)
    lost = [case for case in run.cases if case.answer is None]
    for case in lost:
        console.print(Text(f"failed: {case.question.id}: {case.error}", style="red"))
    reasons = [f"{one.floor.measure.title} {one.said}" for one in found if not one.passed]
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
    table = _table("", "", header=False)
    for name, value in found.items():
        table.add_row(name, f"{value:.4f}" if isinstance(value, float) else str(value))
    _console().print(table)
