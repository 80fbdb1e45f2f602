"""The catalog: papers, where they were read, their chunks with vectors, and the manifest.

One SQLite file in WAL mode is the truth. What is derived from it (Chroma, BM25, token vectors)
lives in `rag/indexes.py` and can be thrown away. Readers never wait for the writer; writers
take `writing()`, which holds a file lock and one transaction. The catalog knows nothing of
models: vectors are bytes that an ingest hands over, named by the manifest.
"""

from __future__ import annotations

import calendar
import contextlib
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from rag.database import Database
from rag.errors import EmbedderMismatch
from rag.ports import Vectors
from rag.records import Chunk, Filters, Paper, Source
from rag.tokens import TOKEN_DIMENSION, Packed

SCHEMA_VERSION = 1

_SCHEMA = """
CREATE TABLE papers (
    paper_id       TEXT PRIMARY KEY,
    title          TEXT NOT NULL,
    abstract       TEXT NOT NULL,
    published      TEXT,
    published_from TEXT,      -- first and last day that `published` may mean, so that
    published_to   TEXT,      -- a constraint is one comparison whatever the precision
    date_precision TEXT,
    author_count   INTEGER,
    authors        TEXT NOT NULL,
    upvotes        INTEGER,
    doi            TEXT,
    arxiv_id       TEXT,
    url            TEXT,
    citekey        TEXT NOT NULL
);
CREATE TABLE sources (
    paper_id TEXT NOT NULL REFERENCES papers ON DELETE CASCADE,
    name     TEXT NOT NULL,
    line     INTEGER NOT NULL,
    PRIMARY KEY (paper_id, name)
);
CREATE TABLE chunks (
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

_PAPER_COLUMNS = (
    "paper_id, title, abstract, published, date_precision, author_count, authors, upvotes,"
    " doi, arxiv_id, url, citekey"
)


class Catalog(Database):
    """The catalog in `folder`. Raises as `Database` does."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "catalog.sqlite3", schema=_SCHEMA, version=SCHEMA_VERSION)

    # -- writing ---------------------------------------------------------------------------

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction that changes papers or chunks: it ends with a new corpus revision, by
        which derived indexes know that they are stale."""
        with self.transaction():
            yield
            self._set("corpus_revision", str(self.corpus_revision + 1))

    def put(self, paper: Paper) -> None:
        """Insert or replace a paper and its sources; its chunks stay. Inside `writing()`."""
        first, last = day_range(paper.published)
        row = (
            paper.paper_id,
            paper.title,
            paper.abstract,
            paper.published,
            first,
            last,
            paper.date_precision,
            paper.author_count,
            json.dumps(paper.authors, ensure_ascii=False),
            paper.upvotes,
            paper.doi,
            paper.arxiv_id,
            paper.url,
            paper.citekey,
        )
        columns = (
            "paper_id, title, abstract, published, published_from, published_to, date_precision,"
            " author_count, authors, upvotes, doi, arxiv_id, url, citekey"
        )
        updates = ", ".join(f"{c} = excluded.{c}" for c in columns.split(", ")[1:])
        self.db.execute(
            f"INSERT INTO papers ({columns}) VALUES ({', '.join('?' * len(row))})"
            f" ON CONFLICT (paper_id) DO UPDATE SET {updates}",
            row,
        )
        self.db.execute("DELETE FROM sources WHERE paper_id = ?", (paper.paper_id,))
        self.db.executemany(
            "INSERT OR REPLACE INTO sources VALUES (?, ?, ?)",
            [(paper.paper_id, s.name, s.line) for s in paper.sources],
        )

    def put_chunks(
        self,
        paper_id: str,
        chunks: Sequence[Chunk],
        vectors: Vectors,
        tokens: Sequence[Packed | None],
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

    def claim_embedder(
        self, fingerprint: str, dimension: int, chunker: str, *, replace: bool = False
    ) -> None:
        """Name the model that the vectors come from, or check that it is the one named.

        With `replace`, another model takes over and the chunks of the former are dropped.
        Raises EmbedderMismatch."""
        mine = {"embedder": fingerprint, "dimension": str(dimension), "chunker": chunker}
        manifest = self.manifest
        held = {key: manifest[key] for key in mine if key in manifest}
        # With `replace` and nothing left to embed, all are asked for anew.
        if held == mine and (not replace or self.unembedded()):
            return
        if held and not replace:
            what = ", ".join(f"{k} {held[k]} → {mine[k]}" for k in held if held[k] != mine[k])
            raise self._mismatch(what)
        with self.writing():
            self.db.execute("DELETE FROM chunks")
            for key, value in mine.items():
                self._set(key, value)

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
        return int(self.manifest.get("corpus_revision", "0"))

    def __len__(self) -> int:
        with self.errors():
            return int(self.db.execute("SELECT count(*) FROM papers").fetchone()[0])

    def papers(self, ids: Iterable[str] | None = None) -> list[Paper]:
        """All papers in the order of their ids, or those named, in the order named (ids that
        are not there are left out)."""
        with self.errors():
            if ids is None:
                rows = self.db.execute(f"SELECT {_PAPER_COLUMNS} FROM papers ORDER BY paper_id")
                sources = self._sources("SELECT paper_id, name, line FROM sources ORDER BY name")
                return [_paper(row, sources.get(row[0], ())) for row in rows]
            found: dict[str, Paper] = {}
            wanted = list(ids)
            for batch in _batches(wanted, 500):
                marks = ",".join("?" * len(batch))
                sources = self._sources(
                    f"SELECT paper_id, name, line FROM sources WHERE paper_id IN ({marks})"
                    " ORDER BY name",
                    batch,
                )
                for row in self.db.execute(
                    f"SELECT {_PAPER_COLUMNS} FROM papers WHERE paper_id IN ({marks})", batch
                ):
                    found[row[0]] = _paper(row, sources.get(row[0], ()))
        return [found[i] for i in wanted if i in found]

    def _sources(self, sql: str, values: Sequence[str] = ()) -> dict[str, tuple[Source, ...]]:
        grouped: dict[str, list[Source]] = {}
        for paper_id, name, line in self.db.execute(sql, values):
            grouped.setdefault(paper_id, []).append(Source(name=name, line=line))
        return {paper_id: tuple(sources) for paper_id, sources in grouped.items()}

    def chunks(self) -> tuple[list[Chunk], Vectors]:
        """Every chunk, ordered by paper id and span, and their vectors (n, d)."""
        with self.errors():
            rows = self.db.execute(
                'SELECT chunk_id, paper_id, start, "end", vector FROM chunks'
                ' ORDER BY paper_id, start, "end"'
            ).fetchall()
        if not rows:
            return [], np.zeros((0, 0), np.float32)
        vectors = np.frombuffer(b"".join(r[4] for r in rows), "<f4").reshape(len(rows), -1)
        return [Chunk(chunk_id=r[0], paper_id=r[1], start=r[2], end=r[3]) for r in rows], vectors

    def tokens(self) -> Iterator[tuple[str, Packed | None]]:
        """Paper id and tokens of every chunk, ordered by paper id and span."""
        with self.errors():
            for paper_id, codes, spans, ids in self.db.execute(
                "SELECT paper_id, token_codes, token_spans, token_ids FROM chunks"
                ' ORDER BY paper_id, start, "end"'
            ):
                yield (
                    paper_id,
                    None
                    if codes is None
                    else Packed(
                        codes=np.frombuffer(codes, np.int8).reshape(-1, TOKEN_DIMENSION),
                        spans=np.frombuffer(spans, "<i4").reshape(-1, 2),
                        ids=np.frombuffer(ids, "<i4"),
                    ),
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

    def matching(self, filters: Filters) -> list[str]:
        """Ids of the papers that satisfy the constraints, in the order these ask for (most recent
        first where they name none). A paper without a date matches no date."""
        where, values = ["1"], list[object]()
        if filters.date_from:
            where.append("published_from >= ?")
            values.append(filters.date_from)
        if filters.date_to:
            where.append("published_to <= ?")
            values.append(filters.date_to)
        if filters.upvotes_min is not None:
            where.append("upvotes >= ?")
            values.append(filters.upvotes_min)
        column = "upvotes" if filters.sort == "upvotes" else "published_from"
        if filters.sort:  # what has no value cannot be ranked by it
            where.append(f"{column} IS NOT NULL")
        direction = "ASC" if filters.order == "asc" else "DESC"
        with self.errors():
            ids = [
                row[0]
                for row in self.db.execute(
                    f"SELECT paper_id FROM papers WHERE {' AND '.join(where)}"
                    f" ORDER BY {column} {direction} NULLS LAST, paper_id",
                    values,
                )
            ]
        if filters.paper_ids is not None:
            allowed = set(filters.paper_ids)
            ids = [i for i in ids if i in allowed]
        return ids

    def corpus_hash(self) -> str:
        """sha256 over ids, texts, and metadata that answers depend on; hex."""
        digest = hashlib.sha256()
        with self.errors():
            for row in self.db.execute(
                "SELECT paper_id, title, abstract, published, upvotes FROM papers ORDER BY paper_id"
            ):
                digest.update(json.dumps(row, ensure_ascii=False).encode())
        return digest.hexdigest()


def day_range(published: str | None) -> tuple[str | None, str | None]:
    """First and last ISO day that a date of any precision may mean; (None, None) for none."""
    if not published:
        return None, None
    parts = published.split("-")
    if len(parts) == 1:
        return f"{published}-01-01", f"{published}-12-31"
    if len(parts) == 2:
        last = calendar.monthrange(int(parts[0]), int(parts[1]))[1]
        return f"{published}-01", f"{published}-{last}"
    return published, published


def _paper(row: tuple[object, ...], sources: tuple[Source, ...]) -> Paper:
    names = _PAPER_COLUMNS.replace("\n", "").split(",")
    fields = dict(zip((n.strip() for n in names), row, strict=True))
    fields["authors"] = tuple(json.loads(str(fields["authors"])))
    return Paper(**fields, sources=sources)  # type: ignore[arg-type]


def _batches(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for i in range(0, len(items), size):
        yield items[i : i + size]
