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
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from rag.errors import CatalogDamaged, CatalogError, CatalogLocked, EmbedderMismatch
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


class Catalog:
    """The SQLite catalog in `folder`. Safe to share between threads (a connection each).

    Raises CatalogDamaged when the file cannot be read, CatalogLocked when another process
    keeps writing, CatalogError for what the disk refuses.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "catalog.sqlite3"
        self._local = threading.local()
        self._open: list[sqlite3.Connection] = []
        with self._errors():
            folder.mkdir(parents=True, exist_ok=True)
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA_VERSION:
            raise CatalogError(
                f"{self.path} was written by a newer Citewell (schema {version}).",
                remedy="Update Citewell, or choose another folder with --data-dir.",
            )
        if version == 0:
            self._create()

    def _create(self) -> None:
        with self.lock(), self._errors():
            if self._db.execute("PRAGMA user_version").fetchone()[0] == 0:
                self._db.executescript(
                    f"BEGIN IMMEDIATE;{_SCHEMA}PRAGMA user_version = {SCHEMA_VERSION};COMMIT;"
                )

    @property
    def _db(self) -> sqlite3.Connection:
        db: sqlite3.Connection | None = getattr(self._local, "db", None)
        if db is None:
            # Autocommit: transactions are spelled out in `writing`.
            db = sqlite3.connect(
                self.path, timeout=10, isolation_level=None, check_same_thread=False
            )
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA foreign_keys = ON")
            self._local.db = db
            self._open.append(db)
        return db

    def close(self) -> None:
        for db in self._open:
            db.close()
        self._open.clear()
        self._local = threading.local()

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except Timeout as error:
            raise CatalogLocked(
                f"Another Citewell process is writing to {self.folder}.",
                remedy="Wait until it has finished, then try again.",
            ) from error
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise CatalogLocked(
                    f"Another process is writing to {self.path}.",
                    remedy="Wait until it has finished, then try again.",
                ) from error
            raise CatalogError(
                f"SQLite cannot use {self.path}: {error}.",
                remedy="Check free space and permissions of the folder (citewell doctor shows it).",
            ) from error
        except sqlite3.DatabaseError as error:
            raise CatalogDamaged(
                f"The catalog {self.path} is damaged: {error}.",
                remedy=f"Move it away (mv '{self.path}' '{self.path}.damaged'), then: citewell ingest",
            ) from error
        except OSError as error:
            raise CatalogError(
                f"The data folder {self.folder} cannot be used: {error}.",
                remedy="Choose another one with --data-dir or CITEWELL_DATA_DIR.",
            ) from error

    # -- writing ---------------------------------------------------------------------------

    @contextlib.contextmanager
    def lock(self, timeout: float = 10) -> Iterator[None]:
        """The one writer's lock; re-entrant within a thread."""
        lock = self._local.__dict__.setdefault(
            "lock", FileLock(self.folder / "writer.lock", timeout=timeout)
        )
        with self._errors():
            lock.acquire(timeout=timeout)
        try:
            yield
        finally:
            lock.release()

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction under the writer's lock: all of it, or nothing of it. It ends with a
        new corpus revision, by which derived indexes know that they are stale."""
        with self.lock(), self._errors():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._set("corpus_revision", str(self.corpus_revision + 1))
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

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
        self._db.execute(
            f"INSERT INTO papers ({columns}) VALUES ({', '.join('?' * len(row))})"
            f" ON CONFLICT (paper_id) DO UPDATE SET {updates}",
            row,
        )
        self._db.execute("DELETE FROM sources WHERE paper_id = ?", (paper.paper_id,))
        self._db.executemany(
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
        self._db.execute("DELETE FROM chunks WHERE paper_id = ?", (paper_id,))
        self._db.executemany(
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
        if held == mine:
            return
        if held and not replace:
            what = ", ".join(f"{k} {held[k]} → {mine[k]}" for k in held if held[k] != mine[k])
            raise EmbedderMismatch(
                f"The vectors in {self.path} were made with other settings ({what}).",
                remedy="Go back to those settings, or embed all papers anew: citewell reindex --embed",
            )
        with self.writing():
            self._db.execute("DELETE FROM chunks")
            for key, value in mine.items():
                self._set(key, value)

    def set_manifest(self, values: Mapping[str, str]) -> None:
        """Record facts about the catalog or its indexes, all at once; the corpus stays as it is."""
        with self.lock(), self._errors():
            self._db.execute("SAVEPOINT manifest")
            for key, value in values.items():
                self._set(key, value)
            self._db.execute("RELEASE manifest")

    def _set(self, key: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO manifest VALUES (?, ?)", (key, value))

    # -- reading ---------------------------------------------------------------------------

    @property
    def manifest(self) -> dict[str, str]:
        with self._errors():
            return dict(self._db.execute("SELECT key, value FROM manifest"))

    @property
    def corpus_revision(self) -> int:
        """Counts the transactions that changed papers or chunks."""
        return int(self.manifest.get("corpus_revision", "0"))

    def __len__(self) -> int:
        with self._errors():
            return int(self._db.execute("SELECT count(*) FROM papers").fetchone()[0])

    def papers(self, ids: Iterable[str] | None = None) -> list[Paper]:
        """All papers in the order of their ids, or those named, in the order named (ids that
        are not there are left out)."""
        with self._errors():
            if ids is None:
                rows = self._db.execute(f"SELECT {_PAPER_COLUMNS} FROM papers ORDER BY paper_id")
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
                for row in self._db.execute(
                    f"SELECT {_PAPER_COLUMNS} FROM papers WHERE paper_id IN ({marks})", batch
                ):
                    found[row[0]] = _paper(row, sources.get(row[0], ()))
        return [found[i] for i in wanted if i in found]

    def _sources(self, sql: str, values: Sequence[str] = ()) -> dict[str, tuple[Source, ...]]:
        grouped: dict[str, list[Source]] = {}
        for paper_id, name, line in self._db.execute(sql, values):
            grouped.setdefault(paper_id, []).append(Source(name=name, line=line))
        return {paper_id: tuple(sources) for paper_id, sources in grouped.items()}

    def chunks(self) -> tuple[list[Chunk], Vectors]:
        """Every chunk, ordered by paper id and span, and their vectors (n, d)."""
        with self._errors():
            rows = self._db.execute(
                'SELECT chunk_id, paper_id, start, "end", vector FROM chunks'
                ' ORDER BY paper_id, start, "end"'
            ).fetchall()
        if not rows:
            return [], np.zeros((0, 0), np.float32)
        vectors = np.frombuffer(b"".join(r[4] for r in rows), "<f4").reshape(len(rows), -1)
        return [Chunk(chunk_id=r[0], paper_id=r[1], start=r[2], end=r[3]) for r in rows], vectors

    def tokens(self) -> Iterator[tuple[str, Packed | None]]:
        """Paper id and tokens of every chunk, ordered by paper id and span."""
        with self._errors():
            for paper_id, codes, spans, ids in self._db.execute(
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
        with self._errors():
            return [
                row[0]
                for row in self._db.execute(
                    "SELECT paper_id FROM papers WHERE paper_id NOT IN (SELECT paper_id FROM chunks)"
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
        with self._errors():
            ids = [
                row[0]
                for row in self._db.execute(
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
        with self._errors():
            for row in self._db.execute(
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
