"""Where the page says what a visitor thinks of an answer or a source."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Body, Request

from rag.errors import UsageError
from ui.web.chat.conversations import digest
from ui.web.guard import VISITOR
from ui.web.judging.judgements import Judgement
from ui.web.replies import told
from ui.web.views import API, Site


def routes(site: Site) -> APIRouter:
    router = APIRouter(prefix=f"{API}/judging")

    @router.post("")
    @told
    def judge(request: Request, said: dict[str, Any] = Body()) -> Any:  # noqa: B008
        owner = digest(request.cookies.get(VISITOR) or None)
        if site.conversations is None or owner is None:
            raise UsageError("Conversations are not kept here, so nothing can be said of them.")
        conversation, turn, paper, verdict, note = (
            value if isinstance(value := said.get(key), str) else ""
            for key in ("conversation", "turn", "paper", "verdict", "note")
        )
        judgement = Judgement(verdict=verdict, note=note.strip())
        site.conversations.judgements.put(owner, conversation, turn, paper, judgement)
        return {"verdict": verdict, "note": judgement.note}

    return router
