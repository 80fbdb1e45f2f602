"""What somebody keeps in `conversations.sqlite3` goes over to somebody else, or goes. Owners are
digests; `store.HERE` is one as well."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from rag.settings import corpora
from rag.storage.database import Database
from ui.web import store

_KINDS = ("conversations", "tables", "marks", "searches")


def kept(root: Path, owner: str) -> dict[str, int]:
    """How many conversations, tables, marked papers and searches are the owner's, in all corpora of
    the data folder `root`."""
    found = dict.fromkeys(_KINDS, 0)
    for base in _bases(root):
        with base.errors():
            for kind in _KINDS:
                many = f"SELECT count(*) FROM {kind} WHERE owner = ?"
                found[kind] += base.db.execute(many, (owner,)).fetchone()[0]
    return found


def inherit(root: Path, heir: str, *, but: Iterable[str]) -> bool:
    """All that is kept becomes the heir's, except what is of the owners `but`. Whether there was
    any."""
    spared, any_found = {heir, *but}, False
    for base in _bases(root):
        others: set[str] = set()
        with base.errors():
            for kind in _KINDS:
                rows = base.db.execute(f"SELECT DISTINCT owner FROM {kind}")
                others |= {row[0] for row in rows}
        found = sorted(others - spared)
        _hand_over(base, found, heir)
        any_found = any_found or bool(found)
    return any_found


def hand_over(root: Path, owner: str, heir: str) -> None:
    for base in _bases(root):
        _hand_over(base, [owner], heir)


def delete(root: Path, owner: str) -> None:
    """Beyond recall."""
    for base in _bases(root):
        with base.errors():
            base.db.execute("PRAGMA secure_delete = ON")
        with base.transaction():
            for kind in _KINDS:
                base.db.execute(f"DELETE FROM {kind} WHERE owner = ?", (owner,))
        with base.errors():
            base.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _bases(root: Path) -> Iterator[Database]:
    """Of each corpus in which something is kept."""
    for folder in corpora.folders(root):
        if (folder / store.FILE).exists():
            with closing(store.opened(folder)) as base:
                yield base


def _hand_over(base: Database, owners: Sequence[str], heir: str) -> None:
    with base.transaction():
        for owner in owners:
            for kind in ("conversations", "tables"):
                base.db.execute(f"UPDATE {kind} SET owner = ? WHERE owner = ?", (heir, owner))
            _searches(base, owner, heir)
            _marks(base, owner, heir)


def _searches(base: Database, owner: str, heir: str) -> None:
    """Each name once, whatever the case."""
    rows = base.db.execute("SELECT name FROM searches WHERE owner = ?", (heir,))
    taken = {row[0].casefold() for row in rows}
    found = base.db.execute("SELECT id, name FROM searches WHERE owner = ?", (owner,)).fetchall()
    for search, name in found:
        own, at = name, 2
        while own.casefold() in taken:
            own, at = f"{name} ({at})", at + 1
        taken.add(own.casefold())
        base.db.execute("UPDATE searches SET owner = ?, name = ? WHERE id = ?", (heir, own, search))


def _marks(base: Database, owner: str, heir: str) -> None:
    """On papers that both have marked: the tags of both, one note below the other, and the later
    place on the reading list."""
    both = base.db.execute(
        "SELECT paper, a.tags, b.tags, a.note, b.note, a.reading, b.reading, a.updated, b.updated"
        " FROM marks a JOIN marks b USING (paper) WHERE a.owner = ? AND b.owner = ?",
        (heir, owner),
    ).fetchall()
    for paper, tags, more, note, another, reading, later, at, then in both:
        joined = list(dict.fromkeys([*json.loads(tags), *json.loads(more)]))
        notes = "\n\n".join(dict.fromkeys(text for text in (note, another) if text))
        place = (later or reading) if then > at else (reading or later)
        base.db.execute(
            "UPDATE marks SET tags = ?, note = ?, reading = ?, updated = ?"
            " WHERE owner = ? AND paper = ?",
            (json.dumps(joined, ensure_ascii=False), notes, place, max(at, then), heir, paper),
        )
        base.db.execute("DELETE FROM marks WHERE owner = ? AND paper = ?", (owner, paper))
    base.db.execute("UPDATE marks SET owner = ? WHERE owner = ?", (heir, owner))
