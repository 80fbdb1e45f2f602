"""The terminal: `citewell`. Commands only parse, call and render; nothing heavy is imported
before the command that needs it runs."""

from __future__ import annotations

import json
import os
import sys
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

# Before numpy is imported: our matrices are small, and OpenBLAS's threads spin while they wait
# for each other. The embedded model has threads of its own.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from eval.cli import app as evaluation
from eval.options import Host
from rag import config as settings
from rag.config import AnswerMode, Config
from rag.errors import CitewellError

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.retrieve import Weights
    from ui.session import Progress

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=(
        "Chat with a corpus of paper abstracts; every claim cites the exact words it rests on.\n\n"
        "Where nothing is indexed yet, the bundled corpus is indexed first."
    ),
    epilog=(
        'Start with: [bold]citewell ask "which papers mitigate entropy collapse in RLVR?"[/bold]'
    ),
)

app.add_typer(evaluation, name="eval")

DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        help="Folder of catalog and indexes. [default: CITEWELL_DATA_DIR, or the user's own]",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON alone on standard output.")]
Mode = Annotated[
    AnswerMode | None,
    typer.Option(
        "--mode",
        help="Who writes: quoted sentences alone, or a model. [default: auto]",
        show_default=False,
    ),
]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]


@app.command(
    epilog="Examples:\n\n"
    "citewell ingest                       the bundled corpus\n\n"
    "citewell ingest papers.jsonl pages/   files and folders of your own\n\n"
    "citewell ingest page.txt --year 2024  the year of dates that state none",
)
def ingest(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Files or folders; none: the bundled corpus.", show_default=False),
    ] = None,
    year: Annotated[
        int | None, typer.Option(help="Year of dates that state none.", show_default=False)
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Read papers into the catalog and index them."""
    from ingest.build import ingest as run
    from ingest.readers import read
    from rag.catalog import Catalog
    from rag.wiring import make_embedder
    from ui import terminal
    from ui.session import BUNDLED, bundled

    config = settings.load(data_dir=data_dir)
    reading = read(paths, year=year) if paths else bundled()
    catalog = Catalog(config.data_dir)
    command = " ".join([BUNDLED, *(str(p) for p in paths or ())])
    with terminal.progress("Indexing") as progress:
        summary = run(
            reading.records, catalog, make_embedder(config), command=command, report=progress
        )
    counts = {**asdict(summary), "rejected": len(reading.problems)}
    for problem in reading.problems:
        terminal.problem(problem)
    if as_json:
        _print_json({**counts, "problems": [str(p) for p in reading.problems]})
    else:
        terminal.out(", ".join(f"{name} {count:,}" for name, count in counts.items()))
    if reading.problems:
        raise typer.Exit(2)


@app.command(
    epilog='Examples:\n\ncitewell search "class-incremental learning without replay"\n\n'
    'citewell search "robot learning papers from 2025" -k 5 --json',
)
def search(
    question: Annotated[str, typer.Argument(help="What to look for; constraints count.")],
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="How many papers.")] = 10,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Rank papers for a question, without an answer."""
    from rag import jsons
    from ui import terminal

    assistant = _ready(settings.load(data_dir=data_dir, mode="extractive"))
    result = assistant.search(question, k=k)
    if as_json:
        _print_json(jsons.search(result))
    else:
        terminal.hits(result)


@app.command(
    epilog='Examples:\n\ncitewell ask "which papers mitigate entropy collapse in RLVR?"\n\n'
    'citewell ask "and for image models?" --history talk.json\n\n'
    'CITEWELL_MODEL=llama3.1 OPENAI_BASE_URL=http://localhost:11434/v1 citewell ask "…"',
)
def ask(
    question: Annotated[str, typer.Argument(help="The question.")],
    history: Annotated[
        Path | None,
        typer.Option(help='Earlier turns: a JSON list of {"role", "content"}.', show_default=False),
    ] = None,
    mode: Mode = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Answer a question with checked citations."""
    from rag import jsons
    from ui import terminal

    config = settings.load(data_dir=data_dir, mode=mode)
    turns = jsons.read_history(history) if history else ()
    assistant = _ready(config)
    if as_json:
        _print_json(jsons.answer(assistant.ask(question, history=turns)))
    else:
        terminal.answer(assistant.stream(question, history=turns))


@app.command(epilog="Example:\n\ncitewell papers --json | jq length")
def papers(as_json: AsJson = False, data_dir: DataDir = None, debug: Debug = False) -> None:
    """List the papers of the catalog."""
    from rag import jsons
    from ui import terminal

    catalog = _ready(settings.load(data_dir=data_dir, mode="extractive")).shelf.catalog
    found = catalog.papers()
    if as_json:
        _print_json([jsons.paper(p) for p in found])
    else:
        terminal.papers(found)


@app.command(epilog="Example:\n\ncitewell reindex --embed   after changing the embedding model")
def reindex(
    embed: Annotated[
        bool, typer.Option("--embed", help="Chunk and embed all papers anew as well.")
    ] = False,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Rebuild the indexes from the catalog."""
    from ingest.build import reembed
    from rag import indexes
    from rag.catalog import Catalog
    from rag.wiring import make_embedder
    from ui import terminal

    config = settings.load(data_dir=data_dir)
    catalog = Catalog(config.data_dir)
    with terminal.progress("Rebuilding the indexes") as progress:
        if embed:
            reembed(catalog, make_embedder(config), report=progress)
        else:
            built = indexes.rebuild(catalog)
            built.close()
    terminal.out(f"Indexes of {len(catalog):,} papers rebuilt.")


@app.command(epilog="Example:\n\ncitewell ui --port 8080")
def ui(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port.")] = 7860,
    mode: Mode = None,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Serve the chat page."""
    from ui import terminal
    from ui.settings import Settings
    from ui.web.server import serve

    assistant = _ready(settings.load(data_dir=data_dir, mode=mode))
    with terminal.working("Opening the page"):
        assistant.warm()
    changeable = Settings(assistant.config.data_dir, given={"mode": mode})
    serve(assistant, host=host, port=port, settings=changeable)


@app.command(epilog="Example:\n\ncitewell doctor --json")
def doctor(as_json: AsJson = False, data_dir: DataDir = None, debug: Debug = False) -> None:
    """Show what is configured, what is indexed, and what leaves the machine."""
    from ui import terminal
    from ui.doctor import examine

    report = examine(settings.load(data_dir=data_dir))
    if as_json:
        _print_json(report.as_json())
    else:
        terminal.doctor(report)
    if not report.healthy:
        raise typer.Exit(1)


def _ready(config: Config, *, weights: Weights | None = None) -> Assistant:
    from ui import session

    return session.ready(config, _progress, weights=weights)


def _progress(title: str) -> AbstractContextManager[Progress]:
    from ui import terminal

    return terminal.progress(title)


def _notice(text: str) -> None:
    from ui import terminal

    terminal.notice(text)


def _rated(config: Config) -> list[dict[str, Any]]:
    from ui import session

    return session.judged(config)


def _print_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def main(arguments: list[str] | None = None) -> None:
    """The console command. Never shows a traceback, unless with `--debug`."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        app(
            args=arguments,
            prog_name="citewell",
            obj=Host(ready=_ready, progress=_progress, notice=_notice, rated=_rated),
        )
        code = 0
    except CitewellError as error:
        if "--debug" in arguments:
            raise
        from ui import terminal

        terminal.problem(error)
        code = error.exit_code
    except Exception as error:
        if "--debug" in arguments:
            raise
        from ui import terminal

        terminal.problem(
            CitewellError(
                f"Something went wrong that should not have: {type(error).__name__}: {error}",
                remedy="Run it again with --debug for the traceback, and tell us.",
            )
        )
        code = 1
    sys.exit(code)


if __name__ == "__main__":
    main()
