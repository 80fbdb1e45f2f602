"""`citewell eval …`. Commands only parse, call and show; whoever mounts them lends a Host.

app.add_typer(eval.cli.app, name="eval")
app(args, obj=Host(ready=…, progress=…, notice=…))
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eval import jsonl
from eval.options import (
    Configs,
    CorpusName,
    DataDir,
    Debug,
    Host,
    JsonOut,
    Judges,
    Mode,
    Questions,
    RunFiles,
)
from rag import config as settings
from rag.errors import UsageError

if TYPE_CHECKING:
    from eval.runs import Run

app = typer.Typer(
    no_args_is_help=True,
    help="Measure how good the answers are: question sets, runs, comparisons, reports.",
    epilog="Definitions of every measure: docs/evaluation.md, or the end of any report.",
)


@app.command(
    epilog="Examples:\n\ncitewell eval run eval/data/dev.jsonl --json default.json\n\n"
    "citewell eval run eval/data/dev.jsonl --config retrieval=bm25 --json bm25.json\n\n"
    "citewell eval run mine.jsonl --json mine.json --resume"
)
def run(
    context: typer.Context,
    *,
    dataset: Annotated[
        Path, typer.Argument(metavar="SET", help="Question set, one JSON object a line.")
    ],
    json_out: JsonOut = None,
    mode: Mode = None,
    config: Configs = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="The first so many questions.", show_default=False)
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where a run to the same OUT stopped.")
    ] = False,
    judge: Judges = None,
    data_dir: DataDir = None,
    corpus: CorpusName = None,
    debug: Debug = False,
) -> None:
    """Ask every question of a set and measure the answers."""
    from eval import session, terminal

    host = Host.of(context)
    loaded = settings.load(data_dir=data_dir, corpus=corpus, mode=mode)
    if resume and json_out is None:
        raise UsageError("--resume needs the --json OUT of the run to go on with.")
    out = json_out or session.default_out(loaded, dataset)
    done = session.run(
        host, loaded, dataset, out, config or [], limit=limit, resume=resume, judges=judge
    )
    terminal.run(done)
    host.notice(f"Run written to {out}. See every question: citewell eval report {out}")
    if all(case.answer is None for case in done.cases):
        raise typer.Exit(1)


@app.command(epilog="Example:\n\ncitewell eval score default.json --json scores.json")
def score(
    context: typer.Context,
    *,
    run_file: Annotated[Path, typer.Argument(metavar="RUN", help="A run file.")],
    questions: Questions = None,
    json_out: JsonOut = None,
    data_dir: DataDir = None,
    corpus: CorpusName = None,
    debug: Debug = False,
) -> None:
    """Measure a run file again, from its rows alone."""
    from eval import terminal
    from eval.summary import summarise

    (loaded,) = _load(context, [run_file], questions, data_dir, corpus)
    terminal.run(loaded, everything=True)
    if json_out:
        jsonl.write(json_out, summarise(loaded.cases))


@app.command(epilog="Example:\n\ncitewell eval compare bm25.json default.json")
def compare(
    context: typer.Context,
    *,
    runs: RunFiles,
    questions: Questions = None,
    json_out: JsonOut = None,
    data_dir: DataDir = None,
    corpus: CorpusName = None,
    debug: Debug = False,
) -> None:
    """Paired differences to the first run: intervals, p-values, questions won and lost."""
    from eval import terminal
    from eval.compare import as_json, pairs

    if len(runs) < 2:
        raise UsageError("A comparison takes two run files or more.")
    loaded = _load(context, runs, questions, data_dir, corpus)
    comparisons = pairs(loaded)
    for comparison in comparisons:
        terminal.comparison(comparison)
    if json_out:
        jsonl.write(json_out, [as_json(comparison) for comparison in comparisons])


@app.command(
    epilog="Examples:\n\ncitewell eval report default.json -o report.html\n\n"
    "citewell eval report bm25.json default.json -o report.md"
)
def report(
    context: typer.Context,
    *,
    runs: RunFiles,
    out: Annotated[
        Path, typer.Option("-o", "--out", help="An .html page, or .md for a pull request.")
    ] = Path("report.html"),
    title: Annotated[str, typer.Option(help="Heading of the page.")] = "Citewell evaluation",
    questions: Questions = None,
    data_dir: DataDir = None,
    corpus: CorpusName = None,
    debug: Debug = False,
) -> None:
    """Write a report over one or more runs."""
    loaded = _load(context, runs, questions, data_dir, corpus)
    if out.suffix == ".md":
        from eval.report import markdown

        text = markdown.render(loaded)
    elif out.suffix in (".html", ".htm"):
        from eval.report import page

        text = page.render(loaded, title=title)
    else:
        raise UsageError(f"A report is .html or .md, not {out.name!r}.")
    jsonl.save(out, text)
    Host.of(context).notice(f"Report written to {out}")


@app.command(epilog="Example:\n\ncitewell eval check mine.jsonl")
def check(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="SET", help="Question set to check.")],
    data_dir: DataDir = None,
    corpus: CorpusName = None,
    debug: Debug = False,
) -> None:
    """Check a question set against the catalog; every fault with its line."""
    from eval import session
    from eval.questions import check as find

    host = Host.of(context)
    checked = find(file, session.papers(host, settings.load(data_dir=data_dir, corpus=corpus)))
    for warning in checked.warnings:
        host.notice(f"warning: {warning}")
    for fault in checked.faults:
        host.notice(str(fault))
    typer.echo(
        ", ".join(
            f"{len(found)} {what}{'s' * (len(found) != 1)}"
            for found, what in (
                (checked.questions, "question"),
                (checked.faults, "fault"),
                (checked.warnings, "warning"),
            )
        )
    )
    if checked.faults:
        raise typer.Exit(2)


@app.command(
    epilog="Examples:\n\ncitewell eval new -o drafts.jsonl\n\n"
    "citewell eval new judged.jsonl -o drafts.jsonl"
)
def new(
    context: typer.Context,
    judged: Annotated[
        Path | None,
        typer.Argument(
            metavar="JUDGED",
            help="Judged questions, one JSON object a line (default: those of the data folder).",
            show_default=False,
        ),
    ] = None,
    *,
    out: Annotated[Path, typer.Option("-o", "--out", help="Drafts are added to this file.")],
    data_dir: DataDir = None,
    corpus: CorpusName = None,
    debug: Debug = False,
) -> None:
    """Draft entries of a question set from questions judged in the chat."""
    from eval import session

    session.new_drafts(
        Host.of(context), settings.load(data_dir=data_dir, corpus=corpus), judged, out
    )


@app.command(epilog="Example:\n\ncitewell eval beir scifact --run scifact.tsv")
def beir(
    context: typer.Context,
    *,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder in BEIR's layout.")],
    split: Annotated[str, typer.Option(help="Which qrels to use.")] = "test",
    run_out: Annotated[
        Path | None,
        typer.Option(
            "--run",
            metavar="OUT",
            help="Write the rankings: .tsv has three columns, any other name trec_eval's six.",
            show_default=False,
        ),
    ] = None,
    index: Annotated[
        Path | None,
        typer.Option(
            help="Keep the index in this folder for the next time (default: a temporary one).",
            show_default=False,
        ),
    ] = None,
    json_out: JsonOut = None,
    config: Configs = None,
    data_dir: DataDir = None,
    corpus: CorpusName = None,
    debug: Debug = False,
) -> None:
    """Run a public collection through the product's own retrieval."""
    from eval import session, terminal

    found = session.beir(
        Host.of(context),
        settings.load(data_dir=data_dir, corpus=corpus),
        folder,
        split=split,
        pairs=config or [],
        run_out=run_out,
        index=index,
    )
    terminal.values({**found["measures"], **{k: found[k] for k in ("queries", "documents")}})
    if json_out:
        jsonl.write(json_out, found)


@app.command(epilog="Examples:\n\ncitewell eval gate\n\ncitewell eval gate --run dev.json --raise")
def gate(
    context: typer.Context,
    *,
    floors: Annotated[
        Path | None,
        typer.Option(help="Floors (default: those of the dev set).", show_default=False),
    ] = None,
    run_file: Annotated[
        Path | None,
        typer.Option("--run", help="Judge this run file, ask nothing.", show_default=False),
    ] = None,
    json_out: JsonOut = None,
    lift: Annotated[
        bool, typer.Option("--raise", help="Lift floors to the figures that exceed them.")
    ] = False,
    data_dir: DataDir = None,
    corpus: CorpusName = None,
    debug: Debug = False,
) -> None:
    """Fail when a figure has sunk below its floor by more than its noise, or a question failed.

    A guard against regressions, no measure of quality: the dev set was used for tuning.
    """
    from eval import gate as gates
    from eval import session, terminal

    host = Host.of(context)
    held = gates.load(floors or session.FLOORS)
    if run_file:
        (done,) = _load(context, [run_file], None, data_dir, corpus)
        gates.require_whole(done.cases, held)
    else:
        config = settings.load(data_dir=data_dir, corpus=corpus)
        done = session.gate_run(
            host, config, held.questions, json_out, fresh=not (data_dir or corpus)
        )
    verdicts = gates.judge(done.cases, held)
    if not terminal.gate(done, verdicts):
        raise typer.Exit(1)
    if lift and (names := gates.raised(held.path, verdicts)):
        host.notice(f"Raised in {held.path}: {', '.join(names)}. Say so in docs/log.md.")


def _load(
    context: typer.Context,
    files: list[Path],
    questions: Path | None,
    data_dir: Path | None,
    corpus: str | None,
) -> list[Run]:
    from eval import session

    config = settings.load(data_dir=data_dir, corpus=corpus)
    return session.load(Host.of(context), config, files, questions)
