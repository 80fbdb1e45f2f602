"""Adding papers: what was recognised in files is told first, and written only then.

What was read waits in memory under a token for half an hour; nothing of it is on disk before it
is added. One adding at a time; its progress is there for whoever asks.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ingest.build import Summary, ingest, plan
from ingest.readers import ReadResult, read_bytes
from rag.errors import CitewellError
from rag.ports import Embedder
from rag.records import Paper
from rag.storage.catalog import Catalog
from rag.storage.index_manager import IndexManager

_LAST = 1800.0
"""Seconds that a preview waits."""
_PREVIEWS = 4
"""Previews kept at a time; the oldest goes first."""

_log = logging.getLogger("citewell.web")

State = Literal["idle", "working", "done", "failed"]


@dataclass(frozen=True, kw_only=True, slots=True)
class FileReport:
    """What one file held: papers (the same one in two files counts where it stands first), and
    what could not be used. `read` records are `records` and the sum of `losses`, by kind."""

    name: str
    format: str
    read: int
    records: int
    losses: Mapping[str, int]
    notices: Sequence[str]
    columns: Mapping[str, str]
    """In a table: what is read from which column."""
    facts: int
    """Of how many papers something is told without their abstracts."""
    new: Sequence[Paper]
    updated: Sequence[Paper]
    unchanged: int
    problems: Sequence[tuple[int | None, str, str]]
    """Line, message, remedy."""


@dataclass(frozen=True, kw_only=True)
class Preview:
    token: str
    files: Sequence[FileReport]
    readings: Sequence[ReadResult]
    made_at: float = field(default_factory=time.monotonic)

    @property
    def records(self) -> list[Paper]:
        return [record for reading in self.readings for record in reading.records]

    @property
    def facts(self) -> list[Paper]:
        return [fact for reading in self.readings for fact in reading.facts]


@dataclass(frozen=True, kw_only=True, slots=True)
class AddingProgress:
    """How far an adding is: `done` of `total` papers embedded, or of steps of indexing."""

    state: State = "idle"
    stage: str = ""
    done: int = 0
    total: int = 0
    summary: Summary | None = None
    rejected: int = 0
    error: CitewellError | None = None


class Adding:
    """Files into the catalog of `index_manager`, embedded by `embedder`. Thread-safe."""

    def __init__(self, index_manager: IndexManager, embedder: Embedder) -> None:
        self._index_manager, self._embedder = index_manager, embedder
        self._lock = threading.Lock()
        self._previews: dict[str, Preview] = {}
        self._progress = AddingProgress()

    @property
    def progress(self) -> AddingProgress:
        return self._progress

    def preview(self, files: Sequence[tuple[str, bytes]], *, year: int | None = None) -> Preview:
        """Read `files` (name, bytes) and compare them with the catalog; writes nothing. Raises
        BadInput for a year that is none, CatalogError as the catalog does."""
        readings = [read_bytes(data, name, year=year) for name, data in files]
        records = [record for reading in readings for record in reading.records]
        catalog: Catalog = self._index_manager.catalog
        facts = [fact for reading in readings for fact in reading.facts]
        stored = {paper.paper_id: paper for paper in catalog.papers()}
        planned = plan(records, stored, facts)
        new, updated, unchanged = (
            _by_file(papers, readings)
            for papers in (planned.new, planned.updated, planned.unchanged)
        )
        reports = [
            FileReport(
                name=name,
                format=", ".join(dict.fromkeys(f.format for f in reading.files if f.format)),
                read=reading.read,
                records=len(reading.records),
                losses=reading.losses,
                notices=[notice for file in reading.files for notice in file.notices],
                facts=len(reading.facts),
                columns={k: v for file in reading.files for k, v in file.mapping.items()},
                new=new.get(at, ()),
                updated=updated.get(at, ()),
                unchanged=len(unchanged.get(at, ())),
                problems=[(p.line, p.message, p.remedy) for p in reading.problems],
            )
            for at, ((name, _), reading) in enumerate(zip(files, readings, strict=True))
        ]
        made = Preview(token=secrets.token_urlsafe(12), files=reports, readings=readings)
        with self._lock:
            self._forget_old()
            while len(self._previews) >= _PREVIEWS:
                del self._previews[next(iter(self._previews))]
            self._previews[made.token] = made
        return made

    def discard(self, token: str) -> None:
        with self._lock:
            self._previews.pop(token, None)

    def add(self, token: str) -> None:
        """Begin to add what a preview has shown. Raises CitewellError where there is no such
        preview any more, or where papers are being added already."""
        with self._lock:
            if self._progress.state == "working":
                raise CitewellError(
                    "Papers are being added already.", remedy="Wait until that has finished."
                )
            self._forget_old()
            preview = self._previews.pop(token, None)
            if preview is None:
                raise CitewellError(
                    "What was read of these files is not here any more.",
                    remedy="Choose the files again.",
                )
            self._progress = AddingProgress(state="working", stage="waiting")
        threading.Thread(
            target=self._work, args=(preview,), name="citewell-adding", daemon=True
        ).start()

    def _work(self, preview: Preview) -> None:
        names = ", ".join(file.name for file in preview.files)
        rejected = sum(reading.rejected for reading in preview.readings)
        try:
            summary = ingest(
                preview.records,
                self._index_manager.catalog,
                self._embedder,
                facts=preview.facts,
                command=f"add to the page again: {names}",
                report=self._report,
            )
            self._report("opening", 0, 0)
            self._index_manager.indexes()
            self._progress = AddingProgress(state="done", summary=summary, rejected=rejected)
        except CitewellError as error:
            self._progress = AddingProgress(state="failed", error=error)
        except Exception:  # noqa: BLE001 - told to the visitor, logged
            _log.exception("Papers could not be added")
            self._progress = AddingProgress(
                state="failed",
                error=CitewellError(
                    "Something went wrong inside Citewell; this is our fault, not yours.",
                    remedy="What was added so far is kept. The terminal shows what happened.",
                ),
            )

    def _report(self, stage: str, done: int, total: int) -> None:
        self._progress = AddingProgress(state="working", stage=stage, done=done, total=total)

    def _forget_old(self) -> None:
        oldest = time.monotonic() - _LAST
        self._previews = {t: p for t, p in self._previews.items() if p.made_at >= oldest}


def _by_file(papers: Sequence[Paper], readings: Sequence[ReadResult]) -> Mapping[int, list[Paper]]:
    """Papers by the first of the files that has them, known by title and source."""
    first: dict[tuple[str, int], int] = {}
    for at, reading in enumerate(readings):
        for record in (*reading.records, *reading.facts):
            for source in record.sources:
                first.setdefault((source.name, source.line), at)
    found: dict[int, list[Paper]] = {}
    for paper in papers:
        places = [first[s.name, s.line] for s in paper.sources if (s.name, s.line) in first]
        found.setdefault(min(places, default=0), []).append(paper)
    return found
