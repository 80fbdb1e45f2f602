"""What was unpacked put in its place, and corpora taken away: by renaming, so that there is the old
or the new one, and whatever fails leaves the old."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from rag.errors import (
    BadInput,
    CatalogError,
    CatalogLocked,
    CitewellError,
    FolderReadOnly,
    UsageError,
)
from rag.settings import corpora
from rag.storage import versions
from rag.storage.catalog import Catalog
from rag.storage.index_manager import rebuild
from rag.storage.versions import DATABASES
from ui.archives import layout, reading
from ui.archives.manifest import Manifest
from ui.archives.writing import Report

_LOCK = ".archives.lock"
_MAKING, _LEAVING = ".in-the-making-", ".put-aside-"
_STAGES = 5
_PATIENCE = 2
"""Seconds to wait for another process that writes."""


def import_corpus(root: Path, file: Path, name: str | None, report: Report) -> tuple[str, Manifest]:
    """Take the archive `file` in as the corpus `name` (None: as it was called), and return what it
    is called. Raises UsageError where there is one of that name, and as `reading`."""
    with reading.opened(file, "corpus") as archive, _alone(root):
        wanted = name or archive.manifest.name
        if wanted is None or not corpora.is_name(wanted) or wanted == corpora.DEFAULT:
            raise UsageError(
                f"{wanted!r} is no name for a corpus: it takes {corpora.ALLOWED}."
                if wanted
                else f"The corpus in {file} has no name.",
                remedy=f"Give it one: citewell corpora import {file} --as NAME",
            )
        target = corpora.folder(root, corpora.free(root, wanted))
        if target.exists():
            raise UsageError(
                f"There is a corpus {wanted!r} already.",
                remedy=f"Take it in under another name: citewell corpora import {file} --as NAME",
            )
        if corpora.CATALOG not in archive.manifest.files:
            raise BadInput("it holds no papers.", path=file)
        with _beside(target) as making:
            archive.unpack(making / wanted, report)
            with _refused(target):
                (making / wanted).rename(target)
        return wanted, archive.manifest


def remove(root: Path, name: str) -> None:
    """Raises UnknownCorpus, NewerData, and CatalogLocked where another process writes to it."""
    folder = corpora.folder(root, corpora.known(root, name))
    versions.require_known(folder)
    with _alone(root), _nobody_writes(folder), _refused(folder):
        aside = folder.with_name(f"{_LEAVING}{name}")
        folder.rename(aside)
    shutil.rmtree(aside, ignore_errors=True)


def restore(root: Path, file: Path, *, force: bool, report: Report) -> Manifest:
    """Make `root` what the backup `file` holds. What is there, which `force` allows, is put aside
    until all of the new is in its place. Raises UsageError, and as `reading`."""
    with reading.opened(file, "backup") as archive, _alone(root):
        before = _ours(root)
        if before and not force:
            raise UsageError(
                f"{root} is in use: {', '.join(sorted(one.name for one in before)[:3])}.",
                remedy="Put the backup in its place with --force, or name another folder with"
                " --data-dir.",
            )
        with _beside(root / "restored") as making, contextlib.ExitStack() as held:
            archive.unpack(making, report)
            for folder in corpora.folders(root):
                versions.require_known(folder)
                held.enter_context(_nobody_writes(folder))
            with _refused(root):
                aside = Path(tempfile.mkdtemp(dir=root, prefix=_LEAVING))
                _exchange(root, before, making, aside)
        shutil.rmtree(aside, ignore_errors=True)
        return archive.manifest


def _exchange(root: Path, before: list[Path], making: Path, aside: Path) -> None:
    """`before` into `aside`, and what is in `making` into `root`; undone where it fails."""
    moved: list[tuple[Path, Path]] = []
    try:
        for source, folder in [
            *((one, aside) for one in before),
            *((one, root) for one in making.iterdir()),
        ]:
            source.rename(folder / source.name)
            moved.append((source, folder / source.name))
    except BaseException:
        for source, target in reversed(moved):
            target.rename(source)
        raise


def index(folder: Path, report: Report) -> str:
    """Build the indexes of a corpus that has just come. Empty, or why not, in words: the first
    question tries again."""
    done = 0

    def stage(_: str) -> None:
        nonlocal done
        report("indexing", done, _STAGES)
        done += 1

    try:
        catalog = Catalog(folder)
        try:
            if len(catalog):
                rebuild(catalog, stage).close()
        finally:
            catalog.close()
    except CitewellError as error:
        return f"{error} {error.remedy}".strip()
    return ""


def _ours(root: Path) -> list[Path]:
    """What of `root` a restore replaces: all that Citewell keeps there but the model's cache."""
    names = {part.place.partition("/")[0] for part in layout.PARTS}
    names |= {corpora.FOLDER, "index"} | {f"{one}-{log}" for one in DATABASES for log in _LOGS}
    return [one for one in root.iterdir() if one.name in names] if root.exists() else []


_LOGS = ("wal", "shm", "journal")


@contextlib.contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A new folder on the same disk, gone at the end."""
    with _refused(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(dir=target.parent, prefix=_MAKING))
    try:
        yield making
    finally:
        shutil.rmtree(making, ignore_errors=True)


@contextlib.contextmanager
def _alone(root: Path) -> Iterator[None]:
    """One of these at a time; what one that was killed has left is swept away."""
    with _refused(root):
        root.mkdir(parents=True, exist_ok=True)
    with _locked(root / _LOCK, f"Another Citewell process is restoring or removing in {root}."):
        for place in (root, root / corpora.FOLDER):
            for left in place.glob(f"{_MAKING}*"):
                shutil.rmtree(left, ignore_errors=True)
        yield


@contextlib.contextmanager
def _nobody_writes(folder: Path) -> Iterator[None]:
    """The locks of its writers. Raises CatalogLocked."""
    with contextlib.ExitStack() as held:
        for name in DATABASES:
            if (folder / name).exists():
                told = f"Another Citewell process is writing to {folder}."
                held.enter_context(_locked(folder / f"{name}.lock", told))
        yield


@contextlib.contextmanager
def _locked(file: Path, told: str) -> Iterator[None]:
    lock = FileLock(file, timeout=_PATIENCE)
    try:
        with _refused(file.parent):
            lock.acquire()
    except Timeout as error:
        raise CatalogLocked(told, remedy="Wait until it has finished, then try again.") from error
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def _refused(folder: Path) -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        raise FolderReadOnly(
            f"{folder} cannot be changed: {error.strerror or error}.",
            remedy="Check its permissions, then do it again; nothing has been changed.",
        ) from error
    except Timeout:
        raise
    except OSError as error:
        raise CatalogError(
            f"{folder} cannot be changed: {error.strerror or error}.",
            remedy="Check free space and the disk, then do it again; nothing has been changed.",
        ) from error
