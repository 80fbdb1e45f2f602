"""`citewell corpora`: several corpora side by side, listed, removed, handed on and taken in."""

from __future__ import annotations

import shlex
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag import config as settings
from rag.errors import CitewellError, UsageError
from rag.settings import corpora
from ui.confirming import agreed
from ui.exporting import print_json
from ui.options import AsJson, CorpusName, DataDir, Debug

if TYPE_CHECKING:
    from ui.archives.manifest import Manifest

app = typer.Typer()
group = typer.Typer(
    help="List the corpora of the data folder; remove, export and import them.",
    epilog="Make one with: [bold]citewell --corpus NAME ingest FILES[/bold]",
)
app.add_typer(group, name="corpora", invoke_without_command=True)
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
MB = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """A corpus as it is listed: how many papers, bytes on the disk, when the catalog was last
    written to, whether it is the one that is used now, and why it cannot be, if so."""

    name: str
    papers: int
    bytes: int
    changed: str
    chosen: bool
    folder: str
    trouble: str = ""


@group.callback(rich_help_panel=None)
def listing(
    context: typer.Context,
    *,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    corpus: CorpusName = None,
    debug: Debug = False,
) -> None:
    """List the corpora of the data folder; remove, export and import them."""
    if context.invoked_subcommand is not None:
        if data_dir is not None:  # `corpora --data-dir X remove NAME` is about X as well
            context.default_map = {context.invoked_subcommand: {"data_dir": str(data_dir)}}
        return
    config = settings.load(data_dir=data_dir, corpus=corpus)
    rows = listed(config.root, config.corpus)
    if as_json:
        print_json([asdict(row) for row in rows])
    else:
        _show(rows)


def listed(root: Path, chosen: str | None) -> list[Listed]:
    """The corpora of a data folder, that without a name first."""
    names = [None, *corpora.names(root)]
    return [_listed(root, name, is_chosen=name == chosen) for name in names]


def _listed(root: Path, name: str | None, *, is_chosen: bool) -> Listed:
    from rag.storage.catalog import Catalog

    folder, papers, trouble = corpora.folder(root, name), 0, ""
    file = folder / corpora.CATALOG
    if file.exists():
        try:
            catalog = Catalog(folder)
            papers = len(catalog)
            catalog.close()
        except CitewellError as error:
            trouble = str(error)
    logs = [file, file.with_name(f"{file.name}-wal")]
    written = [one.stat().st_mtime for one in logs if one.exists()]
    return Listed(
        name=name or corpora.DEFAULT,
        papers=papers,
        bytes=_size(folder, leave_out=corpora.FOLDER if name is None else ""),
        changed=datetime.fromtimestamp(max(written)).isoformat(" ", "minutes") if written else "",
        chosen=is_chosen,
        folder=str(folder),
        trouble=trouble,
    )


def _size(folder: Path, *, leave_out: str) -> int:
    files = (one for one in folder.rglob("*") if one.relative_to(folder).parts[0] != leave_out)
    total = 0
    for file in files:
        try:
            total += file.stat().st_size if file.is_file() else 0
        except OSError:  # swept away meanwhile
            continue
    return total


def _show(rows: list[Listed]) -> None:
    from rich.table import Table
    from rich.text import Text

    from ui import terminal

    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("")
    table.add_column("corpus", overflow="fold")
    for column in ("papers", "size", "changed"):
        table.add_column(column, justify="right", no_wrap=True)
    for row in rows:
        mark, size = (
            Text("•" if row.chosen else " ", style="bold cyan"),
            f"{row.bytes / MB:,.0f} MB",
        )
        table.add_row(mark, Text(row.name), f"{row.papers:,}", size, row.changed)
    terminal.console.print(table)
    for row in rows:
        if row.trouble:
            terminal.notice(f"{row.name}: {row.trouble}")
    if len(rows) == 1:
        terminal.notice("Make another one with: citewell --corpus NAME ingest FILES")


@group.command(epilog="Example:\n\ncitewell corpora remove tea --yes")
def remove(
    name: Annotated[str, typer.Argument(help="Which corpus.")],
    yes: Yes = False,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Remove a corpus with its conversations, marks and notes."""
    from ui import terminal
    from ui.archives.placing import remove as take_away
    from ui.words import papers_in_words

    root = settings.data_folder(data_dir)
    if name == corpora.DEFAULT:
        raise UsageError(
            "The corpus of the data folder itself is not removed.",
            remedy=f"Put the folder away yourself: {shlex.quote(str(root))}",
        )
    about = _listed(root, corpora.known(root, name), is_chosen=False)
    held = f"{papers_in_words(about.papers)} and all that was said about them"
    if not yes and not agreed(f"Remove {name!r}: {held}?", otherwise="Say --yes to remove it."):
        terminal.notice("Nothing is removed.")
        raise typer.Exit(1)
    take_away(root, name)
    terminal.notice(f"Removed {name!r}: {held}.")


@group.command(
    epilog="Examples:\n\ncitewell corpora export tea tea.zip\n\n"
    "citewell corpora export default all.zip --with-conversations"
)
def export(
    name: Annotated[str, typer.Argument(help="Which corpus; “default”: that without a name.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The archive to write.")],
    personal: Annotated[
        bool,
        typer.Option(
            "--with-conversations",
            help="With conversations, marks, notes, tables and runs: for yourself.",
        ),
    ] = False,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Write a corpus to one archive, while others use it: papers, vectors and tables' cells."""
    from ui import terminal
    from ui.archives import writing

    config = settings.load(data_dir=data_dir, corpus=name)
    with terminal.progress("Writing the archive") as progress:
        written = writing.export(config, file, personal=personal, report=progress)
    terminal.notice(
        f"Written to {file}: {in_words(written, file)}. It is taken in with:"
        f" citewell corpora import {shlex.quote(str(file))}"
    )


def in_words(written: Manifest, file: Path) -> str:
    """How much an archive holds: `12 files, 3.4 MB`."""
    from rag.text.words import number_of

    size = file.stat().st_size
    told = f"{size / MB:,.1f} MB" if size >= MB / 10 else f"{size / 1000:,.0f} kB"
    return f"{number_of(len(written.files), 'file')}, {told}"


@group.command(
    "import",
    epilog="Examples:\n\ncitewell corpora import tea.zip\n\n"
    "citewell corpora import tea.zip --as old-tea",
)
def take_in(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An archive of “corpora export”.")],
    name: Annotated[
        str | None,
        typer.Option("--as", metavar="NAME", help="Call it so.", show_default=False),
    ] = None,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Take a corpus in from an archive, once every file of it is checked."""
    from ui import terminal
    from ui.archives import placing

    root = settings.data_folder(data_dir)
    with terminal.progress("Checking and unpacking") as progress:
        name, _ = placing.import_corpus(root, file, name, progress)
    with terminal.progress("Indexing") as progress:
        trouble = placing.index(corpora.folder(root, name), progress)
    if trouble:
        terminal.notice(f"Its indexes are not built yet: {trouble}")
    terminal.notice(f"It is there as {name!r}: citewell --corpus {name} ask …")
