"""What both doors do before they open: settings, the catalog, and a first ingest where there is
nothing yet. Importing this imports nothing heavy."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib.resources import as_file, files
from typing import Any, Protocol

from ingest.build import Summary, ingest
from ingest.readers import ReadResult, read
from rag import wiring
from rag.assistant import Assistant
from rag.config import Config
from rag.errors import CatalogError, CatalogLocked, Stopped
from rag.ports import Embedder
from rag.retrieval.first_stage import Weights
from rag.storage.catalog import Catalog

BUNDLED = "citewell ingest"
"""The command that ingests the bundled corpus."""
_MEANT = "meant_for"
"""In the manifest: whose papers a folder is for, where somebody has said so."""
_PATIENCE = 300
"""Seconds to wait for the first ingest of another process."""


class ProgressDisplay(Protocol):
    """A progress display: a context manager that is then called with stage, done, total."""

    def __call__(self, stage: str, done: int, total: int) -> None: ...


ShowProgress = Callable[[str], AbstractContextManager[ProgressDisplay]]


def bundled() -> ReadResult:
    """The bundled listing pages, read from package data."""
    with as_file(files("ingest") / "corpus") as folder:
        return read([folder])


def ready(config: Config, show: ShowProgress, *, weights: Weights | None = None) -> Assistant:
    """An assistant over the catalog in `config.data_dir`; where nothing is indexed yet, the
    bundled corpus is ingested first, with progress shown."""
    catalog = Catalog(config.data_dir)
    embedder = wiring.make_embedder(config)
    if _lacks_bundled(catalog):
        _fill(catalog, embedder, show)
    return wiring.assistant(config, catalog=catalog, embedder=embedder, weights=weights)


def _fill(catalog: Catalog, embedder: Embedder, show: ShowProgress) -> None:
    """The first ingest, begun here or by another process. What is indexed already is enough to
    go on with: nobody waits for the rest, and nothing is tried where nothing may be written."""
    usable = "generation" in catalog.manifest
    if usable and catalog.read_only:
        return
    try:
        with catalog.lock(timeout=0):
            if _lacks_bundled(catalog):
                first_ingest(catalog, embedder, show)
            return
    except CatalogLocked:
        if usable:
            return
    total = len({record.paper_id for record in bundled().records})
    with show("Another Citewell process is indexing this folder") as progress:
        for _ in range(_PATIENCE):
            done = len(catalog)
            progress("embedding", done, max(done, total))
            with contextlib.suppress(CatalogLocked), catalog.lock(timeout=1):
                break
    with catalog.lock():
        if _lacks_bundled(catalog):
            first_ingest(catalog, embedder, show)


def _lacks_bundled(catalog: Catalog) -> bool:
    """Nothing there yet, or a first ingest that was interrupted. Raises CatalogError for a folder
    that was meant for other papers and has none yet."""
    if BUNDLED in catalog.unfinished:
        return True
    if len(catalog):
        return False
    if others := catalog.unfinished:
        raise CatalogError(
            f"There are no papers in {catalog.folder}: an ingest was interrupted.",
            remedy=f"Run it again: {'; '.join(others)}",
        )
    if is_own(catalog):
        raise CatalogError(
            f"There are no papers in {catalog.folder}, which is kept for your own.",
            remedy=f"{BUNDLED} FILES --data-dir {shlex.quote(str(catalog.folder))} (without FILES,"
            " it takes the bundled papers)",
        )
    return True


def keep_for_own(catalog: Catalog) -> None:
    """Note that somebody has begun to put papers of their own into an empty folder: it never gets
    the bundled ones unless they are asked for, whatever has become of the attempt."""
    if not len(catalog) and not is_own(catalog):
        catalog.set_manifest({_MEANT: "own"})


def is_own(catalog: Catalog) -> bool:
    return catalog.manifest.get(_MEANT) == "own"


def first_ingest(catalog: Catalog, embedder: Embedder, show: ShowProgress) -> Summary:
    try:
        with show("Indexing the bundled corpus (once)") as progress:
            pages = bundled()
            return ingest(
                pages.records,
                catalog,
                embedder,
                facts=pages.facts,
                command=BUNDLED,
                report=progress,
            )
    except KeyboardInterrupt as stop:
        raise Stopped("Stopped. What is indexed is kept; the next question goes on.") from stop


def judged(config: Config) -> list[dict[str, Any]]:
    """What visitors of the page said of its answers (`ui.web.judging.judgements`); nothing where
    nobody has talked to it yet."""
    from ui.web.chat.conversations import Conversations
    from ui.web.store import FILE

    if not (config.data_dir / FILE).exists():
        return []
    conversations = Conversations(config.data_dir)
    try:
        return conversations.judgements.rated()
    finally:
        conversations.close()
