"""A Zotero on loopback: its local API with pages, versions and tags, and its connector's door, as
documented and as Zotero 7 and 8 do it. `zotero.answer` takes the place of all that for a path."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest

Answer = Callable[["Handler"], None]


@dataclass
class ScriptedZotero:
    """`version`: of the library, as last synced. A new item has none until it is synced."""

    url: str
    items: list[dict[str, Any]] = field(default_factory=list)
    version: int = 0
    collections: dict[str, str] = field(default_factory=dict)
    selected: dict[str, Any] = field(default_factory=dict)
    saved: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """Paths with queries."""
    answers: dict[str, Answer] = field(default_factory=dict)

    def add(
        self, key: str, *, modified: str = "", synced: int = 0, collection: str = "", **data: Any
    ) -> dict[str, Any]:
        """An item; `synced`: the version that it was synced with, 0 for not yet."""
        modified = modified or f"2024-01-01T00:00:{len(self.items):02d}Z"
        item = {
            "key": key,
            "version": synced,
            "library": {"type": "user", "id": 0, "name": "My Library"},
            "data": {
                "key": key,
                "version": synced,
                "itemType": "journalArticle",
                "dateModified": modified,
                "tags": [{"tag": tag} for tag in data.pop("tags", ())],
                "collections": [collection] if collection else [],
                **data,
            },
        }
        self.items.append(item)
        self.version = max(self.version, synced)
        return item


class Handler(BaseHTTPRequestHandler):
    zotero: ScriptedZotero

    def do_GET(self) -> None:
        self.answer({})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(json.loads(body))

    def answer(self, body: dict[str, Any]) -> None:
        self.zotero.asked.append(self.path)
        path = urlsplit(self.path).path
        with suppress(OSError):  # the client may hang up
            if path in self.zotero.answers:
                self.zotero.answers[path](self)
            elif path == "/connector/getSelectedCollection":
                selected = {"libraryID": 1, "libraryName": "My Library", "libraryEditable": True}
                told = {**selected, "id": None, "name": "My Library", **self.zotero.selected}
                self.send(200, json.dumps(told))
            elif path == "/connector/saveItems":
                self.save(body)
            elif path.endswith("/collections"):
                named = [
                    {"key": k, "data": {"name": n}} for k, n in self.zotero.collections.items()
                ]
                self.listed(named)
            elif path.endswith("/items/top"):
                self.listed(self.wanted(path))
            else:
                self.send(404, "No endpoint found\n")

    def save(self, body: dict[str, Any]) -> None:
        for item in body["items"]:
            self.zotero.saved.append(item)
            kept = {
                k: v for k, v in item.items() if k not in ("id", "attachments", "notes", "tags")
            }
            self.zotero.add(f"S{len(self.zotero.items)}", modified="2024-06-01T00:00:00Z", **kept)
        self.send(201, "")

    def wanted(self, path: str) -> list[dict[str, Any]]:
        query = parse_qs(urlsplit(self.path).query)
        found = list(self.zotero.items)
        if "/collections/" in path:
            key = path.split("/")[-3]
            found = [one for one in found if key in one["data"]["collections"]]
        for tag in query.get("tag", ()):
            found = [one for one in found if {"tag": tag} in one["data"]["tags"]]
        if since := int(query.get("since", ["0"])[0]):
            found = [one for one in found if one["version"] > since]
        return sorted(found, key=lambda one: one["data"]["dateModified"], reverse=True)

    def listed(self, found: list[dict[str, Any]]) -> None:
        version = self.zotero.version
        known = int(self.headers.get("If-Modified-Since-Version", 0))
        if known and version <= known:
            return self.send(304, "")
        query = dict(parse_qsl(urlsplit(self.path).query))
        start, limit = int(query.get("start", 0)), int(query.get("limit", len(found)))
        more = {"Total-Results": str(len(found)), "Last-Modified-Version": str(version)}
        if start + limit < len(found):
            pairs = [p for p in parse_qsl(urlsplit(self.path).query) if p[0] != "start"]
            following = urlencode([*pairs, ("start", start + limit)])
            # Another host: nobody is to follow it there.
            path = urlsplit(self.path).path
            more["Link"] = f'<http://elsewhere.invalid{path}?{following}>; rel="next"'
        return self.send(200, json.dumps(found[start : start + limit], indent=4), **more)

    def send(self, code: int, body: str, **headers: str) -> None:
        content = body.encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json" if body[:1] in "[{" else "text/plain")
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[ScriptedZotero]:
    handler = type("Handler", (Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    handler.zotero = ScriptedZotero(url=f"http://127.0.0.1:{server.server_address[1]}")  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield handler.zotero  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def zotero() -> Iterator[ScriptedZotero]:
    with serving() as one:
        yield one


def says(code: int, body: str = "", **headers: str) -> Answer:
    return lambda handler: handler.send(code, body, **headers)
