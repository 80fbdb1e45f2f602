"""Notes to copy and to download: of a conversation that is the visitor's, or of chosen papers."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Body
from fastapi.requests import Request
from fastapi.responses import JSONResponse, Response

from rag.errors import CitewellError
from rag.export import FORMATS, Format, format_named
from ui.web.chat.turn import ChatTurn
from ui.web.guard import visitor
from ui.web.notes import notes
from ui.web.remedies import on_page
from ui.web.views import API, Site


def routes(site: Site) -> APIRouter:
    router = APIRouter(prefix=f"{API}/notes")

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
        try:
            form = format_named(kind)
            found, title = _conversation(site, visitor(request.cookies), conversation)
        except CitewellError as error:
            return _trouble(error)
        if turn:
            found = [one for one in found if one.id == turn]
            title = found[0].question if found else ""
        shown = [one.papers[paper] for one in found if paper in one.papers][:1]
        if paper and shown:
            return _file(form, form.of_papers(shown), shown[0].title)
        given = notes(found)
        if paper or not given:
            return _missing("That answer is not here any more. Ask again, then copy it.")
        if not (text := form.of_answers(given, title=title)).strip(" []\n"):
            return _missing("This answer names no paper, so there is nothing to cite.")
        return _file(form, text, title)

    @router.post("/papers")
    def of_papers(
        ids: Annotated[list[str], Body()], kind: Annotated[str, Body(alias="format")]
    ) -> JSONResponse:
        """Papers of the catalog, in the order given: `text`, `filename`, `media_type`."""
        try:
            form = format_named(kind)
            found = site.assistant.index_manager.catalog.papers(dict.fromkeys(ids))
        except CitewellError as error:
            return _trouble(error)
        if not found:
            return _missing("None of these papers is in the catalog.")
        title = found[0].title if len(found) == 1 else f"{len(found)} papers"
        return JSONResponse(
            {
                "text": form.of_papers(found),
                "filename": form.filename(title),
                "media_type": form.media_type,
            }
        )

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


def _missing(why: str) -> JSONResponse:
    return JSONResponse({"error": why, "remedy": ""}, status_code=404)


def _trouble(error: CitewellError) -> JSONResponse:
    told = {"error": on_page(str(error)), "remedy": on_page(error.remedy)}
    return JSONResponse(told, status_code=400 if error.exit_code == 2 else 500)
