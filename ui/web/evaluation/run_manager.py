"""Runs of a question set from the page: one at a time, in the background, over the assistant that
answers now, while people go on asking."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from eval import configs, session
from eval.options import Host, Progress
from rag.assistant import Assistant
from rag.config import Config
from rag.errors import UsageError
from rag.records import Mode
from rag.retrieval.first_stage import Weights
from ui.web.background import Background, Report
from ui.web.current_assistant import CurrentAssistant, renewed
from ui.web.evaluation.run_files import FOLDER as RUNS
from ui.web.evaluation.run_files import KeptRuns
from ui.web.evaluation.sets import FOLDER as SETS
from ui.web.evaluation.sets import QuestionSets

RANKINGS = {
    "default": "All ingredients",
    "no-late": "Without late interaction",
    "no-dense": "Without dense vectors",
    "no-lexical": "Without BM25",
    "dense": "Dense vectors alone",
    "bm25": "BM25 alone",
    "rrf": "Reciprocal rank fusion",
}
"""Names of `eval.configs.BASELINES`, as the page calls them."""


class RunManager:
    """The sets and runs of a data folder, and the run that is at work."""

    def __init__(self, assistant: CurrentAssistant) -> None:
        folder = assistant.config.data_dir
        self.sets = QuestionSets(folder / SETS)
        self.runs = KeptRuns(folder / RUNS)
        self.work = Background("A run")
        self._assistant = assistant

    def start(
        self,
        set_file: str,
        *,
        mode: Mode = "extractive",
        ranking: str = "default",
        limit: int | None = None,
        name: str = "",
    ) -> None:
        """Raises UsageError for what cannot be run, and while another run is at work."""
        if ranking not in RANKINGS:
            raise UsageError(f"There is no ranking {ranking}.")
        pairs = [] if ranking == "default" else [f"retrieval={ranking}"]
        path = self.sets.path(set_file)
        writer = self._assistant.config.model if mode == "llm" else ""
        parts = [name] if name else [path.stem, ranking if pairs else "", writer or ""]
        slug = "-".join(re.sub(r"[^\w.]+", "-", part).strip("-.")[:60] for part in parts if part)
        run = f"{slug or path.stem}-{datetime.now():%Y%m%d-%H%M%S}"
        self._start(self.runs.free(run), path, mode, pairs, limit, resume=False)

    def go_on(self, name: str) -> None:
        """Go on with a run that was stopped or broke off. Raises UsageError where its set or its
        settings are no longer the same."""
        about = self.runs.about(name)
        set_file = self.sets.path(str(about["questions"]))
        mode, pairs = cast(Mode, about["mode"]), [str(pair) for pair in about["config"]]
        self._start(name, set_file, mode, pairs, int(about["asked"]), resume=True)

    def _start(
        self,
        name: str,
        set_file: Path,
        mode: Mode,
        pairs: Sequence[str],
        limit: int | None,
        *,
        resume: bool,
    ) -> None:
        current = self._assistant.current
        if not isinstance(current, Assistant):
            raise UsageError("Only a whole assistant can be evaluated.")
        if mode == "llm" and current.config.model is None:
            raise UsageError("No model is named.", remedy="Name one under Settings.")
        config = replace(current.config, mode=mode)

        def ready(config: Config, *, weights: Weights | None = None) -> Assistant:
            return cast(Assistant, renewed(current, config, weights=weights))

        def run(report: Report) -> str:
            @contextlib.contextmanager
            def progress(title: str) -> Iterator[Progress]:
                report(title, 0, 0)
                yield report

            host = Host(ready=ready, progress=progress, notice=lambda text: None)
            out = self.runs.folder / f"{name}.json"
            done = session.run(
                host, config, set_file, out, pairs, limit=limit, resume=resume, judges=["none"]
            )
            failed = sum(case.answer is None for case in done.cases)
            return f"{len(done.cases)} questions asked" + (f", {failed} failed." if failed else ".")

        configs.parse(pairs)
        self.work.start(run, name=name, set=set_file.stem, mode=mode)

    def state(self) -> dict[str, Any]:
        return self.work.state()
