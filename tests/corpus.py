"""A small corpus for tests that need some papers, whichever they are."""

from __future__ import annotations

from pathlib import Path

from ingest.build import ingest
from ingest.dedupe import paper_id
from rag.adapters.fakes import HashEmbedder
from rag.ports import Embedder
from rag.records import Paper, Source
from rag.storage.catalog import Catalog

TOPICS = ("entropy", "robots", "federated", "diffusion", "translation", "memory", "graphs")


def paper(number: int, *, text: str = "", **fields: object) -> Paper:
    topic = TOPICS[number % len(TOPICS)]
    title = f"Paper {number} on {topic}"
    abstract = text or (
        f"Much has been written about {topic}. We propose method M{number} for {topic} number"
        f" {number}. It gains {number}.5% over the best baseline."
    )
    return Paper(
        paper_id=paper_id(title),
        title=title,
        abstract=abstract,
        sources=(Source(name="page.txt", line=number + 1),),
        **fields,  # type: ignore[arg-type]
    )


def papers(count: int) -> list[Paper]:
    return [paper(n) for n in range(count)]


def filled(folder: Path, count: int = 30, embedder: Embedder | None = None) -> Catalog:
    """A catalog of `count` papers with its indexes, without the real model unless one is given."""
    catalog = Catalog(folder)
    ingest(papers(count), catalog, embedder or HashEmbedder())
    return catalog
