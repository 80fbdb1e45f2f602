"""Derived indexes: one immutable folder a generation, made from the catalog, never changed.

    <data>/index/<revision>-<random>/
        chroma/          vectors of the chunks (Chroma, cosine)
        vectors.npy      the same vectors, row by row
        papers.npy       a vector for each paper as a whole, for exact scores of chosen papers
        lexical/         BM25 over papers
        lexicon.json     names, acronyms and vocabulary of the corpus
        tokens/          token vectors for late interaction, where the embedder gives them
        rows.npz         paper of each chunk, spans, nearest papers of each paper
        generation.json  what it was made from, and a digest of every file; written last

A generation is built beside the current one, opened and probed, and only then named in the
catalog's manifest: whoever reads sees the old one or the new one, never half of one. A crash
leaves a folder that nobody names; the next build sweeps it away. At open, the digests tell
damage, the revision tells staleness; both raise IndexDamaged and are mended by `rebuild`, which
needs no embedder because the vectors are in the catalog.
"""

from __future__ import annotations

import functools
import hashlib
import json
import secrets
import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.adapters.bm25_index import Bm25Index
from rag.adapters.chroma_index import ChromaIndex
from rag.adapters.minilm import english_words
from rag.catalog import Catalog
from rag.errors import CatalogError, IndexDamaged
from rag.ports import LexicalIndex, VectorIndex, Vectors
from rag.tokens import Packed, TokenStore
from rag.understand.lexicon import Lexicon
from rag.wholes import nearest_papers, paper_vectors

FORMAT = 3
_UNDIGESTED = "chroma.sqlite3"
"""Chroma writes to this file when it opens it, so its rows are counted and checked instead."""


Stage = Callable[[str], None]
"""Told the name of each stage of a build."""


@dataclass(frozen=True, kw_only=True)
class Indexes:
    """An open generation. Chunk rows are ordered by paper row, then span."""

    generation: str
    corpus_hash: str
    paper_ids: tuple[str, ...]
    chunk_ids: tuple[str, ...]
    chunk_paper: NDArray[np.int32]
    """(chunks,) row of the chunk's paper."""
    chunk_spans: NDArray[np.int32]
    """(chunks, 2) start and end in the abstract."""
    vectors: Vectors
    """(chunks, d), memory-mapped."""
    paper_vectors: Vectors
    """(papers, d) unit vectors: the mean of each paper's chunks, by their length."""
    neighbours: NDArray[np.int32]
    """(papers, 3) rows of the nearest papers; a paper itself where there are fewer others."""
    neighbour_cosines: Vectors
    """(papers, 3)"""
    nearest: VectorIndex
    tokens: TokenStore | None
    lexical: LexicalIndex
    lexicon: Lexicon

    @functools.cached_property
    def row_of(self) -> dict[str, int]:
        """Row of each paper id."""
        return {paper_id: row for row, paper_id in enumerate(self.paper_ids)}

    @functools.cached_property
    def chunk_row_of(self) -> dict[str, int]:
        return {chunk_id: row for row, chunk_id in enumerate(self.chunk_ids)}

    def close(self) -> None:
        self.nearest.close()


def folder(catalog: Catalog) -> Path:
    return catalog.folder / "index"


def open_current(catalog: Catalog) -> Indexes:
    """The generation that the manifest names. Raises IndexDamaged when it is missing, stale
    (the catalog has changed since) or not as it was written."""
    name = catalog.manifest.get("generation")
    if not name:
        raise IndexDamaged("Nothing is indexed yet.")
    indexes = _open(folder(catalog) / name)
    if _revision(name) != catalog.corpus_revision:
        indexes.close()
        raise IndexDamaged("The index is older than the catalog.")
    return indexes


def rebuild(catalog: Catalog, stage: Stage = lambda name: None) -> Indexes:
    """Build a new generation from the catalog and make it the current one. Seconds, no embedding.

    Raises CatalogError when the disk is full or papers are without vectors."""
    with catalog.lock():
        root = folder(catalog)
        before = catalog.manifest.get("generation")
        name = f"{catalog.corpus_revision}-{secrets.token_hex(4)}"
        try:
            _build(catalog, root / name, stage)
            stage("checking")
            indexes = _open(root / name)
            _probe(indexes)
        except OSError as error:
            shutil.rmtree(root / name, ignore_errors=True)
            raise CatalogError(
                f"The index in {root} could not be written: {error}.",
                remedy="Free some space, then: citewell reindex",
            ) from error
        catalog.set_manifest({"generation": name, "corpus_hash": indexes.corpus_hash})
        for old in root.iterdir():
            # The one before stays for readers that still have it open.
            if old.name not in (name, before):
                shutil.rmtree(old, ignore_errors=True)
        return indexes


def open_or_rebuild(catalog: Catalog, stage: Stage = lambda name: None) -> Indexes:
    """What every door calls at start: damage and staleness mend themselves."""
    try:
        return open_current(catalog)
    except IndexDamaged:
        with catalog.lock(timeout=120):
            try:  # another process may have mended it while this one waited
                return open_current(catalog)
            except IndexDamaged:
                return rebuild(catalog, stage)


def _build(catalog: Catalog, target: Path, stage: Stage) -> None:
    target.mkdir(parents=True)
    stage("reading the catalog")
    papers = catalog.papers()
    chunks, vectors = catalog.chunks()
    if missing := catalog.unembedded():
        raise CatalogError(
            f"{len(missing)} papers of the catalog have no vectors (the first: {missing[0]}).",
            remedy="Embed what is left: citewell reindex --embed",
        )
    row = {paper.paper_id: i for i, paper in enumerate(papers)}
    stage("vectors")
    np.save(target / "vectors.npy", vectors)
    chunk_paper = np.array([row[c.paper_id] for c in chunks], dtype=np.int32)
    lengths = np.array([c.end - c.start for c in chunks], np.float32)
    wholes = paper_vectors(vectors, chunk_paper, lengths)
    neighbours, cosines = nearest_papers(wholes)
    np.save(target / "papers.npy", wholes)
    np.savez(
        target / "rows.npz",
        neighbours=neighbours,
        neighbour_cosines=cosines,
        paper_ids=np.array([p.paper_id for p in papers], dtype=np.str_),
        chunk_ids=np.array([c.chunk_id for c in chunks], dtype=np.str_),
        chunk_paper=chunk_paper,
        chunk_spans=np.array([(c.start, c.end) for c in chunks], np.int32).reshape(-1, 2),
    )
    ChromaIndex.build(target / "chroma", [c.chunk_id for c in chunks], vectors)
    stage("tokens")
    if tokens := _tokens(catalog, list(row)):
        tokens.save(target / "tokens")
    stage("words")
    Bm25Index.build(target / "lexical", [f"{p.title}\n{p.abstract}" for p in papers])
    (target / "lexicon.json").write_text(
        Lexicon.from_papers(papers, english=english_words()).to_json(), "utf-8"
    )
    (target / "generation.json").write_text(
        json.dumps(
            {
                "format": FORMAT,
                "corpus_hash": catalog.corpus_hash(),
                "papers": len(papers),
                "chunks": len(chunks),
                "files": _digests(target),
            }
        ),
        "utf-8",
    )


def _tokens(catalog: Catalog, paper_ids: Sequence[str]) -> TokenStore | None:
    """None where a chunk has no tokens: late interaction is for all papers or none."""
    held: dict[str, list[Packed]] = {paper_id: [] for paper_id in paper_ids}
    for paper_id, packed in catalog.tokens():
        if packed is None:
            return None
        held[paper_id].append(packed)
    return TokenStore.assemble(list(held.values()))


def _open(target: Path) -> Indexes:
    try:
        about = json.loads((target / "generation.json").read_text("utf-8"))
        if about["format"] != FORMAT:
            raise IndexDamaged(f"{target} has another format.")
        if _digests(target) != about["files"]:
            raise IndexDamaged(f"Files in {target} are not as they were written.")
        rows = np.load(target / "rows.npz")
        vectors = np.load(target / "vectors.npy", mmap_mode="r")
        wholes = np.load(target / "papers.npy", mmap_mode="r")
        has_tokens = (target / "tokens").exists()
        tokens = TokenStore.open(target / "tokens") if has_tokens else None
        lexicon = Lexicon.from_json((target / "lexicon.json").read_text("utf-8"))
    except IndexDamaged:
        raise
    except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
        raise IndexDamaged(f"{target} cannot be read: {error}") from error
    lexical = Bm25Index.open(target / "lexical", about["papers"])
    return Indexes(
        generation=target.name,
        corpus_hash=about["corpus_hash"],
        paper_ids=tuple(rows["paper_ids"].tolist()),
        chunk_ids=tuple(rows["chunk_ids"].tolist()),
        chunk_paper=rows["chunk_paper"],
        chunk_spans=rows["chunk_spans"],
        vectors=vectors,
        paper_vectors=wholes,
        neighbours=rows["neighbours"],
        neighbour_cosines=rows["neighbour_cosines"],
        nearest=ChromaIndex.open(target / "chroma", about["chunks"]),
        tokens=tokens,
        lexical=lexical,
        lexicon=lexicon,
    )


def _probe(indexes: Indexes) -> None:
    """A handful of rows must find themselves."""
    n = len(indexes.chunk_ids)
    for row in range(0, n, max(1, n // 8)):
        vector = np.asarray(indexes.vectors[row])
        best = indexes.nearest.search(vector, 1)[0][1]
        if best < 0.999:
            raise IndexDamaged(f"Chunk {indexes.chunk_ids[row]} does not find itself.")


def _digests(target: Path) -> dict[str, str]:
    return {
        path.relative_to(target).as_posix(): _digest(path)
        for path in sorted(target.rglob("*"))
        if path.is_file()
        and not path.name.startswith(_UNDIGESTED)
        and path.name != "generation.json"
    }


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _revision(generation: str) -> int:
    return int(generation.split("-", maxsplit=1)[0])


class Shelf:
    """The catalog with its current indexes, for as long as a process lives. Thread-safe.

    `indexes()` follows the catalog: when another process has swapped in a new generation, the
    next question sees it.
    """

    def __init__(self, catalog: Catalog, stage: Stage = lambda name: None) -> None:
        self.catalog = catalog
        self._stage = stage
        self._lock = threading.Lock()
        self._current: Indexes | None = None

    def indexes(self) -> Indexes:
        """Raises CatalogError when they can be neither opened nor rebuilt."""
        with self._lock:
            named = self.catalog.manifest.get("generation")
            if self._current is None or self._current.generation != named:
                # The former one is not closed: another thread may be searching it.
                self._current = open_or_rebuild(self.catalog, self._stage)
            return self._current

    def mend(self) -> None:
        """Rebuild although the files look right: a search has failed on them."""
        with self._lock:
            self._current = rebuild(self.catalog, self._stage)
