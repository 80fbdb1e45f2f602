"""What stands before the HTTP door: who may ask, from where, and how much a request may carry.
Pure ASGI; it knows nothing of papers and answers."""

from __future__ import annotations

import asyncio
import hmac

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.access.hosts import Hosts
from ui.api.faults import Fault

MAX_BODY = 8 * 1024 * 1024
"""Bytes of a request: some 2,000 turns, answers with their sources included. Chat clients send the
whole conversation each time."""
MAX_MESSAGES = 10_000
"""Of a conversation; only the last are read (`rag.question.lookback`)."""
BODY_S = 30.0
"""Seconds within which a request's body has to arrive."""


class Gate:
    """Wraps `app`. Requests must name one of `hosts`. With a `token`, they need it as
    `Authorization: Bearer TOKEN`; without, they must not come from a web page: programs send no
    `Origin`. `root_path`: a prefix that paths may begin with."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        token: str | None,
        hosts: Hosts,
        root_path: str = "",
        max_body: int = MAX_BODY,
    ) -> None:
        self._app = app
        self._root_path = root_path
        self._token = token
        self._hosts = hosts
        self._max_body = max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        if fault := self._refusal(scope):
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

        await self._app({**scope, "root_path": self._root_path}, again, send)

    def _refusal(self, scope: Scope) -> Fault | None:
        headers = Headers(scope=scope)
        if unknown := self._hosts.refusal(scope):
            return Fault(status=403, message=unknown)
        if self._token is not None:
            kind, _, given = headers.get("authorization", "").partition(" ")
            good = hmac.compare_digest(given.strip().encode(), self._token.encode())
            if kind.lower() != "bearer" or not good:
                return Fault(
                    status=401,
                    message="This server needs its token: Authorization: Bearer TOKEN.",
                )
        elif headers.get("origin") or headers.get("sec-fetch-site", "none") != "none":
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
