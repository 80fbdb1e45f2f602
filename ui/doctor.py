"""`citewell doctor`: what is configured, what is indexed, what leaves the machine."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rag import wiring
from rag.answer.fingerprint import software_version
from rag.config import OPENAI_URL, Config
from rag.errors import CatalogLocked, CitewellError
from rag.storage import generations as generation
from rag.storage import index_manager as indexes
from rag.storage.catalog import Catalog
from rag.text.addresses import host_of
from ui import servers
from ui.session import is_own

Row = tuple[str, str, bool]
"""Name, value, and whether it is as it should be."""


@dataclass(frozen=True, kw_only=True)
class Report:
    sections: tuple[tuple[str, tuple[Row, ...]], ...]

    @property
    def healthy(self) -> bool:
        return all(fine for _, rows in self.sections for *_, fine in rows)

    def as_json(self) -> dict[str, Any]:
        return {
            "healthy": self.healthy,
            **{
                heading: {name: {"value": value, "fine": fine} for name, value, fine in rows}
                for heading, rows in self.sections
            },
        }


def examine(config: Config, *, offline: bool = False) -> Report:
    """Looks at everything, changes nothing (an index that is missing or damaged stays so). Servers
    that are set are asked whether they will do, unless `offline`."""
    asked = () if offline else tuple(servers.tried(config))
    return Report(
        sections=(
            ("Program", _program()),
            ("Settings", _settings(config)),
            *((("Servers", asked),) if asked else ()),
            ("Corpus and indexes", _corpus(config)),
            ("What leaves this machine", _leaves(config)),
        )
    )


def _program() -> tuple[Row, ...]:
    python = platform.python_version()
    return (
        ("citewell", software_version(), True),
        (
            "python",
            f"{python} on {platform.system()} {platform.machine()}",
            sys.version_info >= (3, 11),
        ),
    )


def _settings(config: Config) -> tuple[Row, ...]:
    try:
        embedder = wiring.make_embedder(config)
        embedder.count_tokens("ready")
        embeds: Row = ("embedder", embedder.name, True)
    except CitewellError as error:
        embeds = ("embedder", f"{error} {error.remedy}", False)
    return (
        ("answers", "by a model" if config.answers_with_model else "extractive (no model)", True),
        ("model", config.model or "none", True),
        ("server", _server(config), True),
        ("key", _key(config), True),
        ("follow-ups", _follow_ups(config), True),
        ("reranking", _reranking(config), True),
        embeds,
    )


def _corpus(config: Config) -> tuple[Row, ...]:
    rows: list[Row] = [("data folder", str(config.root), True)]
    if config.corpus is not None:
        rows.append(("corpus", config.corpus, True))
    if not (config.data_dir / "catalog.sqlite3").exists():
        there = next(f for f in (config.data_dir, *config.data_dir.parents) if f.exists())
        rows.append(
            ("papers", "none yet; the first question indexes the bundled corpus", True)
            if os.access(there, os.W_OK)
            else ("papers", f"none yet, and none can be added: {there} is read-only", False)
        )
        return tuple(rows)
    try:
        rows.extend(_catalog(Catalog(config.data_dir)))
    except CitewellError as error:
        rows.append(("catalog", f"{error} {error.remedy}", False))
    used = sum(f.stat().st_size for f in config.data_dir.rglob("*") if f.is_file())
    free = shutil.disk_usage(config.data_dir).free
    rows.append(("disk", f"{used / 1e6:,.0f} MB used, {free / 1e9:,.1f} GB free", free > 1e8))
    return tuple(rows)


def _catalog(catalog: Catalog) -> Iterator[Row]:
    busy = _busy(catalog)
    if catalog.read_only:
        told = "not possible: read-only, or its disk is full; questions are answered"
        yield "writing", told, True
    elif busy:
        yield "writing", "another Citewell process is adding papers or indexing", True
    catalog.check()
    if len(catalog) or not is_own(catalog):
        yield "papers", f"{len(catalog):,}", True
    else:
        yield "papers", "none yet; add some of your own: citewell ingest FILES", False
    yield "vectors from", catalog.manifest.get("embedder", "none yet"), True
    if (unfinished := "; ".join(catalog.unfinished)) and not busy:
        yield "ingest", f"one was interrupted; run again: {unfinished}", False
    try:
        catalog.chunks()
        if (bare := len(catalog.unembedded())) and not busy:
            yield "vectors", f"{bare:,} papers have none; citewell reindex --embed", False
    except CitewellError as error:
        yield "vectors", f"{error} {error.remedy}", False
    yield from _index(catalog, busy)


def _busy(catalog: Catalog) -> bool:
    """Whether another process is writing."""
    try:
        with catalog.lock(timeout=0):
            return False
    except CatalogLocked:
        return True
    except CitewellError:
        return False


def _index(catalog: Catalog, busy: bool) -> Iterator[Row]:
    try:
        opened = indexes.open_named(catalog)
    except CitewellError as error:
        mends = "It is being mended now." if busy else "It mends itself, or: citewell reindex"
        mends = "The folder must be writable for that." if catalog.read_only else mends
        yield "index", f"{error} {error.remedy or mends}", False
        return
    about = f"{len(opened.chunk_ids):,} passages, {opened.generation}"
    if opened.revision == catalog.corpus_revision:
        yield "index", f"sound ({about})", True
    elif busy:
        yield "index", f"sound, and being renewed ({about})", True
    else:
        told = f"sound, but older than the catalog ({about}); the next question renews it"
        yield "index", told, False
    missed = generation.missed(opened)
    told = f"exact, without Chroma: {missed}" if missed else "by Chroma, as near as exact search"
    yield "search", told, catalog.read_only or not missed
    opened.close()


def _leaves(config: Config) -> tuple[Row, ...]:
    rows: list[Row] = [(str(i), line, True) for i, line in enumerate(config.leaves_machine, 1)]
    if not rows:
        rows.append(("nothing", "questions, papers and answers stay here; no telemetry", True))
    for i, line in enumerate(config.stays_on_machine, 1):
        rows.append((f"here {i}", f"{line} What it passes on, it alone knows.", True))
    return tuple(rows)


def _server(config: Config) -> str:
    if config.local_model is not None:
        return "none: the model runs in this process"
    return host_of(config.base_url or OPENAI_URL) if config.model else "none"


def _key(config: Config) -> str:
    return f"set by {config.named('api_key')}" if config.api_key else "not set"


def _follow_ups(config: Config) -> str:
    if not config.answers_with_model or config.understand == "rules":
        return "read by rule"
    return (
        "read by the model, like all questions"
        if config.understand == "model"
        else "read by the model"
    )


def _reranking(config: Config) -> str:
    if config.reranks_with_endpoint:
        name = f"{config.rerank_model} at " if config.rerank_model else ""
        return f"{name}{host_of(config.rerank_base_url or '')}"
    if config.rerank == "model" and config.answers_with_model:
        return "by the model that answers"
    return "none"
