"""What the server answers, to whom, and with which headers. No browser."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from rag.errors import CitewellError
from tests.browser import served
from tests.ui.web.scripted import Scripted
from ui.access.opening import Rules
from ui.web import server


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with (
        served(lambda: server.create_app(Scripted())) as where,
        httpx.Client(base_url=where, timeout=10) as client,
    ):
        yield client


def test_page_comes_with_a_policy_that_knows_its_own_scripts(client: httpx.Client) -> None:
    pages = [client.get("/", headers={"Accept-Encoding": "br, gzip"}) for _ in range(2)]
    nonces = set()
    for page in pages:
        policy = page.headers["content-security-policy"]
        nonce = re.search(r"'nonce-([\w-]+)'", policy)
        assert nonce
        nonces.add(nonce[1])
        assert "'unsafe-inline'" not in policy.split("style-src")[0]
        for part in ("default-src 'none'", "form-action 'self'", "frame-ancestors 'none'"):
            assert part in policy
        assert set(re.findall(r"<script[^>]*", page.text)) and all(
            f'nonce="{nonce[1]}"' in tag for tag in re.findall(r"<script[^>]*", page.text)
        )
        assert page.headers["x-content-type-options"] == "nosniff"
        assert page.headers["referrer-policy"] == "same-origin"
    assert len(nonces) == 2


def test_page_names_no_other_host(client: httpx.Client) -> None:
    html = client.get("/").text
    hosts = set(re.findall(r"https?://([\w.-]+)", html))
    assert hosts <= {"127.0.0.1", "testserver", "www.w3.org"}, hosts
    css = client.get("/theme.css").text + client.get("/citewell/theme.css").text
    assert not re.findall(r"url\(['\"]?(?:https?:)?//|@import", css)


@pytest.mark.parametrize("host", ["evil.test", "127.0.0.1.evil.test", "", "localhost.evil.test:80"])
def test_other_host_names_are_refused(client: httpx.Client, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("host", ["localhost:7860", "127.0.0.1", "[::1]:7860"])
def test_own_host_names_are_served(client: httpx.Client, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 200


JOIN = {"data": [None], "fn_index": 0, "session_hash": "abc", "trigger_id": 1, "event_data": {}}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.test"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"},
    ],
)
def test_other_origins_are_refused(client: httpx.Client, headers: dict[str, str]) -> None:
    assert client.post("/gradio_api/queue/join", json=JOIN, headers=headers).status_code == 403
    reading = client.get("/gradio_api/queue/data?session_hash=abc", headers=headers)
    assert reading.status_code == 403


def test_own_origin_and_links_from_elsewhere_are_welcome(client: httpx.Client) -> None:
    own = {"Origin": str(client.base_url).rstrip("/"), "Sec-Fetch-Site": "same-origin"}
    assert client.post("/gradio_api/queue/join", json=JOIN, headers=own).status_code == 200
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert client.get("/", headers=link).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/proxy=http://evil.test",
        "/gradio_api/info",
        "/gradio_api/openapi.json",
        "/gradio_api/runs",
        "/gradio_api/call/ask",
        "/monitoring",
        "/monitoring/summary",
        "/gradio_api/vibe-edit/",
        "/gradio_api/dev/reload",
        "/docs",
        "/openapi.json",
        "/login",
        "/citewell/server.py",
        "/citewell/..%2fserver.py",
        "/assets/../../../../etc/passwd",
        "/assets/..%2f..%2f..%2findex.html",
        "/static/%2e%2e/%2e%2e/gradio.js",
    ],
)
def test_what_the_page_does_not_need_is_not_there(client: httpx.Client, path: str) -> None:
    for method in ("GET", "POST"):
        answer = client.request(method, path)
        assert answer.status_code in (403, 404, 405), (method, answer.status_code)
        assert "content-security-policy" in answer.headers


def test_large_requests_are_refused_whatever_they_claim(client: httpx.Client) -> None:
    much = b"x" * (server.LARGER["/gradio_api/queue/join"] + 1)

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(much), 8192):
            yield much[start : start + 8192]

    for content in (much, pieces()):
        answer = client.post(
            "/gradio_api/queue/join",
            content=content,
            headers={"Content-Type": "application/json"},
        )
        assert answer.status_code in (413, 400)  # 400: FastAPI's word for a body cut short


def test_other_methods_are_refused(client: httpx.Client) -> None:
    assert client.request("TRACE", "/").status_code == 405
    assert client.delete("/").status_code == 405


def test_a_taken_port_is_told_with_the_remedy() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CitewellError) as told:
            server.serve(Scripted(), host="127.0.0.1", port=port)
    assert str(port) in str(told.value)
    assert f"--port {port + 1}" in told.value.remedy


def test_an_address_that_is_not_ours_is_told() -> None:
    with pytest.raises(CitewellError, match="cannot be listened on"):
        server.serve(Scripted(), host="203.0.113.7", port=7860, rules=Rules(no_auth=True))


def test_serve_says_where_it_is(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    import uvicorn

    monkeypatch.setattr(uvicorn.Server, "run", lambda self, sockets: sockets[0].close())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server.serve(Scripted(), host="127.0.0.1", port=port)
    assert capsys.readouterr().out == (
        f"Citewell is at http://127.0.0.1:{port} (Ctrl-C stops it)\n"
    )


def test_cli_does_not_import_gradio() -> None:
    import subprocess
    import sys

    code = "import sys, ui.cli, ui.web.server; sys.exit('gradio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
