"""`citewell doctor`: what is configured, what is indexed, what leaves the machine."""

from __future__ import annotations

import platform
import shutil
import sys
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from rag import indexes, wiring
from rag.catalog import Catalog
from rag.config import Config
from rag.errors import CitewellError
from rag.fingerprint import software_version

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


def examine(config: Config) -> Report:
    """Looks at everything, changes nothing (an index that is missing or damaged stays so)."""
    return Report(
        sections=(
            ("Program", _program()),
            ("Settings", _settings(config)),
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
    embedder = wiring.make_embedder(config)
    try:
        embedder.count_tokens("ready")
        embeds: Row = ("embedder", embedder.name, True)
    except CitewellError as error:
        embeds = ("embedder", f"{error} {error.remedy}", False)
    return (
        ("answers", "by a model" if config.answers_with_model else "extractive (no model)", True),
        ("model", config.model or "none", True),
        ("server", _host(config.base_url, config.model), True),
        ("key", "set" if config.api_key else "not set", True),
        embeds,
    )


def _corpus(config: Config) -> tuple[Row, ...]:
    rows: list[Row] = [("data folder", str(config.data_dir), True)]
    if not (config.data_dir / "catalog.sqlite3").exists():
        rows.append(("papers", "none yet; the first question indexes the bundled corpus", True))
        return tuple(rows)
    try:
        catalog = Catalog(config.data_dir)
        manifest = catalog.manifest
        rows.append(("papers", f"{len(catalog):,}", True))
        rows.append(("vectors from", manifest.get("embedder", "none yet"), True))
        if unfinished := "; ".join(catalog.unfinished):
            rows.append(("ingest", f"one was interrupted; run again: {unfinished}", False))
        rows.append(_index(catalog))
    except CitewellError as error:
        rows.append(("catalog", f"{error} {error.remedy}", False))
    used = sum(f.stat().st_size for f in config.data_dir.rglob("*") if f.is_file())
    free = shutil.disk_usage(config.data_dir).free
    rows.append(("disk", f"{used / 1e6:,.0f} MB used, {free / 1e9:,.1f} GB free", free > 1e8))
    return tuple(rows)


def _index(catalog: Catalog) -> Row:
    try:
        opened = indexes.open_current(catalog)
    except CitewellError as error:
        return ("index", f"{error} It mends itself, or by hand: citewell reindex", False)
    opened.close()
    return ("index", f"sound ({len(opened.chunk_ids):,} passages, {opened.generation})", True)


def _leaves(config: Config) -> tuple[Row, ...]:
    lines = config.leaves_machine
    if not lines:
        return (("nothing", "questions, papers and answers stay here; no telemetry", True),)
    return tuple((str(i), line, True) for i, line in enumerate(lines, 1))


def _host(base_url: str | None, model: str | None) -> str:
    if model is None:
        return "none"
    return urlsplit(base_url).netloc if base_url else "api.openai.com"
