"""Browsers of people who have logged in, every route that a door has, and what to ask of each."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import httpx

JOIN, DATA = "/gradio_api/queue/join", "/gradio_api/queue/data"
PREDICT = "/gradio_api/run/predict"
STREAMS = (DATA, "/gradio_api/heartbeat/")
LONGEST = 1.0
"""Seconds to listen to a stream that does not end."""

PATIENCE = 120.0
"""Seconds to wait for an answer."""


def routes(found: Iterable[Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Method and path of all that an application answers, those of what is mounted in it too."""
    for route in found:
        if hasattr(route, "effective_candidates"):  # FastAPI's included routers
            yield from routes(route.effective_candidates(), before)
        elif hasattr(route, "routes") and not hasattr(route, "endpoint"):
            yield from routes(route.routes, before + getattr(route, "path", "").rstrip("/"))
        else:
            for method in sorted(route.methods or ["GET", "POST"]):
                yield method, before + route.path


class Browser:
    """Somebody at the page."""

    def __init__(self, where: str) -> None:
        self.client = httpx.Client(base_url=where, timeout=60)

    def close(self) -> None:
        self.client.close()

    def login(self, name: str, password: str) -> None:
        form = {"name": name, "password": password}
        assert self.client.post("/citewell/login", data=form).status_code == 303
        told = self.client.get("/config").json()["dependencies"]
        self.events = {one["targets"][0][1]: one["id"] for one in told}

    def join(self, event: str, page: str, **data: Any) -> str:
        """The id of the event."""
        reply = self.client.post(JOIN, json=self.body(event, page, **data))
        assert reply.status_code == 200, reply.text
        return str(reply.json()["event_id"])

    def body(self, event: str, page: str, **data: Any) -> dict[str, Any]:
        return {
            "data": [None],
            "fn_index": self.events[event],
            "session_hash": page,
            "trigger_id": 1,
            "event_data": data,
        }

    def listen(self, page: str) -> str:
        """What comes of a page's stream, to the end of an event."""
        told, deadline = "", time.monotonic() + PATIENCE
        with self.client.stream("GET", DATA, params={"session_hash": page}) as reply:
            for line in reply.iter_lines():
                told += line
                assert time.monotonic() < deadline, "nothing has come of it"
                if '"process_completed"' in line:
                    return told
        return told

    def ask(self, question: str, page: str, *, private: bool = False) -> dict[str, str]:
        """The ids of `conversation`, `turn` and `event`."""
        event = self.join("ask", page, question=question, private=private)
        told = self.listen(page)
        (conversation,) = set(re.findall(r'"conversation":\s*"([^"]+)"', told))
        return {
            "conversation": conversation,
            "turn": re.findall(r'"order":\s*"([^"]+)"', told)[-1],
            "event": event,
        }

    def send(self, method: str, path: str, query: Mapping[str, Any], body: Any) -> tuple[int, str]:
        """Status and text, of a stream what comes in a while."""
        how: dict[str, Any] = {"params": query}
        if method not in ("GET", "HEAD"):
            how["files" if path.endswith("/preview") else "json"] = body
        if path.endswith("/preview"):
            how["files"] = {"files": ("papers.jsonl", json.dumps(body).encode())}
        text = ""
        limits = httpx.Timeout(60, read=LONGEST if path.startswith(STREAMS) else 60)
        try:
            with self.client.stream(method, path, timeout=limits, **how) as reply:
                status = reply.status_code
                for part in reply.iter_text():
                    text += part
                    if len(text) > 5_000_000:
                        break
        except (httpx.ReadTimeout, httpx.RemoteProtocolError):  # of a page that is not known
            assert path.startswith(STREAMS), path
        return status, text
