"""The page served in this process, and a real Chromium to look at it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rag.assistant import Assistant
from rag.config import Config
from tests.browser import Visitor, served
from tests.ui.web.scripted import Scripted
from tests.ui.web.small_corpus import stocked

_LEFT = ("AbortError: signal is aborted", "Unexpected error Connection errored out")
"""What Gradio's script says when the page is left while its event stream is open: always the
first, and the second after it. The second by itself is a fault."""


@pytest.fixture
def scripted(tmp_path: Path) -> Scripted:
    return Scripted(config=Config(data_dir=tmp_path))


@pytest.fixture
def address(scripted: Scripted) -> Iterator[str]:
    from ui.web.server import create_app

    with served(lambda: create_app(scripted)) as where:
        yield where


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return stocked(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def small_address(assistant: Assistant) -> Iterator[str]:
    """The page over the papers of small_corpus.py."""
    from ui.web.server import create_app

    with served(lambda: create_app(assistant)) as where:
        yield where


@pytest.fixture(scope="session")
def real_address(bundled_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page over the real assistant and the bundled corpus."""
    from rag import wiring
    from rag.storage.catalog import Catalog
    from ui.web.server import create_app

    folder = tmp_path_factory.mktemp("real") / "data"
    shutil.copytree(bundled_dir, folder)
    config = Config(data_dir=folder, mode="extractive")
    assistant = wiring.assistant(
        config, catalog=Catalog(folder), embedder=wiring.make_embedder(config)
    )
    with served(lambda: create_app(assistant)) as where:
        yield where


@pytest.fixture
def visit(chromium: Any) -> Iterator[Callable[..., Visitor]]:
    """Opens the page in a browser of its own. Afterwards: nothing but our own address was asked
    for anything, no script failed, and nothing was refused by the page's policy."""
    visitors: list[tuple[str, Visitor, Any]] = []

    def visit(address: str, *, at: str = ".cw-hello", **context: Any) -> Visitor:
        own = chromium.new_context(
            **{"viewport": {"width": 1280, "height": 800}, "service_workers": "block", **context}
        )
        own.set_default_timeout(60_000)
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
        page.wait_for_selector(at)
        visitors.append((address.partition("/#")[0], visitor, own))
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
        left = any(fault.startswith(_LEFT[0]) for fault in visitor.faults)
        # A server may end before its page: what is asked of it then is no fault of the page.
        faults = [one for one in visitor.faults if not one.endswith("net::ERR_CONNECTION_REFUSED")]
        assert not [one for one in faults if not (left and one.startswith(_LEFT))]
