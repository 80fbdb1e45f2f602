"""Commands that hand out what is there: the papers of the catalog, and kept conversations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from rag import config as settings
from rag.errors import UsageError
from ui import exporting
from ui.exporting import print_json
from ui.options import AsJson, Authors, CorpusName, DataDir, Debug, FormatName, Output

if TYPE_CHECKING:
    from ui.web.marks.kept import Reading

app = typer.Typer()


@app.command(
    epilog="Examples:\n\ncitewell papers --json | jq length\n\n"
    "citewell papers -o library.bib  # all of them for LaTeX\n\n"
    "citewell papers --author Schröder\n\n"
    'citewell papers --tag "reward models" --to-read  # of your own marks (citewell mark)',
)
def papers(
    context: typer.Context,
    *,
    ids: Annotated[
        list[str] | None,
        typer.Option(
            "--id", help="Only the paper of this id; may be repeated.", show_default=False
        ),
    ] = None,
    authors: Authors = None,
    tags: Annotated[
        list[str] | None,
        typer.Option(
            "--tag", help="Only papers with this tag; may be repeated.", show_default=False
        ),
    ] = None,
    to_read: Annotated[
        bool, typer.Option("--to-read", help="Only papers on the reading list.")
    ] = False,
    read: Annotated[bool, typer.Option("--read", help="Only papers noted as read.")] = False,
    noted: Annotated[bool, typer.Option("--noted", help="Only papers with a note.")] = False,
    format_name: FormatName = None,
    output: Output = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    corpus: CorpusName = None,
    debug: Debug = False,
) -> None:
    """List the papers of the catalog, with what you have put on them."""
    from rag.export import json_records as jsons
    from ui import desk, terminal
    from ui.web.marks.kept import MarkFilter, as_annotations

    target = exporting.wanted(format_name, output, as_json=as_json)
    if to_read and read:
        raise UsageError("No paper is both to read and read.", remedy="Give one of the two.")
    config = settings.load(data_dir=data_dir, corpus=corpus, mode="extractive")
    catalog = context.obj.ready(config).index_manager.catalog
    found = exporting.chosen(catalog, ids, authors)
    marks = desk.all_marks(config.data_dir)
    reading: Reading = "to_read" if to_read else "read" if read else ""
    if wanted := MarkFilter(tags=tuple(tags or ()), reading=reading, noted=noted):
        found = desk.only_marked(found, marks, wanted)
    if target:
        target.write(target.kind.of_papers(found, as_annotations(marks)))
    elif as_json:
        print_json([jsons.paper(p) for p in found])
    else:
        told = {paper: desk.marks_in_words(one) for paper, one in marks.items()}
        terminal.papers(found, told)


@app.command(
    epilog="Examples:\n\ncitewell export --list\n\n"
    "citewell export --format obsidian -o vault/conversation.md  # the last conversation",
)
def export(
    conversation: Annotated[
        str | None,
        typer.Argument(help="Its id, or how it begins; none: the last.", show_default=False),
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="List what is kept, and stop.")] = False,
    format_name: FormatName = None,
    output: Output = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the list as JSON.")] = False,
    data_dir: DataDir = None,
    corpus: CorpusName = None,
    debug: Debug = False,
) -> None:
    """Write a conversation that the page has kept, as notes or as a bibliography."""
    folder = settings.load(data_dir=data_dir, corpus=corpus).data_dir
    if listed or as_json:
        exporting.listing(folder, as_json=as_json)
    else:
        target = exporting.wanted(format_name or (None if output else "markdown"), output)
        if target:
            exporting.conversation(folder, conversation, target)
