"""The site of the documents: nothing is left out of it, and it loads nothing from elsewhere."""

from __future__ import annotations

import functools
import re
import shutil
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from scripts.reference import commands, routes
from tests.documents import DOCUMENTS, README, ROOT
from tests.test_docs_commands import commands as known_commands
from tests.test_docs_links import anchors

SITE = ROOT / "build" / "site"
NAV = (ROOT / "mkdocs.yml").read_text("utf-8").partition("\nnav:")[2]


def test_every_page_has_its_place() -> None:
    """`make docs` would say so as well."""
    listed = [line.split("#")[0] for line in NAV.splitlines()]
    named = re.findall(r"[\w/]+\.md", "\n".join(listed))
    pages = [p.relative_to(ROOT / "docs").as_posix() for p in (ROOT / "docs").rglob("*.md")]
    assert sorted(named) == sorted([*pages, "contributing.md", "changelog.md", "security.md"])


def test_sections_that_pages_take_are_there() -> None:
    taken = [
        name
        for document in DOCUMENTS
        if document.parent != ROOT
        for name in re.findall(r"<!-- readme: (.+?) -->", document.read_text("utf-8"))
    ]
    found = {re.sub(r"[^\w\- ]", "", name.lower()).replace(" ", "-") for name in taken}
    assert len(taken) == len(found) > 0
    assert found <= anchors(README)


def test_the_reference_has_every_command_and_option() -> None:
    written = commands()
    for name, command in known_commands().items():
        section = re.search(rf"(?ms)^## `citewell {name}`\n(.*?)(?=^## |\Z)", written)
        assert section, name
        for param in command.params:
            if param.name not in ("help", "debug"):
                options = [o for o in param.opts if o.startswith("-")]
                assert all(re.search(rf"`[^`]*{re.escape(o)}\b", section[1]) for o in options), (
                    f"{name} {param.opts}"
                )
    assert "[bold]" not in written


def test_the_reference_has_every_route() -> None:
    document = {
        "paths": {
            "/v1/x/{id}": {
                "post": {
                    "description": "What it\ndoes.",
                    "parameters": [
                        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
                    ],
                    "requestBody": {
                        "content": {"application/json": {"schema": {"$ref": "#/a/b/Body"}}}
                    },
                }
            }
        },
        "components": {
            "schemas": {
                "Body": {
                    "required": ["k"],
                    "properties": {
                        "k": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 10},
                        "mode": {"anyOf": [{"enum": ["a", "b"]}, {"type": "null"}]},
                    },
                }
            }
        },
    }
    written = routes(document)
    assert "## `POST /v1/x/{id}`\n\nWhat it does." in written
    assert "| `id` | string | path, needed |" in written
    assert "| `k` | integer | body, needed, from 1, to 1,000, default `10` |" in written
    assert "| `mode` | `a` or `b` or null | body |" in written


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    if not (SITE / "index.html").is_file():
        pytest.skip("the site is not built: make docs")

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=SITE))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(10)


@pytest.mark.browser
@pytest.mark.skipif(shutil.which("chromium") is None, reason="no Chromium here")
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_it_reads_without_a_network(chromium: Any, site: str, width: int, scheme: str) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    tab = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("pageerror", lambda error: said.append(str(error)))
    for page in ("", "tutorial/", "evaluation/", "architecture/", "reference/python/", "log/"):
        tab.goto(f"{site}/{page}")
        assert tab.locator("h1").count() == 1
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, page
        broken = "es => es.filter((e) => e.complete && !e.naturalWidth).map((e) => e.src)"
        assert tab.eval_on_selector_all("img", broken) == []
    tab.keyboard.press("/")
    tab.keyboard.type("citekey")
    tab.locator(".md-search-result__link").first.wait_for()
    assert [url for url in asked if not url.startswith((site, "data:", "blob:"))] == []
    assert said == []
    context.close()
