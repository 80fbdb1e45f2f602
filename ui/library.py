"""Commands that hand out what is there: the papers of the catalog, and kept conversations."""

from __future__ import annotations

from typing import Annotated

import typer

from rag import config as settings
from ui import exporting
from ui.exporting import print_json
from ui.options import AsJson, DataDir, Debug, FormatName, Output

app = typer.Typer()


@app.command(
    epilog="Examples:\n\ncitewell papers --json | jq length\n\n"
    "citewell papers -o library.bib  # all of them for LaTeX",
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
    format_name: FormatName = None,
    output: Output = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """List the papers of the catalog."""
    from rag.export import json_records as jsons
    from ui import terminal

    target = exporting.wanted(format_name, output, as_json=as_json)
    catalog = context.obj.ready(
        settings.load(data_dir=data_dir, mode="extractive")
    ).index_manager.catalog
    found = exporting.chosen(catalog, ids)
    if target:
        target.write(target.kind.of_papers(found))
    elif as_json:
        print_json([jsons.paper(p) for p in found])
    else:
        terminal.papers(found)


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
    debug: Debug = False,
) -> None:
    """Write a conversation that the page has kept, as notes or as a bibliography."""
    folder = settings.load(data_dir=data_dir).data_dir
    if listed or as_json:
        exporting.listing(folder, as_json=as_json)
    else:
        target = exporting.wanted(format_name or (None if output else "markdown"), output)
        if target:
            exporting.conversation(folder, conversation, target)
