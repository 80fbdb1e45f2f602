"""An archive read: every file is checked against the archive's own list while it is unpacked into a
new folder, and every database before anybody uses it. Nothing in an archive is trusted."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sqlite3
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from rag.errors import BadInput, CatalogError
from rag.settings.file import FILE as SETTINGS
from rag.storage import versions
from ui.archives import manifest as manifests
from ui.archives.layout import part_at
from ui.archives.manifest import ANOTHER, NAME, Kind, Manifest
from ui.archives.writing import MB, Report

_MOST_FILES = 100_000
_MOST_EXPANDED = 200
"""Times its own size that an archive may hold: what Citewell writes is nowhere near."""
_ROOM = 50 * MB
"""Bytes that stay free on the disk, and that any archive may unpack to, however small."""
_PIECE = 1 << 20
_PRIVATE = (SETTINGS, "chat_history", "people.sqlite3")
"""Files that nobody else may read, as where Citewell makes them."""
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)
"""What zipfile raises for what is damaged, encrypted or packed in another way."""


class Archive:
    """An archive that was opened by `opened`."""

    def __init__(self, file: Path, packed: zipfile.ZipFile, manifest: Manifest) -> None:
        self._file = file
        self._packed = packed
        self.manifest = manifest

    def unpack(self, folder: Path, report: Report) -> None:
        """All files into the new folder `folder`. Raises BadInput for one that is not as it was
        written, NewerData, CatalogError where there is no room."""
        self._require_room(folder.parent)
        total, done = self.manifest.size, 0
        try:
            for place, entry in self.manifest.files.items():
                target = folder / place
                target.parent.mkdir(parents=True, exist_ok=True)
                digest, left = hashlib.sha256(), entry.size
                with self._packed.open(place) as source, target.open("xb") as written:
                    if place.endswith(_PRIVATE):
                        target.chmod(0o600)
                    while piece := source.read(_PIECE):
                        left -= len(piece)
                        if left < 0:
                            break
                        digest.update(piece)
                        written.write(piece)
                        done += len(piece)
                        report("MB", done // MB, total // MB)
                    written.flush()
                    os.fsync(written.fileno())
                if left or digest.hexdigest() != entry.sha256:
                    raise self._bad(f"{place} is not as it was written")
        except _BROKEN as error:
            raise self._bad(f"it is damaged ({error})") from error
        except FileExistsError as error:
            raise self._bad("two of its files have the same name here") from error
        except OSError as error:
            raise CatalogError(
                f"{self._file} could not be unpacked into {folder.parent}:"
                f" {error.strerror or error}.",
                remedy="Check free space and permissions; nothing has been changed.",
            ) from error
        self._check_stores(folder)

    def _require_room(self, folder: Path) -> None:
        free = shutil.disk_usage(folder).free
        if self.manifest.size > free - _ROOM:
            raise CatalogError(
                f"{self._file} holds {self.manifest.size / MB:,.0f} MB, and the disk of {folder}"
                f" has {free / MB:,.0f} MB left.",
                remedy="Free some space, then do it again; nothing has been changed.",
            )

    def _check_stores(self, folder: Path) -> None:
        for place in self.manifest.files:
            part = part_at(place)
            if part is None or part.what != "database":
                continue
            versions.require_known((folder / place).parent)
            try:
                with contextlib.closing(_read_only(folder / place)) as db:
                    sound = db.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
                    # None of Citewell's tables has any, and they would act on what is written.
                    acts = db.execute(
                        "SELECT 1 FROM sqlite_master WHERE type IN ('trigger', 'view')"
                    ).fetchone()
            except sqlite3.Error as error:
                raise self._bad(f"{place} is no sound database ({error})") from error
            if acts or not sound:
                raise self._bad(f"{place} is no sound database of Citewell's")

    def _bad(self, what: str) -> BadInput:
        return BadInput(f"{what}.", path=self._file, remedy=ANOTHER)


@contextlib.contextmanager
def opened(file: Path, kind: Kind) -> Iterator[Archive]:
    """The archive in `file`, its list of files read and compared with what is there. Raises
    BadInput for what is none, or of another kind, NewerData."""
    try:
        packed = zipfile.ZipFile(file)
    except OSError as error:
        raise BadInput(f"it cannot be read: {error.strerror or error}.", path=file) from error
    except _BROKEN as error:
        raise _no_archive(file) from error
    with packed:
        try:
            manifest = _manifest(file, packed)
        except _BROKEN as error:
            raise BadInput(f"it is damaged ({error}).", path=file, remedy=ANOTHER) from error
        if manifest.kind != kind:
            raise BadInput(
                "it holds a corpus." if kind == "backup" else "it is a backup.",
                path=file,
                remedy=f"Take it in with: citewell corpora import {file}"
                if kind == "backup"
                else f"Restore it with: citewell restore {file}",
            )
        yield Archive(file, packed, manifest)


def _manifest(file: Path, packed: zipfile.ZipFile) -> Manifest:
    there = packed.infolist()
    if NAME not in packed.NameToInfo:
        raise _no_archive(file)
    if len(there) > _MOST_FILES or packed.getinfo(NAME).file_size > manifests.MOST:
        raise BadInput("it holds too many files.", path=file, remedy=ANOTHER)
    with packed.open(NAME) as source:
        manifest = manifests.read(source.read(manifests.MOST), str(file))
    listed = {NAME: None} | {place: entry.size for place, entry in manifest.files.items()}
    sizes = {one.filename: one.file_size for one in there if one.filename != NAME}
    plain = all(not stat.S_ISLNK(one.external_attr >> 16) and not one.is_dir() for one in there)
    if len(there) != len(listed) or {NAME: None} | sizes != listed or not plain:
        raise BadInput("its files are not those of its list.", path=file, remedy=ANOTHER)
    if manifest.size > max(_ROOM, _MOST_EXPANDED * file.stat().st_size):
        raise BadInput(
            "it would unpack to far more than an archive of its size can hold.",
            path=file,
            remedy=ANOTHER,
        )
    return manifest


def _no_archive(file: Path) -> BadInput:
    return BadInput(
        "it is no archive of Citewell's.",
        path=file,
        remedy="citewell backup and citewell corpora export write some.",
    )


def _read_only(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?immutable=1", uri=True)
