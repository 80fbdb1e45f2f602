"""Which versions of a data folder this Citewell can use. What is of a newer one is refused before
anything of it is opened, so that nothing is touched.

Databases carry their version (SQLite's `user_version`); all other files of a folder together have
one, in the file `format`, which is only there from version 2 on. A version goes up when an earlier
Citewell would misread or harm what is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rag.errors import CatalogError, NewerData

DATABASES: Mapping[str, int] = {
    "catalog.sqlite3": 1,
    "conversations.sqlite3": 5,
    "people.sqlite3": 1,
}
"""Each database of a folder, and the newest version of it that is known."""
FORMAT_FILE = "format"
FORMAT = 1
"""Of what is no database."""
_MAGIC = b"SQLite format 3\0"
_REMEDY = "Update Citewell, or choose another folder with --data-dir."


def held(file: Path) -> int:
    """The version of a database, read without opening it; 0 where there is none, or no SQLite."""
    try:
        with file.open("rb") as opened:
            header = opened.read(64)
    except OSError:
        return 0
    return int.from_bytes(header[60:64], "big") if header.startswith(_MAGIC) else 0


def require(file: Path, known: int) -> None:
    """Raises NewerData for a database of a later version than `known`."""
    if (version := held(file)) > known:
        raise newer(file, version)


def require_known(folder: Path) -> None:
    """Raises NewerData where anything in `folder` is of a newer Citewell, CatalogError where
    that cannot be told."""
    for name, known in DATABASES.items():
        require(folder / name, known)
    file = folder / FORMAT_FILE
    try:
        text = file.read_text("ascii").strip()
    except (FileNotFoundError, NotADirectoryError):
        return
    except (OSError, ValueError) as error:
        raise _unreadable(file) from error
    if not text.isdecimal():
        raise _unreadable(file)
    if int(text) > FORMAT:
        raise newer(file, int(text))


def newer(file: Path, version: int) -> NewerData:
    return NewerData(
        f"{file} was written by a newer Citewell (version {version}); nothing was touched.",
        remedy=_REMEDY,
    )


def _unreadable(file: Path) -> CatalogError:
    return CatalogError(
        f"{file} does not say which version the data folder is of.",
        remedy=f"Restore a backup (citewell restore), or remove {file} if you made it yourself.",
    )
