"""One generation of the derived indexes: an immutable folder, made from the catalog.

    <data>/index/<revision>-<random>/
        papers.sqlite3   the papers as they were indexed, so that spans point into that text
        chroma/          vectors of the chunks (Chroma, cosine)
        vectors.npy      the same vectors, row by row
        papers.npy       a vector for each paper as a whole, for exact scores
        lexical/         BM25 over papers
        lexicon.json     names, acronyms and vocabulary of the corpus
        tokens/          token vectors for late interaction, where the embedder gives them
        rows.npz         paper of each chunk, spans, nearest papers of each paper
        generation.json  what it was made from, and a digest of every file; written last

At open, digests tell damage. Chroma's graph is compared with exact search when it is built; what
misses rows is thrown away, and passages of that generation are searched exactly. Which generation
is the current one is not known here (`rag/storage/index_manager.py`).
"""

from __future__ import annotations

import functools
import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.adapters.bm25_index import Bm25Index
from rag.adapters.chroma_index import ChromaIndex
from rag.adapters.minilm import english_words
from rag.corpus.lexicon import Lexicon
from rag.corpus.lexicon_json import from_json, to_json
from rag.errors import CatalogError, IndexDamaged
from rag.ports import LexicalIndex, VectorIndex, Vectors
from rag.storage.catalog import Catalog
from rag.storage.exact_search import BackedIndex, ExactIndex, shortfall
from rag.storage.paper_vectors import nearest_papers, paper_vectors
from rag.storage.papers import Snapshot
from rag.storage.token_vectors import PackedTokens, TokenStore

FORMAT = 6
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
    papers: Snapshot
    """The papers as they were indexed, whatever has become of them in the catalog since."""
    embedder: str
    """Fingerprint of the model that the vectors come from."""
    chroma: str
    """Empty, or why Chroma is not asked and passages are searched exactly."""
    notice: str = ""
    """What users of a generation that could not be renewed must know; empty for a current one."""

    @property
    def revision(self) -> int:
        """The catalog's revision that it was made from."""
        return revision(self.generation)

    @functools.cached_property
    def row_of(self) -> dict[str, int]:
        """Row of each paper id."""
        return {paper_id: row for row, paper_id in enumerate(self.paper_ids)}

    @functools.cached_property
    def chunk_row_of(self) -> dict[str, int]:
        return {chunk_id: row for row, chunk_id in enumerate(self.chunk_ids)}

    def close(self) -> None:
        self.nearest.close()
        self.papers.close()


def build(catalog: Catalog, target: Path, stage: Stage) -> None:
    """Write a generation into the new folder `target`. Seconds, no embedding.

    Raises OSError when the disk refuses, CatalogError when papers are without vectors,
    CatalogDamaged when these are not as they were written."""
    target.mkdir(parents=True)
    stage("reading the catalog")
    if missing := catalog.unembedded():
        raise CatalogError(
            f"{len(missing)} papers of the catalog have no vectors (the first: {missing[0]}).",
            remedy="Embed what is left: citewell reindex --embed",
        )
    papers = catalog.papers()
    chunks, vectors = catalog.chunks()
    catalog.copy_papers(target / "papers.sqlite3")
    row = {paper.paper_id: i for i, paper in enumerate(papers)}
    stage("vectors")
    np.save(target / "vectors.npy", vectors)
    chunk_paper = np.array([row[c.paper_id] for c in chunks], dtype=np.int32)
    lengths = np.array([c.end - c.start for c in chunks], np.float32)
    of_papers = paper_vectors(vectors, chunk_paper, lengths)
    neighbours, cosines = nearest_papers(of_papers)
    np.save(target / "papers.npy", of_papers)
    np.savez(
        target / "rows.npz",
        neighbours=neighbours,
        neighbour_cosines=cosines,
        paper_ids=np.array([p.paper_id for p in papers], dtype=np.str_),
        chunk_ids=np.array([c.chunk_id for c in chunks], dtype=np.str_),
        chunk_paper=chunk_paper,
        chunk_spans=np.array([(c.start, c.end) for c in chunks], np.int32).reshape(-1, 2),
    )
    chroma = _build_chroma(target / "chroma", [c.chunk_id for c in chunks], vectors)
    stage("tokens")
    if tokens := _tokens(catalog, list(row)):
        tokens.save(target / "tokens")
    stage("words")
    Bm25Index.build(target / "lexical", [f"{p.title}\n{p.abstract}" for p in papers])
    (target / "lexicon.json").write_text(
        to_json(Lexicon.from_papers(papers, english=english_words())), "utf-8"
    )
    (target / "generation.json").write_text(
        json.dumps(
            {
                "format": FORMAT,
                "corpus_hash": catalog.corpus_hash(),
                "embedder": catalog.manifest["embedder"],
                "chroma": chroma,
                "papers": len(papers),
                "chunks": len(chunks),
                "files": _digests(target),
            }
        ),
        "utf-8",
    )


def open_folder(target: Path, *, read_only: bool = False) -> Indexes:
    """The generation in `target`. Raises IndexDamaged when it is not as it was written. Where
    nothing may be written Chroma, which writes when it opens, is left alone."""
    try:
        about = json.loads((target / "generation.json").read_text("utf-8"))
        if about["format"] != FORMAT:
            raise IndexDamaged(f"{target} has another format.")
        if _digests(target) != about["files"]:
            raise IndexDamaged(f"Files in {target} are not as they were written.")
        rows = np.load(target / "rows.npz")
        vectors = np.load(target / "vectors.npy", mmap_mode="r")
        of_papers = np.load(target / "papers.npy", mmap_mode="r")
        has_tokens = (target / "tokens").exists()
        tokens = TokenStore.open(target / "tokens") if has_tokens else None
        lexicon = from_json((target / "lexicon.json").read_text("utf-8"))
        papers = Snapshot(target / "papers.sqlite3")
    except IndexDamaged:
        raise
    except (CatalogError, OSError, ValueError, KeyError, TypeError, EOFError) as error:
        raise IndexDamaged(f"{target} cannot be read: {error}") from error
    chunk_ids = tuple(rows["chunk_ids"].tolist())
    why = about["chroma"] or ("the folder cannot be written to" if read_only else "")
    nearest: VectorIndex = ExactIndex(chunk_ids, vectors)
    if not why:
        nearest = BackedIndex(ChromaIndex.open(target / "chroma", len(chunk_ids)), nearest)
    return Indexes(
        generation=target.name,
        corpus_hash=about["corpus_hash"],
        paper_ids=tuple(rows["paper_ids"].tolist()),
        chunk_ids=chunk_ids,
        chunk_paper=rows["chunk_paper"],
        chunk_spans=rows["chunk_spans"],
        vectors=vectors,
        paper_vectors=of_papers,
        neighbours=rows["neighbours"],
        neighbour_cosines=rows["neighbour_cosines"],
        nearest=nearest,
        tokens=tokens,
        lexical=Bm25Index.open(target / "lexical", about["papers"]),
        lexicon=lexicon,
        papers=papers,
        embedder=about["embedder"],
        chroma=why,
    )


def missed(indexes: Indexes) -> str:
    """What Chroma's graph fails to find now, or why it is not asked, in words; else empty."""
    if not isinstance(indexes.nearest, BackedIndex):
        return indexes.chroma
    exact = ExactIndex(indexes.chunk_ids, indexes.vectors)
    return shortfall(indexes.nearest.graph, exact, indexes.vectors)


def revision(generation: str) -> int:
    """The catalog's revision that a generation was made from, as its name tells it. Raises
    IndexDamaged for what is no such name."""
    number, _, rest = generation.partition("-")
    if not number.isdecimal() or not rest.isalnum():
        raise IndexDamaged(f"{generation!r} is no generation of the index.")
    return int(number)


def _build_chroma(folder: Path, ids: Sequence[str], vectors: Vectors) -> str:
    """Empty, or why passages are to be searched without it."""
    try:
        ChromaIndex.build(folder, ids, vectors)
        graph = ChromaIndex.open(folder, len(ids))
        try:
            why = shortfall(graph, ExactIndex(ids, vectors), vectors)
        finally:
            graph.close()
    except IndexDamaged as error:
        why = str(error)
    if why:
        shutil.rmtree(folder, ignore_errors=True)
    return why


def _tokens(catalog: Catalog, paper_ids: Sequence[str]) -> TokenStore | None:
    """None where a chunk has no tokens: late interaction is for all papers or none."""
    held: dict[str, list[PackedTokens]] = {paper_id: [] for paper_id in paper_ids}
    for paper_id, packed in catalog.tokens():
        if packed is None:
            return None
        held[paper_id].append(packed)
    return TokenStore.assemble(list(held.values()))


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
