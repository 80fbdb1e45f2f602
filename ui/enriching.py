"""The command that completes records by what services on the web know, when it is asked to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from rag import config as settings
from rag.text.words import number_of
from ui import exporting, fetch_view
from ui.fetching import downloader_of, fetched
from ui.options import AsJson, CorpusName, DataDir, Debug

if TYPE_CHECKING:
    from ingest.enrich.proposals import Proposed
    from rag.records import Paper
    from rag.storage.catalog import Catalog

app = typer.Typer()
_MOST = 1_000


@app.command(
    epilog="Examples:\n\n"
    "citewell enrich --dry-run  # what would be asked\n\n"
    "citewell enrich            # asks, and shows what it would change\n\n"
    "citewell enrich --yes      # changes it\n\n"
    "citewell enrich --undo     # takes the last changes back",
)
def enrich(
    context: typer.Context,
    *,
    through: Annotated[
        Literal["openalex", "crossref"],
        typer.Option(help="Who is asked for DOIs and titles; for arXiv ids it is arXiv."),
    ] = "openalex",
    ids: Annotated[
        list[str] | None,
        typer.Option(
            "--id", help="Only the paper of this id; may be repeated.", show_default=False
        ),
    ] = None,
    most: Annotated[int, typer.Option("--max", min=1, help="How many papers at most.")] = _MOST,
    yes: Annotated[bool, typer.Option("--yes", help="Write what is found.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the last changes back.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be asked; ask and write nothing.")
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Ask anew for what has been asked before.")
    ] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    corpus: CorpusName = None,
    debug: Debug = False,
) -> None:
    """Complete records: authors, day, DOI, arXiv id and address that they lack."""
    from ui import terminal

    config = settings.load(data_dir=data_dir, corpus=corpus, mode="extractive")
    catalog = context.obj.ready(config).index_manager.catalog
    if undo:
        _take_back(catalog, as_json=as_json)
        return
    from ingest.enrich import proposals
    from ui import enrich_view

    everybody = exporting.chosen(catalog, None, None)
    lacking = [p for p in exporting.chosen(catalog, ids, None) if proposals.lacks(p)]
    wanted = lacking[:most]
    if left := len(lacking) - len(wanted):
        terminal.notice(f"{number_of(left, 'paper')} beyond --max {most:,} stay as they are.")
    jobs = proposals.jobs(wanted, through)
    downloader = downloader_of(config)
    if dry_run:
        fetch_view.tell_plan(downloader, jobs, fresh=fresh, as_json=as_json)
        return
    told = [
        entry
        for job, kept in zip(jobs, fetched(downloader, jobs, fresh=fresh), strict=True)
        for entry in proposals.entries(kept.files, job.source.told)
    ]
    proposed = proposals.propose(wanted, told, everybody)
    if not as_json:
        enrich_view.proposed(proposed, everybody, asked=len(wanted))
    for one, other in proposed.twins:
        terminal.notice(f"{one} and {other} may be the same paper: both have one identifier.")
    for paper_id, title in proposed.doubts:
        terminal.notice(
            f"{paper_id} is left alone: what its record gives as its identifier is that of"
            f" “{title}”."
        )
    _write(catalog, proposed, wanted, yes=yes, as_json=as_json)


def _write(
    catalog: Catalog, proposed: Proposed, asked: Sequence[Paper], *, yes: bool, as_json: bool
) -> None:
    from ui import enrich_view, terminal

    written: dict[str, Any] = {"written": 0, "file": None}
    if yes and proposed.changes:
        from ingest.enrich.written import write

        with terminal.progress("Indexing") as progress:
            file, count = write(catalog, proposed.changes, report=progress)
        written = {"written": count, "file": str(file)}
    if as_json:
        exporting.print_json(enrich_view.as_json(proposed, len(asked)) | written)
    elif written["written"]:
        terminal.out(f"{number_of(written['written'], 'paper')} completed.")
        terminal.aside(f"Who said what stands in {written['file']}")
        terminal.aside("To take it back: citewell enrich --undo")
    elif proposed.changes:
        terminal.out("Nothing is written yet. To write it: citewell enrich --yes")


def _take_back(catalog: Catalog, *, as_json: bool) -> None:
    from ingest.enrich.written import take_back
    from ui import terminal

    with terminal.progress("Indexing") as progress:
        file, count = take_back(catalog, report=progress)
    if as_json:
        exporting.print_json({"taken_back": count, "file": str(file)})
        return
    terminal.out(f"{number_of(count, 'paper')} as before the last enrichment.")
    terminal.aside(f"What was taken back stands in {file}")
