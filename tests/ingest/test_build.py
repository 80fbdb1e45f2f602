"""Ingest through its door: the same twice changes nothing, changes replace, nothing is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.build import REEMBEDDING, ingest, reembed
from rag.adapters.fakes import HashEmbedder
from rag.errors import CatalogLocked, EmbedderMismatch
from rag.filters import Filters
from rag.ports import Progress, Vectors
from rag.records import Source
from rag.storage import index_manager as indexes
from rag.storage.catalog import Catalog
from tests.corpus import filled, paper, papers


class Failing(HashEmbedder):
    """Embeds `after` texts, then the power goes."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.left = after

    def embed_documents(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        self.left -= len(texts)
        if self.left < 0:
            raise KeyboardInterrupt
        return super().embed_documents(texts, progress=progress)


def test_same_papers_twice_change_nothing(tmp_path: Path) -> None:
    catalog = filled(tmp_path, 20)
    before = catalog.manifest, catalog.papers(), catalog.chunks()[0]
    summary = ingest(papers(20), catalog, HashEmbedder())
    assert (summary.new, summary.updated, summary.unchanged) == (0, 0, 20)
    assert (catalog.manifest, catalog.papers(), catalog.chunks()[0]) == before


def test_changed_abstract_replaces_its_chunks(tmp_path: Path) -> None:
    catalog = filled(tmp_path, 5)
    longer = paper(3, text="Quite another story about zebras. " * 80)
    summary = ingest([longer], catalog, HashEmbedder())
    assert (summary.new, summary.updated, summary.unchanged) == (0, 1, 0)
    mine = [c for c in catalog.chunks()[0] if c.paper_id == longer.paper_id]
    assert len(mine) > 1
    assert mine[-1].end <= len(longer.abstract)
    opened = indexes.open_current(catalog)
    assert opened.lexical.scores("zebras").max() > 0
    assert opened.lexical.scores("M3").max() == 0


def test_metadata_of_any_page_is_kept(tmp_path: Path) -> None:
    catalog = filled(tmp_path, 3)
    dated = replace(
        paper(1, published="2025-03-04", date_precision="day", author_count=4),
        sources=(Source(name="other.txt", line=9),),
    )
    ingest([dated], catalog, HashEmbedder())
    ingest(papers(3), catalog, HashEmbedder())  # the undated page again
    kept = catalog.papers([dated.paper_id])[0]
    assert (kept.published, kept.author_count) == ("2025-03-04", 4)
    assert [s.name for s in kept.sources] == ["other.txt", "page.txt"]


def test_an_id_once_given_stays(tmp_path: Path) -> None:
    catalog = filled(tmp_path, 3)
    before = catalog.papers()
    ingest([replace(paper(1), paper_id="", arxiv_id="2503.01234")], catalog, HashEmbedder())
    after = catalog.papers()
    assert [p.paper_id for p in after] == [p.paper_id for p in before]
    assert next(p for p in after if p.title == paper(1).title).arxiv_id == "2503.01234"
    assert [p.citekey for p in after] == [p.citekey for p in before]


def test_interrupted_ingest_goes_on_where_it_was(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        ingest(papers(300), catalog, Failing(after=200), command="citewell ingest x")
    held = len(catalog)
    assert 0 < held < 300
    assert not catalog.unembedded()
    assert catalog.manifest["unfinished"] == "citewell ingest x"
    summary = ingest(papers(300), catalog, HashEmbedder(), command="citewell ingest x")
    assert (summary.new, summary.unchanged) == (300 - held, held)
    assert not catalog.unfinished
    assert len(indexes.open_current(catalog).paper_ids) == 300


def test_another_ingest_does_not_forget_the_interrupted_one(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        ingest(papers(300), catalog, Failing(after=200), command="citewell ingest")
    ingest([paper(999)], catalog, HashEmbedder(), command="citewell ingest mine.jsonl")
    assert catalog.unfinished == ["citewell ingest"]
    ingest(papers(300), catalog, HashEmbedder(), command="citewell ingest")
    assert not catalog.unfinished


def test_another_embedder_is_refused_until_reembedded(tmp_path: Path) -> None:
    catalog = filled(tmp_path, 8)
    other = HashEmbedder(name="other", dimension=32)
    with pytest.raises(EmbedderMismatch) as caught:
        ingest(papers(9), catalog, other)
    assert "reindex --embed" in caught.value.remedy
    assert len(catalog) == 8
    assert reembed(catalog, other, report=lambda *_: None) == 8
    assert indexes.open_current(catalog).vectors.shape == (8, 32)
    with pytest.raises(EmbedderMismatch):
        catalog.require_embedder(HashEmbedder().fingerprint)


def test_reembedding_with_the_same_embedder_embeds_all_anew(tmp_path: Path) -> None:
    catalog = filled(tmp_path, 8)
    assert reembed(catalog, HashEmbedder(), report=lambda *_: None) == 8
    assert len(indexes.open_current(catalog).chunk_ids) == 8


class Other(Failing):
    """Another model, which embeds `after` texts."""

    def __init__(self, after: int) -> None:
        super().__init__(after)
        self.fingerprint = "other"


def test_until_reembedding_is_through_the_vectors_of_before_are_in_use(tmp_path: Path) -> None:
    catalog = filled(tmp_path, 300)
    before = catalog.chunks()[1]
    index = indexes.open_current(catalog)
    with pytest.raises(KeyboardInterrupt):
        reembed(catalog, Other(150), report=lambda *_: None)
    catalog.require_embedder(HashEmbedder().fingerprint)
    assert (catalog.chunks()[1] == before).all()
    assert indexes.open_current(catalog).revision == index.revision, "nothing has changed"
    ingest(papers(301), catalog, HashEmbedder())
    assert reembed(catalog, Other(250), report=lambda *_: None) == 301, "it goes on"
    catalog.require_embedder("other")
    assert not catalog.unembedded()
    assert len(indexes.open_current(catalog).chunk_ids) == 301
    assert not (tmp_path / REEMBEDDING).exists()


def test_what_was_embedded_for_a_third_model_is_of_no_use(tmp_path: Path) -> None:
    catalog = filled(tmp_path, 64)
    with pytest.raises(KeyboardInterrupt):
        reembed(catalog, Other(40), report=lambda *_: None)
    third = HashEmbedder(name="third", dimension=32)
    assert reembed(catalog, third, report=lambda *_: None) == 64
    assert catalog.chunks()[1].shape == (64, 32)


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    import threading

    catalog = filled(tmp_path, 3)
    holding, done = threading.Event(), threading.Event()

    def hold() -> None:
        with Catalog(tmp_path).lock():
            holding.set()
            done.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        holding.wait(30)
        with pytest.raises(CatalogLocked), catalog.lock(timeout=0.1):
            pass
        assert len(catalog.papers()) == 3  # readers do not wait
    finally:
        done.set()
        thread.join()


@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(parts=st.lists(st.lists(st.integers(0, 25), max_size=8), max_size=5))
def test_ingest_in_any_portions_gives_the_same_catalog(
    tmp_path_factory: pytest.TempPathFactory, parts: list[list[int]]
) -> None:
    portions = Catalog(tmp_path_factory.mktemp("portions"))
    for part in parts:
        ingest([paper(n) for n in part], portions, HashEmbedder())
    whole = Catalog(tmp_path_factory.mktemp("whole"))
    ingest([paper(n) for n in sorted({n for part in parts for n in part})], whole, HashEmbedder())
    assert portions.papers() == whole.papers()
    assert portions.corpus_hash() == whole.corpus_hash()
    assert [c.chunk_id for c in portions.chunks()[0]] == [c.chunk_id for c in whole.chunks()[0]]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(date_from="2025-01-01", date_to="2025-12-31"), {3, 2, 1}),
        (Filters(date_from="2025-03-01", date_to="2025-03-31"), {2, 3}),
        (Filters(date_to="2024-12-31"), {4}),
        (Filters(upvotes_min=5), {2}),
        (Filters(upvotes_max=3), {1}),
        (Filters(upvotes_min=3, upvotes_max=8), {1}),
        (Filters(not_from="2025-03-15", not_to="2025-06-30"), {1, 4}),
        (Filters(not_from="2025-04-01", not_to="2025-06-30"), {1, 2, 3, 4}),
        (Filters(sort="upvotes", order="desc"), {2, 1}),
    ],
)
def test_constraints_filter_exactly(tmp_path: Path, filters: Filters, expected: set[int]) -> None:
    catalog = Catalog(tmp_path)
    ingest(
        [
            paper(0),
            paper(1, published="2025-12-30", date_precision="day", upvotes=3),
            paper(2, published="2025-03-31", date_precision="day", upvotes=9),
            paper(3, published="2025-03", date_precision="month"),
            paper(4, published="2024", date_precision="year"),
        ],
        catalog,
        HashEmbedder(),
    )
    ids = {paper(n).paper_id: n for n in range(5)}
    assert {ids[i] for i in catalog.matching(filters)} == expected


def test_most_upvoted_come_first(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path)
    ingest([paper(n, upvotes=v) for n, v in enumerate((3, 9, 5))], catalog, HashEmbedder())
    ordered = catalog.matching(Filters(sort="upvotes", order="desc"))
    assert ordered == [paper(n).paper_id for n in (1, 2, 0)]
