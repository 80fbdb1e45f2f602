"""What the commands have in common: an assistant, its fingerprint, and a run from start to file."""

from __future__ import annotations

import hashlib
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
from eval.run import Journal, alone, answer_all
from eval.summary import summarise
from rag.answer.fingerprint import fingerprint, software_version
from rag.config import Config
from rag.errors import Stopped, UsageError
from rag.records import Paper

if TYPE_CHECKING:
    from eval.options import Host
    from rag.assistant import Assistant

DATA = Path(str(files("eval"))) / "data"
FLOORS = DATA / "floors.json"


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
    """Ask all questions and write the run file. Raises Stopped at Ctrl-C, which leaves the
    journal."""
    assistant = host.ready(config, weights=configs.parse(pairs) if pairs else None)
    held = {paper.paper_id: paper for paper in assistant.index_manager.catalog.papers()}
    questions = load_questions(dataset, held.values())[:limit]
    columns = graders.chosen(judges, assistant)
    about = describe(assistant, dataset, questions, pairs, [g.names for g in columns])
    with alone(out):
        journal = Journal.beside(out, about, resume=resume)
        try:
            with host.progress("Asking") as told:
                rows = answer_all(
                    questions,
                    assistant,
                    papers=held,
                    graders=columns,
                    journal=journal,
                    progress=lambda done, total: told("questions", done, total),
                )
        except KeyboardInterrupt as stop:
            kept = (
                f"Stopped; finished rows are in {journal.path}. Go on with: --json {out} --resume"
            )
            raise Stopped(kept) from stop
        except UsageError:
            host.notice(f"Stopped; finished rows are in {journal.path}. Go on with: --resume")
            raise
        cases = runs.cases(questions, rows, held)
        runs.save(
            out,
            summary=summarise(cases),
            fingerprint=about,
            rows=rows,
            questions=questions,
            papers=held,
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
    corpus = assistant.index_manager.indexes().corpus_hash
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
        "code": code(),
    }


def code() -> str:
    """A digest of the code that answers. A version number stands for many states of it while it
    is being worked on."""
    digest = hashlib.sha256()
    root = Path(str(files("rag")))
    for path in sorted(root.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def load(
    host: Host, config: Config, files: Sequence[Path], questions: Path | None
) -> list[runs.Run]:
    """Run files under names that tell them apart. `questions` is read with the catalog's papers
    and replaces what the files hold."""
    if questions is None:
        loaded = [runs.load(file) for file in files]
    else:
        held = papers(host, config)
        asked = load_questions(questions, held)
        loaded = [runs.load(file, questions=asked, papers=held) for file in files]
    names = runs.distinct_names(files)
    return [replace(one, name=name) for one, name in zip(loaded, names, strict=True)]


def papers(host: Host, config: Config) -> list[Paper]:
    """Those of the catalog."""
    return host.ready(replace(config, mode="extractive")).index_manager.catalog.papers()


def new_drafts(host: Host, config: Config, judged: Path | None, out: Path) -> None:
    """Add drafts to `out` from the file `judged`, or from what was judged in the chat. Raises
    UsageError where nothing was."""

    rated = drafts.read(judged) if judged else [drafts.parse(one) for one in host.rated(config)]
    if not rated:
        raise UsageError(
            f"No answer has been judged in {judged or config.data_dir}.",
            remedy="Judge some on the page (citewell ui), then run this again.",
        )
    added = drafts.add(rated, out, papers(host, config))
    if added:
        host.notice(
            f'Drafts added to {out}: {added}. Complete each, remove its "draft", then:'
            f" citewell eval check {out}"
        )
    else:
        host.notice(f"All that was judged is in {out} already.")


def gate_run(
    host: Host, config: Config, questions: Path, out: Path | None, *, fresh: bool
) -> runs.Run:
    """All questions of the floors' set, extractively. `fresh`: over the bundled corpus in a folder
    of its own, so that what the user's catalog holds does not matter."""
    config = replace(config, mode="extractive")
    with tempfile.TemporaryDirectory(prefix="citewell-gate-") as folder:
        if fresh:
            config = replace(config, data_dir=Path(folder), corpus=None)
        return run(host, config, questions, out or Path(folder) / "gate.json", [], judges=["none"])


def beir(
    host: Host,
    config: Config,
    folder: Path,
    *,
    split: str,
    pairs: Sequence[str],
    run_out: Path | None = None,
    index: Path | None = None,
) -> dict[str, Any]:
    """Index, rank and measure a collection; `--json` prints what this returns."""
    collection = collections.read(folder, split)
    weights = configs.parse(pairs) if pairs else None
    seconds: dict[str, float] = {}
    clock = time.perf_counter()
    with (
        host.progress(f"Indexing {collection.name}") as told,
        collections.assistant_over(
            collection.papers, config, index=index, weights=weights, report=told
        ) as assistant,
    ):
        seconds["index"], clock = time.perf_counter() - clock, time.perf_counter()
        rankings = collections.rank_all(
            collection,
            collections.ranker(assistant),
            lambda done, total: told("queries", done, total),
        )
        seconds["rank"] = time.perf_counter() - clock
        embedder, ranked = assistant.embedder.fingerprint, asdict(assistant.weights)
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
            "weights": ranked,
            "config": list(pairs),
            "version": software_version(),
            "code": code(),
        },
    }
