"""The report as Markdown, short enough for a pull request."""

from __future__ import annotations

import re
from collections.abc import Sequence

from eval.compare import Comparison, Turned, pairs, settings_that_differ
from eval.measures import behaviour
from eval.report import tables
from eval.report.views import verdict
from eval.runs import Run

_MOST = 10
"""Questions of a kind that are listed."""


def render(runs: Sequence[Run]) -> str:
    comparisons = pairs(runs)
    parts = [_head(runs), _headline(runs, comparisons)]
    parts += [_comparison(comparison) for comparison in comparisons]
    parts += [_outcomes(run) for run in runs]
    return "\n\n".join(parts) + "\n"


def _head(runs: Sequence[Run]) -> str:
    count = len(runs[0].cases)
    lines = [f"### Citewell on {count} question{'s' * (count != 1)}", ""]
    for run in runs:
        failed = sum(case.answer is None for case in run.cases)
        answers = run.fingerprint.get("answers", "")
        lines.append(f"- **{_safe(run.name)}**: {_safe(str(answers))}, {failed} failed")
    return "\n".join(lines)


def _headline(runs: Sequence[Run], comparisons: Sequence[Comparison]) -> str:
    heads = ["measure", *(_safe(run.name) for run in runs)]
    heads += [f"{_safe(c.second.name)} − {_safe(c.first.name)}" for c in comparisons]
    rows = []
    for line in tables.headline(runs, comparisons):
        cells = [f"{c.value} ({c.interval})" if c.interval else c.value for c in line.cells]
        changes = [
            f"{_MARKS[c.verdict]}{c.value} ({c.interval}), p {c.p}" if c.p else c.value
            for c in line.changes
        ]
        rows.append([line.measure.title, *cells, *changes])
    note = "In brackets: 95 % bootstrap intervals."
    if comparisons:
        note += " p: paired randomisation test, not corrected for the number of measures."
    return _table(heads, rows) + "\n\n" + note


_MARKS = {"better": "▲ ", "worse": "▼ ", "unclear": ""}


def _comparison(comparison: Comparison) -> str:
    names = f"{_safe(comparison.second.name)} against {_safe(comparison.first.name)}"
    differing = settings_that_differ(comparison.first, comparison.second)
    settings = [
        f"- {_safe(name)}: {_safe(tables.plain(before))} → {_safe(tables.plain(after))}"
        for name, (before, after) in differing.items()
    ]
    parts = [f"**{names}**", "\n".join(settings), _turned("won", comparison.won)]
    return "\n\n".join(filter(None, [*parts, _turned("lost", comparison.lost)]))


def _turned(word: str, turned: Sequence[Turned]) -> str:
    count = f"{len(turned)} question{'s' * (len(turned) != 1)}"
    lines = [f"{count} {word}" + (":" if turned else ".")]
    lines += [
        f"- `{t.id}` {_safe(t.question)} — "
        + ", ".join(
            f"{name} {before:.2f} → {after:.2f}" for name, (before, after) in t.changes.items()
        )
        for t in turned[:_MOST]
    ]
    if len(turned) > _MOST:
        lines.append(f"- … and {len(turned) - _MOST} more")
    return "\n".join(lines)


def _outcomes(run: Run) -> str:
    heads = ["", *(name.replace("_", " ") for name in behaviour.OUTCOMES)]
    table = behaviour.confusion(run.cases)
    rows = [
        [row, *(str(counts[name]) for name in behaviour.OUTCOMES)] for row, counts in table.items()
    ]
    lines = [f"**{_safe(run.name)}**: what was said", "", _table(heads, rows), ""]
    if total := behaviour.latency(run.cases).get("total"):
        lines.append(f"Time an answer: p50 {total['p50']:.0f} ms, p95 {total['p95']:.0f} ms.")
    bad = [case for case in run.cases if verdict(case)[0] in ("failed", "wrong")]
    lines += ["", f"{len(bad)} questions wrong or failed" + (":" if bad else ".")]
    lines += [f"- `{case.question.id}` {_safe(case.question.question)}" for case in bad[:_MOST]]
    if len(bad) > _MOST:
        lines.append(f"- … and {len(bad) - _MOST} more")
    return "\n".join(lines)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _safe(text: str) -> str:
    """Text that stays text: no markup, no new line, nobody called by an @."""
    escaped = re.sub(r"([\\`*_\[\]<>|#~$&])", r"\\\1", " ".join(text.split()))
    return escaped.replace("@", "@\u200b")
