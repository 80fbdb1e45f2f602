"""Which generation of the derived indexes is the current one, and how it is renewed.

A generation is built beside the current one, opened and checked, and only then named in the
catalog's manifest: whoever reads sees the old one or the new one, never half of one. A crash
leaves a folder that nobody names; the next build sweeps it away. Damage and staleness are mended
by `rebuild`, which needs no embedder because the vectors are in the catalog.

Nobody waits for a writer who has a sound generation: while another process writes, or where it
cannot be renewed, the one before is served, whole and with its own texts, and says so in its
notice. What is in a generation's folder is not known here (`rag/storage/generations.py`).
"""

from __future__ import annotations

import secrets
import shutil
import threading
import time
from dataclasses import replace
from pathlib import Path

from rag.errors import CatalogError, FolderReadOnly, IndexDamaged
from rag.storage import generations as generation
from rag.storage.catalog import Catalog
from rag.storage.generations import Indexes, Stage

_PAUSE = 10
"""Seconds between two attempts to renew what could not be renewed."""
_PATIENCE = 120
"""Seconds to wait for another process when there is nothing to serve meanwhile."""


def folder(catalog: Catalog) -> Path:
    return catalog.folder / "index"


def _root(catalog: Catalog) -> Path:
    root = folder(catalog)
    if root.exists() and not root.is_dir():
        raise CatalogError(
            f"{root} is a file; the folder of the indexes belongs there.",
            remedy=f"Move it away (mv '{root}' elsewhere), then: citewell reindex",
        )
    return root


def open_current(catalog: Catalog) -> Indexes:
    """The generation that the manifest names. Raises IndexDamaged when it is missing, stale
    (the catalog has changed since) or not as it was written, CatalogError when no folder can
    be there."""
    indexes = open_named(catalog)
    if indexes.revision != catalog.corpus_revision:
        indexes.close()
        raise IndexDamaged("The index is older than the catalog.")
    return indexes


def open_named(catalog: Catalog) -> Indexes:
    """As `open_current`, stale or not; never one with another model's vectors."""
    manifest = catalog.manifest
    name = manifest.get("generation")
    if not name:
        raise IndexDamaged("Nothing is indexed yet.")
    generation.revision(name)
    indexes = generation.open_folder(_root(catalog) / name, read_only=catalog.read_only)
    if indexes.embedder != manifest.get("embedder"):
        indexes.close()
        raise IndexDamaged(f"The index was made with another embedder ({indexes.embedder}).")
    return indexes


STAGES = 5
"""How many a rebuild goes through: four of `rag.storage.generations.build`, and its check."""


def rebuild(catalog: Catalog, stage: Stage = lambda name: None) -> Indexes:
    """Build a new generation from the catalog and make it the current one. Seconds, no embedding.

    Raises CatalogError when the disk is full or papers are without vectors, CatalogLocked,
    FolderReadOnly."""
    if not len(catalog):
        raise CatalogError(
            f"There are no papers in {catalog.folder}, and so nothing to index.",
            remedy="Add some: citewell ingest (the bundled ones) or citewell ingest PATH …",
        )
    with catalog.lock():
        root = _root(catalog)
        before = catalog.manifest.get("generation")
        name = f"{catalog.corpus_revision}-{secrets.token_hex(4)}"
        try:
            generation.build(catalog, root / name, stage)
            stage("checking")
            indexes = generation.open_folder(root / name)
            catalog.set_manifest({"generation": name, "corpus_hash": indexes.corpus_hash})
        except CatalogError:
            shutil.rmtree(root / name, ignore_errors=True)
            raise
        except (OSError, IndexDamaged) as error:
            shutil.rmtree(root / name, ignore_errors=True)
            said = (isinstance(error, OSError) and error.strerror) or str(error)
            raise CatalogError(
                f"The index in {root} could not be written: {said.rstrip('.')}.",
                remedy="Free some space or check the folder's permissions, then: citewell reindex",
            ) from error
        for old in root.iterdir():
            # The one before stays for readers that still have it open.
            if old.name not in (name, before):
                shutil.rmtree(old, ignore_errors=True)
        return indexes


def open_or_rebuild(catalog: Catalog, stage: Stage = lambda name: None) -> Indexes:
    """What every door calls at start: damage and staleness mend themselves.

    Waits for another process only when there is no sound generation to serve meanwhile. Raises
    CatalogError when there is none and none can be made."""
    try:
        indexes = open_named(catalog)
    except IndexDamaged as damage:
        if catalog.read_only:
            raise FolderReadOnly(
                f"{damage} It cannot be rebuilt: {catalog.folder} cannot be written to.",
                remedy=f"Free some space, or make it writable (chmod -R u+w '{catalog.folder}'),"
                " then: citewell reindex",
            ) from damage
        with catalog.lock(timeout=_PATIENCE):
            try:  # another process may have mended it while this one waited
                return open_current(catalog)
            except IndexDamaged:
                return rebuild(catalog, stage)
    if indexes.revision == catalog.corpus_revision:
        return indexes
    return renewed(catalog, indexes, stage)


def renewed(catalog: Catalog, stale: Indexes, stage: Stage) -> Indexes:
    """A current generation in place of `stale`; where that cannot be had at once, `stale` itself
    with a notice that says why."""
    try:
        with catalog.lock(timeout=0):
            if catalog.manifest.get("generation") != stale.generation:
                return open_or_rebuild(catalog, stage)
            return rebuild(catalog, stage)
    except CatalogError as error:
        count = len(stale.paper_ids)
        return replace(
            stale,
            notice=f"Only the {count:,} papers as last indexed are searched, not what has been"
            f" added or changed since: {error} {error.remedy}",
        )


class IndexManager:
    """The catalog with its current indexes, for as long as a process lives. Thread-safe.

    `indexes()` follows the catalog: when another process has swapped in a new generation, the
    next question sees it.
    """

    def __init__(self, catalog: Catalog, stage: Stage = lambda name: None) -> None:
        self.catalog = catalog
        self._stage = stage
        self._lock = threading.Lock()
        self._current: Indexes | None = None
        self._next_try = 0.0

    def indexes(self) -> Indexes:
        """Raises CatalogError when they can be neither opened nor rebuilt."""
        with self._lock:
            manifest = self.catalog.manifest
            current = self._current
            if current is None or current.generation != manifest.get("generation"):
                # The former one is not closed: another thread may be searching it.
                current = open_or_rebuild(self.catalog, self._stage)
            elif (
                current.revision != self.catalog.corpus_revision
                and time.monotonic() >= self._next_try
            ):
                self._next_try = time.monotonic() + _PAUSE
                current = renewed(self.catalog, current, self._stage)
            self._current = current
            return current
