"""The command that fetches records from services on the web, when it is asked to."""

from __future__ import annotations

import datetime
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag import config as settings
from rag.errors import FetchFailed, Stopped, UsageError
from ui import exporting, fetch_view, ingesting
from ui.options import AsJson, CorpusName, DataDir, Debug

if TYPE_CHECKING:
    from ingest.fetch.asked import Source
    from ingest.fetch.download import Downloader
    from ingest.fetch.jobs import Job
    from ingest.fetch.kept import Kept
    from ingest.fetch.listed import Named
    from rag.config import Config

app = typer.Typer()
_MOST = 1_000
_DAY = "%Y-%m-%d"


@app.command(
    epilog="Examples:\n\n"
    "citewell fetch arxiv 'cat:cs.LG AND all:\"entropy collapse\"' --since 2025-01-01\n\n"
    "citewell fetch hf-daily --from 2025-10-01 --to 2025-10-31\n\n"
    'citewell fetch openalex "reward hacking" --max 200 --dry-run\n\n'
    "citewell fetch doi reading-list.txt  # DOIs or arXiv ids, one a line",
)
def fetch(
    source: Annotated[
        str,
        typer.Argument(
            help="arxiv, hf-daily, openalex, semanticscholar, crossref, pubmed or doi.",
            metavar="SOURCE",
            show_default=False,
        ),
    ],
    query: Annotated[
        str | None,
        typer.Argument(
            help="In the language of the service; with doi, a file.",
            metavar="[QUERY]",
            show_default=False,
        ),
    ] = None,
    since: Annotated[
        datetime.datetime | None,
        typer.Option(
            "--since",
            "--from",
            formats=[_DAY],
            help="First day.",
            metavar="DAY",
            show_default=False,
        ),
    ] = None,
    until: Annotated[
        datetime.datetime | None,
        typer.Option(
            "--until", "--to", formats=[_DAY], help="Last day.", metavar="DAY", show_default=False
        ),
    ] = None,
    most: Annotated[int, typer.Option("--max", min=1, help="How many records at most.")] = _MOST,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be asked; ask and write nothing.")
    ] = False,
    no_ingest: Annotated[
        bool, typer.Option("--no-ingest", help="Keep what comes as files, and stop there.")
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Ask anew for what has been fetched before.")
    ] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    corpus: CorpusName = None,
    debug: Debug = False,
) -> None:
    """Fetch records from a service on the web, and ingest them."""
    from ingest.fetch import jobs as wanted
    from ingest.fetch import listed
    from ui import terminal

    config = settings.load(data_dir=data_dir, corpus=corpus, new_corpus=True)
    named: Named | None = None
    if source == "doi":
        if query is None:
            raise UsageError(
                "There is no list of DOIs.", remedy="Name its file: citewell fetch doi list.txt"
            )
        named = listed.read(Path(query))
        jobs = wanted.lookups(named)
    else:
        first, last = since and since.date(), until and until.date()
        jobs = [wanted.search(source, query, first, last, most)]
        if jobs[0].most < most:
            terminal.notice(fetch_view.limit(jobs[0]))
    downloader = downloader_of(config)
    for problem in named.problems if named else ():
        terminal.problem(problem)
    if dry_run:
        fetch_view.tell_plan(downloader, jobs, fresh=fresh, as_json=as_json)
    else:
        _fetch(config, downloader, jobs, named, fresh=fresh, no_ingest=no_ingest, as_json=as_json)
    if named and named.problems:
        raise typer.Exit(2)


def downloader_of(config: Config) -> Downloader:
    from ingest.fetch.download import FOLDER, Downloader
    from rag.answer.fingerprint import software_version
    from ui import terminal

    return Downloader(
        where=config.data_dir / FOLDER,
        agent=f"citewell/{software_version()}",
        contact=config.contact,
        keys={
            "openalex_api_key": config.openalex_api_key,
            "semanticscholar_api_key": config.semanticscholar_api_key,
            "ncbi_api_key": config.ncbi_api_key,
        },
        mirror=config.fetch_url,
        tell=terminal.aside,
    )


def fetched(downloader: Downloader, jobs: Sequence[Job], *, fresh: bool = False) -> list[Kept]:
    """Fetch, with progress shown and what leaves the machine told. Raises as `Downloader.fetch`
    does, having told what is kept."""
    from ui import terminal

    done: list[Kept] = []
    for job in jobs:
        source, query = job.source, job.query
        before = downloader.kept(source, query) if not fresh else None
        if before and before.pages and (before.next is None or before.records >= job.most):
            terminal.notice(
                f"{source.told}: fetched already on {before.day}, so nothing is asked. To ask anew,"
                " add --fresh."
            )
            done.append(before)
            continue
        if downloader.contact is None and job is jobs[0]:
            terminal.notice(fetch_view.NO_CONTACT)
        terminal.aside(fetch_view.leaving(downloader, job))
        try:
            with terminal.progress(f"Fetching from {source.told}") as report:
                done.append(
                    downloader.fetch(source, query, most=job.most, fresh=fresh, report=report)
                )
        except KeyboardInterrupt as stop:
            kept = "Stopped. What was fetched is kept; the same command goes on."
            raise Stopped(kept) from stop
        except FetchFailed as error:
            if files := downloader.kept(source, query).files:
                folder = shlex.quote(str(files[0].parent))
                records = downloader.kept(source, query).records
                terminal.notice(
                    f"{records:,} records came before and are kept. They can be taken in as they"
                    f" are: citewell ingest {folder}"
                )
            raise _with_key(error, source, downloader) from error
    return done


def _with_key(error: FetchFailed, source: Source, downloader: Downloader) -> FetchFailed:
    """Where a service turns away somebody without a key, that is mostly what it wants."""
    if not source.key or downloader.keys.get(source.key) or not error.is_refusal:
        return error
    variable = settings.ENVIRONMENT[source.key][0]
    return FetchFailed(
        str(error),
        remedy=f"{source.told} gives more to those who have a key, which is free: set {variable}. "
        + error.remedy,
    )


def _fetch(
    config: Config,
    downloader: Downloader,
    jobs: Sequence[Job],
    named: Named | None,
    *,
    fresh: bool,
    no_ingest: bool,
    as_json: bool,
) -> None:
    from ingest.fetch.jobs import first_of, missing
    from ingest.readers import read
    from ui import terminal

    done = fetched(downloader, jobs, fresh=fresh)
    if not as_json:
        for job, kept in zip(jobs, done, strict=True):
            terminal.rows(fetch_view.summary(job, kept))
    files = [file for kept in done for file in kept.files]
    lacking = missing(named, files) if named else {}
    for identifier, line in lacking.items():
        terminal.notice(f"line {line:,}: {identifier} was asked for and did not come")
    took: dict[str, Any] | None = None
    if files and not no_ingest:
        with terminal.reading() as told:
            reading = first_of(read(files, progress=told), jobs[0].most)
        for file in reading.files:  # what single records lack is in the sum: it cannot be mended
            if not file.records and not file.losses:
                for problem in file.problems:
                    terminal.problem(problem)
        again = [str(kept.folder) for kept in done]
        counts, news = ingesting.write(config, reading, again)
        took = ingesting.summary(reading, counts, news)
        if not as_json:
            ingesting.tell(reading, counts, news)
    elif not files:
        terminal.notice("No record came, so nothing is ingested.")
    if as_json:
        fetches = [fetch_view.as_json(job, kept) for job, kept in zip(jobs, done, strict=True)]
        exporting.print_json({"fetches": fetches, "missing": list(lacking), "ingest": took})
