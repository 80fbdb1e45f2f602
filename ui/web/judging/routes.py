"""Where the page says what a visitor thinks of an answer or a source."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import BaseModel

from rag.errors import UsageError
from ui.access import person
from ui.web import failures
from ui.web.chat.conversations import digest
from ui.web.judging.judgements import Judgement
from ui.web.views import Site


class Said(BaseModel):
    """Of a turn as a whole where `paper` is empty; an empty `verdict` takes it back."""

    conversation: str
    turn: str
    paper: str = ""
    verdict: str = ""
    note: str = ""


def routes(site: Site) -> APIRouter:
    router = failures.router("judging")

    @router.post("")
    def judge(request: Request, said: Said) -> dict[str, str]:
        owner = digest(person.of(request).owner)
        if site.conversations is None or owner is None:
            raise UsageError("Conversations are not kept here, so nothing can be said of them.")
        judgement = Judgement(verdict=said.verdict, note=said.note.strip())
        site.conversations.judgements.put(
            owner, said.conversation, said.turn, said.paper, judgement
        )
        return {"verdict": said.verdict, "note": judgement.note}

    return router
