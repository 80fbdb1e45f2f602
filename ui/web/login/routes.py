"""The login: a form that works without script, sessions begun and ended, and who one is."""

from __future__ import annotations

import logging
import math
from typing import Annotated

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from rag.errors import CitewellError
from ui.access import person
from ui.access.attempts import LoginAttempts
from ui.access.entry import Access
from ui.access.page_door import LOGIN, LOGOUT
from ui.access.people import key
from ui.access.sessions import COOKIE
from ui.web.templates import fill
from ui.web.views import API

AT_ONCE = 2
"""Passwords that are checked at a time: each takes 64 MiB."""
WAITING = 16
WRONG = "That name and password do not fit together."
BUSY = "Many people are logging in at this moment. Try again in a few seconds."

CLOSED = "Nobody can log in at this moment. Whoever runs this server sees why in its terminal."
_log = logging.getLogger("citewell.web")


def routes(access: Access, attempts: LoginAttempts | None = None) -> APIRouter:
    router = APIRouter()
    tried = attempts or LoginAttempts()
    checking = CapacityLimiter(AT_ONCE)

    @router.get(LOGIN)
    async def form(request: Request) -> Response:
        is_in = not access.needs_login or person.of(request).name
        return RedirectResponse("/", status_code=303) if is_in else _page()

    @router.post(LOGIN)
    async def login(
        request: Request, name: Annotated[str, Form()] = "", password: Annotated[str, Form()] = ""
    ) -> Response:
        if not access.needs_login:
            return RedirectResponse("/", status_code=303)
        if checking.statistics().tasks_waiting >= WAITING:
            return _page(name, BUSY, status=429, wait=5)
        address = request.client.host if request.client else ""
        if wait := math.ceil(tried.begin(key(name), address)):
            return _page(name, _too_often(wait), status=429, wait=wait)

        def begun() -> str | None:
            account = access.people.with_password(name, password) if access.has_people else None
            if account is None:
                return None
            if before := request.cookies.get(COOKIE):
                access.sessions.end(before)
            return access.sessions.begin(account)

        try:
            cookie = await to_thread.run_sync(begun, limiter=checking)
        except CitewellError as error:
            _log.error("%s %s", error, error.remedy)
            return _page(name, CLOSED, status=503)
        if cookie is None:
            return _page(name, WRONG, status=401)
        tried.succeeded(key(name), address)
        reply = RedirectResponse("/", status_code=303)
        reply.set_cookie(
            COOKIE,
            cookie,
            max_age=int(access.sessions.age),
            httponly=True,
            samesite="lax",
            secure=_is_encrypted(request),
        )
        return reply

    @router.post(LOGOUT)
    async def logout(request: Request) -> Response:
        if (cookie := request.cookies.get(COOKIE)) and access.has_people:
            await to_thread.run_sync(access.sessions.end, cookie)
        reply = RedirectResponse(LOGIN, status_code=303)
        reply.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=_is_encrypted(request))
        return reply

    @router.get(f"{API}/person")
    def who(request: Request) -> dict[str, object]:
        """`name` is empty where nobody logs in; `leaves`: whether one can log out here."""
        found = person.of(request)
        return {
            "name": found.name,
            "is_admin": found.is_admin,
            "leaves": bool(found.name) and access.of_session(request.scope) is not None,
        }

    return router


def _page(name: str = "", wrong: str = "", *, status: int = 200, wait: int = 0) -> HTMLResponse:
    headers = {"Retry-After": str(wait)} if wait else {}
    html = fill("login/login:page", name=name[:200], wrong=wrong)
    return HTMLResponse(html, status_code=status, headers=headers)


def _too_often(wait: int) -> str:
    time = f"{wait} seconds" if wait < 120 else f"{math.ceil(wait / 60)} minutes"
    return f"That was tried too often. Try again in {'a second' if wait == 1 else time}."


def _is_encrypted(request: Request) -> bool:
    return request.url.scheme == "https"
