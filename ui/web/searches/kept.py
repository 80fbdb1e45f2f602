"""Saved searches: what was looked for, and how far the corpus had come when it was last opened."""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rag.errors import NotFound, UsageError
from rag.filters import Filters
from rag.storage.database import Database
from rag.storage.frozen import freeze, thaw

NAME_CHARS = 120
MOST = 200
"""Searches of a visitor."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What is looked for: a list of papers as the page asks for it (`asked.ListRequest`), and, of a
    question, its constraints."""

    listed: Mapping[str, Any]
    filters: Filters | None = None

    @property
    def topic(self) -> str:
        """What is ranked by meaning; empty where words and filters decide."""
        return str(self.listed.get("ranked", ""))


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedSearch:
    """`owner`: whose it is, a digest. `seen`: the corpus's revision when it was last opened;
    `opened`: when that was, in seconds since 1970."""

    id: str
    owner: str
    name: str
    wish: Wish
    seen: int
    opened: float


class VisitorSearches:
    """Those in the file of conversations. Thread-safe; raises CatalogError as it does. An `owner`
    is a digest; None stands for everybody, which is for the terminal alone."""

    def __init__(self, base: Database) -> None:
        self._base = base

    def all(self, owner: str) -> list[SavedSearch]:
        """By name."""
        with self._base.errors():
            rows = self._base.db.execute(
                f"{_SELECT} WHERE owner = ? ORDER BY name COLLATE NOCASE, id",
                (owner,),
            ).fetchall()
        return [_search(row) for row in rows]

    def save(self, owner: str, name: str, wish: Wish, revision: int) -> SavedSearch:
        """Under `name`, as far as the corpus has come. Raises UsageError for no name, for one that
        there is, and beyond `MOST`."""
        search = SavedSearch(
            id=secrets.token_urlsafe(9),
            owner=owner,
            name=_name(name),
            wish=wish,
            seen=revision,
            opened=time.time(),
        )
        filters = None if wish.filters is None else freeze(wish.filters)
        kept = {"listed": dict(wish.listed), "filters": filters}
        with self._base.transaction():
            others = self._others(owner, search.name, "")
            if len(others) >= MOST:
                raise UsageError(f"{MOST} searches are kept at most.", remedy="Delete another one.")
            self._base.db.execute(
                "INSERT INTO searches VALUES (?, ?, ?, ?, ?, ?)",
                (
                    *(search.id, owner, search.name, json.dumps(kept, ensure_ascii=False)),
                    *(revision, search.opened),
                ),
            )
        return search

    def load(self, owner: str, search_id: str) -> SavedSearch:
        """Raises NotFound where the owner has none of that id."""
        with self._base.errors():
            row = self._base.db.execute(
                f"{_SELECT} WHERE id = ? AND owner = ?", (search_id, owner)
            ).fetchone()
        if row is None:
            raise NotFound("This search is not here. It may have been deleted in another tab.")
        return _search(row)

    def looked_at(self, search: SavedSearch, revision: int) -> None:
        """Nothing of the corpus up to that revision is new to it from now on."""
        with self._base.transaction():
            self._base.db.execute(
                "UPDATE searches SET seen = ?, opened = ? WHERE id = ?",
                (revision, time.time(), search.id),
            )

    def rename(self, search: SavedSearch, name: str) -> None:
        """Raises UsageError as `save`."""
        name = _name(name)
        with self._base.transaction():
            self._others(search.owner, name, search.id)
            self._base.db.execute("UPDATE searches SET name = ? WHERE id = ?", (name, search.id))

    def forget(self, search: SavedSearch) -> None:
        with self._base.transaction():
            self._base.db.execute("DELETE FROM searches WHERE id = ?", (search.id,))

    def _others(self, owner: str, name: str, but: str) -> list[str]:
        """Names of the owner's other searches. Raises UsageError where one has this name."""
        rows = self._base.db.execute(
            "SELECT name FROM searches WHERE owner = ? AND id <> ?", (owner, but)
        ).fetchall()
        if name.casefold() in {row[0].casefold() for row in rows}:
            raise UsageError(f"There is a search “{name}” already.", remedy="Choose another name.")
        return [row[0] for row in rows]


_SELECT = "SELECT id, owner, name, wanted, seen, opened FROM searches"


def _search(row: sqlite3.Row | tuple[Any, ...]) -> SavedSearch:
    search_id, owner, name, wanted, seen, opened = row
    kept = json.loads(wanted)
    filters = kept["filters"]
    return SavedSearch(
        id=search_id,
        owner=owner,
        name=name,
        wish=Wish(
            listed=kept["listed"], filters=None if filters is None else thaw(Filters, filters)
        ),
        seen=seen,
        opened=opened,
    )


def _name(text: str) -> str:
    name = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if not name:
        raise UsageError("A saved search needs a name.", remedy="Type one.")
    if len(name) > NAME_CHARS:
        raise UsageError(f"The name is too long: {NAME_CHARS} characters are the most.")
    return name
