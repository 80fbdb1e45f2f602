"""Derived indexes: damage is noticed and mended, readers keep what they have."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ingest.build import ingest, reembed
from rag.adapters.fakes import HashEmbedder
from rag.errors import CatalogDamaged, CatalogError, IndexDamaged
from rag.ports import Vectors
from rag.records import Chunk
from rag.storage import generations as generation
from rag.storage import index_manager as indexes
from rag.storage.catalog import Catalog
from rag.storage.exact_search import BackedIndex, ExactIndex, shortfall
from rag.storage.generations import Indexes
from rag.storage.index_manager import IndexManager
from tests.corpus import filled, paper, papers


def current(catalog: Catalog) -> Path:
    return indexes.folder(catalog) / catalog.manifest["generation"]


def found(opened: Indexes, number: int) -> str:
    """The chunk that comes first for the text of a paper, by Chroma."""
    vector = HashEmbedder().embed_query(f"{paper(number).title}\n{paper(number).abstract}")
    return opened.nearest.search(vector, 1)[0][0].split(":")[0]


def test_chroma_agrees_with_exact_search(tmp_path: Path) -> None:
    opened = indexes.open_current(filled(tmp_path, 60))
    for number in range(0, 60, 7):
        vector = HashEmbedder().embed_query(f"number {number} on graphs")
        exact = np.asarray(opened.vectors @ vector)
        best = opened.nearest.search(vector, 10)
        assert [score for _, score in best] == pytest.approx(
            sorted(exact, reverse=True)[:10], abs=1e-5
        )
        assert len(opened.nearest.search(vector, 10_000)) == len(opened.chunk_ids)


def test_lexical_scores_follow_paper_rows(tmp_path: Path) -> None:
    opened = indexes.open_current(filled(tmp_path, 20))
    scores = opened.lexical.scores("method M13")
    assert opened.paper_ids[int(scores.argmax())] == paper(13).paper_id
    assert opened.lexical.scores("zzz unheard-of").max() == 0
    assert 0 < scores.max() <= opened.lexical.bound("method M13")


@pytest.mark.parametrize(
    "name",
    [
        *("data_level0.bin", "link_lists.bin", "index_metadata.pickle", "vectors.npy", "rows.npz"),
        *("lexicon.json", "generation.json", "vocab.index.json", "data.csc.index.npy"),
    ],
)
@pytest.mark.parametrize("harm", ["truncate", "flip", "delete"])
def test_damaged_file_is_noticed_and_mended(tmp_path: Path, name: str, harm: str) -> None:
    catalog = filled(tmp_path)
    victim = next(current(catalog).rglob(name))
    content = victim.read_bytes()
    if harm == "delete":
        victim.unlink()
    elif harm == "truncate":
        victim.write_bytes(content[: len(content) // 2])
    else:
        flipped = bytearray(content)
        flipped[len(content) // 2] ^= 0xFF
        victim.write_bytes(flipped)
    with pytest.raises(IndexDamaged):
        indexes.open_current(catalog)
    mended = indexes.open_or_rebuild(catalog)
    assert len(mended.chunk_ids) == 30
    assert found(mended, 11) == paper(11).paper_id


@pytest.mark.parametrize("harm", ["truncate", "zero", "delete"])
def test_damaged_chroma_database_is_noticed(tmp_path: Path, harm: str) -> None:
    catalog = filled(tmp_path)
    victim = current(catalog) / "chroma" / "chroma.sqlite3"
    content = victim.read_bytes()
    if harm == "delete":
        victim.unlink()
    elif harm == "truncate":
        victim.write_bytes(content[: len(content) // 2])
    else:
        zeros = bytes(len(content) // 2)
        victim.write_bytes(content[:8192] + zeros + content[8192 + len(zeros) :])
    with pytest.raises(IndexDamaged):
        indexes.open_current(catalog)
    assert found(indexes.open_or_rebuild(catalog), 4) == paper(4).paper_id


def test_whole_index_folder_deleted(tmp_path: Path) -> None:
    catalog = filled(tmp_path)
    shutil.rmtree(indexes.folder(catalog))
    assert len(indexes.open_or_rebuild(catalog).paper_ids) == 30


def test_stale_generation_is_not_served(tmp_path: Path) -> None:
    catalog = filled(tmp_path)
    with catalog.writing():
        catalog.put(paper(0, text="Another text of nine or ten words on entropy."))
    with pytest.raises(IndexDamaged, match="older"):
        indexes.open_current(catalog)


def test_rebuild_that_fails_leaves_the_old_generation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = filled(tmp_path)
    before = catalog.manifest["generation"]

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(CatalogError, match="No space left"):
        indexes.rebuild(catalog)
    monkeypatch.undo()
    assert catalog.manifest["generation"] == before
    assert {f.name for f in indexes.folder(catalog).iterdir()} == {before}
    assert found(indexes.open_current(catalog), 3) == paper(3).paper_id


def test_leftovers_of_a_crash_are_swept_away(tmp_path: Path) -> None:
    catalog = filled(tmp_path)
    (indexes.folder(catalog) / "7-deadbeef").mkdir()
    before = catalog.manifest["generation"]
    indexes.rebuild(catalog)
    names = {f.name for f in indexes.folder(catalog).iterdir()}
    assert names == {before, catalog.manifest["generation"]}


def test_reader_keeps_the_old_generation_and_then_follows(tmp_path: Path) -> None:
    catalog = filled(tmp_path)
    index_manager = IndexManager(Catalog(tmp_path))
    old = index_manager.indexes()
    ingest([*papers(30), paper(30)], catalog, HashEmbedder())
    assert found(old, 7) == paper(7).paper_id  # still open, still whole
    assert len(index_manager.indexes().paper_ids) == 31


def test_a_graph_that_fails_on_good_looking_files_is_searched_exactly(tmp_path: Path) -> None:
    class Broken:
        def search(self, vector: Vectors, k: int) -> list[tuple[str, float]]:
            raise IndexDamaged("Chroma returned 3 of 10 rows.")

        def close(self) -> None:
            pass

    opened = indexes.open_current(filled(tmp_path))
    exact = ExactIndex(opened.chunk_ids, opened.vectors)
    opened = replace(opened, nearest=BackedIndex(Broken(), exact))
    assert found(opened, 5) == paper(5).paper_id
    assert generation.missed(opened) == "Chroma returned 3 of 10 rows."


def test_a_graph_is_judged_by_nearness_not_by_identity() -> None:
    vectors = HashEmbedder().embed_documents([f"text {n} on graphs" for n in range(60)])
    names = [str(n) for n in range(60)]
    exact = ExactIndex(names, vectors)
    alike = np.repeat(vectors[:1], 60, axis=0)
    assert shortfall(ExactIndex(names[::-1], alike), ExactIndex(names, alike), alike) == ""
    assert "does not find itself" in shortfall(ExactIndex(names[:1], vectors[:1]), exact, vectors)

    class Shallow(ExactIndex):
        """Finds the nearest row, and then any."""

        def search(self, vector: Vectors, k: int) -> list[tuple[str, float]]:
            found = super().search(vector, 60)
            return found[:1] + found[:-k:-1]

    assert "nearest rows are found" in shortfall(Shallow(names, vectors), exact, vectors)


def test_papers_among_very_many_that_are_alike_are_found(tmp_path: Path) -> None:
    """HNSW's links lead to the many that are alike and past the few that are not: rows do not
    find themselves. Such a graph is not asked, and the folder is not lost for it."""
    catalog = Catalog(tmp_path)
    embedder = HashEmbedder()
    catalog.claim_embedder(embedder.fingerprint, embedder.dimension, "test")
    same = np.repeat(embedder.embed_documents(["The same words again."]), 1500, axis=0)
    other = same + 0.5 * np.random.default_rng(0).normal(size=same.shape).astype(np.float32)
    vectors = np.concatenate([same, other / np.linalg.norm(other, axis=1, keepdims=True)])
    with catalog.writing():
        for n, vector in enumerate(vectors):
            p = replace(paper(n), paper_id=f"t-{n:012x}")
            catalog.put(p)
            chunk = Chunk(chunk_id=f"{p.paper_id}:0", paper_id=p.paper_id, start=0, end=9)
            catalog.put_chunks(p.paper_id, [chunk], vector[None], [None])
    opened = indexes.open_or_rebuild(catalog)
    assert "does not find itself" in opened.chroma == generation.missed(opened)
    for row in range(1500, 3000, 50):
        assert opened.nearest.search(vectors[row], 1)[0][0] == opened.chunk_ids[row]


def test_papers_without_vectors_are_refused_with_the_remedy(tmp_path: Path) -> None:
    catalog = filled(tmp_path)
    with catalog.writing():
        catalog.put(paper(99))
    with pytest.raises(CatalogError, match="no vectors") as caught:
        indexes.rebuild(catalog)
    assert "citewell reindex --embed" in caught.value.remedy


def test_generation_tells_what_it_was_made_from(tmp_path: Path) -> None:
    catalog = filled(tmp_path)
    about = json.loads((current(catalog) / "generation.json").read_text())
    assert about["papers"] == 30
    assert about["corpus_hash"] == catalog.corpus_hash() == catalog.manifest["corpus_hash"]


@pytest.mark.parametrize("harm", ["x'00ff'", "x''", "zeroblob(length(vector) + 4)", "'text'"])
def test_damaged_vectors_name_the_remedy(tmp_path: Path, harm: str) -> None:
    catalog = filled(tmp_path)
    catalog.db.execute(f"UPDATE chunks SET vector = {harm} WHERE rowid = 3")
    with pytest.raises(CatalogDamaged, match="not as they were written") as caught:
        indexes.rebuild(catalog)
    assert "citewell reindex --embed" in caught.value.remedy
    assert list(indexes.folder(catalog).iterdir()) == [current(catalog)]
    reembed(catalog, HashEmbedder(), report=lambda stage, done, total: None)
    assert found(indexes.open_current(catalog), 2) == paper(2).paper_id


@pytest.mark.parametrize("column", ["token_codes", "token_spans", "token_ids"])
def test_damaged_token_vectors_name_the_remedy(tmp_path: Path, column: str) -> None:
    catalog = filled(tmp_path)
    with catalog.transaction():
        catalog.db.execute(
            "UPDATE chunks SET token_codes = zeroblob(256), token_spans = zeroblob(16),"
            " token_ids = zeroblob(8)"
        )
    assert len(list(catalog.tokens())) == len(catalog.chunks()[0])
    for harm in ("x'00ff00'", "NULL", "zeroblob(40)"):
        catalog.db.execute(f"UPDATE chunks SET {column} = {harm} WHERE rowid = 3")
        with pytest.raises(CatalogDamaged, match="not as they were written"):
            list(catalog.tokens())


def test_index_that_is_a_file_is_named_as_such(tmp_path: Path) -> None:
    catalog = filled(tmp_path)
    shutil.rmtree(indexes.folder(catalog))
    indexes.folder(catalog).write_text("mine")
    with pytest.raises(CatalogError, match="is a file") as caught:
        indexes.open_or_rebuild(catalog)
    assert f"mv '{indexes.folder(catalog)}'" in caught.value.remedy
