"""Records into the catalog, then the derived indexes. Resumable: every group of papers is one
transaction with its vectors, so a crash loses at most the group in hand, and doing it again
embeds only what is missing. It does not know where records come from.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from ingest.chunk import CHUNKER, chunk, context_text
from ingest.dedupe import assign_citekeys, merge, names
from ingest.facts import complete
from rag.errors import CatalogDamaged, EmbedderMismatch, IndexDamaged
from rag.ports import Embedder, TokenEncoder
from rag.records import Paper, Source
from rag.storage import index_manager as indexes
from rag.storage.catalog import Catalog
from rag.storage.token_vectors import PackedTokens, pack

Report = Callable[[str, int, int], None]
"""Told of progress: stage, items done, items in all."""

_GROUP = 32
"""Papers a transaction: large enough for well-filled batches, small enough to lose."""


REEMBEDDING = "reembedding"
"""In the data folder: where papers are embedded anew."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """What an ingest did, in papers (`records` and `facts` count what was read). `completed`:
    papers that facts told something of; `unmatched`: facts about papers that are not there."""

    records: int
    papers: int
    new: int
    updated: int
    unchanged: int
    facts: int = 0
    completed: int = 0
    unmatched: int = 0


def ingest(
    records: Sequence[Paper],
    catalog: Catalog,
    embedder: Embedder,
    *,
    facts: Sequence[Paper] = (),
    command: str = "citewell ingest",
    report: Report = lambda stage, done, total: None,
) -> Summary:
    """Put `records` into the catalog, complete papers by `facts`, and bring the indexes up to date.

    `command` stands in the manifest as `unfinished` until all is written, so that whoever comes
    after a crash knows what to run again. Texts are embedded before a transaction begins.
    Raises EmbedderMismatch when the catalog's vectors come from another model, CatalogError and
    ModelServerError as the parts do.
    """
    with catalog.lock():
        catalog.claim_embedder(embedder.fingerprint, embedder.dimension, CHUNKER)
        stored = {paper.paper_id: paper for paper in catalog.papers()}
        planned = plan(records, stored, facts)
        changed = [*planned.new, *planned.updated]
        # Papers that an earlier Citewell's interrupted `reindex --embed` left bare are taken along.
        bare = {i: stored.pop(i) for i in catalog.unembedded()}
        for paper in changed:
            bare.pop(paper.paper_id, None)
        if writes := [*changed, *bare.values()]:
            _unfinished(catalog, add=command)
            _write(writes, stored, catalog, embedder, report)
        _unfinished(catalog, remove=command)
        refresh(catalog, report)
    return planned.summary


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What an ingest would do: papers as they would be stored. Among the `updated` are those that
    facts alone complete."""

    new: tuple[Paper, ...]
    updated: tuple[Paper, ...]
    unchanged: tuple[Paper, ...]
    summary: Summary


def plan(
    records: Sequence[Paper], stored: Mapping[str, Paper], facts: Sequence[Paper] = ()
) -> Plan:
    """What `records` and `facts` mean to a catalog that holds `stored`, by id. Writes nothing."""
    incoming = _identify(merge(records), stored)
    keys = assign_citekeys(incoming, {i: p.citekey for i, p in stored.items()})
    read = {
        paper.paper_id: replace(
            _combine(stored.get(paper.paper_id), paper), citekey=keys[paper.paper_id]
        )
        for paper in incoming
    }
    completion = complete(facts, {**stored, **read})
    after = {**read, **completion.papers}
    new = tuple(paper for i, paper in after.items() if i not in stored)
    updated = tuple(paper for i, paper in after.items() if i in stored and stored[i] != paper)
    unchanged = tuple(paper for i, paper in after.items() if stored.get(i) == paper)
    summary = Summary(
        records=len(records),
        papers=len(read),
        new=len(new),
        updated=len(updated),
        unchanged=len(unchanged),
        facts=len(facts),
        completed=len(completion.papers),
        unmatched=completion.unmatched,
    )
    return Plan(new=new, updated=updated, unchanged=unchanged, summary=summary)


def reembed(catalog: Catalog, embedder: Embedder, *, report: Report) -> int:
    """Chunk and embed every paper anew, for another embedder or chunker. Returns how many.

    It is done in a folder beside the catalog, and takes the place of what is there once it is
    whole: until then, and when it fails, the vectors of before are the ones in use. Run again
    after a crash, it goes on.
    """
    with catalog.lock():
        made = _begun(catalog, embedder)
        try:
            papers = catalog.papers()
            _write(papers, {p.paper_id: p for p in made.papers()}, made, embedder, report)
            catalog.take_chunks(made)
        finally:
            made.close()
        shutil.rmtree(made.folder, ignore_errors=True)
        refresh(catalog, report)
        return len(papers)


def _begun(catalog: Catalog, embedder: Embedder) -> Catalog:
    """Where papers are embedded anew: what an attempt before has left there, if it is of the same
    embedder."""
    folder = catalog.folder / REEMBEDDING
    wanted = (embedder.fingerprint, embedder.dimension, CHUNKER)
    try:
        made = Catalog(folder)
        made.claim_embedder(*wanted)
    except (CatalogDamaged, EmbedderMismatch):
        shutil.rmtree(folder)
        made = Catalog(folder)
        made.claim_embedder(*wanted)
    return made


def _unfinished(catalog: Catalog, *, add: str = "", remove: str = "") -> None:
    """Keep the manifest's list of ingests that have begun and not ended, one command a line."""
    held = catalog.unfinished
    kept = [c for c in held if c != remove] + ([add] if add and add not in held else [])
    if kept != held:
        catalog.set_manifest({"unfinished": "\n".join(kept)})


def refresh(catalog: Catalog, report: Report) -> None:
    """Bring the derived indexes up to date if they are not. Nothing is made of no papers."""
    if not len(catalog):
        return
    try:
        indexes.open_current(catalog).close()
    except IndexDamaged:
        rebuild(catalog, report)


def rebuild(catalog: Catalog, report: Report) -> None:
    """The derived indexes made anew, whatever state they are in."""
    stages: list[str] = []

    def stage(name: str) -> None:
        stages.append(name)
        report("indexing", len(stages), indexes.STAGES)

    indexes.rebuild(catalog, stage).close()


def _write(
    papers: Sequence[Paper],
    stored: dict[str, Paper],
    catalog: Catalog,
    embedder: Embedder,
    report: Report,
) -> None:
    texts_changed = [p for p in papers if _text(stored.get(p.paper_id)) != _text(p)]
    total = len(texts_changed)
    others = [p for p in papers if _text(stored.get(p.paper_id)) == _text(p)]
    if others:
        with catalog.writing():
            for paper in others:
                catalog.put(paper)
    done = 0
    for group in _groups(texts_changed, _GROUP):
        _embed(group, catalog, embedder, partial(_told, report, done, total))
        done += len(group)


def _told(report: Report, before: int, total: int, done: int) -> None:
    report("embedding", before + done, total)


def _embed(
    group: Sequence[Paper], catalog: Catalog, embedder: Embedder, told: Callable[[int], None]
) -> None:
    """Chunk, embed and store a group; `told` hears how many of its papers are done."""
    count, most = embedder.count_tokens, embedder.max_tokens
    chunks = [chunk(paper, count_tokens=count, max_tokens=most) for paper in group]
    texts = [
        context_text(paper, piece, count_tokens=count, max_tokens=most)
        for paper, pieces in zip(group, chunks, strict=True)
        for piece in pieces
    ]
    embedded = 0

    def progress(count: int) -> None:
        nonlocal embedded
        embedded += count
        told(len(group) * embedded // len(texts))

    tokens: list[PackedTokens | None]
    if isinstance(embedder, TokenEncoder):
        encoded = embedder.encode_documents(texts, progress=progress)
        vectors = np.stack([e.embedding for e in encoded])
        tokens = [
            pack(
                e,
                text,
                passage_at=len(text) - (piece.end - piece.start),
                start=piece.start,
                with_title=piece is first,
            )
            for e, text, (piece, first) in zip(
                encoded, texts, ((p, c[0]) for c in chunks for p in c), strict=True
            )
        ]
    else:
        vectors = embedder.embed_documents(texts, progress=progress)
        tokens = [None] * len(texts)
    with catalog.writing():
        row = 0
        for paper, pieces in zip(group, chunks, strict=True):
            mine = slice(row, row + len(pieces))
            catalog.put(paper)
            catalog.put_chunks(paper.paper_id, pieces, vectors[mine], tokens[mine])
            row += len(pieces)


def _identify(papers: Iterable[Paper], stored: Mapping[str, Paper]) -> list[Paper]:
    """Papers under the ids that the catalog already knows them by: an id, once given, stays,
    also when a later record adds an arXiv id to a paper that was known by its title."""
    known: dict[str, str] = {}
    for paper in stored.values():
        for name in (paper.paper_id, *names(paper)):
            known.setdefault(name, paper.paper_id)
    found: dict[str, Paper] = {}
    for paper in papers:
        named = (paper.paper_id, *names(paper))
        match = next((known[n] for n in named if n in known), paper.paper_id)
        found.setdefault(match, replace(paper, paper_id=match))
    return list(found.values())


def _combine(before: Paper | None, incoming: Paper) -> Paper:
    """The newest text and metadata; what the new record does not say stays as it was known."""
    if before is None:
        return incoming
    sources: dict[str, Source] = {s.name: s for s in (*before.sources, *incoming.sources)}
    newest_date = (
        incoming
        if incoming.published and len(incoming.published) >= len(before.published or "")
        else before
    )
    return replace(
        incoming,
        published=newest_date.published,
        date_precision=newest_date.date_precision,
        author_count=incoming.author_count
        if incoming.author_count is not None
        else before.author_count,
        authors=incoming.authors or before.authors,
        upvotes=incoming.upvotes if incoming.upvotes is not None else before.upvotes,
        doi=incoming.doi or before.doi,
        arxiv_id=incoming.arxiv_id or before.arxiv_id,
        url=incoming.url or before.url,
        sources=tuple(sorted(sources.values(), key=lambda s: s.name)),
    )


def _text(paper: Paper | None) -> tuple[str, str] | None:
    return None if paper is None else (paper.title, paper.abstract)


def _groups(papers: Sequence[Paper], size: int) -> Iterable[Sequence[Paper]]:
    for i in range(0, len(papers), size):
        yield papers[i : i + size]
