"""A SQLite file that several processes share: connections, one writer at a time, errors in words.

What is stored is not known here. WAL mode: readers never wait for the writer, and a transaction
is there as a whole or not at all, whenever the power goes.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from rag.errors import CatalogDamaged, CatalogError, CatalogLocked


class Database:
    """`folder`/`name`, made with `schema` where it is missing. Safe to share between threads (a
    connection each).

    Raises CatalogDamaged when the file cannot be read, CatalogLocked when another process keeps
    writing, CatalogError for what the disk refuses and for a schema of a newer Citewell.
    """

    def __init__(self, folder: Path, name: str, *, schema: str, version: int) -> None:
        self.folder = folder
        self.path = folder / name
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        with self.errors():
            folder.mkdir(parents=True, exist_ok=True)
            held = self._version()
        if held > version:
            raise CatalogError(
                f"{self.path} was written by a newer Citewell (schema {held}).",
                remedy="Update Citewell, or choose another folder with --data-dir.",
            )
        if held == 0:
            with self.lock(), self.errors():
                if self._version() == 0:
                    self.db.executescript(
                        f"BEGIN IMMEDIATE;{schema}PRAGMA user_version = {version};COMMIT;"
                    )

    def _version(self) -> int:
        return int(self.db.execute("PRAGMA user_version").fetchone()[0])

    @property
    def db(self) -> sqlite3.Connection:
        db: sqlite3.Connection | None = getattr(self._local, "db", None)
        if db is None:
            # Autocommit: transactions are spelled out in `transaction`.
            db = sqlite3.connect(
                self.path, timeout=10, isolation_level=None, check_same_thread=False
            )
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA foreign_keys = ON")
            self._local.db = db
            self._connections.append(db)
        return db

    def close(self) -> None:
        for db in self._connections:
            db.close()
        self._connections.clear()
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
            raise CatalogError(
                f"SQLite cannot use {self.path}: {error}.",
                remedy="Check free space and permissions of the folder (citewell doctor shows it).",
            ) from error
        except sqlite3.DatabaseError as error:
            raise CatalogDamaged(
                f"The catalog {self.path} is damaged: {error}.",
                remedy=f"Move it away (mv '{self.path}' elsewhere), then: citewell ingest",
            ) from error
        except OSError as error:
            raise CatalogError(
                f"The data folder {self.folder} cannot be used: {error}.",
                remedy="Choose another one with --data-dir or CITEWELL_DATA_DIR.",
            ) from error

    @contextlib.contextmanager
    def lock(self, timeout: float = 10) -> Iterator[None]:
        """The one writer's lock; re-entrant within a thread."""
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
