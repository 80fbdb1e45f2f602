"""Tables filled in threads, while pages look on: what is filled is put to the table bit by bit, so
that a page that is closed or loaded again loses nothing.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, cast

from rag.assistant import Assistant
from rag.errors import CitewellError
from rag.records import Mode, Paper, Usage
from rag.table.build import TableBuilder
from rag.table.records import (
    CellFilled,
    Column,
    Estimate,
    TableBegun,
    TableEvent,
    TableFinished,
)
from ui.web.chat.answer_jobs import Workers
from ui.web.remedies import told
from ui.web.tables.kept import VisitorTables
from ui.web.tables.records import CellAt, KeptTable, PutCell

AT_ONCE = 2
"""Tables that are filled at the same time; others wait."""
_PAUSE = 0.2
"""Seconds for which quoted cells are gathered before they are kept; those of a model come one by
one, and the next may take long."""

_log = logging.getLogger("citewell.web")

Part = tuple[tuple[Paper, ...], tuple[Column, ...]]
"""Papers, and the columns that all of them lack."""


def lacking(
    table: KeptTable, papers: Sequence[Paper], *, only: CellAt | None = None
) -> list[CellAt]:
    """The cells of `papers` that are empty or have failed; of the one asked for, itself."""
    have = {(put.paper_id, put.question) for put in table.cells if put.cell.status != "failed"}
    every = ((paper.paper_id, column.question) for paper in papers for column in table.head.columns)
    return [at for at in every if at not in have and only in (None, at)]


def parts(table: KeptTable, cells: Sequence[CellAt]) -> list[Part]:
    """`cells` as rectangles, for a builder fills all columns of all papers."""
    wanted = set(cells)
    found: dict[tuple[Column, ...], list[Paper]] = {}
    for paper in table.papers:
        columns = tuple(c for c in table.head.columns if (paper.paper_id, c.question) in wanted)
        if columns:
            found.setdefault(columns, []).append(paper)
    return [(tuple(papers), columns) for columns, papers in found.items()]


@dataclass(frozen=True, kw_only=True)
class Job:
    """What fills some cells of `table_id`; `mode` and `private` as `TableBuilder.fill`."""

    assistant: Assistant
    tables: VisitorTables
    owner: str
    table_id: str
    title: str
    parts: Sequence[Part]
    mode: Mode
    private: bool
    stopped: threading.Event = field(default_factory=threading.Event)

    def estimate(self) -> Estimate:
        """What it will take; nothing is asked of the model yet."""
        sums = [_begun(events) for events in map(self._events, self.parts)]
        costs = [one.cost for one in sums if one.cost is not None]
        return Estimate(
            calls=sum(one.calls for one in sums),
            prompt_tokens=sum(one.prompt_tokens for one in sums),
            cost=sum(costs) if costs else None,
        )

    def work(self) -> None:
        """Raises what the builder and the tables raise."""
        notices: list[str] = []
        for part in self.parts:
            with closing(self._events(part)) as events:
                if not self._take(events, notices):
                    break
        self.tables.set_head(self.owner, self.table_id, notices=tuple(dict.fromkeys(notices)))

    def _events(self, part: Part) -> Generator[TableEvent, None, None]:
        papers, columns = part
        events = TableBuilder(self.assistant).fill(
            self.title, papers, columns, mode=self.mode, private=self.private
        )
        return cast("Generator[TableEvent, None, None]", events)

    def _take(self, events: Generator[TableEvent, None, None], notices: list[str]) -> bool:
        """False where it was stopped, or the table is gone."""
        gathered: list[PutCell] = []
        since = time.monotonic()
        used = Usage()
        for event in events:
            match event:
                case TableBegun(table=table):
                    gathered += [
                        PutCell(paper_id=paper, question=question, cell=cell)
                        for (paper, question), cell in table.cells.items()
                    ]
                case CellFilled(paper_id=paper, column=column, cell=cell, usage=used):
                    gathered.append(PutCell(paper_id=paper, question=column.question, cell=cell))
                case TableFinished(table=table):
                    notices += table.notices
                    used = table.usage
            over = self.stopped.is_set() or isinstance(event, TableFinished)
            is_now = over or (gathered and gathered[-1].cell.model)
            if is_now or time.monotonic() - since > _PAUSE:
                if not self.tables.put(self.owner, self.table_id, gathered):
                    return False
                gathered, since = [], time.monotonic()
            if over:
                self._spent(used)
            if self.stopped.is_set():
                return False
        return True

    def _spent(self, usage: Usage) -> None:
        if not usage.calls:
            return
        if news := self.tables.news(self.owner, self.table_id, since=sys.maxsize):
            spent = self.assistant.priced(news.head.usage + usage)
            self.tables.set_head(self.owner, self.table_id, usage=spent)


class Fillings:
    """Who fills which table now. Thread-safe."""

    def __init__(self) -> None:
        self._workers = Workers(AT_ONCE)
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._troubles: dict[str, str] = {}
        self._again: dict[str, Callable[[], object]] = {}
        self._between: set[str] = set()
        """Tables that are about to be filled again."""

    def start(self, job: Job, *, again: Callable[[], object]) -> None:
        """While the table is being filled, `again` is called after that: it may have grown."""
        with self._lock:
            if job.table_id in self._jobs:
                self._again[job.table_id] = again
                return
            if not job.parts:
                return
            self._jobs[job.table_id] = job
            self._troubles.pop(job.table_id, None)
        self._workers.do(lambda: self._run(job))

    def stop(self, table_id: str) -> None:
        with self._lock:
            if job := self._jobs.get(table_id):
                job.stopped.set()
            self._again.pop(table_id, None)

    def state(self, table_id: str) -> dict[str, Any]:
        """`trouble`: why the last one ended before its time."""
        with self._lock:
            job = self._jobs.get(table_id)
            return {
                "running": job is not None or table_id in self._between,
                "stopping": bool(job and job.stopped.is_set()),
                "trouble": self._troubles.get(table_id, ""),
            }

    def _run(self, job: Job) -> None:
        trouble = ""
        try:
            if not job.stopped.is_set():
                job.work()
        except CitewellError as error:
            trouble = told(error)
        except Exception:  # noqa: BLE001 - told to the visitor, logged
            _log.exception("A table could not be filled")
            trouble = "Something went wrong inside Citewell; the terminal shows what."
        with self._lock:
            del self._jobs[job.table_id]
            again = self._again.pop(job.table_id, None)
            if trouble:
                self._troubles[job.table_id] = trouble
            elif again:
                self._between.add(job.table_id)
                self._workers.do(lambda: self._once_more(job.table_id, again))

    def _once_more(self, table_id: str, again: Callable[[], object]) -> None:
        try:
            again()
        except CitewellError as error:
            _log.info("A table is not filled any further: %s", error)
        finally:
            with self._lock:
                self._between.discard(table_id)


def _begun(events: Generator[TableEvent, None, None]) -> Estimate:
    with closing(events):
        first = next(events)
        return first.estimate if isinstance(first, TableBegun) else Estimate()
