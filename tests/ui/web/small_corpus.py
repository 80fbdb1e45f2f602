"""A small corpus with everything real but the embedder, and papers to add to it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from ingest.build import ingest
from rag.adapters.fakes import HashEmbedder
from rag.assistant import Assistant
from rag.config import Config
from rag.records import Paper, Source
from rag.storage.catalog import Catalog
from rag.storage.index_manager import IndexManager
from tests.ui.web.written import HOSTILE

TOPICS = ("glaciers melting", "violin making", "bread fermentation", "tidal turbines")


def paper(at: int, *, source: str = "page-a.txt", **known: object) -> Paper:
    topic = TOPICS[at % len(TOPICS)]
    fields: dict[str, object] = {
        "paper_id": f"t-{at:012x}",
        "title": f"Notes on {topic}, number {at}",
        "abstract": f"We look at {topic} in place {at}. It is measured with care. "
        f"The finding on {topic} is plain.",
        "sources": (Source(name=source, line=3 * at + 1),),
        **known,
    }
    return Paper(**fields)  # type: ignore[arg-type]


def corpus(count: int = 64) -> list[Paper]:
    """Papers on four topics; every third has a date, every fourth upvotes; the last is hostile."""
    return [
        *(
            paper(
                at,
                source="page-a.txt" if at % 2 else "page-b.txt",
                **({"published": f"2025-{1 + at % 9:02d}-11", "date_precision": "day"})
                if at % 3 == 0
                else {},
                **({"upvotes": at} if at % 4 == 0 else {}),
            )
            for at in range(count)
        ),
        Paper(
            paper_id=HOSTILE.paper_id,
            title=HOSTILE.title,
            abstract=HOSTILE.abstract,
            url=HOSTILE.url,
            sources=(Source(name='<b onclick="window.pwned=9">.txt', line=1),),
        ),
    ]


def stocked(folder: Path, papers: Sequence[Paper] | None = None) -> Assistant:
    catalog, embedder = Catalog(folder), HashEmbedder()
    if wanted := corpus() if papers is None else papers:
        ingest(wanted, catalog, embedder)
    return Assistant(
        index_manager=IndexManager(catalog),
        embedder=embedder,
        config=Config(data_dir=folder, mode="extractive"),
    )


def lines(*papers: Paper) -> bytes:
    """As a `.jsonl` file."""
    return b"".join(
        json.dumps({"title": p.title, "abstract": p.abstract, "published": p.published}).encode()
        + b"\n"
        for p in papers
    )
