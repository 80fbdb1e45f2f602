"""What stands between a browser and the page, whatever Gradio does behind it: which host names
and origins are answered, which routes exist, how much a request may carry, and the headers that
keep foreign text inert. Pure ASGI; it knows nothing of papers and answers.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.access.hosts import Hosts
from ui.access.person import VISITOR

# 'unsafe-eval' is Gradio's price: it compiles gr.HTML's template with Function(). There is no
# 'unsafe-inline' for scripts, so that an `onerror=` that slipped through would still not run.
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self' 'unsafe-eval' 'nonce-{nonce}'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
# A document that is no part of the page: its own scripts and styles run, in an origin of nobody,
# from which nothing can be asked or sent anywhere.
SANDBOX = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline';"
    " style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_SAFE = frozenset({"GET", "HEAD"})


Dress = Callable[[str, str], str]
"""(HTML page, nonce) → the page as it is sent. Scripts without the nonce do not run."""


class Guard:
    """Wraps `app`. `hosts`: under which names it is reached. `routes` are regular expressions,
    matched in full against the path: what none of them matches is not found. `max_body` is in
    bytes, and `larger` says by path where it is another; `dress` has the last word on pages, save
    those at the paths `sandboxed`."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: Hosts,
        routes: Iterable[str],
        max_body: int,
        dress: Dress,
        larger: Mapping[str, int] = MappingProxyType({}),
        sandboxed: Iterable[str] = (),
    ) -> None:
        self._hosts = hosts
        self._sandboxed = frozenset(sandboxed)
        self._app = app
        self._route = re.compile("|".join(f"(?:{route})" for route in routes))
        self._max_body = max_body
        self._larger = larger
        self._dress = dress

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # nothing here speaks WebSocket
            return
        answer: _Sealed | _Sandboxed
        if scope["path"] in self._sandboxed:
            answer = _Sandboxed(send)
        else:
            answer = _Sealed(
                send,
                self._dress if scope["path"] == "/" else _as_it_is,
                knows_us=scope["path"] != "/" or VISITOR in Request(scope).cookies,
                is_encrypted=scope.get("scheme") == "https",
            )
        if refusal := self._refusal(scope):
            await refusal(scope, receive, answer)
            return
        # Pages are dressed as text: whoever compresses them does so on our inside.
        inner = {**scope, "headers": [h for h in scope["headers"] if h[0] != b"accept-encoding"]}
        page = scope["path"] == "/"
        limited = _Limited(receive, self._most(scope))
        try:
            await self._app(inner if page else scope, limited, answer)
        except _TooMuchError:
            if not answer.started:
                await _refuse(413, "The request is too large.")(scope, receive, answer)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        if unknown := self._hosts.refusal(scope):
            return _refuse(400, unknown)
        if not self._route.fullmatch(scope["path"]):
            return _refuse(404, "There is nothing here.")
        if scope["method"] not in _SAFE | {"POST"}:
            return _refuse(405, "This is not done here.")
        if self._foreign(scope, headers):
            return _refuse(403, "Another site sent this request.")
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > self._most(scope):
            return _refuse(413, "The request is too large.")
        return None

    def _foreign(self, scope: Scope, headers: Headers) -> bool:
        """Whether another site made the browser send this. Programs send none of these headers.

        A link from elsewhere to the page itself is welcome.
        """
        if "origin" in headers and not self._hosts.is_own_origin(scope):
            return True
        if headers.get("sec-fetch-site", "none") in ("none", "same-origin"):
            return False
        return scope["method"] not in _SAFE or headers.get("sec-fetch-mode") != "navigate"

    def _most(self, scope: Scope) -> int:
        return self._larger.get(scope["path"], self._max_body)


def _as_it_is(html: str, nonce: str) -> str:
    return html


def _refuse(status: int, why: str) -> PlainTextResponse:
    return PlainTextResponse(why + "\n", status_code=status)


class _TooMuchError(Exception):
    pass


class _Limited:
    """Counts what a body really holds: `Content-Length` may be missing or lie."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._left = most

    async def __call__(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise _TooMuchError
        return message


class _Sandboxed:
    """Sends a document as it is, without any rights."""

    def __init__(self, send: Send) -> None:
        self.started = False
        self._send = send

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            headers["Content-Security-Policy"] = SANDBOX
            headers["Cache-Control"] = "no-store"
        await self._send(message)


class _Sealed:
    """Sends with our headers; pages are held back until they are whole, then dressed."""

    def __init__(self, send: Send, dress: Dress, *, knows_us: bool, is_encrypted: bool) -> None:
        self.started = False
        self._knows_us = knows_us
        self._secure = "; Secure" if is_encrypted else ""
        self._send = send
        self._dress = dress
        self._nonce = secrets.token_urlsafe(18)
        self._page: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            headers["Content-Security-Policy"] = POLICY.format(nonce=self._nonce)
            if headers.get("content-type", "").startswith("text/html"):
                headers["Cache-Control"] = "no-store"
                if not self._knows_us:
                    headers.append(
                        "Set-Cookie",
                        f"{VISITOR}={secrets.token_urlsafe(24)}; Path=/; Max-Age=34560000;"
                        f" HttpOnly; SameSite=Lax{self._secure}",
                    )
                self._page = message
                return
        elif self._page is not None:
            self._body += message.get("body", b"")
            if message.get("more_body"):
                return
            body = self._dress(self._body.decode(), self._nonce).encode()
            headers = MutableHeaders(scope=self._page)
            if self._body:  # a HEAD request has none, and keeps its length
                headers["Content-Length"] = str(len(body))
                message = {**message, "body": body}
            page, self._page = self._page, None
            await self._send(page)
        await self._send(message)
