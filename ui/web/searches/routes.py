"""What the page asks about saved searches."""

from __future__ import annotations

from typing import Annotated, Any, cast

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from rag.assistant import Assistant
from rag.errors import NotFound
from ui.access import person
from ui.web import failures
from ui.web.chat.conversations import Conversations
from ui.web.marks import owners
from ui.web.papers.asked import ListRequest
from ui.web.papers.listing import Listings
from ui.web.searches.kept import SavedSearch, Wish
from ui.web.searches.news import SearchNews, in_words, of_answer, of_list
from ui.web.views import Site

Text = Annotated[str, Field(max_length=500)]


class NewSearch(BaseModel):
    """Of a list of papers, or of the question of a `turn` in a `conversation`."""

    name: Text = ""
    listed: ListRequest | None = None
    conversation: Text = ""
    turn: Text = ""


class Named(BaseModel):
    name: Text


def routes(site: Site) -> APIRouter:
    router = failures.router("searches")
    listings = Listings(site.assistant.index_manager.catalog)

    def news() -> SearchNews:
        return SearchNews(cast(Assistant, site.assistant.current), listings)

    @router.get("")
    def listed(request: Request) -> dict[str, Any]:
        found = owners.known(site, request)
        searches = found[0].searches.all(found[1]) if found else []
        return {"searches": [_told(search) for search in searches], "kept": found is not None}

    @router.get("/news")
    def counted(request: Request) -> dict[str, Any]:
        """How many papers are new to each, by its id."""
        found = owners.known(site, request)
        if found is None:
            return {}
        kept, owner = found
        marks, looking = kept.marks.all(owner), news()
        return {one.id: len(looking.of(one, marks).papers) for one in kept.searches.all(owner)}

    @router.post("")
    def save(request: Request, asked: NewSearch) -> dict[str, Any]:
        kept, owner = owners.required(site, request)
        if asked.listed is not None:
            name, wish = asked.name, of_list(asked.listed)
        else:
            wish = _of_turn(site, kept, request, asked)
            name = asked.name or _short(wish.topic)
        return _told(kept.searches.save(owner, name, wish, news().revision(wish)))

    @router.post("/{search_id}/open")
    def opened(request: Request, search_id: str) -> dict[str, Any]:
        """With the papers that are new to it, which they are no more from now on."""
        kept, owner = owners.required(site, request)
        search = kept.searches.load(owner, search_id)
        found = news().of(search, kept.marks.all(owner))
        kept.searches.looked_at(search, found.revision)
        return {**_told(search), "new": [paper.paper_id for paper in found.papers]}

    @router.post("/{search_id}/rename")
    def rename(request: Request, search_id: str, asked: Named) -> dict[str, Any]:
        kept, owner = owners.required(site, request)
        kept.searches.rename(kept.searches.load(owner, search_id), asked.name)
        return _told(kept.searches.load(owner, search_id))

    @router.post("/{search_id}/delete")
    def delete(request: Request, search_id: str) -> dict[str, Any]:
        kept, owner = owners.required(site, request)
        kept.searches.forget(kept.searches.load(owner, search_id))
        return {}

    return router


def _of_turn(site: Site, kept: Conversations, request: Request, asked: NewSearch) -> Wish:
    """Of a kept conversation: what is private is in no file."""
    turns = kept.load(person.of(request).owner, asked.conversation) or []
    turn = next((one for one in turns if one.id == asked.turn), None)
    if turn is None or turn.answer is None:
        raise NotFound(
            "That answer is not kept, so its question cannot be saved.", remedy="Ask again."
        )
    return of_answer(turn.answer)


def _short(text: str, most: int = 80) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _told(search: SavedSearch) -> dict[str, Any]:
    filters = search.wish.filters
    dates = {
        name: value
        for name in ("date_from", "date_to", "upvotes_min")
        if (value := getattr(filters, name, None)) is not None
    }
    return {
        "id": search.id,
        "name": search.name,
        "told": in_words(search.wish),
        "opened": search.opened,
        "listed": {**dates, **search.wish.listed},
        "question": search.wish.topic if search.wish.filters is not None else "",
    }
