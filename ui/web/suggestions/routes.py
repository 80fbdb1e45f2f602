"""Where the page asks for questions to offer: after an answer of the visitor's, or examples."""

from __future__ import annotations

from fastapi import APIRouter, Request

from ui.access import person
from ui.web import failures
from ui.web.chat.conversation import history
from ui.web.views import Site


def routes(site: Site) -> APIRouter:
    router = failures.router("suggestions")

    @router.get("/examples")
    def examples() -> list[dict[str, str]]:
        """`kind` and `question`."""
        return [{"kind": one.kind, "question": one.question} for one in site.suggestions.examples()]

    @router.get("/after/{conversation}")
    def after(request: Request, conversation: str, turn: str) -> list[str]:
        """Questions that go on from a turn; none where the conversation has gone on already, or is
        not this visitor's."""
        owner = person.of(request).owner
        held = site.open_conversations.find(owner, conversation)
        kept = site.conversations if owner and not (held and held.private) else None
        turns = held.turns if held else (kept and kept.load(owner, conversation)) or []
        if not turns or turns[-1].id != turn:
            return []
        last = turns[-1]
        if last.suggested is None:
            found = site.suggestions.after(
                last, history(turns), lambda: not held or held.turns[-1:] == [last]
            )
            if kept and owner and last.suggested is not None:
                kept.suggest(owner, conversation, turn, found)
        return list(last.suggested or ())

    return router
