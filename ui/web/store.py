"""`conversations.sqlite3`: its tables, and how the file of an earlier Citewell becomes one of this.

Names and owners, questions, judgements, tables, marks and searches are known to those who use it.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rag.errors import CatalogDamaged
from rag.storage.database import Database
from rag.storage.versions import DATABASES

FILE = "conversations.sqlite3"
VERSION = DATABASES[FILE]

_JUDGEMENTS = """
CREATE TABLE judgements (
    conversation TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,
    {turn}       TEXT NOT NULL,   -- id of the turn
    paper        TEXT NOT NULL,   -- '' for the answer as a whole
    verdict      TEXT NOT NULL,   -- up, down; relevant, partial, not; '' for a note alone
    note         TEXT NOT NULL,
    PRIMARY KEY (conversation, {turn}, paper)
)"""
_TABLES = (
    """
CREATE TABLE tables (
    id           TEXT PRIMARY KEY,
    owner        TEXT NOT NULL,
    conversation TEXT REFERENCES conversations ON DELETE CASCADE,  -- NULL where of none
    title        TEXT NOT NULL,
    updated      REAL NOT NULL,   -- seconds since 1970
    changes      INTEGER NOT NULL,  -- counts them
    head         TEXT NOT NULL    -- JSON: columns, who filled the cells, notices
)""",
    "CREATE INDEX tables_of_owner ON tables (owner, updated)",
    """
CREATE TABLE table_rows (
    of       TEXT NOT NULL REFERENCES tables ON DELETE CASCADE,
    position INTEGER NOT NULL,
    paper    TEXT NOT NULL,       -- id
    record   TEXT NOT NULL,       -- JSON: the paper as it was, whose text the spans are of
    PRIMARY KEY (of, paper)
)""",
    """
CREATE TABLE table_cells (
    of       TEXT NOT NULL,
    paper    TEXT NOT NULL,
    question TEXT NOT NULL,
    cell     TEXT NOT NULL,       -- JSON
    own      INTEGER NOT NULL,    -- 1: the reader's
    change   INTEGER NOT NULL,    -- which of the table's changes brought it
    PRIMARY KEY (of, paper, question),
    FOREIGN KEY (of, paper) REFERENCES table_rows (of, paper) ON DELETE CASCADE
)""",
)
_DESK = (
    """
CREATE TABLE marks (
    owner   TEXT NOT NULL,
    paper   TEXT NOT NULL,        -- id; the paper may have left the corpus
    title   TEXT NOT NULL,        -- as it was last known
    reading TEXT NOT NULL,        -- to_read, read; '' where on no list
    tags    TEXT NOT NULL,        -- JSON
    note    TEXT NOT NULL,
    updated REAL NOT NULL,
    PRIMARY KEY (owner, paper)
)""",
    """
CREATE TABLE searches (
    id     TEXT PRIMARY KEY,
    owner  TEXT NOT NULL,
    name   TEXT NOT NULL,
    wanted TEXT NOT NULL,         -- JSON
    seen   INTEGER NOT NULL,      -- revision of the corpus when it was last opened
    opened REAL NOT NULL          -- when that was
)""",
    "CREATE INDEX searches_of_owner ON searches (owner)",
)
HERE = ""
"""Whose marks and saved searches are those of the machine itself: of the terminal, and of every
browser where nobody else reaches the page and nobody logs in. Elsewhere they are the visitor's (a
digest)."""
_SCHEMA = f"""
CREATE TABLE conversations (
    id      TEXT PRIMARY KEY,
    owner   TEXT NOT NULL,
    title   TEXT NOT NULL,
    updated REAL NOT NULL         -- seconds since 1970
);
CREATE INDEX conversations_of_owner ON conversations (owner, updated);
CREATE TABLE turns (
    conversation TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,
    position     INTEGER NOT NULL,
    words        TEXT NOT NULL,   -- question and answer, to be searched
    turn         TEXT NOT NULL,   -- JSON
    id           TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (conversation, position)
);
{_JUDGEMENTS.format(turn="turn")};
{";".join(_TABLES)};
{";".join(_DESK)};
"""
_STEPS: Mapping[int, Sequence[str]] = {
    1: (
        "ALTER TABLE exchanges ADD COLUMN id TEXT NOT NULL DEFAULT ''",
        "UPDATE exchanges SET id = json_extract(exchange, '$.id')",
        _JUDGEMENTS.format(turn="exchange"),
    ),
    2: (
        "ALTER TABLE exchanges RENAME TO turns",
        "ALTER TABLE turns RENAME COLUMN exchange TO turn",
        "ALTER TABLE judgements RENAME COLUMN exchange TO turn",
    ),
    3: _TABLES,
    4: _DESK,
}
"""What makes a file of each version one of the next."""


def opened(folder: Path) -> Database:
    """Raises CatalogDamaged for a file that cannot be read, else as `rag.storage.database`."""
    try:
        return Database(folder, FILE, schema=_SCHEMA, version=VERSION, steps=_STEPS)
    except CatalogDamaged as error:
        raise CatalogDamaged(
            f"The conversations in {folder / FILE} cannot be read.",
            remedy="Move that file away; a new one is made at the next start.",
        ) from error


class InMemory:
    """The same tables, gone with the program: for what is private. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        # Shared by threads, one at a time; autocommit, as rag.storage.database.
        self.db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self.db.executescript(f"PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON; {_SCHEMA}")

    @contextlib.contextmanager
    def errors(self) -> Iterator[None]:
        with self._lock:
            yield

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        with self._lock:
            self.db.execute("BEGIN")
            try:
                yield
                self.db.execute("COMMIT")
            except BaseException:
                self.db.execute("ROLLBACK")
                raise


def owns(base: Database, owner: str | None, conversation: str) -> bool:
    """Whether the conversation is of the owner (a digest; None for anybody's)."""
    found = base.db.execute(
        "SELECT 1 FROM conversations WHERE id = ? AND (? IS NULL OR owner = ?)",
        (conversation, owner, owner),
    )
    return found.fetchone() is not None
