"""The page served in this process, and a real Chromium to look at it."""

from __future__ import annotations

import contextlib
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from scripted import Scripted

from rag.config import Config

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PICTURES = Path(__file__).parents[3] / "build" / "shots"


@contextlib.contextmanager
def served(make_app: Callable[[], Any], port: int = 0) -> Iterator[str]:
    """An app on a (free) port of this machine, made and run in a thread; yields its address."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("127.0.0.1", port))
    config = uvicorn.Config(
        make_app, factory=True, log_level="critical", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    assert server.started
    try:
        yield f"http://127.0.0.1:{sock.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        sock.close()


@pytest.fixture
def scripted(tmp_path: Path) -> Scripted:
    return Scripted(config=Config(data_dir=tmp_path))


@pytest.fixture
def address(scripted: Scripted) -> Iterator[str]:
    from ui.web.server import create_app

    with served(lambda: create_app(scripted)) as where:
        yield where


@pytest.fixture(scope="session")
def real_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page over the real assistant, its corpus a part of the bundled one."""
    from ingest.build import ingest
    from rag import wiring
    from rag.catalog import Catalog
    from ui.session import bundled
    from ui.web.server import create_app

    config = Config(data_dir=tmp_path_factory.mktemp("real"), mode="extractive")
    catalog, embedder = Catalog(config.data_dir), wiring.make_embedder(config)
    records = bundled().records
    near = [r for r in records if "entropy" in r.abstract or "RLVR" in r.abstract]
    ingest([*near[:24], *records[:24]], catalog, embedder)
    assistant = wiring.assistant(config, catalog=catalog, embedder=embedder)
    with served(lambda: create_app(assistant)) as where:
        yield where


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no Chromium; on Debian: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Visitor:
    """A person at a browser: does what people do, and notes what the browser asks of whom."""

    page: Any
    requests: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def ask(self, question: str, *, until: str | None = "done") -> None:
        before = self.page.locator(".cw-turn").count()
        self.page.get_by_label("Your question").fill(question)
        self.page.keyboard.press("Enter")
        self.page.wait_for_function(
            "n => document.querySelectorAll('.cw-turn').length > n", arg=before
        )
        if until:
            self.wait(until)

    def wait(self, state: str) -> None:
        self.page.wait_for_selector(f".cw-turn:last-child[data-state={state}]")

    def text(self, part: str = "") -> str:
        place = f".cw-turn:last-child [data-part={part}]" if part else ".cw-turns"
        return str(self.page.inner_text(place))

    def picture(self, name: str) -> None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png")


@pytest.fixture
def visit(chromium: Any) -> Iterator[Callable[..., Visitor]]:
    """Opens the page in a browser of its own. Afterwards: nothing but our own address was asked
    for anything, no script failed, and nothing was refused by the page's policy."""
    visitors: list[tuple[str, Visitor, Any]] = []

    def visit(address: str, **context: Any) -> Visitor:
        own = chromium.new_context(
            **{"viewport": {"width": 1280, "height": 800}, "service_workers": "block", **context}
        )
        own.set_default_timeout(20_000)
        page = own.new_page()
        visitor = Visitor(page)
        page.on("request", lambda request: visitor.requests.append(request.url))
        page.on("pageerror", lambda error: visitor.faults.append(str(error)))
        page.on(
            "console",
            lambda message: (
                visitor.faults.append(message.text) if message.type == "error" else None
            ),
        )
        page.goto(address)
        page.wait_for_selector(".cw-hello")
        visitors.append((address, visitor, own))
        return visitor

    yield visit
    for address, visitor, own in visitors:
        wide = visitor.page.evaluate("document.documentElement.scrollWidth > innerWidth")
        own.close()
        assert not wide
        outside = [
            url for url in visitor.requests if not url.startswith((address, "data:", "blob:"))
        ]
        assert not outside
        assert not visitor.faults
