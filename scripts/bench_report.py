"""From the runs of `scripts/bench.py` to medians, ratios and tables to read."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

Run = dict[str, Any]
"""What one process took (wall_s, cpu_s, peak_mb), and, but for cold ones, what it printed."""
Report = dict[str, Any]

# row title, path into a side's figures, decimals, name of the ratio
_ROWS = (
    ("ingest, fresh process (s)", "ingest wall_s", 1, "ingest_wall"),
    ("  papers a second", "ingest papers_per_s", 1, None),
    ("  processor time (s)", "ingest cpu_s", 1, "ingest_cpu"),
    ("  peak memory (MB)", "ingest peak_mb", 0, "ingest_peak"),
    ("cold, to first answer (s)", "cold wall_s", 2, "cold_wall"),
    ("  processor time (s)", "cold cpu_s", 2, "cold_cpu"),
    ("  peak memory (MB)", "cold peak_mb", 0, "cold_peak"),
    ("warm search, p50 (ms)", "warm search p50_ms", 1, "search_p50"),
    ("warm search, p95 (ms)", "warm search p95_ms", 1, "search_p95"),
    ("warm ask, p50 (ms)", "warm ask p50_ms", 1, None),
    ("warm ask, p95 (ms)", "warm ask p95_ms", 1, None),
    ("warm, peak memory (MB)", "warm peak_mb", 0, "warm_peak"),
)
_STAGES = (
    ("ingest (s)", "ingest stages_s", 2),
    ("warm search, p50 (ms)", "warm search stages_p50_ms", 2),
    ("warm ask, p50 (ms)", "warm ask stages_p50_ms", 2),
)


def summarise(tasks: dict[str, list[Run]]) -> dict[str, Any]:
    """Medians over the runs; the runs themselves stay beside them."""
    ingest, cold, warm = tasks["ingest"], tasks["cold"], tasks["warm"]
    summary: dict[str, Any] = {
        "ingest": {
            **_medians(ingest),
            "papers": ingest[0]["printed"]["papers"],
            "papers_per_s": statistics.median(_rate(r) for r in ingest),
            "stages_s": _by_stage([r["printed"]["stages_s"] for r in ingest]),
        },
        "cold": _medians(cold),
        "warm": {"peak_mb": statistics.median(r["peak_mb"] for r in warm)},
    }
    for task in ("search", "ask"):
        if f"{task}_ms" in warm[0]["printed"]:
            taken = [r["printed"][f"{task}_ms"] for r in warm]
            stages = [s for r in warm for s in r["printed"].get(f"{task}_stages_ms", ())]
            summary["warm"][task] = {
                "questions": len(taken[0]),
                "p50_ms": statistics.median(quantile(t, 0.5) for t in taken),
                "p95_ms": statistics.median(quantile(t, 0.95) for t in taken),
                "stages_p50_ms": _by_stage(stages),
            }
    return {**summary, "runs": tasks}


def ratios(ours: dict[str, list[Run]], theirs: dict[str, list[Run]]) -> dict[str, Any]:
    """Theirs divided by ours, pair by pair: above 1 Citewell is faster or smaller."""

    def latency(share: float) -> Callable[[Run], float]:
        return lambda run: quantile(run["printed"]["search_ms"], share)

    measures: dict[str, tuple[str, Callable[[Run], float]]] = {
        "ingest_wall": ("ingest", lambda r: r["wall_s"]),
        "ingest_cpu": ("ingest", lambda r: r["cpu_s"]),
        "ingest_peak": ("ingest", lambda r: r["peak_mb"]),
        "cold_wall": ("cold", lambda r: r["wall_s"]),
        "cold_cpu": ("cold", lambda r: r["cpu_s"]),
        "cold_peak": ("cold", lambda r: r["peak_mb"]),
        "search_p50": ("warm", latency(0.5)),
        "search_p95": ("warm", latency(0.95)),
        "warm_peak": ("warm", lambda r: r["peak_mb"]),
    }
    found = {}
    for name, (task, value) in measures.items():
        pairs = [value(b) / value(a) for a, b in zip(ours[task], theirs[task], strict=True)]
        found[name] = {
            "min": min(pairs),
            "median": statistics.median(pairs),
            "max": max(pairs),
            "pairs": pairs,
        }
    return found


def quantile(values: Sequence[float], share: float) -> float:
    """The value that `share` of the values do not exceed; one that was measured."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _medians(runs: Sequence[Run]) -> dict[str, float]:
    return {k: statistics.median(r[k] for r in runs) for k in ("wall_s", "cpu_s", "peak_mb")}


def _rate(ingest: Run) -> float:
    return float(ingest["printed"]["papers"] / ingest["wall_s"])


def _by_stage(runs: Sequence[dict[str, float]]) -> dict[str, float]:
    """Median by stage; a stage that a run lacks counts as nothing."""
    names = dict.fromkeys(name for stages in runs for name in stages)
    return {name: statistics.median(s.get(name, 0.0) for s in runs) for name in names}


def show(report: Report) -> None:
    """Print the report to standard output."""
    console = Console()
    machine = report["machine"]
    console.print(
        f"{report['date']} · {machine['cores']} cores, {machine['system']},"
        f" Python {machine['python']} · load before: {machine['load_before']:.1f}",
        style="dim",
        highlight=False,
    )
    console.print(_figures(report))
    console.print(_stages(report))


def _figures(report: Report) -> Table:
    table = Table(title="Medians", title_justify="left")
    table.add_column("")
    table.add_column("Citewell", justify="right")
    if report["ratios"]:
        table.add_column("LlamaIndex", justify="right")
        table.add_column("ratio (of pairs)", justify="right")
    for title, path, decimals, name in _ROWS:
        row = [title, _number(report["citewell"], path, decimals)]
        if report["ratios"]:
            row.append(_number(report["llamaindex"], path, decimals))
            ratio = report["ratios"].get(name)
            row.append(
                f"{ratio['median']:.1f} ({ratio['min']:.1f}–{ratio['max']:.1f})" if ratio else ""
            )
        table.add_row(*row)
    return table


def _stages(report: Report) -> Table:
    table = Table(title="Citewell by stage", title_justify="left")
    table.add_column("")
    table.add_column("stage")
    table.add_column("median", justify="right")
    for title, path, decimals in _STAGES:
        for number, (stage, value) in enumerate(_at(report["citewell"], path).items()):
            table.add_row("" if number else title, stage, f"{value:,.{decimals}f}")
        table.add_section()
    return table


def _number(side: Report, path: str, decimals: int) -> str:
    value = _at(side, path)
    return "" if value is None else f"{value:,.{decimals}f}"


def _at(side: Report, path: str) -> Any:
    """The value at a path of keys; None where a side does not have it."""
    value: Any = side
    for key in path.split():
        value = value.get(key) if value is not None else None
    return value
