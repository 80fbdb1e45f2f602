"""The catalog: papers (`rag/storage/papers.py`), their chunks with vectors, and the manifest.

One SQLite file in WAL mode is the truth. What is derived from it (Chroma, BM25, token vectors)
lives in `rag/storage/generations.py` and can be thrown away. Readers never wait for the writer;
writers take `writing()`, which holds a file lock and one transaction. The catalog knows nothing of
models: vectors are bytes that an ingest hands over, named by the manifest.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from rag.errors import CatalogDamaged, EmbedderMismatch
from rag.ports import Vectors
from rag.records import Chunk, Paper
from rag.storage.papers import SCHEMA, PaperStore, put_paper
from rag.storage.token_vectors import TOKEN_DIMENSION, PackedTokens

SCHEMA_VERSION = 1

_SCHEMA = f"""{SCHEMA}CREATE TABLE chunks (
    chunk_id TEXT PRIMARY KEY,
    paper_id TEXT NOT NULL REFERENCES papers ON DELETE CASCADE,
    start    INTEGER NOT NULL,
    "end"    INTEGER NOT NULL,
    vector   BLOB NOT NULL,   -- float32, little endian, unit length
    token_codes BLOB,         -- (t, 128) int8, where the embedder gives token vectors
    token_spans BLOB,         -- (t, 2) int32, little endian
    token_ids   BLOB          -- (t,) int32, little endian
);
CREATE INDEX chunks_of_paper ON chunks (paper_id);
CREATE TABLE manifest (key TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
# Made by the first writer: catalogs of an earlier Citewell have none, and it can go on with ours.
_ARRIVALS = """
CREATE TABLE IF NOT EXISTS arrivals (
    paper_id TEXT PRIMARY KEY,
    revision INTEGER NOT NULL  -- of the corpus with which the paper came
)"""


class Catalog(PaperStore):
    """The catalog in `folder`. Raises as `Database` does."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "catalog.sqlite3", schema=_SCHEMA, version=SCHEMA_VERSION)

    # -- writing ---------------------------------------------------------------------------

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction that changes papers or chunks: it ends with a new corpus revision, by
        which derived indexes know that they are stale."""
        with self.transaction():
            self.db.execute(_ARRIVALS)
            yield
            self._set("corpus_revision", str(self.corpus_revision + 1))

    def put(self, paper: Paper) -> None:
        """Insert or replace a paper and its sources; its chunks stay. Inside `writing()`."""
        self.db.execute(
            "INSERT OR REPLACE INTO arrivals SELECT ?1, ?2"
            " WHERE NOT EXISTS (SELECT 1 FROM papers WHERE paper_id = ?1)",
            (paper.paper_id, self.corpus_revision + 1),
        )
        put_paper(self.db, paper)

    def drop(self, paper_ids: Iterable[str]) -> None:
        """Remove papers with their sources and chunks. Inside `writing()`."""
        ids = [(one,) for one in paper_ids]
        for table in ("chunks", "sources", "papers", "arrivals"):
            self.db.executemany(f"DELETE FROM {table} WHERE paper_id = ?", ids)

    def put_chunks(
        self,
        paper_id: str,
        chunks: Sequence[Chunk],
        vectors: Vectors,
        tokens: Sequence[PackedTokens | None],
    ) -> None:
        """Replace a paper's chunks; `vectors` is (len(chunks), d) float32, `tokens` one a chunk
        (None where the embedder has none). Inside `writing()`."""
        self.db.execute("DELETE FROM chunks WHERE paper_id = ?", (paper_id,))
        self.db.executemany(
            "INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    *(c.chunk_id, c.paper_id, c.start, c.end, v.astype("<f4").tobytes()),
                    *(
                        (None, None, None)
                        if t is None
                        else (
                            t.codes.tobytes(),
                            t.spans.astype("<i4").tobytes(),
                            t.ids.astype("<i4").tobytes(),
                        )
                    ),
                )
                for c, v, t in zip(chunks, vectors, tokens, strict=True)
            ],
        )

    def claim_embedder(self, fingerprint: str, dimension: int, chunker: str) -> None:
        """Name the model that the vectors come from, or check that it is the one named. Raises
        EmbedderMismatch."""
        mine = {"embedder": fingerprint, "dimension": str(dimension), "chunker": chunker}
        manifest = self.manifest
        held = {key: manifest[key] for key in mine if key in manifest}
        if held == mine:
            return
        if held:
            what = ", ".join(f"{k} {held[k]} → {mine[k]}" for k in held if held[k] != mine[k])
            raise self._mismatch(what)
        with self.writing():
            for key, value in mine.items():
                self._set(key, value)

    def take_chunks(self, other: Catalog) -> None:
        """Put the chunks of `other`, and the model that made them, in the place of all that are
        here: all of them or, when it fails, none."""
        made = other.manifest
        with self.lock(), self.errors():
            self.db.execute("ATTACH ? AS other", (str(other.path),))
            try:
                with self.writing():
                    self.db.execute("DELETE FROM chunks")
                    self.db.execute(
                        "INSERT INTO chunks SELECT * FROM other.chunks"
                        " WHERE paper_id IN (SELECT paper_id FROM main.papers)"
                    )
                    for key in ("embedder", "dimension", "chunker"):
                        self._set(key, made[key])
            finally:
                self.db.execute("DETACH other")

    def require_embedder(self, fingerprint: str) -> None:
        """Raises EmbedderMismatch unless the vectors come from that model."""
        held = self.manifest.get("embedder")
        if held is not None and held != fingerprint:
            raise self._mismatch(f"embedder {held} → {fingerprint}")

    def _mismatch(self, what: str) -> EmbedderMismatch:
        return EmbedderMismatch(
            f"The vectors in {self.path} were made with other settings ({what}).",
            remedy="Go back to those settings, or embed all papers anew: citewell reindex --embed",
        )

    def set_manifest(self, values: Mapping[str, str]) -> None:
        """Record facts about the catalog or its indexes, all at once; the corpus stays as it is."""
        with self.transaction():
            for key, value in values.items():
                self._set(key, value)

    def _set(self, key: str, value: str) -> None:
        self.db.execute("INSERT OR REPLACE INTO manifest VALUES (?, ?)", (key, value))

    # -- reading ---------------------------------------------------------------------------

    @property
    def manifest(self) -> dict[str, str]:
        with self.errors():
            return dict(self.db.execute("SELECT key, value FROM manifest"))

    @property
    def unfinished(self) -> list[str]:
        """Commands of ingests that a crash has interrupted."""
        return [c for c in self.manifest.get("unfinished", "").split("\n") if c]

    @property
    def corpus_revision(self) -> int:
        """Counts the transactions that changed papers or chunks."""
        held = self.manifest.get("corpus_revision", "0")
        if not held.isdecimal():
            raise self.damaged(f"its manifest calls the revision {held!r}")
        return int(held)

    def arrived_since(self, revision: int) -> frozenset[str]:
        """Ids of the papers that came after that revision of the corpus. Those that an earlier
        Citewell brought count as having been there."""
        with self.errors():
            if not self.db.execute(
                "SELECT 1 FROM sqlite_master WHERE name = 'arrivals'"
            ).fetchone():
                return frozenset()
            rows = self.db.execute(
                "SELECT paper_id FROM arrivals JOIN papers USING (paper_id) WHERE revision > ?",
                (revision,),
            ).fetchall()
        return frozenset(row[0] for row in rows)

    def chunks(self) -> tuple[list[Chunk], Vectors]:
        """Every chunk, ordered by paper id and span, and their vectors (n, d). Raises
        CatalogDamaged for a vector that is not as it was written."""
        with self.errors():
            rows = self.db.execute(
                'SELECT chunk_id, paper_id, start, "end", vector FROM chunks'
                ' ORDER BY paper_id, start, "end"'
            ).fetchall()
        if not rows:
            return [], np.zeros((0, 0), np.float32)
        dimension = int(self.manifest.get("dimension", "0"))
        for row in rows:
            if not isinstance(row[4], bytes) or divmod(len(row[4]), 4) != (dimension, 0):
                raise self._bad_vectors(row[0])
        vectors = np.frombuffer(b"".join(r[4] for r in rows), "<f4").reshape(len(rows), -1)
        for wrong in np.flatnonzero(~np.isfinite(vectors).all(axis=1)):
            raise self._bad_vectors(rows[wrong][0])
        return [Chunk(chunk_id=r[0], paper_id=r[1], start=r[2], end=r[3]) for r in rows], vectors

    def tokens(self) -> Iterator[tuple[str, PackedTokens | None]]:
        """Paper id and tokens of every chunk, ordered by paper id and span. Raises
        CatalogDamaged for tokens that are not as they were written."""
        with self.errors():
            for paper_id, chunk_id, *blobs in self.db.execute(
                "SELECT paper_id, chunk_id, token_codes, token_spans, token_ids FROM chunks"
                ' ORDER BY paper_id, start, "end"'
            ):
                if blobs == [None, None, None]:
                    yield paper_id, None
                    continue
                try:
                    codes = np.frombuffer(blobs[0], np.int8).reshape(-1, TOKEN_DIMENSION)
                    spans = np.frombuffer(blobs[1], "<i4").reshape(len(codes), 2)
                    ids = np.frombuffer(blobs[2], "<i4").reshape(len(codes))
                except (TypeError, ValueError) as error:
                    raise self._bad_vectors(chunk_id) from error
                yield paper_id, PackedTokens(codes=codes, spans=spans, ids=ids)

    def _bad_vectors(self, chunk_id: str) -> CatalogDamaged:
        return CatalogDamaged(
            f"The vectors of {chunk_id} in {self.path} are not as they were written.",
            remedy="The papers are all there; embed them anew: citewell reindex --embed",
        )

    def unembedded(self) -> list[str]:
        """Ids of papers without chunks."""
        with self.errors():
            return [
                row[0]
                for row in self.db.execute(
                    "SELECT paper_id FROM papers"
                    " WHERE paper_id NOT IN (SELECT paper_id FROM chunks)"
                    " ORDER BY paper_id"
                )
            ]
