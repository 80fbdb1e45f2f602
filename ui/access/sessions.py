"""Who has logged in: a random cookie, of which the file has a hash. A session ends when nobody has
used it for a while, and at the latest some days after it began."""

from __future__ import annotations

import time

from rag.storage.database import Database
from ui.access import store
from ui.access.people import Account, People

COOKIE = "citewell_session"
_EVERY = 60.0
"""Seconds after which the use of a session is noted again."""


class Sessions:
    """`idle`, `age`: seconds without use, and since the beginning, after which one ends.
    Thread-safe. Raises CatalogError as the file does."""

    def __init__(self, base: Database, *, idle: float, age: float) -> None:
        self._base = base
        self._people = People(base)
        self._idle = idle
        self.age = age

    def begin(self, account: Account) -> str:
        """A new session's cookie; those that are over are swept away."""
        cookie, now = store.secret(), time.time()
        with self._base.transaction():
            self._base.db.execute(
                "DELETE FROM sessions WHERE seen < ? OR begun < ?",
                (now - self._idle, now - self.age),
            )
            self._base.db.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?)",
                (store.digest(cookie), account.id, now, now),
            )
        return cookie

    def find(self, cookie: str) -> Account | None:
        """Whose it is; None for one that is over, or never was."""
        now, hashed = time.time(), store.digest(cookie)
        with self._base.errors():
            row = self._base.db.execute(
                "SELECT person, seen FROM sessions WHERE hash = ? AND seen >= ? AND begun >= ?",
                (hashed, now - self._idle, now - self.age),
            ).fetchone()
        if row is None:
            return None
        if now - row[1] > min(_EVERY, self._idle / 4) and not self._base.read_only:
            with self._base.transaction():
                self._base.db.execute("UPDATE sessions SET seen = ? WHERE hash = ?", (now, hashed))
        return self._people.by_id(row[0])

    def end(self, cookie: str) -> None:
        with self._base.transaction():
            self._base.db.execute("DELETE FROM sessions WHERE hash = ?", (store.digest(cookie),))
