"""Citewell's side of `scripts/bench.py`: the product's own code, timed from within.

    bench_citewell.py ingest --data-dir DIR                      the command, by stage
    bench_citewell.py warm   --data-dir DIR --questions FILE     search, then ask, in one process
    bench_citewell.py papers --data-dir DIR                      titles and abstracts, for others

The cold `citewell ask` needs no help from here. Prints one JSON object; the parent process
measures wall time and memory from outside.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# First, as in the command: what it sets for the process holds here too.
from ui import cli


class Stopwatch:
    """Seconds by stage. The first runs from the moment the parent started this process."""

    def __init__(self) -> None:
        self._last = float(os.environ["BENCH_STARTED"])
        self.stages: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        now = time.time()
        self.stages[stage] = self.stages.get(stage, 0.0) + now - self._last
        self._last = now


def ingest(data_dir: Path) -> dict[str, Any]:
    """`citewell ingest --json`, with an ear at its progress bar."""
    from ui import terminal

    watch, stage = Stopwatch(), "start and read"
    show = terminal.progress

    @contextlib.contextmanager
    def overheard(title: str) -> Iterator[Any]:
        nonlocal stage
        watch.lap(stage)
        stage = "embedding"  # loading the model belongs to it
        with show(title) as bar:

            def told(name: str, done: int, total: int) -> None:
                nonlocal stage
                if name != stage:
                    watch.lap(stage)
                    stage = name
                bar(name, done, total)

            yield told

    terminal.progress = overheard
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.suppress(SystemExit):
        cli.main(["ingest", "--json", "--data-dir", str(data_dir)])
    watch.lap(stage)
    return {"papers": json.loads(printed.getvalue())["papers"], "stages_s": watch.stages}


def warm(data_dir: Path, questions: dict[str, list[str]]) -> dict[str, Any]:
    """Milliseconds of each question, in all and by stage; no question is asked twice."""
    from rag import config
    from ui import session, terminal

    assistant = session.ready(config.load(data_dir=data_dir, mode="extractive"), terminal.progress)
    assistant.warm()
    taken: dict[str, Any] = {}
    for task, call in (("search", assistant.search), ("ask", assistant.ask)):
        total, stages = [], []
        for question in questions[task]:
            start = time.perf_counter()
            result = call(question)
            total.append(1000 * (time.perf_counter() - start))
            stages.append({k: v for k, v in result.timings_ms.items() if k != "total"})
        taken[f"{task}_ms"], taken[f"{task}_stages_ms"] = total, stages
    return taken


def papers(data_dir: Path) -> list[dict[str, str]]:
    from rag.storage.catalog import Catalog

    return [{"title": p.title, "abstract": p.abstract} for p in Catalog(data_dir).papers()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("task", choices=["ingest", "warm", "papers"])
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--questions", type=Path)
    given = parser.parse_args()
    result: Any
    if given.task == "ingest":
        result = ingest(given.data_dir)
    elif given.task == "warm":
        result = warm(given.data_dir, json.loads(given.questions.read_text("utf-8")))
    else:
        result = papers(given.data_dir)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
