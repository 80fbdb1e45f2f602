"""Under which names the page, the HTTP interface and its MCP server answer."""

from __future__ import annotations

import socket
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import ConfigError
from tests.browser import served
from tests.ui.web.scripted import Scripted
from ui.access.hosts import Hosts
from ui.access.options import listed
from ui.api import app as api
from ui.web import server as page


def scope(host: str, *, at: str = "127.0.0.1", origin: str = "") -> dict[str, Any]:
    headers = [(b"host", host.encode("latin-1", "replace"))]
    headers += [(b"origin", origin.encode())] if origin else []
    return {"type": "http", "headers": headers, "server": (at, 7860)}


@pytest.mark.parametrize(
    ("bound", "host", "at"),
    [
        ("127.0.0.1", "localhost:7860", "127.0.0.1"),
        ("127.0.0.1", "LOCALHOST", "127.0.0.1"),
        ("::1", "[::1]:7860", "::1"),
        ("0.0.0.0", "192.0.2.7:7860", "192.0.2.7"),
        ("0.0.0.0", socket.gethostname(), "192.0.2.7"),
        ("0.0.0.0", f"{socket.gethostname()}.local:80", "192.0.2.7"),
        ("::", "192.0.2.7", "::ffff:192.0.2.7"),
        ("::", "[2001:db8::7]:7860", "2001:db8::7"),
        ("192.0.2.7", "192.0.2.7:7860", "192.0.2.7"),
        ("0.0.0.0", "papers.example.org", "192.0.2.7"),
        ("127.0.0.1", "papers.example.org:8080", "127.0.0.1"),
    ],
)
def test_own_names_and_those_of_the_setting_are_answered(bound: str, host: str, at: str) -> None:
    assert Hosts(bound, ["papers.example.org"]).refusal(scope(host, at=at)) == ""


@pytest.mark.parametrize(
    ("bound", "host"),
    [
        ("127.0.0.1", "192.0.2.7"),
        ("127.0.0.1", "localhost.evil.test"),
        ("0.0.0.0", "evil.test"),
        ("0.0.0.0", "198.51.100.1:7860"),
        ("0.0.0.0", "127.0.0.1.evil.test:80"),
        ("0.0.0.0", "papers.example.org.evil.test"),
    ],
)
def test_a_refusal_says_which_name_and_which_setting(bound: str, host: str) -> None:
    said = Hosts(bound, ["papers.example.org"]).refusal(scope(host, at="192.0.2.7"))
    name = host.partition(":")[0]
    assert f"--allowed-host {name}" in said and f"CITEWELL_ALLOWED_HOSTS={name}" in said


@given(st.text(max_size=40))
def test_whatever_is_no_name_is_refused(host: str) -> None:
    known = {"localhost", "127.0.0.1", "[::1]"}
    is_known = host.lower().rpartition(":")[0] in known or host.lower().rstrip(".") in known
    assert Hosts().refusal(scope(host)) or is_known


@pytest.mark.parametrize(
    ("origin", "is_own"),
    [
        ("http://localhost:7860", True),
        ("https://localhost:7860", True),
        ("https://papers.example.org", True),
        ("http://localhost:1", False),
        ("https://papers.example.org:8443", False),
        ("https://evil.test", False),
        ("null", False),
        ("file://", False),
    ],
)
def test_origins_follow_the_same_list(origin: str, is_own: bool) -> None:
    hosts = Hosts(allowed=["papers.example.org"])
    assert hosts.is_own_origin(scope("localhost:7860", origin=origin)) == is_own


@pytest.mark.parametrize("wrong", ["https://papers.example.org", "a/b", "*", "", "a b", "a@b"])
def test_what_is_no_name_is_no_setting(wrong: str) -> None:
    with pytest.raises(ConfigError, match="no name of a host"):
        Hosts(allowed=[wrong])


def test_several_names_may_stand_in_the_variable() -> None:
    assert listed(["a.test, b.test", "c.test"]) == ["a.test", "b.test", "c.test"]


def test_every_door_asks_the_same() -> None:
    hosts = Hosts("0.0.0.0", ["papers.example.org"])
    doors: list[tuple[Any, list[tuple[str, str]]]] = [
        (lambda: page.create_app(Scripted(), hosts=hosts), [("GET", "/")]),
        (
            lambda: api.create_app(Scripted(), hosts=hosts),  # type: ignore[arg-type]
            [("GET", "/v1/models"), ("POST", "/mcp")],
        ),
    ]
    for make, asked in doors:
        with served(make) as where, httpx.Client(base_url=where) as client:
            for method, path in asked:
                refused = client.request(method, path, headers={"Host": "evil.test"})
                assert refused.status_code in (400, 403), path
                assert "--allowed-host evil.test" in refused.text
                known = client.request(method, path, headers={"Host": "papers.example.org"})
                assert "--allowed-host" not in known.text, path
