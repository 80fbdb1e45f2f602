"""Numbers of Gradio's pages become each person's own, whatever a browser sends."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs

from hypothesis import given
from hypothesis import strategies as st

from ui.access.person import Person, noted
from ui.web.own_sessions import OwnSessions

ADA, BERT = Person(name="ada", owner="secret-a"), Person(name="bert", owner="secret-b")
NOBODY = Person(owner="a-browser")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


def passed(
    who: Person, body: bytes, *, path: str = "/gradio_api/run/predict", query: bytes = b""
) -> tuple[dict[str, Any], bytes]:
    """Scope and body as they reach the application."""
    seen: list[tuple[dict[str, Any], bytes]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append((scope, (await receive())["body"]))

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        raise AssertionError

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": query,
        "headers": [(b"content-length", str(len(body)).encode())],
    }
    door = OwnSessions(app, owns_event=lambda page, event: False)
    with ThreadPoolExecutor(1) as thread:  # browser tests leave a loop in the main one
        thread.submit(asyncio.run, door(noted(scope, who), receive, send)).result()  # type: ignore[arg-type]
    return seen[0]


@given(JSON, st.text(max_size=20))
def test_no_number_and_no_event_of_somebody_else_gets_through(rest: Any, number: str) -> None:
    body = json.dumps({"rest": rest, "session_hash": number, "event_id": "e"}).encode()
    scope, given = passed(ADA, body)
    told = json.loads(given)
    assert told["rest"] == rest and "event_id" not in told
    assert told["session_hash"] != number
    assert told["session_hash"] == json.loads(passed(ADA, body)[1])["session_hash"]
    assert told["session_hash"] != json.loads(passed(BERT, body)[1])["session_hash"]
    assert dict(scope["headers"])[b"content-length"] == str(len(given)).encode()


@given(st.binary(max_size=60) | JSON.map(lambda found: json.dumps(found).encode()))
def test_what_cannot_be_read_is_left_to_gradio(body: bytes) -> None:
    assert isinstance(passed(ADA, body)[1], bytes)


@given(st.text(max_size=20))
def test_in_the_query_and_in_the_path_too(number: str) -> None:
    query = f"session_hash={number.encode().hex()}&x=1".encode()
    scope, _ = passed(ADA, b"{}", path="/gradio_api/heartbeat/abc", query=query)
    (told,) = parse_qs(scope["query_string"].decode())["session_hash"]
    assert told != number.encode().hex() and b"x=1" in scope["query_string"]
    assert scope["path"].startswith("/gradio_api/heartbeat/") and "abc" not in scope["path"][20:]


def test_only_events_of_the_page_are_cancelled() -> None:
    body = json.dumps({"session_hash": "p", "event_id": "e", "fn_index": 0}).encode()
    assert json.loads(passed(ADA, body, path="/gradio_api/cancel")[1])["event_id"] == ""


def test_where_nobody_logs_in_nothing_is_changed() -> None:
    body = b'{"session_hash": "p",  "event_id": "e"}'
    assert passed(NOBODY, body)[1] == body
