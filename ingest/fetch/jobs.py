"""What somebody asks for becomes queries to services; what came is held against it."""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.dedupe import normalise_doi
from ingest.fetch.asked import Query, Source
from ingest.fetch.listed import Named
from ingest.fetch.lookups import ARXIV_IDS, CROSSREF_DOIS
from ingest.fetch.services import HF_DAILY, SEARCHED
from ingest.readers import ReadResult, read_bytes
from rag.errors import UsageError

ALL = 10_000_000
"""Records, of what is looked up one by one: as many as there are."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """A query to a service, and how many records are wanted at most."""

    source: Source
    query: Query
    most: int = ALL


def search(
    name: str,
    words: str | None,
    first: datetime.date | None,
    last: datetime.date | None,
    most: int,
) -> Job:
    """What `citewell fetch NAME WORDS` asks for. Raises UsageError for what cannot be meant."""
    names = [*SEARCHED, "doi"]
    if name not in SEARCHED:
        alike = difflib.get_close_matches(name, names, n=1)
        raise UsageError(
            f"There is no service {name!r}.",
            remedy=f"Did you mean {alike[0]}?" if alike else f"Services: {', '.join(names)}.",
        )
    source = SEARCHED[name]
    if first and last and last < first:
        raise UsageError(f"{last} is before {first}.", remedy="Give the first day as --since.")
    words = (words or "").strip()
    if source is HF_DAILY:
        if words or not first:
            raise UsageError(
                "Daily papers are fetched by their days alone.",
                remedy="Give the days: citewell fetch hf-daily --from 2025-10-01 --to 2025-10-31",
            )
        today = datetime.datetime.now(datetime.UTC).date()
        last = min(last or today, today)
        if last < first:
            raise UsageError(f"{first} is still to come.", remedy="Give an earlier day as --from.")
    elif not words:
        raise UsageError(
            "There is no query.", remedy=f'Give one: citewell fetch {name} "entropy collapse"'
        )
    most = min(most, source.most or most)
    return Job(source=source, query=Query(words=words, since=first, until=last), most=most)


def lookups(named: Named) -> list[Job]:
    """Those by which the papers of a list are looked up."""
    wanted = [(CROSSREF_DOIS, named.dois), (ARXIV_IDS, named.arxiv_ids)]
    return [
        Job(source=source, query=Query(ids=tuple(ids)), most=ALL) for source, ids in wanted if ids
    ]


def first_of(reading: ReadResult, most: int) -> ReadResult:
    """The first `most` records: some services send pages of a length of their own."""
    files = []
    for file in reading.files:
        files.append(replace(file, records=file.records[:most]))
        most -= len(files[-1].records)
    return replace(reading, files=tuple(files))


def missing(named: Named, files: Sequence[Path]) -> Mapping[str, int]:
    """What was asked for and is in no reply, with the line that names it."""
    came: set[str] = set()
    for file in files:
        form = "facts" if file.suffix == ".json" else None
        reading = read_bytes(file.read_bytes(), file.name, format=form)
        for paper in (*reading.records, *reading.facts):
            came |= {normalise_doi(paper.doi or "") or "", paper.arxiv_id or ""}
    wanted = {**named.dois, **named.arxiv_ids}
    return {name: line for name, line in wanted.items() if name not in came}
