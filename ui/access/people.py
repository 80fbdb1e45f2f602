"""The people of a data folder: added and removed in the terminal, looked up with each request."""

from __future__ import annotations

import time
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from rag.errors import NotFound, UsageError
from rag.settings import corpora
from rag.storage.database import Database
from ui.access import passwords, store
from ui.access.person import Person, Role

NAME_CHARS = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """`owner`: the secret that stands for the person where things are kept. `added`: in seconds
    since 1970."""

    id: int
    name: str
    role: Role
    has_password: bool
    owner: str
    added: float

    @property
    def person(self) -> Person:
        return Person(name=self.name, owner=self.owner, is_admin=self.role == "admin")


class People:
    """Those of `base` (`store.opened`). Thread-safe. Raises CatalogError as the file does."""

    def __init__(self, base: Database) -> None:
        self._base = base

    def all(self) -> list[Account]:
        """By name."""
        with self._base.errors():
            rows = self._base.db.execute(f"{_SELECT} ORDER BY key").fetchall()
        return [_account(row) for row in rows]

    def find(self, name: str) -> Account | None:
        return self._one("key = ?", key(name))

    def get(self, name: str) -> Account:
        """Raises NotFound."""
        if (found := self.find(name)) is None:
            raise NotFound(f"There is nobody called {name!r}.", remedy="See: citewell user list")
        return found

    def by_id(self, person: int) -> Account | None:
        return self._one("id = ?", person)

    def first_admin(self) -> Account | None:
        """Whose is what the terminal keeps, and what was kept before there were people."""
        return self._one("role = 'admin' ORDER BY id LIMIT 1")

    def add(self, name: str, *, role: Role = "member", password: str | None = None) -> Account:
        """`password` None: comes in by a proxy alone. Raises UsageError for a name that is taken or
        cannot be one, and for a password that is too short."""
        name = checked_name(name)
        hashed = None if password is None else passwords.hashed(password)
        values = (key(name), name, role, hashed, store.secret(), time.time())
        with self._base.transaction():
            if self.find(name):
                raise UsageError(
                    f"There is somebody called {name} already.",
                    remedy=f"Another password: citewell user password {name}",
                )
            self._base.db.execute(
                "INSERT INTO people (key, name, role, password, owner, added)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                values,
            )
        return self.get(name)

    def met(self, name: str) -> Account:
        """Somebody whom a proxy has let in, who is added where we do not know them yet. Raises
        UsageError for a name that cannot be one."""
        if found := self.find(name):
            return found
        try:
            return self.add(name)
        except UsageError:
            if found := self.find(name):  # by another request, at the same time
                return found
            raise

    def remove(self, account: Account) -> None:
        """With sessions and tokens."""
        with self._base.transaction():
            self._base.db.execute("DELETE FROM people WHERE id = ?", (account.id,))

    def set_password(self, account: Account, password: str) -> None:
        """Ends the sessions of the person. Raises UsageError for one that is too short."""
        hashed = passwords.hashed(password)
        with self._base.transaction():
            self._base.db.execute(
                "UPDATE people SET password = ? WHERE id = ?", (hashed, account.id)
            )
            self._base.db.execute("DELETE FROM sessions WHERE person = ?", (account.id,))

    def set_role(self, account: Account, role: Role) -> None:
        with self._base.transaction():
            self._base.db.execute("UPDATE people SET role = ? WHERE id = ?", (role, account.id))

    def with_password(self, name: str, password: str) -> Account | None:
        """Who that is; None for a wrong name or password, in the same time."""
        with self._base.errors():
            row = self._base.db.execute(
                "SELECT id, password FROM people WHERE key = ?", (key(name),)
            ).fetchone()
        fits = passwords.fits(password, row[1] if row else None)
        return self.by_id(row[0]) if row and fits else None

    def _one(self, where: str, *values: str | int) -> Account | None:
        with self._base.errors():
            row = self._base.db.execute(f"{_SELECT} WHERE {where}", values).fetchone()
        return None if row is None else _account(row)


_SELECT = "SELECT id, name, role, password IS NOT NULL, owner, added FROM people"


def _account(row: tuple[int, str, str, int, str, float]) -> Account:
    number, name, role, has_password, owner, added = row
    return Account(
        id=number,
        name=name,
        role=cast(Role, role),
        has_password=bool(has_password),
        owner=owner,
        added=added,
    )


def key(name: str) -> str:
    """How names are compared."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def checked_name(name: str) -> str:
    """Raises UsageError."""
    name = unicodedata.normalize("NFC", name).strip()
    if not name or len(name) > NAME_CHARS or not name.isprintable():
        raise UsageError(
            f"A name has 1 to {NAME_CHARS} characters that can be printed.",
            remedy="For example: citewell user add ada",
        )
    return name


def here(corpus: Path) -> Account | None:
    """The first admin of the data folder of a corpus; None where there are no people."""
    root = corpora.root_of(corpus)
    if not store.path(root).exists():
        return None
    base = store.opened(root)
    try:
        return People(base).first_admin()
    finally:
        base.close()
