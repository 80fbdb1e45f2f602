"""Notes to copy and to download: of a conversation that is the visitor's, or of chosen papers."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Body
from fastapi.requests import Request
from fastapi.responses import Response

from rag.errors import NotFound
from rag.export import FORMATS, Format, format_named
from ui.access import person
from ui.web import failures
from ui.web.chat.turn import ChatTurn
from ui.web.marks import owners
from ui.web.marks.kept import as_annotations
from ui.web.notes import notes
from ui.web.views import Site


def routes(site: Site) -> APIRouter:
    router = failures.router("notes")

    @router.get("/formats")
    def formats() -> list[dict[str, object]]:
        """`cites`: a bibliography, which knows papers alone; `copies`: it can be pasted."""
        return [
            {
                "name": form.name,
                "label": form.label,
                "cites": form.notes is None,
                "copies": form.is_text,
            }
            for form in FORMATS.values()
        ]

    @router.get("/conversations/{conversation}")
    def of_conversation(
        request: Request, conversation: str, kind: str, turn: str = "", paper: str = ""
    ) -> Response:
        """A conversation, one turn of it, or one paper that it shows, as a file."""
        form = format_named(kind)
        found, title = _conversation(site, person.of(request).owner, conversation)
        if turn:
            found = [one for one in found if one.id == turn]
            title = found[0].question if found else ""
        shown = [one.papers[paper] for one in found if paper in one.papers][:1]
        if paper and shown:
            own = as_annotations(owners.marks(site, request))
            return _file(form, form.of_papers(shown, own), shown[0].title)
        given = notes(found)
        if paper or not given:
            raise NotFound("That answer is not here any more.", remedy="Ask again, then copy it.")
        if not (text := form.of_answers(given, title=title)).strip(" []\n"):
            raise NotFound("This answer names no paper, so there is nothing to cite.")
        return _file(form, text, title)

    @router.post("/papers")
    def of_papers(
        request: Request,
        ids: Annotated[list[str], Body()],
        kind: Annotated[str, Body(alias="format")],
    ) -> dict[str, str]:
        """Papers of the catalog, in the order given, with the visitor's own tags and notes: `text`,
        `filename`, `media_type`."""
        form = format_named(kind)
        found = site.assistant.index_manager.catalog.papers(dict.fromkeys(ids))
        own = as_annotations(owners.marks(site, request))
        if not found:
            raise NotFound("None of these papers is in the catalog.")
        title = found[0].title if len(found) == 1 else f"{len(found)} papers"
        return {
            "text": form.of_papers(found, own),
            "filename": form.filename(title),
            "media_type": form.media_type,
        }

    return router


def _conversation(
    site: Site, owner: str | None, conversation_id: str
) -> tuple[list[ChatTurn], str]:
    """Its turns and its title; empty where it is not this visitor's."""
    title = ""
    if site.conversations and owner:
        entries = site.conversations.entries(owner)
        title = next((entry.title for entry in entries if entry.id == conversation_id), "")
    if conversation := site.open_conversations.find(owner, conversation_id):
        turns = conversation.turns
    elif title and site.conversations:
        turns = site.conversations.load(owner, conversation_id) or []
    else:
        turns = []
    return list(turns), title or (turns[0].question if turns else "")


def _file(form: Format, text: str, title: str) -> Response:
    name = quote(form.filename(title))
    return Response(
        text,
        media_type=form.media_type,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
            "Cache-Control": "no-store",
        },
    )
