"""The command that takes papers out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from rag import config as settings
from rag.errors import UsageError
from ui import exporting
from ui.confirming import agreed
from ui.options import AsJson, CorpusName, DataDir, Debug
from ui.words import papers_in_words

if TYPE_CHECKING:
    from ingest.removing import Removal

app = typer.Typer()
_SHOWN = 10


@app.command(
    epilog="Examples:\n\ncitewell remove t-00cf22f1235c\n\n"
    "citewell remove --source old-library.bib  # all papers that no other file has brought\n\n"
    "citewell remove --source old-library.bib --dry-run",
)
def remove(
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="ID…", help="Papers, by their ids.", show_default=False),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            help="The name of a file that was ingested; all files of that name count.",
            show_default=False,
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would go; write nothing.")
    ] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    corpus: CorpusName = None,
    debug: Debug = False,
) -> None:
    """Take papers out of the catalog. What you have put on them (citewell mark) is kept."""
    from ingest import removing
    from rag.storage.catalog import Catalog
    from ui import terminal
    from ui.session import keep_for_own

    if bool(ids) == bool(source):
        raise UsageError("Name papers by their ids, or one --source.")
    catalog = Catalog(settings.load(data_dir=data_dir, corpus=corpus, mode="extractive").data_dir)
    if source:
        removal = removing.of_source(catalog.papers(), source)
    else:
        removal = removing.Removal(
            gone=tuple(exporting.chosen(catalog, list(dict.fromkeys(ids or ()))))
        )
    if not as_json:
        _show(removal)
    question = f"Remove {papers_in_words(len(removal.gone))}?"
    if not (dry_run or yes or agreed(question, otherwise="Add --yes to go ahead.")):
        raise typer.Exit(1)
    if not dry_run:
        with terminal.progress("Removing") as report:
            removing.remove(removal, catalog, report=report)
        keep_for_own(catalog)
    _tell(removal, len(catalog), as_json=as_json, dry_run=dry_run)


def _show(removal: Removal) -> None:
    from ui import terminal

    terminal.papers(removal.gone[:_SHOWN], count=False)
    if len(removal.gone) > _SHOWN:
        terminal.out(f"and {len(removal.gone) - _SHOWN:,} more")


def _tell(removal: Removal, left: int, *, as_json: bool, dry_run: bool) -> None:
    from ui import terminal

    if as_json:
        exporting.print_json(
            {
                "removed": [paper.paper_id for paper in removal.gone],
                "kept": [paper.paper_id for paper in removal.kept],
                "dry_run": dry_run,
            }
        )
        return
    kept = len(removal.kept)
    stay = f"; {papers_in_words(kept)} of it stay, which other sources have too" if kept else ""
    would = "would be removed" if dry_run else "removed"
    gone, here = papers_in_words(len(removal.gone)), papers_in_words(left)
    terminal.out(f"{gone} {would}{stay}. {here} in the catalog.")
