"""Tokens of programs: 256 random bits, shown once, kept as a hash."""

from __future__ import annotations

import hmac
import re
import time
from dataclasses import dataclass

from rag.errors import NotFound, UsageError
from rag.storage.database import Database
from ui.access import store
from ui.access.people import Account, People, checked_name, key
from ui.access.person import Person

START = "cw_"
"""What a token begins with, so that it is known where it should not be."""
_SHOWN = 9
_UNITS = {"h": 3600.0, "d": 86400.0, "w": 7 * 86400.0}


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """`user`: whose it is; empty for one of nobody in particular. `prefix`: what it begins with.
    `made`, `expires`: seconds since 1970; `expires` None for never."""

    name: str
    user: str
    prefix: str
    made: float
    expires: float | None

    @property
    def is_over(self) -> bool:
        return self.expires is not None and self.expires <= time.time()


class Tokens:
    """Those of `base`. Thread-safe. Raises CatalogError as the file does."""

    def __init__(self, base: Database) -> None:
        self._base = base
        self._people = People(base)

    def all(self) -> list[Token]:
        """By name."""
        with self._base.errors():
            rows = self._base.db.execute(
                "SELECT t.name, coalesce(p.name, ''), prefix, made, expires"
                " FROM tokens t LEFT JOIN people p ON p.id = t.person ORDER BY t.key"
            ).fetchall()
        return [Token(name=n, user=u, prefix=p, made=m, expires=e) for n, u, p, m, e in rows]

    def add(self, name: str, *, account: Account | None, seconds: float | None) -> str:
        """The token itself, which nothing tells again. `seconds` None: it never expires. Raises
        UsageError for a name that is taken or cannot be one."""
        name, token, now = checked_name(name), START + store.secret(), time.time()
        if any(key(one.name) == key(name) for one in self.all()):
            raise UsageError(
                f"There is a token {name} already.", remedy=f"citewell token remove {name}"
            )
        with self._base.transaction():
            self._base.db.execute(
                "INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    *(key(name), name, account and account.id, store.digest(token)),
                    *(token[:_SHOWN], now, None if seconds is None else now + seconds),
                ),
            )
        return token

    def remove(self, name: str) -> None:
        """Raises NotFound."""
        with self._base.transaction():
            found = self._base.db.execute("DELETE FROM tokens WHERE key = ?", (key(name),))
        if not found.rowcount:
            raise NotFound(f"There is no token {name!r}.", remedy="See: citewell token list")

    def find(self, token: str) -> Person | None:
        """Whose it is; None for one that has expired, or never was."""
        hashed = store.digest(token)
        with self._base.errors():
            row = self._base.db.execute(
                "SELECT hash, person, name, expires FROM tokens WHERE hash = ?", (hashed,)
            ).fetchone()
        if row is None or not hmac.compare_digest(row[0], hashed):
            return None
        if row[3] is not None and row[3] <= time.time():
            return None
        if row[1] is None:
            return Person(name=row[2])
        account = self._people.by_id(row[1])
        return account.person if account else None


def seconds_of(text: str) -> float:
    """`90d`, `12h`, `2w`. Raises UsageError."""
    found = re.fullmatch(r"(\d{1,5})([hdw])", text.strip().lower())
    if found is None or not int(found[1]):
        raise UsageError(
            f"{text!r} is no time.", remedy="Say hours, days or weeks: --expires 12h, 90d or 4w"
        )
    return int(found[1]) * _UNITS[found[2]]
