"""A SQLite file that several processes share: connections, one writer at a time, errors in words.

What is stored is not known here. WAL mode: readers never wait for the writer, and a transaction
is there as a whole or not at all, whenever the power goes. Where nothing may be written (a
read-only medium, another user's folder) the file is read as it stands.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import threading
import weakref
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from filelock import FileLock, Timeout

from rag.errors import CatalogDamaged, CatalogError, CatalogLocked, FolderReadOnly
from rag.storage import versions

_LEAST_SPACE = 100_000
"""Bytes without which SQLite can write nothing."""


class State(NamedTuple):
    """What tells that a file has changed: time of the last write, and bytes of its WAL."""

    written: int
    log: int


class _Connection:
    """A thread's own, closed with the thread: a server's threads come and go."""

    def __init__(self, db: sqlite3.Connection, state: State | None) -> None:
        self.db = db
        self.state = state

    def __del__(self) -> None:
        self.db.close()


class Database:
    """`folder`/`name`, made with `schema` where it is missing, and brought up to date where it is
    of an earlier version: `steps` are the statements that make a file of each version one of the
    next; None leaves any file as it is, to be copied. Safe to share between threads (a connection
    each). `frozen`: the file never changes, and opening it leaves no trace.

    Raises NewerData for a file of a newer Citewell, which is left as it is, CatalogDamaged when
    the file cannot be read, CatalogLocked when another process keeps writing, FolderReadOnly when
    something would have to be written there, CatalogError for what the disk refuses.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        *,
        schema: str,
        version: int,
        steps: Mapping[int, Sequence[str]] | None = MappingProxyType({}),
        frozen: bool = False,
    ) -> None:
        self.folder = folder
        self.path = folder / name
        self._local = threading.local()
        self._connections: weakref.WeakSet[_Connection] = weakref.WeakSet()
        self._frozen = frozen
        self._short_of_space = False
        versions.require(self.path, version)
        with self.errors():
            if not frozen:
                folder.mkdir(parents=True, exist_ok=True)
            if self.read_only and not self.path.is_file():
                raise self._refused()
            try:
                held = self._version()
            except sqlite3.OperationalError:
                if self.read_only or not _full(folder):
                    raise
                self._short_of_space = True  # WAL needs some even for reading
                held = self._version()
        if held > version:  # by a change that is still in the WAL
            raise versions.newer(self.path, held)
        if steps is None:
            return
        if held == 0:
            with self.lock(), self.errors():
                if self._version() == 0:
                    self.db.executescript(
                        f"BEGIN IMMEDIATE;{schema}PRAGMA user_version = {version};COMMIT;"
                    )
        elif held < version:
            self._bring_up_to_date(version, steps)

    def _bring_up_to_date(self, version: int, steps: Mapping[int, Sequence[str]]) -> None:
        """All steps or none of them."""
        if self.read_only:
            raise FolderReadOnly(
                f"{self.path} is of an earlier Citewell, and nothing can be written there to bring"
                " it up to date.",
                remedy="Start citewell once where the folder may be written to.",
            )
        with self.transaction():
            for before in range(self._version(), version):  # another process may have been first
                for statement in steps[before]:
                    self.db.execute(statement)
            self.db.execute(f"PRAGMA user_version = {version}")

    def copy(self, target: Path) -> None:
        """Write all of it, as it is at one moment, into the new file `target`, whoever else writes
        meanwhile. Raises OSError when that file cannot be written."""
        try:
            with contextlib.closing(sqlite3.connect(target)) as copy, self.errors():
                self.db.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.Error as error:
            raise OSError(f"{target}: {error}") from error

    def _version(self) -> int:
        return int(self.db.execute("PRAGMA user_version").fetchone()[0])

    @property
    def read_only(self) -> bool:
        """Whether nothing can be written there now."""
        if self._frozen or not _writable(self.folder, self.path):
            return True
        return self._short_of_space and _full(self.folder)

    @property
    def db(self) -> sqlite3.Connection:
        """This thread's connection; a new one when the file, read-only to us, was changed by
        somebody else, or may be written to again."""
        held: _Connection | None = getattr(self._local, "held", None)
        state = self._state()
        if held is None or held.state != state:
            if held is not None:
                held.db.close()
            self._local.held = held = _Connection(self._connect(state), state)
            self._connections.add(held)
        return held.db

    def _state(self) -> State | None:
        """None for a file that we may write to, for then SQLite looks after changes itself."""
        if self._frozen:
            return State(written=0, log=0)
        if not self.read_only:
            return None
        log = self.path.with_name(f"{self.path.name}-wal")
        size = log.stat().st_size if log.exists() else 0
        return State(written=self.path.stat().st_mtime_ns, log=size)

    def _connect(self, state: State | None) -> sqlite3.Connection:
        uri = self.path.absolute().as_uri()
        if state is not None:
            # SQLite cannot make its WAL here: it reads the one that is there, or goes without.
            how = "mode=ro" if state.log else "immutable=1"
            return sqlite3.connect(f"{uri}?{how}", uri=True, check_same_thread=False)
        # Autocommit: transactions are spelled out in `transaction`.
        db = sqlite3.connect(self.path, timeout=10, isolation_level=None, check_same_thread=False)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
        return db

    def close(self) -> None:
        for held in list(self._connections):
            held.db.close()
        self._local = threading.local()

    @contextlib.contextmanager
    def errors(self) -> Iterator[None]:
        try:
            yield
        except Timeout as error:
            raise CatalogLocked(
                f"Another Citewell process is writing to {self.folder}.",
                remedy="Wait until it has finished, then try again.",
            ) from error
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise CatalogLocked(
                    f"Another process is writing to {self.path}.",
                    remedy="Wait until it has finished, then try again.",
                ) from error
            if _full(self.folder):
                raise self._refused() from error
            if self.read_only:
                raise CatalogError(
                    f"{self.folder} is read-only, and {self.path.name} was not closed properly"
                    f" before it became so ({error}).",
                    remedy=f"Make it writable once (chmod -R u+w '{self.folder}'), then:"
                    " citewell doctor",
                ) from error
            raise CatalogError(
                f"SQLite cannot use {self.path}: {error}.",
                remedy="Check free space and permissions of the folder (citewell doctor shows it).",
            ) from error
        except sqlite3.DatabaseError as error:
            raise self.damaged(str(error)) from error
        except OSError as error:
            raise CatalogError(
                f"The data folder {self.folder} cannot be used: {error.strerror or error}.",
                remedy="Choose another one with --data-dir or CITEWELL_DATA_DIR.",
            ) from error

    def check(self) -> None:
        """Read the whole file. Raises CatalogDamaged for what SQLite finds wrong."""
        with self.errors():
            verdict = self.db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok":
            raise self.damaged(verdict)

    def damaged(self, what: str) -> CatalogDamaged:
        """The error for a file of which nothing can be trusted any more."""
        return CatalogDamaged(
            f"The catalog {self.path} is damaged: {what}.",
            remedy=f"Move it away (mv '{self.path}' elsewhere), then: citewell ingest",
        )

    def _refused(self) -> FolderReadOnly:
        if _full(self.folder):
            return FolderReadOnly(
                f"The disk of the data folder {self.folder} is full.",
                remedy="Free some space, then do it again.",
            )
        return FolderReadOnly(
            f"The data folder {self.folder} is read-only.",
            remedy=f"Make it writable (chmod -R u+w '{self.folder}'), or choose another one with"
            " --data-dir.",
        )

    @contextlib.contextmanager
    def lock(self, timeout: float = 10) -> Iterator[None]:
        """The one writer's lock; re-entrant within a thread. Raises FolderReadOnly, and
        CatalogLocked when another process holds it for longer than `timeout` seconds."""
        if self.read_only:
            raise self._refused()
        lock = self._local.__dict__.setdefault(
            "lock", FileLock(self.folder / f"{self.path.name}.lock", timeout=timeout)
        )
        with self.errors():
            lock.acquire(timeout=timeout)
        try:
            yield
        finally:
            lock.release()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing of it, under the writer's lock."""
        with self.lock(), self.errors():
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.db.execute("COMMIT")
            except BaseException:
                if self.db.in_transaction:
                    self.db.execute("ROLLBACK")
                raise


def _writable(folder: Path, file: Path) -> bool:
    return os.access(folder, os.W_OK) and (not file.exists() or os.access(file, os.W_OK))


def _full(folder: Path) -> bool:
    return folder.exists() and shutil.disk_usage(folder).free < _LEAST_SPACE
