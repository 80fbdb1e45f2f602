"""Who a request is from, at each door: by a login, a token, or a proxy that has seen to it."""

from __future__ import annotations

import hmac
import threading
from pathlib import Path

from starlette.requests import HTTPConnection
from starlette.types import Scope

from rag.errors import UsageError
from rag.storage.database import Database
from ui.access import store
from ui.access.people import Account, People
from ui.access.person import Person, visitor
from ui.access.proxy import Proxies
from ui.access.sessions import COOKIE, Sessions
from ui.access.tokens import Tokens

IDLE_HOURS, AGE_DAYS = 72, 30


class Access:
    """To what lies in `folder`. `local`: only this machine reaches the door. `is_open`: nobody logs
    in, whoever may reach it. `token`: one of programs that was given at the start. Sessions end
    after `idle_hours` without use, and after `age_days`.

    Once there are people, everybody has to log in, also on this machine, for as long as the
    process runs: whoever removes the last of them opens no door. Thread-safe; methods read the
    file, and raise CatalogError as it does."""

    def __init__(
        self,
        folder: Path,
        *,
        local: bool = True,
        is_open: bool = False,
        proxies: Proxies | None = None,
        token: str | None = None,
        idle_hours: int = IDLE_HOURS,
        age_days: int = AGE_DAYS,
    ) -> None:
        self.local = local
        self.proxies = proxies or Proxies()
        self._folder = folder
        self._is_open = is_open
        self._token = token
        self._times = {"idle": 3600.0 * idle_hours, "age": 86400.0 * age_days}
        self._closed = not is_open and (not local or self.proxies.names_people)
        self._held: Database | None = None
        self._lock = threading.Lock()

    @property
    def needs_login(self) -> bool:
        if not self._closed and not self._is_open:
            self._closed = self.has_people
        return self._closed

    @property
    def needs_token(self) -> bool:
        """Whether programs do."""
        if not self._closed and not self._is_open:
            self._closed = self._token is not None or self.has_people or self.has_tokens
        return self._closed

    @property
    def has_people(self) -> bool:
        return self._holds("people")

    @property
    def has_tokens(self) -> bool:
        return self._holds("tokens")

    @property
    def people(self) -> People:
        return People(self._base())

    @property
    def sessions(self) -> Sessions:
        return Sessions(self._base(), **self._times)

    def visitor(self, scope: Scope) -> Person | None:
        """Who asks for the page; None for somebody who has to log in first."""
        if not self.needs_login:
            owner = visitor(HTTPConnection(scope).cookies)
            return Person(owner=owner, is_admin=self.local, is_here=self.local)
        found = self._named_by_proxy(scope) or self.of_session(scope)
        return found.person if found else None

    def of_session(self, scope: Scope) -> Account | None:
        cookie = HTTPConnection(scope).cookies.get(COOKIE)
        return self.sessions.find(cookie) if cookie and self.has_people else None

    def program(self, scope: Scope) -> tuple[Person | None, bool]:
        """Who asks at the interface for programs, None for a token that is missing or wrong; and
        whether a token of ours says so."""
        if found := self._of_token(scope):
            return found, True
        if named := self._named_by_proxy(scope):
            return named.person, False
        return (None if self.needs_token else Person()), False

    def _of_token(self, scope: Scope) -> Person | None:
        kind, _, given = HTTPConnection(scope).headers.get("authorization", "").partition(" ")
        given = given.strip()
        if kind.lower() != "bearer" or not given:
            return None
        if self._token and hmac.compare_digest(given.encode(), self._token.encode()):
            return Person()
        return Tokens(self._base()).find(given) if store.path(self._folder).exists() else None

    def _named_by_proxy(self, scope: Scope) -> Account | None:
        if not (name := self.proxies.person(scope)):
            return None
        try:
            return self.people.met(name)
        except UsageError:  # a name that can be nobody's
            return None

    def _holds(self, table: str) -> bool:
        if not store.path(self._folder).exists():
            return False
        base = self._base()
        with base.errors():
            return base.db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is not None

    def _base(self) -> Database:
        with self._lock:
            if self._held is None:
                self._held = store.opened(self._folder)
            return self._held
