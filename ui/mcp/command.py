"""`citewell mcp`: the corpus as tools for an agent that starts this command."""

from __future__ import annotations

import typer

from rag import config as settings
from ui.options import CorpusName, DataDir, Debug, Mode

app = typer.Typer()


@app.command(
    epilog="Examples:\n\ncitewell mcp          # what a client is told to start\n\n"
    "citewell serve        # the same tools over HTTP, at /mcp",
)
def mcp(
    context: typer.Context,
    *,
    mode: Mode = None,
    data_dir: DataDir = None,
    corpus: CorpusName = None,
    debug: Debug = False,
) -> None:
    """Offer the corpus to an agent over the Model Context Protocol, on standard input and output.

    Clients start this themselves; docs/mcp.md says how they are told to.
    """
    assistant = context.obj.ready(settings.load(data_dir=data_dir, corpus=corpus, mode=mode))
    from ui.mcp.server import create

    assistant.warm()
    create(assistant).run("stdio")
