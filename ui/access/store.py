"""`people.sqlite3` in the data folder: who may come in, who has logged in, and tokens. Readable by
its owner alone. Passwords, session ids and tokens are in it as hashes."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from rag.errors import CatalogDamaged
from rag.storage.database import Database

FILE = "people.sqlite3"
VERSION = 1
_SCHEMA = """
CREATE TABLE people (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    key      TEXT NOT NULL UNIQUE,  -- the name as it is compared
    name     TEXT NOT NULL,
    role     TEXT NOT NULL,         -- admin, member
    password TEXT,                  -- argon2id; NULL: comes in by a proxy alone
    owner    TEXT NOT NULL UNIQUE,  -- stands for the person where things are kept
    added    REAL NOT NULL          -- seconds since 1970
);
CREATE TABLE sessions (
    hash   TEXT PRIMARY KEY,        -- of the cookie
    person INTEGER NOT NULL REFERENCES people ON DELETE CASCADE,
    begun  REAL NOT NULL,
    seen   REAL NOT NULL
);
CREATE TABLE tokens (
    key     TEXT PRIMARY KEY,       -- the name as it is compared
    name    TEXT NOT NULL,
    person  INTEGER REFERENCES people ON DELETE CASCADE,  -- NULL: of nobody in particular
    hash    TEXT NOT NULL UNIQUE,
    prefix  TEXT NOT NULL,          -- what it begins with, to be known again
    made    REAL NOT NULL,
    expires REAL                    -- NULL: never
);
"""


def path(folder: Path) -> Path:
    return folder / FILE


def opened(folder: Path) -> Database:
    """Made where it is missing. Raises as `rag.storage.database`."""
    file = path(folder)
    if not file.exists() and os.access(folder, os.W_OK):
        # SQLite gives its log files the mode of this one.
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    try:
        return Database(folder, FILE, schema=_SCHEMA, version=VERSION)
    except CatalogDamaged as error:
        raise CatalogDamaged(
            f"The people in {file} cannot be read.",
            remedy="Restore that file from a copy. Without it nobody is let in.",
        ) from error


def secret() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def digest(text: str) -> str:
    """What is kept of a secret of that size, which no dictionary has."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
