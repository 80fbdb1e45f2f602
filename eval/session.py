"""What the commands have in common: an assistant, its fingerprint, and a run from start to file."""

from __future__ import annotations

import hashlib
import json
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval import beir as collections
from eval import configs, drafts, graders, runs
from eval.questions import Question
from eval.questions import load as load_questions
from eval.run import Journal, answer_all
from eval.summary import summarise
from rag.config import Config
from rag.errors import UsageError
from rag.fingerprint import fingerprint, software_version

if TYPE_CHECKING:
    from eval.options import Host
    from rag.assistant import Assistant

_DATA = Path(str(files("eval"))) / "data"
DEV = _DATA / "dev.jsonl"
FLOORS = _DATA / "floors.json"


def default_out(config: Config, dataset: Path) -> Path:
    """Where a run goes that names no file: the data folder, with the time in its name."""
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    return config.data_dir / "runs" / f"{dataset.stem}-{stamp}.json"


def run(
    host: Host,
    config: Config,
    dataset: Path,
    out: Path,
    pairs: Sequence[str],
    *,
    limit: int | None = None,
    resume: bool = False,
    judges: Sequence[str] | None = None,
) -> runs.Run:
    """Ask all questions and write the run file. Ctrl-C leaves the journal, says so, and goes on
    its way."""
    assistant = host.ready(config, weights=configs.parse(pairs) if pairs else None)
    papers = {paper.paper_id: paper for paper in assistant.shelf.catalog.papers()}
    questions = load_questions(dataset, papers.values())[:limit]
    columns = graders.chosen(judges, assistant)
    about = describe(assistant, dataset, questions, pairs, [g.names for g in columns])
    journal = Journal.beside(out, about, resume=resume)
    try:
        with host.progress("Asking") as told:
            rows = answer_all(
                questions,
                assistant,
                papers=papers,
                graders=columns,
                journal=journal,
                progress=lambda done, total: told("questions", done, total),
            )
    except KeyboardInterrupt:
        host.notice(f"Stopped; finished rows are in {journal.path}. Go on with: --resume")
        raise
    cases = runs.cases(questions, rows, papers)
    runs.save(
        out,
        summary=summarise(cases),
        fingerprint=about,
        rows=rows,
        questions=questions,
        papers=papers,
    )
    journal.remove()
    return runs.Run(name=out.stem, fingerprint=about, cases=cases)


def describe(
    assistant: Assistant,
    dataset: Path,
    questions: Sequence[Question],
    pairs: Sequence[str],
    columns: Sequence[Sequence[str]],
) -> dict[str, Any]:
    """The fingerprint of a run: settings, index, model, and the questions it was over."""
    config, embedder = assistant.config, assistant.embedder
    mode: Any = "llm" if config.answers_with_model else "extractive"
    corpus = assistant.shelf.indexes().corpus_hash
    return {
        "answers": fingerprint(
            config,
            embedder=embedder.fingerprint,
            corpus=corpus,
            mode=mode,
            weights=assistant.weights,
        ),
        "mode": mode,
        "model": config.model if mode == "llm" else None,
        "embedder": embedder.fingerprint,
        "corpus": corpus,
        "config": list(pairs),
        "questions": dataset.name,
        "questions_sha256": hashlib.sha256(dataset.read_bytes()).hexdigest(),
        "asked": len(questions),
        "judges": [name for names in columns for name in names],
        "version": software_version(),
    }


def new_drafts(host: Host, config: Config, ratings: Path | None, out: Path) -> None:
    """Add drafts to `out` from the file `ratings`, or from what was judged in the chat. Raises
    UsageError where nothing was."""
    rated = drafts.read(ratings) if ratings else host.rated(config)
    if not rated:
        raise UsageError(
            f"No answer has been judged in {ratings or config.data_dir}.",
            remedy="Judge some on the page (citewell ui), then run this again.",
        )
    catalog = host.ready(replace(config, mode="extractive")).shelf.catalog
    papers = {paper.paper_id: paper for paper in catalog.papers()}
    drafted = drafts.draft(rated, papers, held=drafts.held(out))
    with out.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(entry, ensure_ascii=False) + "\n" for entry in drafted)
    if drafted:
        host.notice(
            f'{len(drafted)} drafts added to {out}. Complete each, remove its "draft", then:'
            f" citewell eval check {out}"
        )
    else:
        host.notice(f"All that was judged ({len(rated)} answers) is in {out} already.")


def gate_run(host: Host, config: Config, out: Path | None, *, fresh: bool) -> runs.Run:
    """The dev set, extractively. `fresh`: over the bundled corpus in a folder of its own, so
    that what the user's catalog holds does not matter."""
    config = replace(config, mode="extractive")
    with tempfile.TemporaryDirectory(prefix="citewell-gate-") as folder:
        if fresh:
            config = replace(config, data_dir=Path(folder))
        return run(host, config, DEV, out or Path(folder) / "gate.json", [], judges=["none"])


def beir(
    host: Host,
    config: Config,
    folder: Path,
    *,
    split: str,
    pairs: Sequence[str],
    run_out: Path | None,
) -> dict[str, Any]:
    """Index, rank and measure a collection; `--json` prints what this returns."""
    collection = collections.read(folder, split)
    weights = configs.parse(pairs) if pairs else None
    seconds: dict[str, float] = {}
    clock = time.perf_counter()
    with (
        host.progress(f"Indexing {collection.name}") as told,
        collections.temporary_assistant(
            collection.papers, config, weights=weights, report=told
        ) as assistant,
    ):
        seconds["index"], clock = time.perf_counter() - clock, time.perf_counter()
        rankings = collections.rank_all(
            collection,
            collections.ranker(assistant),
            lambda done, total: told("queries", done, total),
        )
        seconds["rank"] = time.perf_counter() - clock
        embedder = assistant.embedder.fingerprint
    if run_out:
        collections.write_run(run_out, rankings)
    found: Mapping[str, float] = collections.measures(collection, rankings)
    return {
        "collection": collection.name,
        "split": split,
        "queries": len(collection.queries),
        "documents": len(collection.papers),
        "measures": {name: round(value, 4) for name, value in found.items()},
        "seconds": {name: round(value, 2) for name, value in seconds.items()},
        "fingerprint": {
            "embedder": embedder,
            "weights": asdict(weights) if weights else None,
            "version": software_version(),
        },
    }
