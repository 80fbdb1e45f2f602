"""`make bench` runs and says what it promises. No time is asserted: machines differ."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parent.parent / "scripts" / "bench.py"


@pytest.mark.slow
def test_a_quick_run_yields_every_figure(tmp_path: Path) -> None:
    out = tmp_path / "bench.json"
    command = [sys.executable, str(BENCH), "--quick", "--json", str(out)]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "warm search, p50" in ended.stdout

    report = json.loads(out.read_text("utf-8"))
    assert {"command", "date", "machine", "citewell", "llamaindex", "ratios"} == set(report)
    assert report["llamaindex"] is report["ratios"] is None
    ours = report["citewell"]
    assert ours["ingest"]["papers"] == 536
    assert {"embedding", "indexing"} <= set(ours["ingest"]["stages_s"])
    for task in ("ingest", "cold"):
        assert min(ours[task][field] for field in ("wall_s", "cpu_s", "peak_mb")) > 0
    for task in ("search", "ask"):
        warm = ours["warm"][task]
        assert warm["questions"] == 5
        assert 0 < warm["p50_ms"] <= warm["p95_ms"]
        assert {"understand", "retrieve"} <= set(warm["stages_p50_ms"])
    assert ours["warm"]["peak_mb"] > 0
    assert {task: len(runs) for task, runs in ours["runs"].items()} == {
        "ingest": 1,
        "cold": 1,
        "warm": 1,
    }


def test_what_cannot_be_measured_is_refused() -> None:
    ended = subprocess.run(
        [sys.executable, str(BENCH), "--rounds", "0"], capture_output=True, check=False
    )
    assert ended.returncode == 2
