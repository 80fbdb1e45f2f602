"""What the view `papers` asks of the server: lists, one paper, the map, and adding files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Body, File, Form, Query, Request, UploadFile
from pydantic import Field

from ingest.readers import SUFFIXES
from rag import export
from rag.errors import CatalogLocked, UnknownPaper
from rag.records import Paper
from rag.text.latex import readable
from ui.access import person
from ui.web import failures, paper_facts, remedies
from ui.web.marks import owners
from ui.web.marks.kept import Marks
from ui.web.papers import asked as asking
from ui.web.papers.adding import Adding, FileReport
from ui.web.papers.asked import ListRequest
from ui.web.papers.listing import Listings, Wanted
from ui.web.papers.maps import Maps
from ui.web.views import Site

NOT_HERE = (
    "Papers are added on the machine itself alone: this page can be reached from others, and there"
    " is no password. Use: citewell ingest"
)
PAGE = 50
"""Papers of a list that are sent at a time."""
MOST_FILES = 50
_NEAREST = 8
_TITLES = 100
"""Titles of new papers that a preview names for each file."""


class PageRequest(ListRequest):
    offset: Annotated[int, Field(ge=0)] = 0


class _Doings:
    """What the routes do."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._index_manager = site.assistant.index_manager
        self._listings = Listings(self._index_manager.catalog)
        self._maps = Maps(self._index_manager)
        self._adding = Adding(self._index_manager, site.assistant.embedder)

    def facts(self, request: Request) -> dict[str, Any]:
        """What the corpus has, and what can be done here."""
        facts, who = asdict(self._listings.current().facts), person.of(request)
        why = "" if who.is_admin else who.why_not(NOT_HERE)
        return {**facts, "adding": who.is_admin, "why": why, "formats": SUFFIXES}

    def listed(self, request: Request, asked: PageRequest) -> dict[str, Any]:
        marks = owners.marks(self._site, request)
        listing = self._listings.current()
        found = listing.find(self._wanted(asked, marks))
        rows = found[asked.offset : asked.offset + PAGE]
        return {
            "papers": listing.facts.papers,
            "total": len(found),
            "offset": asked.offset,
            "page": PAGE,
            "rows": [{**_row(p), **_marked(marks.get(p.paper_id))} for p in rows],
        }

    def ids(self, request: Request, asked: ListRequest) -> dict[str, Any]:
        marks = owners.marks(self._site, request)
        found = self._listings.current().find(self._wanted(asked, marks))
        return {"ids": [paper.paper_id for paper in found]}

    def paper(self, id: Annotated[str, Query(max_length=300)]) -> dict[str, Any]:  # noqa: A002
        paper = next(iter(self._index_manager.catalog.papers([id])), None)
        if paper is None:
            raise UnknownPaper(id)
        where, what = paper_facts.address(paper)
        return {
            **_row(paper),
            "abstract": readable(paper.abstract),
            "authors": paper.authors,
            "by": paper_facts.people(paper),
            "citekey": paper.citekey,
            "doi": paper.doi,
            "arxiv_id": paper.arxiv_id,
            "places": [{"name": s.name, "line": s.line} for s in paper.sources],
            "address": where,
            "opens": what,
            "nearest": self._nearest(paper),
        }

    def map(self, again: bool = False) -> dict[str, Any]:
        if not len(self._index_manager.catalog):
            return {"generation": "", "ids": [], "titles": [], "places": [], "labels": []}
        drawing = self._maps.current(again=again)
        if drawing.error:
            raise drawing.error
        if drawing.drawn is None:
            return {"seconds": drawing.seconds, "papers": len(self._index_manager.catalog)}
        drawn, by_id = drawing.drawn, self._listings.current().by_id
        sizes = np.bincount(drawn.clusters, minlength=len(drawn.labels)).tolist()
        return {
            "generation": drawn.generation,
            "ids": drawn.paper_ids,
            "titles": [readable(by_id[i].title) if i in by_id else "" for i in drawn.paper_ids],
            "places": np.round(drawn.places, 4).ravel().tolist(),
            "clusters": drawn.clusters.tolist(),
            "labels": [
                {"text": text, "papers": size}
                for text, size in zip(drawn.labels, sizes, strict=True)
            ],
        }

    def preview(
        self,
        request: Request,
        files: Annotated[list[UploadFile], File(max_length=MOST_FILES)],
        year: Annotated[int | None, Form()] = None,
    ) -> dict[str, Any]:
        person.of(request).require_admin(NOT_HERE)
        read = [(_name(file), file.file.read()) for file in files]
        preview = self._adding.preview(read, year=year)
        return {"token": preview.token, "files": [_report(report) for report in preview.files]}

    def discard(
        self, request: Request, token: Annotated[str, Body(embed=True, max_length=100)]
    ) -> dict[str, Any]:
        person.of(request).require_admin(NOT_HERE)
        self._adding.discard(token)
        return {}

    def add(
        self, request: Request, token: Annotated[str, Body(embed=True, max_length=100)]
    ) -> dict[str, Any]:
        person.of(request).require_admin(NOT_HERE)
        self._adding.add(token)
        return self.progress()

    def progress(self) -> dict[str, Any]:
        told = self._adding.progress
        return {
            "state": told.state,
            "stage": told.stage,
            "done": told.done,
            "total": told.total,
            "summary": told.summary and asdict(told.summary),
            "rejected": told.rejected,
            "error": told.error and remedies.told(told.error),
            "papers": len(self._index_manager.catalog),
        }

    def _wanted(self, asked: ListRequest, marks: Mapping[str, Marks]) -> Wanted:
        ranked = self._site.assistant.rank(asked.ranked) if asked.ranked.strip() else []
        members = None if asked.cluster is None else self._members(asked.cluster)
        ranking = [paper_id for paper_id, _ in ranked]
        return asking.wanted(asked, marks, ranking=ranking, members=members)

    def _members(self, cluster: int) -> frozenset[str]:
        """Papers of a cluster; all where there is no map, which no page of ours asks for."""
        drawn = self._maps.current().drawn
        if drawn is None:
            raise CatalogLocked("The map is being drawn anew.", remedy="Try again in a moment.")
        return frozenset(
            i for i, at in zip(drawn.paper_ids, drawn.clusters, strict=True) if at == cluster
        )

    def _nearest(self, paper: Paper) -> list[dict[str, Any]]:
        """The papers nearest by the cosine of their vectors as wholes: exact, for all papers."""
        indexes = self._index_manager.indexes()
        row = indexes.row_of.get(paper.paper_id)
        if row is None:  # just added, and not indexed yet
            return []
        cosines = indexes.paper_vectors @ indexes.paper_vectors[row]
        cosines[row] = -2.0
        best = np.argsort(-cosines, kind="stable")[: min(_NEAREST, len(cosines) - 1)]
        found = self._index_manager.catalog.papers(indexes.paper_ids[i] for i in best)
        near = {indexes.paper_ids[i]: float(cosines[i]) for i in best}
        return [{**_row(p), "cosine": round(near[p.paper_id], 3)} for p in found]


def routes(site: Site) -> APIRouter:
    router = failures.router("papers")
    doings = _Doings(site)
    answered: dict[str, Callable[..., Any]] = {
        "facts": doings.facts, "paper": doings.paper, "map": doings.map,
        "progress": doings.progress,
    }  # fmt: skip
    done: dict[str, Callable[..., Any]] = {
        "list": doings.listed, "ids": doings.ids, "preview": doings.preview,
        "discard": doings.discard, "add": doings.add,
    }  # fmt: skip
    for method, doing in (("GET", answered), ("POST", done)):
        for name, handle in doing.items():
            router.add_api_route(f"/{name}", handle, methods=[method], response_model=None)
    return router


def _row(paper: Paper) -> dict[str, Any]:
    return {
        "id": paper.paper_id,
        "title": readable(paper.title),
        "published": paper.dated or None,
        "upvotes": paper.upvotes,
        "sources": [source.name for source in paper.sources],
        "known_at": export.address(paper) or "",
    }


def _marked(marks: Marks | None) -> dict[str, Any]:
    """What the list shows of a paper's marks."""
    if not marks:
        return {}
    return {"tags": marks.tags, "reading": marks.reading, "noted": bool(marks.note)}


def _report(report: FileReport) -> dict[str, Any]:
    return {
        "name": report.name,
        "format": report.format,
        "read": report.read,
        "records": report.records,
        "losses": dict(report.losses),
        "facts": report.facts,
        "notices": list(report.notices),
        "columns": dict(report.columns),
        "new": len(report.new),
        "titles": [readable(paper.title) for paper in report.new[:_TITLES]],
        "updated": len(report.updated),
        "updated_titles": [readable(paper.title) for paper in report.updated[:_TITLES]],
        "unchanged": report.unchanged,
        "problems": [
            {"line": line, "message": message, "remedy": remedy}
            for line, message, remedy in report.problems
        ],
    }


def _name(file: UploadFile) -> str:
    """The file's own name, without folders and without what a terminal would obey."""
    name = (file.filename or "").replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in name if c.isprintable())[:200] or "file"
