"""Papers in SQLite: the tables of papers and of where they were read, and how these are searched.

The catalog has them, and so has each generation of the indexes: there they stay as they were when
it was made, so that spans always point into the text that was indexed. Chunks and vectors are not
known here.
"""

from __future__ import annotations

import calendar
import contextlib
import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rag.corpus.people import is_by
from rag.fields import FIELDS, SORTED_BY
from rag.filters import Filters
from rag.records import Paper, Source
from rag.storage.database import Database, State
from rag.text.arxiv import month_of

SCHEMA = """
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
"""

SNAPSHOT_VERSION = 1
_MOST_KEPT = 5000
"""Papers of a snapshot that stay in memory before they are let go."""

_COLUMNS = (
    *("paper_id", "title", "abstract", "published", "date_precision", "author_count", "authors"),
    *("upvotes", "doi", "arxiv_id", "url", "citekey"),
)
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM papers"


class PaperStore(Database):
    """The papers in a SQLite file. Raises as `Database` does."""

    def __len__(self) -> int:
        with self.errors():
            return int(self.db.execute("SELECT count(*) FROM papers").fetchone()[0])

    def papers(self, ids: Iterable[str] | None = None) -> list[Paper]:
        """All papers in the order of their ids, or those named, in the order named (ids that
        are not there are left out)."""
        with self.errors():
            if ids is None:
                rows = self.db.execute(f"{_SELECT} ORDER BY paper_id")
                sources = self._sources("SELECT paper_id, name, line FROM sources ORDER BY name")
                return [self._paper(row, sources.get(row[0], ())) for row in rows]
            found: dict[str, Paper] = {}
            wanted = list(ids)
            for batch in _batches(wanted, 500):
                marks = ",".join("?" * len(batch))
                sources = self._sources(
                    f"SELECT paper_id, name, line FROM sources WHERE paper_id IN ({marks})"
                    " ORDER BY name",
                    batch,
                )
                for row in self.db.execute(f"{_SELECT} WHERE paper_id IN ({marks})", batch):
                    found[row[0]] = self._paper(row, sources.get(row[0], ()))
        return [found[i] for i in wanted if i in found]

    def _paper(self, row: Sequence[object], sources: tuple[Source, ...]) -> Paper:
        values = dict(zip(_COLUMNS, row, strict=True))
        try:
            values["authors"] = tuple(json.loads(str(values["authors"])))
        except ValueError as error:
            raise self.damaged(f"authors of {values['paper_id']}: {error}") from error
        return Paper(**values, sources=sources)  # type: ignore[arg-type]

    def _sources(self, sql: str, values: Sequence[str] = ()) -> dict[str, tuple[Source, ...]]:
        grouped: dict[str, list[Source]] = {}
        for paper_id, name, line in self.db.execute(sql, values):
            grouped.setdefault(paper_id, []).append(Source(name=name, line=line))
        return {paper_id: tuple(sources) for paper_id, sources in grouped.items()}

    def matching(self, filters: Filters) -> list[str]:
        """Ids of the papers that satisfy the constraints, in the order these ask for (most recent
        first where they name none). A paper without a date matches no date."""
        conditions = [one for field in FIELDS.values() for one in field.conditions(filters)]
        where = "".join(f" AND {sql}" for sql, _ in conditions)
        direction = "ASC" if filters.order == "asc" else "DESC"
        with self.errors():
            rows = self.db.execute(
                f"SELECT paper_id FROM papers WHERE 1{where}"
                f" ORDER BY {SORTED_BY[filters.sort or 'date']} {direction} NULLS LAST, paper_id",
                [value for _, values in conditions for value in values],
            )
            ids = [row[0] for row in rows]
        if filters.paper_ids is None or filters.sort:
            return ids
        allowed = set(ids)  # in the order in which they were picked
        return [i for i in dict.fromkeys(filters.paper_ids) if i in allowed]

    def _connect(self, state: State | None) -> sqlite3.Connection:
        db = super()._connect(state)
        db.create_function("written_by", 2, _written_by, deterministic=True)
        db.create_function("arxiv_month", 1, month_of, deterministic=True)
        return db

    def corpus_hash(self) -> str:
        """sha256 over ids, texts, and metadata that answers depend on; hex."""
        digest = hashlib.sha256()
        with self.errors():
            for row in self.db.execute(
                "SELECT paper_id, title, abstract, coalesce(published, arxiv_month(arxiv_id)),"
                " upvotes, authors, author_count FROM papers ORDER BY paper_id"
            ):
                digest.update(json.dumps(row, ensure_ascii=False).encode())
        return digest.hexdigest()

    def copy_papers(self, file: Path) -> None:
        """Write all papers as they are now to a SQLite file of their own, for `Snapshot`. Raises
        CatalogError, and OSError when the file cannot be made."""
        try:
            with contextlib.closing(sqlite3.connect(file)) as copy, copy:
                copy.executescript(f"{SCHEMA}PRAGMA user_version = {SNAPSHOT_VERSION};")
                for table in ("papers", "sources"):
                    with self.errors():
                        rows = self.db.execute(f"SELECT * FROM {table}").fetchall()
                    if rows:
                        marks = ", ".join("?" * len(rows[0]))
                        copy.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        except sqlite3.Error as error:
            raise OSError(f"{file}: {error}") from error


def _written_by(authors: str, name: str) -> bool:
    """Whether one of the authors, a JSON list, can be the one named; a name may offer a choice."""
    return any(is_by(author, one) for author in json.loads(authors) for one in name.split(" or "))


class Snapshot(PaperStore):
    """Papers as `copy_papers` wrote them. Never changes; opening it writes nothing. What was read
    of it is kept, for the same papers are looked at again and again."""

    def __init__(self, file: Path) -> None:
        super().__init__(
            file.parent, file.name, schema=SCHEMA, version=SNAPSHOT_VERSION, frozen=True
        )
        self._kept: dict[str, Paper] = {}

    def papers(self, ids: Iterable[str] | None = None) -> list[Paper]:
        if ids is None:
            return super().papers()
        wanted, kept = list(ids), self._kept
        found = {i: kept[i] for i in wanted if i in kept}
        if missing := [i for i in wanted if i not in found]:
            read = {paper.paper_id: paper for paper in super().papers(missing)}
            found |= read
            # Replaced and never changed: another thread may be looking into the one before.
            self._kept = {**(kept if len(kept) < _MOST_KEPT else {}), **read}
        return [found[i] for i in wanted if i in found]


def put_paper(db: sqlite3.Connection, paper: Paper) -> None:
    """Insert or replace a paper and its sources, inside a transaction of the caller's."""
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
    db.execute(
        f"INSERT INTO papers ({columns}) VALUES ({', '.join('?' * len(row))})"
        f" ON CONFLICT (paper_id) DO UPDATE SET {updates}",
        row,
    )
    db.execute("DELETE FROM sources WHERE paper_id = ?", (paper.paper_id,))
    db.executemany(
        "INSERT OR REPLACE INTO sources VALUES (?, ?, ?)",
        [(paper.paper_id, s.name, s.line) for s in paper.sources],
    )


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


def _batches(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for i in range(0, len(items), size):
        yield items[i : i + size]
