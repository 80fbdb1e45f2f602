"""`citewell table`: an evidence table over papers, drawn here or written to a file."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag import config as settings
from rag.errors import Stopped, UsageError
from ui import exporting
from ui.options import AsJson, CorpusName, DataDir, Debug, Mode, Output

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.export.tables import TableFormat
    from rag.records import Paper
    from rag.table.records import Cell, Table, TableEvent

app = typer.Typer()

_ENDINGS = {
    ".csv": "csv",
    ".xlsx": "xlsx",
    ".md": "markdown",
    ".markdown": "markdown",
    ".tex": "latex",
    ".json": "json",
    "": "markdown",
}


@app.command(
    epilog='Examples:\n\ncitewell table "class-incremental learning" -c method -c "data sets"\n\n'
    'citewell table "robot manipulation" -k 20 -c "how many tasks?" -o robots.xlsx\n\n'
    "citewell table --id ID --id ID -c result -c limitation --format latex",
)
def table(
    context: typer.Context,
    *,
    asked: Annotated[
        list[str] | None,
        typer.Argument(
            help="What the papers are about, in quotes; constraints count.", show_default=False
        ),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--column",
            "-c",
            help="A column: problem, method, data sets, result, limitation, code, compared with,"
            " or a question of your own; may be repeated (default: method, data sets, result,"
            " limitation).",
            show_default=False,
        ),
    ] = None,
    ids: Annotated[
        list[str] | None,
        typer.Option(
            "--id", help="Only the paper of this id; may be repeated.", show_default=False
        ),
    ] = None,
    most: Annotated[
        int | None,
        typer.Option(
            "-k",
            min=1,
            max=200,
            help="How many papers, the best ones (default: those that answer, at most 20).",
            show_default=False,
        ),
    ] = None,
    mode: Mode = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Ask the model anew for cells that it has filled.")
    ] = False,
    format_name: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="Write as csv, xlsx, markdown, latex or json.",
            metavar="FORMAT",
            show_default=False,
        ),
    ] = None,
    output: Output = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    corpus: CorpusName = None,
    debug: Debug = False,
) -> None:
    """Lay papers side by side: what each abstract says to each column, with its words."""
    from rag.table.build import TableBuilder
    from rag.table.columns import columns_of

    to = target(format_name, output, as_json=as_json)
    words = _words(asked, ids)
    wanted = columns_of(columns or [])
    config = settings.load(data_dir=data_dir, corpus=corpus, mode=mode)
    assistant = context.obj.ready(config)
    papers = _papers(assistant, words, ids, most)
    events = TableBuilder(assistant).fill(
        words,
        papers,
        wanted,
        mode="llm" if config.answers_with_model else "extractive",
        fresh=fresh,
    )
    made, stopped = filled(events)
    give(made, to)
    if stopped:
        done, cells = len(made.cells), len(papers) * len(wanted)
        raise Stopped(
            f"Stopped. {done} of {cells} cells are filled; the same command fills the rest."
        )


def target(
    name: str | None, output: Path | None, *, as_json: bool = False
) -> exporting.Target[TableFormat] | None:
    """Raises UsageError."""
    from rag.export.tables import TABLE_FORMATS

    to = exporting.target(name, output, TABLE_FORMATS, _ENDINGS, as_json=as_json)
    if as_json:
        return exporting.Target(kind=TABLE_FORMATS["json"], file=None)
    if to and to.kind.binary and to.file is None:
        raise UsageError(
            f"{to.kind.label} is no text to print: it needs a file.",
            remedy=f"Name one: -o table.{to.kind.extension}",
        )
    return to


def _words(asked: Sequence[str] | None, ids: Sequence[str] | None) -> str:
    """What the table is about. Raises UsageError."""
    if asked and len(asked) > 1:
        raise UsageError(
            f"What the table is about came as several words: {' '.join(asked)}",
            remedy='Put it in quotes, and each column: citewell table "…" -c "data sets"',
        )
    words = asked[0] if asked else ""
    if not words.strip() and not ids:
        raise UsageError(
            "Nothing says which papers the table is about.",
            remedy='Name a topic: citewell table "…", or papers: citewell table --id ID',
        )
    return words


def _papers(
    assistant: Assistant, words: str, ids: Sequence[str] | None, most: int | None
) -> tuple[Paper, ...]:
    """The rows. Raises UnknownPaper, and what `rows_for` raises."""
    from rag.table.build import rows_for
    from ui import terminal

    if ids:
        exporting.chosen(assistant.index_manager.catalog, ids)
    with terminal.working("Looking for the papers"):
        return rows_for(assistant, words, most=most, within=ids or None)


def filled(events: Iterator[TableEvent]) -> tuple[Table, bool]:
    """The table, as far as it came, and whether somebody has stopped it. Tells what the model will
    take before it is asked, and how far it is."""
    from rag.records import Usage
    from rag.table.records import CellFilled, TableBegun, TableFinished
    from ui import table_view, terminal

    begun: Table | None = None
    spent = Usage()
    cells: dict[tuple[str, str], Cell] = {}
    total = 0
    try:
        with terminal.progress("Filling the table") as progress:
            for event in events:
                match event:
                    case TableBegun(table=begun, estimate=estimate):
                        cells.update(begun.cells)
                        total = len(begun.papers) * len(begun.columns)
                        if estimate.calls:
                            table_view.estimate(estimate)
                            progress("cells", len(cells), total)
                    case CellFilled(paper_id=paper_id, column=column, cell=cell, usage=spent):
                        cells[paper_id, column.question] = cell
                        progress("cells", len(cells), total)
                    case TableFinished(table=finished):
                        return finished, False
    except KeyboardInterrupt:
        if begun is None:
            raise
        return replace(begun, cells=cells, usage=spent), True
    finally:
        if isinstance(events, Generator):
            events.close()
    raise AssertionError("a table ends with TableFinished")


def give(table: Table, to: exporting.Target[TableFormat] | None) -> None:
    from ui import table_view

    if to:
        to.write(to.kind.write(table))
    else:
        table_view.draw(table)
    table_view.told(table)
