"""What the page asks about tags, the reading list and notes on papers."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from rag.errors import UnknownPaper
from rag.text.latex import readable
from ui.web import failures
from ui.web.marks import owners
from ui.web.marks.kept import NOTE_CHARS, Change, Marks, Reading
from ui.web.views import Site

Id = Annotated[str, Field(max_length=300)]
Tags = Annotated[str, Field(max_length=2000)]


class Put(BaseModel):
    """What is to become of a paper's marks. In `add` and `remove` commas stand between tags."""

    paper: Id
    reading: Reading | None = None
    add: Tags = ""
    remove: Tags = ""
    note: Annotated[str | None, Field(max_length=5 * NOTE_CHARS)] = None


def routes(site: Site) -> APIRouter:
    router = failures.router("marks")
    catalog = site.assistant.index_manager.catalog

    def titles(ids: list[str]) -> dict[str, str]:
        return {paper.paper_id: paper.title for paper in catalog.papers(ids)}

    @router.get("")
    def overview(request: Request) -> dict[str, Any]:
        """The tags with their papers counted, the reading list, and what is marked of papers that
        have left the corpus."""
        found = owners.known(site, request)
        if found is None:
            return {"tags": [], "to_read": 0, "read": 0, "noted": 0, "gone": []}
        kept, owner = found
        marks = kept.marks.all(owner)
        here = titles(list(marks))
        return {
            "tags": list(kept.marks.tags(owner).items()),
            "to_read": sum(one.reading == "to_read" for one in marks.values()),
            "read": sum(one.reading == "read" for one in marks.values()),
            "noted": sum(bool(one.note) for one in marks.values()),
            "gone": [
                {"id": paper, "title": readable(one.title), **_told(one)}
                for paper, one in marks.items()
                if paper not in here
            ],
        }

    @router.get("/paper")
    def paper(request: Request, id: Annotated[str, Query(max_length=300)]) -> dict[str, Any]:  # noqa: A002
        """Of one paper, with all tags that there are. `gone`: its title, where it has left the
        corpus; `kept`: whether anything can be."""
        found = owners.known(site, request)
        marks = found[0].marks.of(found[1], id) if found else Marks()
        tags = list(found[0].marks.tags(found[1])) if found else []
        gone = readable(marks.title) if id not in titles([id]) else ""
        return {**_told(marks), "gone": gone, "known": tags, "kept": found is not None}

    @router.post("")
    def put(request: Request, asked: Put) -> dict[str, Any]:
        kept, owner = owners.required(site, request)
        here = titles([asked.paper])
        if not here and not kept.marks.of(owner, asked.paper):
            raise UnknownPaper(asked.paper)
        change = Change(
            reading=asked.reading, add=(asked.add,), remove=(asked.remove,), note=asked.note
        )
        marks = kept.marks.change(owner, asked.paper, here.get(asked.paper, ""), change)
        return {**_told(marks), "known": list(kept.marks.tags(owner))}

    return router


def _told(marks: Marks) -> dict[str, Any]:
    return {"reading": marks.reading, "tags": marks.tags, "note": marks.note}
