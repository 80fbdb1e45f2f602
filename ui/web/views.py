"""The views beside the chat: each is a folder here with its HTML, style and script, and routes of
its own under `/citewell/api/`, which answer JSON.

A view's script hands `window.citewell.addView(name, {mount, shown})` (views.js) its doings; its
routes are made by `routes(site)` in the folder's `routes.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import APIRouter

    from ui.settings import Settings
    from ui.web.chat.conversations import Conversations
    from ui.web.current_assistant import CurrentAssistant
    from ui.web.notes import OpenConversations
    from ui.web.suggestions import Suggestions
    from ui.web.switch import Place

API = "/citewell/api"


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """What the routes of a view work with. `conversations` is None where none can be kept. `place`:
    where it is among the pages of several corpora."""

    assistant: CurrentAssistant
    conversations: Conversations | None
    open_conversations: OpenConversations
    suggestions: Suggestions
    settings: Settings
    place: Place | None = None


VIEWS = {
    "papers": "Papers",
    "tables": "Tables",
    "evaluation": "Evaluation",
    "settings": "Settings",
}
"""Folder (and place behind the `#/` of the address) → what the page calls it."""


def styles() -> list[str]:
    return _served(".css")


def scripts() -> list[str]:
    return _served(".js")


def _served(suffix: str) -> list[str]:
    """Files of the views' folders, the one that is named as its folder after its parts."""
    found: list[str] = []
    for name in VIEWS:
        parts = [p.name for p in (files("ui.web") / name).iterdir() if p.name.endswith(suffix)]
        found += [f"{name}/{part}" for part in sorted(parts, key=lambda p: (p == name + suffix, p))]
    return found


def template(folder: str, name: str = "") -> str:
    """HTML of a view: the file that is named as its folder, or another one in it."""
    return (files("ui.web") / folder / f"{name or folder}.html").read_text("utf-8")


def routers(site: Site) -> list[APIRouter]:
    made: list[APIRouter] = []
    for name in (*VIEWS, "notes", "judging", "marks", "searches", "suggestions", "switch"):
        routes: Callable[[Site], APIRouter] = import_module(f"ui.web.{name}.routes").routes
        made.append(routes(site))
    return made
