"""One run or several beside each other, as the page shows them: the tables and plots of the report,
as JSON. The plots are SVG of our own making; names in them are escaped where they are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eval.compare import Turned, pairs
from eval.report import page, tables
from eval.runs import Run

_TURNED = 40
"""Questions that are told as won or lost, of each comparison."""


def figures(runs: Sequence[Run]) -> dict[str, Any]:
    """Raises UsageError for runs over different questions. The first is the baseline."""
    comparisons = pairs(runs)
    lines = [*tables.headline(runs, comparisons)]
    return {
        "runs": [
            {
                "name": run.name,
                "about": [{"name": name, "value": value} for name, value in tables.about(run)],
                "failed": [
                    {"question": case.question.question, "error": case.error}
                    for case in run.cases
                    if case.answer is None
                ][:_TURNED],
            }
            for run in runs
        ],
        "lines": [
            {
                "title": line.measure.title,
                "definition": line.measure.definition,
                "n": line.n,
                "cells": [{"value": c.value, "interval": c.interval} for c in line.cells],
                "changes": [
                    {"value": c.value, "interval": c.interval, "p": c.p, "verdict": c.verdict}
                    for c in line.changes
                ],
            }
            for line in lines
        ],
        "comparisons": [
            {
                "name": found.second.name,
                "won": [_turned(t) for t in found.won[:_TURNED]],
                "lost": [_turned(t) for t in found.lost[:_TURNED]],
                "counts": [len(found.won), len(found.lost)],
            }
            for found in comparisons
        ],
        "plots": [{"title": p.title, "svg": p.svg, "caption": p.caption} for p in page.plots(runs)],
    }


def _turned(turned: Turned) -> dict[str, Any]:
    changes = ", ".join(f"{n} {a:.2f} → {b:.2f}" for n, (a, b) in turned.changes.items())
    return {"id": turned.id, "question": turned.question, "changes": changes}
