"""Nearest chunks in an embedded Chroma collection (HNSW, cosine).

A collection is written once, into a folder of its own, and never changed afterwards: DESIGN's
kills and full disks destroyed collections that were being written to. What Chroma's own checks
would miss (fewer hits than rows, another space) is checked here.
"""

from __future__ import annotations

import contextlib
import sqlite3
import sys
import threading
import types
import weakref
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rag.adapters.lean import without
from rag.errors import IndexDamaged
from rag.ports import Vectors

_COLLECTION = "chunks"
_BATCH = 5000  # Chroma refuses more than 5,461 rows at once
_ONE_AT_A_TIME = threading.Lock()
"""Clients of one folder share what is behind them: one that is closed in a thread would take it
from one that is being opened in another."""
_TO_CLOSE: deque[Any] = deque()
"""Clients of indexes that nobody holds any more, closed with the next one: a finaliser may run in
the midst of opening one."""


class ChromaIndex:
    """The VectorIndex port on a folder that `build` has written."""

    def __init__(self, collection: Any, client: Any, rows: int) -> None:
        self._collection = collection
        self._client = client
        self.rows = rows
        self._unheld = weakref.finalize(self, _TO_CLOSE.append, client)
        self._unheld.atexit = False

    @classmethod
    def build(cls, folder: Path, ids: Sequence[str], vectors: Vectors) -> None:
        """Write ids and vectors (n, d) into `folder`. Raises IndexDamaged for what Chroma says."""
        client = _client(folder)
        try:
            collection = client.create_collection(
                _COLLECTION,
                embedding_function=None,  # None, or it would download one
                configuration={
                    "hnsw": {
                        "space": "cosine",
                        "ef_construction": 200,
                        "max_neighbors": 32,
                        # Persist the graph exactly once, with the last row.
                        "sync_threshold": max(len(ids), 1),
                        "batch_size": max(min(len(ids), 1000), 1),
                    }
                },
            )
            for i in range(0, len(ids), _BATCH):
                collection.add(
                    ids=list(ids[i : i + _BATCH]),
                    embeddings=np.ascontiguousarray(vectors[i : i + _BATCH], dtype=np.float32),
                )
        except Exception as error:
            raise IndexDamaged(f"Chroma could not write {folder}: {error}") from error
        finally:
            _close(client)

    @classmethod
    def open(cls, folder: Path, rows: int) -> ChromaIndex:
        """Raises IndexDamaged when `folder` does not hold exactly `rows` rows by cosine."""
        if not (folder / "chroma.sqlite3").is_file():
            raise IndexDamaged(f"{folder} holds no Chroma collection.")
        _check_sqlite(folder / "chroma.sqlite3")
        client = _client(folder)
        try:
            collection = client.get_collection(_COLLECTION, embedding_function=None)
            count = collection.count()
            space = collection.configuration["hnsw"]["space"]
        except Exception as error:
            _close(client)
            raise IndexDamaged(f"Chroma cannot read {folder}: {error}") from error
        if count != rows or space != "cosine":
            _close(client)
            raise IndexDamaged(f"{folder} holds {count} rows ({space}), not {rows} (cosine).")
        return cls(collection, client, rows)

    def search(self, vector: Vectors, k: int) -> list[tuple[str, float]]:
        k = min(k, self.rows)
        if not k:
            return []
        try:
            reply = self._collection.query(
                query_embeddings=np.asarray(vector, np.float32)[None],
                n_results=k,
                include=["distances"],
            )
        except Exception as error:
            raise IndexDamaged(f"Chroma cannot search: {error}") from error
        ids, distances = reply["ids"][0], reply["distances"][0]
        if len(ids) < k:
            raise IndexDamaged(f"Chroma returned {len(ids)} of {k} rows.")
        # Chroma's cosine distance is 1 - cosine.
        return [(i, 1.0 - d) for i, d in zip(ids, distances, strict=True)]

    def close(self) -> None:
        if self._unheld.detach():
            _close(self._client)


def _check_sqlite(path: Path) -> None:
    try:
        with contextlib.closing(sqlite3.connect(path)) as db:
            verdict = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        verdict = str(error)
    if verdict != "ok":
        raise IndexDamaged(f"{path} is damaged: {verdict}")


def _client(folder: Path) -> Any:
    # httpx._main is httpx's own command, with all that it needs to draw.
    with without("httpx._main"), _no_signatures_compared():
        import chromadb
        from chromadb.config import Settings

    try:
        with _ONE_AT_A_TIME:
            while _TO_CLOSE:
                _TO_CLOSE.popleft().close()
            return chromadb.PersistentClient(
                path=str(folder), settings=Settings(anonymized_telemetry=False, allow_reset=False)
            )
    except Exception as error:
        raise IndexDamaged(f"Chroma cannot open {folder}: {error}") from error


def _close(client: Any) -> None:
    with _ONE_AT_A_TIME:
        client.close()


@contextlib.contextmanager
def _no_signatures_compared() -> Iterator[None]:
    """Chroma's classes are defined without comparing each method with the one it overrides: that
    is a check for those who write Chroma, and a quarter of its import. Whatever else a later
    Chroma takes from there decorates without a check as well."""

    def unchecked(name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return object if name == "EnforceOverrides" else lambda method: method

    real = sys.modules.get("overrides")
    spared: Any = types.ModuleType("overrides")
    spared.__getattr__ = unchecked
    sys.modules["overrides"] = spared
    try:
        yield
    finally:
        if real is None:
            del sys.modules["overrides"]
        else:
            sys.modules["overrides"] = real
