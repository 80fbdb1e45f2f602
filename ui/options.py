"""Options that several commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rag.config import AnswerMode

DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        help="Folder of catalog and indexes (default: CITEWELL_DATA_DIR, or the user's own).",
        show_default=False,
    ),
]
CorpusName = Annotated[
    str | None,
    typer.Option(
        "--corpus",
        metavar="NAME",
        help="One of several corpora in the data folder (citewell corpora lists them).",
        show_default=False,
    ),
]
Authors = Annotated[
    list[str] | None,
    typer.Option(
        "--author", help="Only papers by this author; may be repeated.", show_default=False
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON alone on standard output.")]
Mode = Annotated[
    AnswerMode | None,
    typer.Option(
        "--mode",
        help="Who writes: quoted sentences alone, or a model (default: auto).",
        show_default=False,
    ),
]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
FormatName = Annotated[
    str | None,
    typer.Option(
        "--format",
        help="Write as markdown, obsidian, plain, bibtex, ris or csl.",
        metavar="FORMAT",
        show_default=False,
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        help="File to write; without --format, its ending says which format.",
        show_default=False,
    ),
]
