"""An OpenAI-compatible server on loopback that does as told: it streams, fails, stalls and cuts.

    def test_it(server):                       # the fixture; import it from here
        server.script(status(429, headers={"Retry-After": "0"}), say("Fine [E1]."))
        OpenAIChat(model="m", base_url=server.url)

Each request takes the next step of the script, and the last step repeats. A step gets the
handler and does what it likes with the connection. `server.requests` keeps what was asked.
"""

from __future__ import annotations

import itertools
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

import pytest

Step = Callable[["Handler"], None]
Usage = tuple[int, int] | Literal["honest"] | None
"""Prompt and completion tokens to report; honest is four characters a token, None is silence."""


@dataclass(frozen=True)
class Request:
    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def prompt(self) -> str:
        """All messages as one text."""
        return "\n\n".join(message["content"] for message in self.body["messages"])


@dataclass
class ScriptedServer:
    url: str
    steps: list[Step] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    models: list[str] | None = None
    """What GET /models tells; None is a server that has no such list."""
    told: dict[str, object] = field(default_factory=dict)
    """What it tells of itself, by path (`/props`), in JSON or as a step. Such questions are in
    `asked`, not in `requests`."""
    asked: list[str] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    """Set at the end: lets go of what stalls."""

    def script(self, *steps: Step) -> None:
        self.steps[:] = steps

    def next_step(self) -> Step:
        return self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]


class Handler(BaseHTTPRequestHandler):
    scripted: ScriptedServer
    request_body: Mapping[str, Any]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.tells():
            return
        self.request_body = json.loads(body)
        self.scripted.requests.append(Request(self.path, dict(self.headers), self.request_body))
        self.close_connection = True
        with suppress(OSError):  # the client may hang up, which is its right
            self.scripted.next_step()(self)

    def do_GET(self) -> None:
        """The list of models, where the server offers one, and what it tells of itself."""
        self.close_connection = True
        if self.tells():
            return
        self.scripted.requests.append(Request(self.path, dict(self.headers), {}))
        if self.scripted.models is None or not self.path.endswith("/models"):
            status(404)(self)
            return
        self.head(200, "application/json")
        listed = [{"id": name, "object": "model"} for name in self.scripted.models]
        self.write(json.dumps({"object": "list", "data": listed}).encode())

    def tells(self) -> bool:
        """Answer a question about the server; False where it is none."""
        path = self.path.partition("?")[0]
        if path not in self.scripted.told and not path.startswith(("/props", "/api/")):
            return False
        self.close_connection = True
        self.scripted.asked.append(path)
        found = self.scripted.told.get(path)
        with suppress(OSError):
            if callable(found):
                found(self)
            elif found is None:
                status(404)(self)
            else:
                self.head(200, "application/json")
                self.write(json.dumps(found).encode())
        return True

    def head(self, code: int = 200, content_type: str = "text/event-stream", **more: str) -> None:
        self.send_response(code)
        for name, value in {"Content-Type": content_type, "Connection": "close", **more}.items():
            self.send_header(name, value)
        self.end_headers()

    def write(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()

    def event(self, event: object) -> None:
        self.write(b"data: " + json.dumps(event).encode() + b"\n\n")

    def text(self, piece: str, **delta: str) -> None:
        self.event({"choices": [{"index": 0, "delta": {"content": piece, **delta}}]})

    def log_message(self, *_: object) -> None:
        pass


def say(
    text: str,
    *,
    finish: str | None = "stop",
    usage: Usage = "honest",
    piece: int = 7,
    pause_s: float = 0.0,
    before: str = "",
    done: bool = True,
) -> Step:
    """A streamed reply, `piece` characters an event; `before` is sent as reasoning_content."""

    def step(handler: Handler) -> None:
        _say(handler, text, finish, usage, piece, pause_s, before, done)

    return step


def write_with(reply: Callable[[Request], str]) -> Step:
    """A reply made from the request, as a model would."""

    def step(handler: Handler) -> None:
        _say(handler, reply(handler.scripted.requests[-1]), "stop", "honest", 7, 0.0, "", True)

    return step


def quote_evidence(request: Request) -> str:
    """What an obedient model might write: the first quote of each paper, with its key."""
    papers = re.findall(r"Paper: .*\n\[(E\d+)\] (.*)", request.prompt)
    return "\n".join(f"- {quote} [{key}]" for key, quote in papers)


def _say(
    handler: Handler,
    text: str,
    finish: str | None,
    usage: Usage,
    piece: int,
    pause_s: float,
    before: str,
    done: bool,
) -> None:
    handler.head()
    handler.event({"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]})
    if before:
        handler.event({"choices": [{"index": 0, "delta": {"reasoning_content": before}}]})
    for start in range(0, len(text), piece):
        handler.text(text[start : start + piece])
        handler.scripted.released.wait(pause_s)
    if finish is not None:
        handler.event({"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]})
    if usage == "honest":
        usage = (len(handler.scripted.requests[-1].prompt) // 4, len(text) // 4)
    if usage is not None:
        tokens = {"prompt_tokens": usage[0], "completion_tokens": usage[1]}
        handler.event({"choices": [], "usage": tokens})
    if done:
        handler.write(b"data: [DONE]\n\n")


def status(code: int, message: str = "no", **headers: str) -> Step:
    """An error as OpenAI sends it; headers with `_` for `-`."""

    def step(handler: Handler) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        handler.head(code, "application/json", **named)
        handler.write(json.dumps({"error": {"message": message, "type": "x"}}).encode())

    return step


def web_page(code: int = 200) -> Step:
    def step(handler: Handler) -> None:
        handler.head(code, "text/html; charset=utf-8")
        handler.write(b"<!doctype html><html><body>Welcome to the router</body></html>")

    return step


def raw(data: bytes, content_type: str = "text/event-stream") -> Step:
    """These bytes, whatever they are, and the end of the connection."""

    def step(handler: Handler) -> None:
        handler.head(200, content_type)
        handler.write(data)

    return step


def cut(text: str = "The first half") -> Step:
    """A reset in mid-stream, in the middle of a chunk."""

    def step(handler: Handler) -> None:
        handler.protocol_version = "HTTP/1.1"
        handler.head(200, **{"Transfer-Encoding": "chunked"})
        event = json.dumps({"choices": [{"index": 0, "delta": {"content": text}}]}).encode()
        data = b"data: " + event + b"\n\n"
        handler.write(f"{len(data):x}\r\n".encode() + data + b"\r\nff\r\ndata: {")

    return step


def stall(text: str = "") -> Step:
    """Nothing more comes, and the connection stays open."""

    def step(handler: Handler) -> None:
        handler.head()
        if text:
            handler.text(text)
        handler.scripted.released.wait(20)

    return step


def drip(comment: bytes = b": still working\n\n", every_s: float = 0.05) -> Step:
    """Comments keep the connection alive for ever; no token comes."""

    def step(handler: Handler) -> None:
        handler.head()
        while not handler.scripted.released.wait(every_s):
            handler.write(comment)

    return step


def trickle(data: bytes, every_s: float = 0.05) -> Step:
    """These bytes one by one, from the status line on, and then from their start again."""

    def step(handler: Handler) -> None:
        for byte in itertools.cycle(data):
            if handler.scripted.released.wait(every_s):
                return
            handler.write(bytes([byte]))

    return step


def flood(code: int, piece: bytes, times: int, **headers: str) -> Step:
    """A body of `piece`, so many times; headers with `_` for `-`."""

    def step(handler: Handler) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        handler.head(code, "application/json", **named)
        for _ in range(times):
            handler.write(piece)

    return step


def garbage() -> Step:
    return raw(b'data: {"choices": [{"delta": {"content": "Hal\n\ndata: <<<\n\n')


def hang_up() -> Step:
    """The connection is closed before any answer."""

    def step(handler: Handler) -> None:
        handler.connection.shutdown(socket.SHUT_RDWR)

    return step


@contextmanager
def scripted_server() -> Iterator[ScriptedServer]:
    handler = type("Bound", (Handler,), {})
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server = ScriptedServer(f"http://127.0.0.1:{httpd.server_port}/v1", [say("Fine.")])
    handler.scripted = server  # type: ignore[attr-defined]
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        httpd.shutdown()
        thread.join()
        httpd.server_close()


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as running:
        yield running


def refusing_url() -> str:
    """An address on loopback where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/v1"
