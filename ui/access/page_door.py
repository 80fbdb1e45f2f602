"""In front of the page: every request gets the person who sends it, and without one nothing is
answered but the few paths that one comes in by. Pure ASGI."""

from __future__ import annotations

import logging
import re

from anyio import CapacityLimiter, to_thread
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.errors import CitewellError
from ui.access.entry import Access
from ui.access.person import Person, is_noted, noted

LOGIN, LOGOUT = "/citewell/login", "/citewell/logout"
OPEN = frozenset(
    {LOGIN, LOGOUT, "/citewell/theme.css", "/citewell/login.css", "/citewell/icon.svg"}
)
"""What is answered to everybody. All else needs a person."""
_PAGE = re.compile(r"/(?:corpus/[^/]+/?)?")
"""Where somebody arrives, who is led to the login."""
_READERS = 8
"""Threads that look up who sends a request, apart from those that answer it."""


class PageDoor:
    """Wraps `app`. Whoever has to log in first is led to the login from the page, and gets 401 from
    all that the page asks for. Within another such door, which has looked, nobody looks again."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access
        self._readers = CapacityLimiter(_READERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or is_noted(scope):
            await self._app(scope, receive, send)
            return
        try:
            person = await to_thread.run_sync(self._access.visitor, scope, limiter=self._readers)
        except CitewellError as error:
            logging.getLogger("citewell.web").error("%s %s", error, error.remedy)
            said = "Who may come in cannot be looked up; the terminal shows why."
            await JSONResponse({"error": said}, status_code=503)(scope, receive, send)
            return
        if person is None and scope["path"] not in OPEN:
            await _refusal(scope)(scope, receive, send)
            return
        await self._app(noted(scope, person or Person()), receive, send)


def _refusal(scope: Scope) -> Response:
    if _PAGE.fullmatch(scope["path"]) and scope["method"] in ("GET", "HEAD"):
        return RedirectResponse(LOGIN, status_code=303, headers={"Cache-Control": "no-store"})
    said = "You are not logged in, or your session has ended. Load the page again to log in."
    return JSONResponse({"error": said}, status_code=401, headers={"Cache-Control": "no-store"})
