"""An archive written while other processes read and write: databases are copied as they are at one
moment, and the file is in its place when all of it is there."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from rag.config import Config
from rag.errors import NotFound, UsageError
from rag.settings import corpora
from rag.settings.file import read as read_settings
from rag.storage import versions
from rag.storage.database import Database
from ui.archives import layout
from ui.archives.layout import Found
from ui.archives.manifest import NAME, Entry, Manifest

Report = Callable[[str, int, int], None]
"""Told of a stage, of what is done and of all there is."""
MB = 1_000_000
_PIECE = 1 << 20
_FORGOTTEN = ("unfinished", "generation")
"""In the manifest of a catalog that is handed on: commands with paths of this machine, and an index
that does not come along."""


def export(config: Config, file: Path, *, personal: bool, report: Report) -> Manifest:
    """The corpus of `config` into `file`; `personal`: with conversations, marks, runs. Raises
    NotFound where there are no papers, UsageError where `file` cannot be written."""
    if not (config.data_dir / corpora.CATALOG).exists():
        raise NotFound(
            f"There are no papers in {config.data_dir} yet.", remedy="citewell corpora lists some."
        )
    found = [
        one
        for one in layout.of_corpus(config.data_dir, personal=personal)
        if layout.may_be_handed_on(one.place)
    ]
    manifest = Manifest(kind="corpus", name=config.corpus, files={})
    return _write(file, found, manifest, report, anonymous=not personal)


def backup(root: Path, file: Path, *, keys: bool, report: Report) -> Manifest:
    """All of the data folder `root` into `file`. Raises as `export`, and NewerData."""
    for folder in corpora.folders(root):
        versions.require_known(folder)
    found = list(layout.of_data_folder(root))
    if not found:
        raise NotFound(f"There is nothing in {root} to back up.", remedy="Name its --data-dir.")
    return _write(file, found, Manifest(kind="backup", keys=keys, files={}), report)


def _write(
    file: Path,
    found: Sequence[Found],
    about: Manifest,
    report: Report,
    *,
    anonymous: bool = False,
) -> Manifest:
    file = file.resolve()
    total = sum(one.file.stat().st_size for one in found if one.file.exists())
    done, files = 0, {}
    try:
        with _archive(file) as archive, tempfile.TemporaryDirectory(dir=file.parent) as beside:
            for one in found:
                with _still_there(one):
                    source = _copied(one, Path(beside), keys=about.keys, anonymous=anonymous)
                    entry = Entry(size=0, sha256="")
                    for entry in _add(archive, source, one.place):
                        report("MB", min(done + entry.size, total) // MB, total // MB)
                    files[one.place] = entry
                    done += entry.size
            manifest = replace(about, files=files)
            archive.writestr(NAME, manifest.to_json())
    except OSError as error:
        raise UsageError(
            f"{file} cannot be written: {error.strerror or error}.",
            remedy="Name a file in a folder that can be written to and has room.",
        ) from error
    return manifest


@contextlib.contextmanager
def _archive(file: Path) -> Iterator[zipfile.ZipFile]:
    """A new archive for nobody else to read, which becomes `file` when all is well."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
    os.close(handle)
    part = Path(name)
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            yield archive
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


@contextlib.contextmanager
def _still_there(one: Found) -> Iterator[None]:
    """What others swept away meanwhile is left out."""
    try:
        yield
    except FileNotFoundError:
        if one.file.exists():
            raise


def _copied(one: Found, beside: Path, *, keys: bool, anonymous: bool) -> Path:
    """The file to put in: itself, or a copy in `beside`."""
    copy = beside / one.file.name
    if one.part.what == "database":
        copy.unlink(missing_ok=True)
        known = versions.DATABASES[one.file.name]
        source = Database(one.file.parent, one.file.name, schema="", version=known, steps=None)
        try:
            source.copy(copy)
        finally:
            source.close()
        if anonymous:
            _forget(copy)
        return copy
    if one.part.what == "settings" and not keys:
        copy.write_text(_without_keys(one.file), "utf-8")
        return copy
    return one.file


def _forget(catalog: Path) -> None:
    with contextlib.closing(sqlite3.connect(catalog)) as db:
        db.execute("PRAGMA secure_delete = ON")
        marks = ", ".join("?" * len(_FORGOTTEN))
        db.execute(f"DELETE FROM manifest WHERE key IN ({marks})", _FORGOTTEN)
        db.commit()


def _without_keys(file: Path) -> str:
    """`config.toml` with its comments and all but the API keys. Raises ConfigError."""
    import tomlkit

    held = read_settings(file)
    document = tomlkit.parse(file.read_text("utf-8"))
    for name in held:
        if name.endswith("api_key"):
            document.remove(name)
    return tomlkit.dumps(document)


def _add(archive: zipfile.ZipFile, source: Path, place: str) -> Iterator[Entry]:
    """Put a file in, and tell what has gone in so far, at the end all of it."""
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as file, archive.open(place, "w", force_zip64=True) as target:
        while piece := file.read(_PIECE):
            target.write(piece)
            digest.update(piece)
            size += len(piece)
            yield Entry(size=size, sha256="")
    yield Entry(size=size, sha256=digest.hexdigest())
