"""`conversations.sqlite3`: its tables, and how the file of an earlier Citewell becomes one of this.

Names and owners, questions and judgements are known to those who use it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rag.errors import CatalogDamaged, FolderReadOnly
from rag.storage.database import Database

FILE = "conversations.sqlite3"
VERSION = 3

_JUDGEMENTS = """
CREATE TABLE judgements (
    conversation TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,
    {turn}       TEXT NOT NULL,   -- id of the turn
    paper        TEXT NOT NULL,   -- '' for the answer as a whole
    verdict      TEXT NOT NULL,   -- up, down; relevant, partial, not; '' for a note alone
    note         TEXT NOT NULL,
    PRIMARY KEY (conversation, {turn}, paper)
)"""
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
}
"""What makes a file of each version one of the next."""


def opened(folder: Path) -> Database:
    """Raises CatalogDamaged for a file that cannot be read, FolderReadOnly for one of an earlier
    Citewell that cannot be brought up to date, else as `rag.storage.database`."""
    try:
        base = Database(folder, FILE, schema=_SCHEMA, version=VERSION)
        if _held(base) < VERSION:
            if base.read_only:
                raise FolderReadOnly(
                    f"The conversations in {folder / FILE} are of an earlier Citewell, and nothing"
                    " can be written there to bring them up to date.",
                    remedy="Start citewell ui once where the folder may be written to.",
                )
            with base.transaction():
                for version in range(_held(base), VERSION):  # another process may have been first
                    for statement in _STEPS[version]:
                        base.db.execute(statement)
                base.db.execute(f"PRAGMA user_version = {VERSION}")
    except CatalogDamaged as error:
        raise CatalogDamaged(
            f"The conversations in {folder / FILE} cannot be read.",
            remedy="Move that file away; a new one is made at the next start.",
        ) from error
    return base


def _held(base: Database) -> int:
    with base.errors():
        return int(base.db.execute("PRAGMA user_version").fetchone()[0])


def owns(base: Database, owner: str | None, conversation: str) -> bool:
    """Whether the conversation is of the owner (a digest; None for anybody's)."""
    found = base.db.execute(
        "SELECT 1 FROM conversations WHERE id = ? AND (? IS NULL OR owner = ?)",
        (conversation, owner, owner),
    )
    return found.fetchone() is not None
