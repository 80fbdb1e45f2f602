"""Gradio knows a page by a number that its browser has made up, and gives what belongs to it, the
open conversation among others, to whoever names that number. Where people log in, each one's
numbers become others here, so that nobody can name somebody else's. Pure ASGI."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.access import person
from ui.access.person import Person

PREFIX = "/gradio_api/"
_HEARTBEAT = f"{PREFIX}heartbeat/"
_CANCEL = f"{PREFIX}cancel"
_NUMBER = "session_hash"
OwnsEvent = Callable[[str, str], bool]
"""(number of a page, id of an event) → whether that page has begun it."""


class OwnSessions:
    """Wraps `app`, behind the check that notes persons on requests."""

    def __init__(self, app: ASGIApp, owns_event: OwnsEvent) -> None:
        self._app = app
        self._owns_event = owns_event

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        who: Person = person.noted_on(scope)
        if not who.name:
            await self._app(scope, receive, send)
            return
        scope = {**scope, "query_string": _query(scope["query_string"], who)}
        if scope["path"].startswith(_HEARTBEAT):
            number = scope["path"].removeprefix(_HEARTBEAT).rstrip("/")
            scope["path"] = _HEARTBEAT + _own(number, who)
            scope["raw_path"] = scope["path"].encode()
        if scope["method"] == "POST":
            body = self._body(await _whole(receive), scope["path"].rstrip("/"), who)
            headers = [h for h in scope["headers"] if h[0] != b"content-length"]
            scope["headers"] = [*headers, (b"content-length", str(len(body)).encode())]
            receive = _again(body, receive)
        await self._app(scope, receive, send)

    def _body(self, body: bytes, path: str, who: Person) -> bytes:
        try:
            told: Any = json.loads(body)
        except (ValueError, RecursionError):  # which Gradio cannot read either
            return body
        if not isinstance(told, dict):
            return body
        if isinstance(told.get(_NUMBER), str):
            told[_NUMBER] = _own(told[_NUMBER], who)
        # Our page names an event to cancel it, and never else.
        event = told.pop("event_id", None)
        if path == _CANCEL:
            is_own = self._owns_event(str(told.get(_NUMBER)), str(event))
            told["event_id"] = event if is_own else ""
        return json.dumps(told).encode("utf-8", "replace")


def _own(number: str, who: Person) -> str:
    text = json.dumps([who.owner, number])
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


def _query(query: bytes, who: Person) -> bytes:
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    return urlencode([(k, _own(v, who) if k == _NUMBER else v) for k, v in pairs]).encode()


async def _whole(receive: Receive) -> bytes:
    """The guard in front has limited it."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _again(body: bytes, receive: Receive) -> Receive:
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return first.pop() if first else await receive()

    return again
