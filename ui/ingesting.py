"""The command that takes papers in: what each file is, what of it goes in, what is lost."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag import config as settings
from rag.errors import BadInput, Stopped
from ui import desk, exporting
from ui.options import AsJson, CorpusName, DataDir, Debug

if TYPE_CHECKING:
    from ingest.readers import FileReading, ReadResult
    from rag.config import Config

app = typer.Typer()


@app.command(
    epilog="Examples:\n\n"
    "citewell ingest                             # the bundled corpus\n\n"
    "citewell ingest library.bib export.csv.gz pages/  # files and folders of your own\n\n"
    "citewell ingest library.bib --dry-run       # look first: nothing is written\n\n"
    'citewell ingest table.csv --column title=Name --column abstract="Short text"\n\n'
    "citewell ingest page.txt --year 2024        # the year of dates that state none",
)
def ingest(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Files or folders; none: the bundled corpus.", show_default=False),
    ] = None,
    year: Annotated[
        int | None, typer.Option(help="Year of dates that state none.", show_default=False)
    ] = None,
    format_name: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="Read all files as this, whatever they look like: listing, json, csv, bibtex, ris,"
            " nbib, wos, pubmed-xml, atom, rss, oai, endnote-xml, html, labelled, facts or pdf.",
            metavar="FORMAT",
            show_default=False,
        ),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            help="In tables: what holds what, as abstract=Zusammenfassung; may be repeated.",
            metavar="FIELD=COLUMN",
            show_default=False,
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would go in; write nothing.")
    ] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    corpus: CorpusName = None,
    debug: Debug = False,
) -> None:
    """Read papers into the catalog and index them."""
    from ui import terminal

    config = settings.load(data_dir=data_dir, corpus=corpus, new_corpus=True)
    with terminal.reading() as told:
        reading = _read(paths, year, format_name, _columns(column), told)
    if paths or dry_run:
        for file in reading.files if not as_json else ():
            terminal.file_read(file)
    for problem in reading.problems:
        terminal.problem(problem)
    for notice in reading.notices:
        terminal.notice(notice)
    if dry_run:
        counts = planned(config, reading)
        news: list[dict[str, Any]] = []
    else:
        again = [str(p.absolute()) for p in paths or ()]
        again += ["--year", str(year)] if year else []
        again += ["--format", format_name] if format_name else []
        again += [word for one in column or () for word in ("--column", one)]
        counts, news = write(config, reading, again)
    if as_json:
        exporting.print_json(summary(reading, counts, news, dry_run=dry_run))
    else:
        tell(reading, counts, news, dry_run=dry_run)
    if reading.problems:
        raise typer.Exit(2)


def _read(
    paths: Sequence[Path] | None,
    year: int | None,
    format_name: str | None,
    columns: dict[str, str],
    told: Any,
) -> ReadResult:
    from ingest.readers import read
    from ui.session import bundled

    if not paths:
        return bundled()
    return read(paths, year=year, format=format_name, columns=columns, progress=told)


def _columns(given: Sequence[str] | None) -> dict[str, str]:
    columns: dict[str, str] = {}
    for one in given or ():
        field, mark, name = one.partition("=")
        if not mark or not name.strip():
            raise BadInput(
                f"“{one}” names no column", remedy='Name it as --column abstract="Short text".'
            )
        columns[field.strip()] = name.strip()
    return columns


def planned(config: Config, reading: ReadResult) -> dict[str, int]:
    """What an ingest would do. A folder that is not there is not made."""
    from ingest.build import plan
    from rag.storage.catalog import Catalog

    stored = {}
    if (config.data_dir / "catalog.sqlite3").exists():
        stored = {paper.paper_id: paper for paper in Catalog(config.data_dir).papers()}
    return asdict(plan(reading.records, stored, reading.facts).summary)


def write(
    config: Config, reading: ReadResult, again: Sequence[str]
) -> tuple[dict[str, int], list[dict[str, Any]]]:
    """What an ingest did, and the saved searches that have new papers. `again`: what `citewell
    ingest` is to be given, should this be interrupted. Raises CatalogError, ModelServerError."""
    from ingest.build import ingest as run
    from rag.storage.catalog import Catalog
    from rag.wiring import make_embedder
    from ui import terminal
    from ui.session import BUNDLED, keep_for_own

    catalog = Catalog(config.data_dir)
    command = f"{BUNDLED} {shlex.join(again)}".strip().encode("utf-8", "replace").decode()
    if again:
        keep_for_own(catalog)
    try:
        with terminal.progress("Indexing") as progress:
            summary = run(
                reading.records,
                catalog,
                make_embedder(config),
                facts=reading.facts,
                command=command,
                report=progress,
            )
    except KeyboardInterrupt as stop:
        kept = "Stopped. What is indexed is kept; the same command goes on."
        raise Stopped(kept) from stop
    if not len(catalog):
        terminal.notice(f"There is no paper in {catalog.folder} yet.")
    return asdict(summary), desk.after_ingest(config, catalog) if summary.new else []


def summary(
    reading: ReadResult,
    counts: Mapping[str, int],
    news: list[dict[str, Any]],
    *,
    dry_run: bool = False,
) -> dict[str, Any]:
    """What an ingest did, as `--json` prints it."""
    counts, facts = _without_facts(counts)
    return {
        **counts,
        "rejected": reading.rejected,
        "read": reading.read,
        "losses": reading.losses,
        "duplicates": counts["records"] - counts["papers"],
        "dry_run": dry_run,
        "files": [_as_json(file) for file in reading.files],
        "problems": [str(p) for p in reading.problems],
        "notices": list(reading.notices),
        "searches": news,
        **facts,
    }


def tell(
    reading: ReadResult,
    counts: Mapping[str, int],
    news: list[dict[str, Any]],
    *,
    dry_run: bool = False,
) -> None:
    """What an ingest did, in words."""
    from ui import terminal
    from ui.words import facts_in_words, sum_in_words

    counts, facts = _without_facts(counts)
    counts["rejected"] = reading.rejected
    if reading.read or not reading.facts:
        terminal.out(
            sum_in_words(reading.read, counts["papers"], reading.losses, counts["records"])
        )
    if reading.facts:
        terminal.out(facts_in_words(**facts))
    terminal.out(", ".join(f"{name} {count:,}" for name, count in counts.items()))
    if dry_run:
        terminal.out("Nothing is written: this was a dry run.")
    for search in news:
        terminal.out(f"{search['new']:,} new for your saved search “{search['name']}”")


def _without_facts(counts: Mapping[str, int]) -> tuple[dict[str, int], dict[str, int]]:
    told = ("facts", "completed", "unmatched")
    rest = {name: count for name, count in counts.items() if name not in told}
    return rest, {name: counts[name] for name in told}


def _as_json(file: FileReading) -> dict[str, Any]:
    return {
        "path": str(file.path).encode("utf-8", "replace").decode(),
        "format": file.format,
        "read": file.read,
        "records": len(file.records),
        "losses": dict(file.losses),
        "columns": dict(file.mapping),
    }
