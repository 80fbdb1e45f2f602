"""Whose marks and saved searches a request is about: those of who has logged in; where nobody does,
the machine's if nobody else reaches the page, else the browser's, known by its cookie."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request

from rag.errors import UsageError
from ui.access import person
from ui.web import store
from ui.web.chat.conversations import Conversations, digest
from ui.web.marks.kept import Marks
from ui.web.views import Site


def known(site: Site, request: Request) -> tuple[Conversations, str] | None:
    """Where it is kept and for whom; None for a browser that takes no cookies, and where nothing
    can be kept."""
    if site.conversations is None:
        return None
    who = person.of(request)
    owner = store.HERE if who.is_here else digest(who.owner)
    return None if owner is None else (site.conversations, owner)


def required(site: Site, request: Request) -> tuple[Conversations, str]:
    """The same. Raises UsageError instead of None."""
    if site.conversations is None:
        raise UsageError("Nothing can be kept in the data folder, so this was not saved.")
    if (found := known(site, request)) is None:
        raise UsageError(
            "This browser takes no cookies from this page, so nothing can be kept for it.",
            remedy="Allow them for this address, then load the page again.",
        )
    return found


def marks(site: Site, request: Request) -> Mapping[str, Marks]:
    """The visitor's, by paper; empty where nothing is kept."""
    found = known(site, request)
    return found[0].marks.all(found[1]) if found else {}
