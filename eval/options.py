"""What the evaluation commands take: options, and the Host that whoever mounts them lends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer

from rag.config import AnswerMode

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.config import Config
    from rag.retrieval.first_stage import Weights

Progress = Callable[[str, int, int], None]
"""Told of a stage, items done, items in all."""


class Ready(Protocol):
    """An assistant over the catalog of `config`; an empty one gets the bundled corpus first."""

    def __call__(self, config: Config, *, weights: Weights | None = None) -> Assistant: ...


@dataclass(frozen=True)
class Host:
    """What the program that mounts these commands lends them."""

    ready: Ready
    progress: Callable[[str], AbstractContextManager[Progress]]
    """A display for a title, to be told of progress while it is open."""
    notice: Callable[[str], None]
    """Says something on standard error."""
    rated: Callable[[Config], Sequence[Mapping[str, Any]]] = lambda config: ()
    """What was judged in the chat, as `eval.drafts` reads it."""

    @classmethod
    def of(cls, context: typer.Context) -> Host:
        host: Host | None = context.find_object(Host)
        if host is None:
            raise RuntimeError("eval.cli is mounted without a Host: app(args, obj=Host(…))")
        return host


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
Mode = Annotated[
    AnswerMode | None,
    typer.Option(
        "--mode",
        help="Who writes: quoted sentences alone, or a model (default: auto).",
        show_default=False,
    ),
]
Configs = Annotated[
    list[str] | None,
    typer.Option(
        "--config",
        metavar="NAME=VALUE",
        help="Ranking: retrieval=bm25 (or dense, rrf, default, no-late, no-dense, no-lexical,"
        " no-neighbours, no-carried, no-without), or one weight. May be repeated.",
        show_default=False,
    ),
]
Questions = Annotated[
    Path | None,
    typer.Option(
        help="Question set to read the rows with, instead of the one that the run file holds.",
        show_default=False,
    ),
]
RunFiles = Annotated[
    list[Path], typer.Argument(metavar="RUN...", help="Run files; the first is the baseline.")
]
Judges = Annotated[
    list[str] | None,
    typer.Option(
        "--judge",
        metavar="NAME",
        help="Extra columns by a judge: exact, embedding, model, llamaindex or none (default:"
        " llamaindex where a model writes). May be repeated.",
        show_default=False,
    ),
]
JsonOut = Annotated[
    Path | None, typer.Option("--json", metavar="OUT", help="Write JSON here.", show_default=False)
]


Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
