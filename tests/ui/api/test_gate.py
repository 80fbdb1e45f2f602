"""Who may ask, from where, how much at once, and what is told to whom."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from rag.errors import UsageError
from tests.browser import served
from tests.ui.web.scripted import Scripted
from ui.access.hosts import Hosts
from ui.api.app import check, create_app
from ui.api.gate import MAX_BODY

TOKEN = "a-token-of-24-characters"
ASK = {"question": "plain"}


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with (
        served(lambda: create_app(Scripted())) as where,  # type: ignore[arg-type]
        httpx.Client(base_url=where) as client,
    ):
        yield client


def refused(reply: httpx.Response, status: int) -> dict[str, Any]:
    assert reply.status_code == status, reply.text
    error: dict[str, Any] = reply.json()["error"]
    assert error.keys() == {"message", "type", "param", "code"}
    assert error["message"]
    return error


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.test"}, 403),
        ({"Host": "127.0.0.1.evil.test:80"}, 403),
        ({"Host": ""}, 403),
        ({"Origin": "https://evil.test"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_only_programs_of_this_machine_may_ask(
    client: httpx.Client, headers: dict[str, str], status: int
) -> None:
    assert client.post("/v1/ask", json=ASK, headers=headers).status_code == status


def test_a_token_is_needed_where_there_is_one() -> None:
    hosts = Hosts(allowed=["papers.example.org"])
    with (
        served(lambda: create_app(Scripted(), token=TOKEN, hosts=hosts)) as where,  # type: ignore[arg-type]
        httpx.Client(base_url=where) as client,
    ):
        for given in ("", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x"):
            headers = {"Authorization": given} if given else {}
            reply = client.post("/v1/ask", json=ASK, headers=headers)
            assert refused(reply, 401)["code"] == "invalid_api_key"
            assert reply.headers["www-authenticate"] == "Bearer"
            assert client.get("/openapi.json", headers=headers).status_code == 401
        good = {"Authorization": f"Bearer {TOKEN}", "Host": "papers.example.org"}
        assert client.post("/v1/ask", json=ASK, headers=good).status_code == 200
        unknown = {**good, "Host": "evil.test"}
        assert "evil.test" in refused(client.get("/v1/models", headers=unknown), 403)["message"]


def test_a_token_that_can_be_guessed_is_refused() -> None:
    check(TOKEN)
    check(None)
    with pytest.raises(UsageError) as told:
        check("short")
    assert "CITEWELL_SERVE_TOKEN" in told.value.remedy


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/ask", {}, 400),
        ("/v1/ask", {"question": ""}, 400),
        ("/v1/ask", {"question": "x" * 5000}, 400),
        ("/v1/ask", {"question": "x", "depth": "deep"}, 400),
        ("/v1/ask", {"question": "x", "history": [{"role": "system", "content": ""}]}, 400),
        ("/v1/tables", {"k": 0}, 400),
        ("/v1/chat/completions", {"model": "citewell", "messages": []}, 400),
        ("/v1/nothing", {}, 404),
        ("/v1/models", {}, 405),
    ],
)
def test_what_cannot_be_is_told_in_one_shape(
    client: httpx.Client, path: str, body: Any, status: int
) -> None:
    refused(client.post(path, json=body), status)


@pytest.mark.parametrize("content", [b"{", b"[" * 100_000, b"\xff\xfe", b'"\\ud800"', b"NaN"])
def test_no_json_is_a_bad_request(client: httpx.Client, content: bytes) -> None:
    reply = client.post("/v1/ask", content=content, headers={"Content-Type": "application/json"})
    refused(reply, 400)


def test_huge_requests_are_refused_whatever_they_say(client: httpx.Client) -> None:
    refused(client.post("/v1/ask", content=b" " * (MAX_BODY + 1)), 413)
    chunks = (b" " * 65536 for _ in range(MAX_BODY // 65536 + 2))
    refused(client.post("/v1/ask", content=chunks), 413)


def test_the_prefix_of_a_proxy_may_be_there_or_not() -> None:
    with (
        served(lambda: create_app(Scripted(), root_path="/cite")) as where,  # type: ignore[arg-type]
        httpx.Client(base_url=where) as client,
    ):
        body = {"model": "citewell", "messages": [{"role": "user", "content": "plain"}]}
        for path in ("/cite/v1/chat/completions", "/v1/chat/completions"):
            reply = client.post(path, json=body).json()
            annotations = reply["choices"][0]["message"]["annotations"]
            urls = [one["url_citation"]["url"] for one in annotations]
            assert [url for url in urls if url.startswith(f"{where}/cite/v1/papers/")]
        assert client.get("/cite/openapi.json").json()["servers"] == [{"url": "/cite"}]


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_more_than_may_wait_are_turned_away_and_can_come_again() -> None:
    assistant = Scripted()
    with (
        served(lambda: create_app(assistant, at_once=1, waiting=1)) as where,  # type: ignore[arg-type]
        httpx.Client(base_url=where) as client,
    ):
        replies: list[int] = []

        def ask() -> None:
            replies.append(client.post("/v1/ask", json={"question": "stuck"}).status_code)

        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        until(lambda: replies)
        assert replies == [429]
        assert client.get("/v1/models").status_code == 200
        assistant.released.set()
        for thread in threads:
            thread.join()
        assert replies == [429, 200, 200]


@pytest.mark.parametrize("stream", [False, True])
def test_a_client_that_goes_away_stops_its_answer(stream: bool) -> None:
    closed = threading.Event()

    class Watched(Scripted):
        def stream(self, question: str, **options: Any) -> Iterator[Any]:
            try:
                yield from super().stream(question, **options)
            finally:
                closed.set()

    assistant = Watched()
    with served(lambda: create_app(assistant, at_once=1, waiting=0)) as where:  # type: ignore[arg-type]
        body = {"question": "stuck", "stream": stream}
        if stream:
            with httpx.stream("POST", f"{where}/v1/ask", json=body) as reply:
                assert next(reply.iter_lines()) == "event: understood"
        else:
            with pytest.raises(httpx.ReadTimeout):
                httpx.post(f"{where}/v1/ask", json=body, timeout=httpx.Timeout(60, read=1.0))
        until(lambda: assistant.asked)
        assistant.released.set()
        until(closed.is_set)
        until(lambda: httpx.post(f"{where}/v1/ask", json=ASK).status_code == 200)


def test_events_are_those_of_the_assistant(client: httpx.Client) -> None:
    text = client.post("/v1/ask", json={"question": "fallback", "stream": True}).text
    names = [line[7:] for line in text.splitlines() if line.startswith("event: ")]
    assert names == [
        "understood",
        "retrieved",
        "selected",
        "text_delta",
        "fallback",
        "text_delta",
        "finished",
    ]
    last = json.loads(text.strip().splitlines()[-1][6:])
    assert last["type"] == "finished"
    assert last["answer"]["notices"]
