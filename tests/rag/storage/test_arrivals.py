"""With which revision of the corpus papers came."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ingest.build import ingest, reembed
from rag.adapters.fakes import HashEmbedder
from rag.storage.catalog import Catalog
from tests.ui.web.small_corpus import paper


def test_papers_arrive_once_whatever_becomes_of_them(tmp_path: Path) -> None:
    catalog, embedder = Catalog(tmp_path), HashEmbedder()
    assert catalog.arrived_since(0) == set()
    papers = [replace(paper(at), arxiv_id=None) for at in range(3)]
    ingest(papers[:2], catalog, embedder)
    first = catalog.papers()
    seen = catalog.corpus_revision
    assert catalog.arrived_since(0) == {p.paper_id for p in first}
    assert catalog.arrived_since(seen) == set()
    ingest([replace(papers[0], upvotes=7), papers[2]], catalog, embedder)
    new = {p.paper_id for p in catalog.papers()} - {p.paper_id for p in first}
    assert len(new) == 1
    assert catalog.arrived_since(seen) == new
    ingest([replace(papers[1], abstract="All of it is other now.")], catalog, embedder)
    reembed(catalog, embedder, report=lambda *_: None)
    assert catalog.arrived_since(seen) == new
    assert catalog.arrived_since(catalog.corpus_revision) == set()


def test_a_catalog_of_an_earlier_citewell_tells_what_comes_from_now_on(tmp_path: Path) -> None:
    catalog, embedder = Catalog(tmp_path), HashEmbedder()
    ingest([paper(0)], catalog, embedder)
    catalog.db.execute("DROP TABLE arrivals")
    assert catalog.arrived_since(0) == set()
    before = {p.paper_id for p in catalog.papers()}
    ingest([paper(0), paper(1)], catalog, embedder)
    assert catalog.arrived_since(0) == {p.paper_id for p in catalog.papers()} - before
