"""Evidence tables of visitors: kept with their conversations, gone with these; private ones in
memory alone.

Papers are kept as they were when the table was made, so that every span stays one of the text that
it was found in, whatever becomes of the corpus.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, Protocol

from rag.records import Paper
from rag.storage.frozen import freeze, thaw
from rag.table.records import Cell, Column
from ui.web.tables.records import CellAt, Entry, Head, KeptTable, News, PutCell

TITLE_CHARS = 160
HELD_S = 3600.0
"""Seconds from its last change for which a table is held in memory."""
HELD = 200
"""Tables that are held in memory at most."""


class Base(Protocol):
    """`rag.storage.database.Database`, or `store.InMemory`."""

    @property
    def db(self) -> sqlite3.Connection: ...

    def errors(self) -> AbstractContextManager[None]: ...

    def transaction(self) -> AbstractContextManager[None]: ...


class VisitorTables:
    """Those in the file of conversations, or in memory. Thread-safe; raises CatalogError as the
    file does. An `owner` is a digest; what is not the owner's is not there."""

    def __init__(self, base: Base) -> None:
        self._base = base

    def begin(
        self,
        owner: str,
        title: str,
        papers: Sequence[Paper],
        columns: Sequence[Column],
        *,
        conversation: str | None = None,
    ) -> str:
        """A table without cells; its id."""
        table_id = secrets.token_urlsafe(9)
        head = json.dumps(freeze(Head(columns=tuple(columns))), ensure_ascii=False)
        with self._base.transaction():
            self._base.db.execute(
                "INSERT INTO tables VALUES (?, ?, ?, ?, ?, 0, ?)",
                (table_id, owner, conversation, _short(title), time.time(), head),
            )
            self._add(table_id, papers)
        return table_id

    def entries(self, owner: str) -> list[Entry]:
        """Newest first."""
        with self._base.errors():
            rows = self._base.db.execute(
                "SELECT id, title, updated, head,"
                " (SELECT count(*) FROM table_rows WHERE of = id AND position >= 0)"
                " FROM tables WHERE owner = ? ORDER BY updated DESC",
                (owner,),
            ).fetchall()
        return [
            Entry(
                id=table_id,
                title=title,
                updated=updated,
                papers=papers,
                columns=tuple(column.name for column in _head(head).columns),
            )
            for table_id, title, updated, head, papers in rows
        ]

    def load(self, owner: str, table_id: str) -> KeptTable | None:
        with self._base.errors():
            found = self._found(owner, table_id)
            rows = self._base.db.execute(
                "SELECT record FROM table_rows WHERE of = ? AND position >= 0 ORDER BY position",
                (table_id,),
            ).fetchall()
            cells = self._cells(table_id)
        if found is None:
            return None
        title, changes, head = found
        return KeptTable(
            id=table_id,
            title=title,
            head=head,
            papers=tuple(thaw(Paper, json.loads(row[0])) for row in rows),
            cells=tuple(cells),
            changes=changes,
        )

    def news(self, owner: str, table_id: str, since: int) -> News | None:
        """Cheap to ask for again and again."""
        with self._base.errors():
            found = self._found(owner, table_id)
            cells = self._cells(table_id, since)
        return found and News(head=found[2], cells=tuple(cells), changes=found[1])

    def put(self, owner: str, table_id: str, cells: Iterable[PutCell]) -> bool:
        """Keep cells of rows and columns that are there; the reader's own give way to the reader
        alone. False where the table is gone."""
        with self._base.transaction():
            found = self._changed(owner, table_id)
            if found is None:
                return False
            asked = {column.question for column in found.head.columns}
            self._base.db.executemany(
                "INSERT INTO table_cells SELECT of, paper, ?, ?, ?, ? FROM table_rows"
                " WHERE of = ? AND paper = ?"
                " ON CONFLICT (of, paper, question) DO UPDATE SET cell = excluded.cell,"
                " own = excluded.own, change = excluded.change WHERE own <= excluded.own",
                [
                    (
                        *(put.question, json.dumps(freeze(put.cell), ensure_ascii=False)),
                        *(put.own, found.changes, table_id, put.paper_id),
                    )
                    for put in cells
                    if put.question in asked
                ],
            )
        return True

    def empty(self, owner: str, table_id: str, cells: Iterable[CellAt]) -> None:
        """Take out what the cells hold."""
        with self._base.transaction():
            if self._changed(owner, table_id):
                self._base.db.executemany(
                    "DELETE FROM table_cells WHERE of = ? AND paper = ? AND question = ?",
                    [(table_id, *at) for at in cells],
                )

    def set_head(self, owner: str, table_id: str, **changes: Any) -> None:
        with self._base.transaction():
            if found := self._changed(owner, table_id):
                head = replace(found.head, **changes)
                self._base.db.execute(
                    "UPDATE tables SET head = ? WHERE id = ?",
                    (json.dumps(freeze(head), ensure_ascii=False), table_id),
                )

    def set_title(self, owner: str, table_id: str, title: str) -> None:
        with self._base.transaction():
            if self._changed(owner, table_id):
                self._base.db.execute(
                    "UPDATE tables SET title = ? WHERE id = ?", (_short(title), table_id)
                )

    def add_rows(self, owner: str, table_id: str, papers: Sequence[Paper]) -> None:
        """Behind the others; one that was removed comes back with its cells."""
        with self._base.transaction():
            if self._changed(owner, table_id):
                self._add(table_id, papers)

    def set_row(self, owner: str, table_id: str, paper: Paper) -> None:
        """The paper as it is now, with empty cells: they were of its former text."""
        with self._base.transaction():
            if self._changed(owner, table_id):
                at = (table_id, paper.paper_id)
                self._base.db.execute("DELETE FROM table_cells WHERE of = ? AND paper = ?", at)
                self._base.db.execute(
                    "UPDATE table_rows SET record = ? WHERE of = ? AND paper = ?",
                    (json.dumps(freeze(paper), ensure_ascii=False), *at),
                )

    def remove_row(self, owner: str, table_id: str, paper_id: str) -> None:
        """Out of sight, with its cells: it may be put back."""
        self._turn_row(owner, table_id, paper_id, "position >= 0")

    def put_back_row(self, owner: str, table_id: str, paper_id: str) -> None:
        """In its former place."""
        self._turn_row(owner, table_id, paper_id, "position < 0")

    def _turn_row(self, owner: str, table_id: str, paper_id: str, where: str) -> None:
        """A row that is removed has a negative position."""
        with self._base.transaction():
            if self._changed(owner, table_id):
                self._base.db.execute(
                    "UPDATE table_rows SET position = -1 - position"
                    f" WHERE of = ? AND paper = ? AND {where}",
                    (table_id, paper_id),
                )

    def forget(self, owner: str, table_id: str) -> None:
        """Delete it, beyond recall."""
        with self._base.errors():
            self._base.db.execute("PRAGMA secure_delete = ON")
        with self._base.transaction():
            self._base.db.execute(
                "DELETE FROM tables WHERE id = ? AND owner = ?", (table_id, owner)
            )
        with self._base.errors():
            self._base.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def let_go(self) -> None:
        """Of tables in memory: those that nothing was done with for a while, and all beyond the
        number that is held."""
        with self._base.transaction():
            self._base.db.execute(
                "DELETE FROM tables WHERE updated < ? OR id NOT IN"
                " (SELECT id FROM tables ORDER BY updated DESC LIMIT ?)",
                (time.time() - HELD_S, HELD),
            )

    def _found(self, owner: str, table_id: str) -> tuple[str, int, Head] | None:
        row = self._base.db.execute(
            "SELECT title, changes, head FROM tables WHERE id = ? AND owner = ?",
            (table_id, owner),
        ).fetchone()
        return row and (row[0], row[1], _head(row[2]))

    def _cells(self, table_id: str, since: int = -1) -> list[PutCell]:
        rows = self._base.db.execute(
            "SELECT paper, question, cell, own, change FROM table_cells JOIN table_rows"
            " USING (of, paper) WHERE of = ? AND change > ? AND position >= 0"
            " AND question IN (SELECT json_extract(value, '$.question') FROM tables,"
            " json_each(head, '$.columns') WHERE tables.id = of)",
            (table_id, since),
        ).fetchall()
        return [
            PutCell(
                paper_id=paper,
                question=question,
                cell=thaw(Cell, json.loads(cell)),
                own=bool(own),
                change=change,
            )
            for paper, question, cell, own, change in rows
        ]

    def _changed(self, owner: str, table_id: str) -> News | None:
        """Counts a change; what the table was before it, without cells."""
        self._base.db.execute(
            "UPDATE tables SET changes = changes + 1, updated = ? WHERE id = ? AND owner = ?",
            (time.time(), table_id, owner),
        )
        found = self._found(owner, table_id)
        return found and News(head=found[2], cells=(), changes=found[1])

    def _add(self, table_id: str, papers: Sequence[Paper]) -> None:
        first = self._base.db.execute(
            "SELECT coalesce(max(position) + 1, 0) FROM table_rows WHERE of = ?", (table_id,)
        ).fetchone()[0]
        self._base.db.executemany(
            "INSERT INTO table_rows VALUES (?, ?, ?, ?) ON CONFLICT (of, paper) DO UPDATE"
            " SET position = excluded.position WHERE position < 0",
            [
                (table_id, first + at, p.paper_id, json.dumps(freeze(p), ensure_ascii=False))
                for at, p in enumerate(papers)
            ],
        )


def _short(title: str) -> str:
    title = " ".join(title.split())
    return title if len(title) <= TITLE_CHARS else title[: TITLE_CHARS - 1] + "…"


def _head(text: str) -> Head:
    return thaw(Head, json.loads(text))
