"""Services are reached by way of the proxy that the environment names, and none is asked for what
is on this machine."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from ingest.fetch.asked import Query
from ingest.fetch.download import Downloader
from ingest.fetch.services import ARXIV
from rag.errors import FetchFailed
from tests.replay import Replay
from tests.scripted_server import refusing_url

LANTERNS = Query(words="lanterns")
ELSEWHERE = "http://services.example.invalid"
Made = Callable[..., Downloader]


@pytest.fixture(autouse=True)
def no_proxy_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@contextmanager
def socks_proxy(port: int) -> Iterator[tuple[str, list[str]]]:
    """A SOCKS5 proxy on loopback that connects everybody to `port`; the names it was asked for."""
    listening = socket.create_server(("127.0.0.1", 0))
    asked: list[str] = []

    def serve() -> None:
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            with client, socket.create_connection(("127.0.0.1", port)) as there:
                client.recv(262)
                client.sendall(b"\x05\x00")
                request = client.recv(262)
                asked.append(request[5 : 5 + request[4]].decode())
                client.sendall(b"\x05\x00\x00\x01" + bytes(4) + struct.pack("!H", port))
                there.sendall(client.recv(65536))
                while data := there.recv(65536):
                    client.sendall(data)
                    if b"</feed>" in data:
                        break

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"socks5://127.0.0.1:{listening.getsockname()[1]}", asked
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(10)


def test_through_an_http_proxy(
    replay: Replay, downloader: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", replay.url)
    assert downloader(mirror=ELSEWHERE).fetch(ARXIV, LANTERNS, most=3).records == 3
    assert replay.asked[0].headers["Host"] == "services.example.invalid"


def test_through_a_socks_proxy(
    replay: Replay, downloader: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("socksio", reason="make setup brings it")
    with socks_proxy(urlsplit(replay.url).port or 0) as (address, asked):
        monkeypatch.setenv("ALL_PROXY", address)
        assert downloader(mirror=ELSEWHERE).fetch(ARXIV, LANTERNS, most=3).records == 3
    assert asked == ["services.example.invalid"]


def test_no_proxy_is_asked_for_this_machine(
    replay: Replay, downloader: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", refusing_url())
    assert downloader().fetch(ARXIV, LANTERNS, most=3).records == 3


@pytest.mark.parametrize(
    ("proxy", "told"),
    [
        ("http://me:hidden@127.0.0.1:9", "cannot be reached, or cannot reach it"),
        ("socks4://me:hidden@127.0.0.1:9", "cannot be used"),
    ],
)
def test_a_proxy_of_no_use_is_told_without_its_password(
    proxy: str, told: str, downloader: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy)
    with pytest.raises(FetchFailed, match=told) as failed:
        downloader(mirror=ELSEWHERE).fetch(ARXIV, LANTERNS, most=3)
    assert "HTTP_PROXY" in failed.value.remedy
    assert "hidden" not in f"{failed.value} {failed.value.remedy}"


def test_a_proxy_that_wants_a_password_is_told(
    replay: Replay, downloader: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", replay.url)
    replay.faults += [(407, b"", {"Proxy-Authenticate": "Basic"})]
    with pytest.raises(FetchFailed, match="wants a name and a password"):
        downloader(mirror=ELSEWHERE).fetch(ARXIV, LANTERNS, most=3)
