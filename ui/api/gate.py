"""What stands before the HTTP door: who may ask, from where, and how much a request may carry.
Pure ASGI; it knows nothing of papers and answers."""

from __future__ import annotations

import asyncio
import logging

from anyio import CapacityLimiter, to_thread
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.errors import CitewellError
from ui.access.entry import Access
from ui.access.hosts import Hosts
from ui.access.person import Person, noted
from ui.api.faults import Fault

MAX_BODY = 8 * 1024 * 1024
"""Bytes of a request: some 2,000 turns, answers with their sources included. Chat clients send the
whole conversation each time."""
MAX_MESSAGES = 10_000
"""Of a conversation; only the last are read (`rag.question.lookback`)."""
BODY_S = 30.0
"""Seconds within which a request's body has to arrive."""


class Gate:
    """Wraps `app`. Requests must name one of `hosts` and come from somebody whom `access` lets in,
    as a rule by `Authorization: Bearer TOKEN`; without a token they must not come from a web page:
    programs send no `Origin`. `root_path`: a prefix that paths may begin with."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        access: Access,
        hosts: Hosts,
        root_path: str = "",
        max_body: int = MAX_BODY,
    ) -> None:
        self._app = app
        self._root_path = root_path
        self._access = access
        self._readers = CapacityLimiter(4)
        self._hosts = hosts
        self._max_body = max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        try:
            person, by_token = await to_thread.run_sync(
                self._access.program, scope, limiter=self._readers
            )
        except CitewellError as error:
            await _closed(error).response()(scope, receive, send)
            return
        if fault := self._refusal(scope, person, by_token=by_token):
            await fault.response()(scope, receive, send)
            return
        try:
            async with asyncio.timeout(BODY_S):
                body = await self._body(receive)
        except TimeoutError:
            await Fault(status=408, message="The request did not arrive in time.").response()(
                scope, receive, send
            )
            return
        if body is None:
            await self._too_large.response()(scope, receive, send)
            return
        first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def again() -> Message:
            return first.pop() if first else await receive()

        scope = noted(scope, person or Person())
        await self._app({**scope, "root_path": self._root_path}, again, send)

    def _refusal(self, scope: Scope, person: Person | None, *, by_token: bool) -> Fault | None:
        headers = Headers(scope=scope)
        if unknown := self._hosts.refusal(scope):
            return Fault(status=403, message=unknown)
        if person is None:
            return Fault(
                status=401,
                message="This server needs a token: Authorization: Bearer TOKEN. One is made with"
                " citewell token add NAME.",
            )
        is_from_page = headers.get("origin") or headers.get("sec-fetch-site", "none") != "none"
        # A token is sent on purpose; what a browser or a proxy adds by itself is not.
        if is_from_page and not by_token:
            return Fault(status=403, message="A web page sent this; only programs may ask here.")
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit()) or int(length) > self._max_body:
            return self._too_large
        return None

    @property
    def _too_large(self) -> Fault:
        return Fault(
            status=413, message=f"A request may have {self._max_body:,} bytes; this one has more."
        )

    async def _body(self, receive: Receive) -> bytes | None:
        """All of it; None where it is too large, whatever its header says."""
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > self._max_body:
                return None
        return body


def _closed(error: CitewellError) -> Fault:
    logging.getLogger("uvicorn.error").error("%s %s", error, error.remedy)
    return Fault(
        status=503, message="Who may come in cannot be looked up; the server's log says why."
    )
