"""Adding papers on the page, in a real Chromium."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rag.assistant import Assistant
from tests.browser import Visitor, counted, go, listed, served
from tests.ui.web.small_corpus import corpus, lines, paper, stocked
from tests.ui.web.written import HOSTILE
from ui.web.server import create_app

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]


def test_files_are_added_after_a_look(tmp_path: Path, visit: Visit) -> None:
    own = stocked(tmp_path / "own", corpus(8))
    evil = paper(90, title=HOSTILE.title + " new", abstract=HOSTILE.abstract)
    with served(lambda: create_app(own)) as where:
        visitor = visit(where)
        page = visitor.page
        assert "9 papers" in page.inner_text(".cw-head")
        go(visitor, "/add")
        page.set_input_files(
            ".pp-drop input",
            [
                {
                    "name": "<img src=x onerror=window.pwned=1>.jsonl",
                    "mimeType": "application/json",
                    "buffer": lines(paper(91), evil) + b"{broken\n",
                },
            ],
        )
        page.wait_for_selector("text=Recognised, not written yet")
        assert "2 new" in page.inner_text(".pp-add")
        assert "Line 3" in page.inner_text(".pp-problems")
        assert len(own.index_manager.catalog) == 9
        visitor.picture("papers-preview")
        page.get_by_role("button", name="Add 2 papers").click()
        page.wait_for_selector("text=Added 2 papers", timeout=60_000)
        page.wait_for_function(
            "document.querySelector('.cw-head [data-papers]').textContent === '11 papers'"
        )
        page.get_by_role("link", name="See the list").click()
        counted(visitor, "11 papers")
        page.get_by_role("link", name="Chat").click()
        visitor.ask("what about tidal turbines number 91?")
        assert "11 papers" in page.inner_text(".cw-head")
        assert page.evaluate("window.pwned") is None


def test_elsewhere_adding_is_told_how(assistant: Assistant, visit: Visit) -> None:
    with served(lambda: create_app(assistant, local=False)) as where:
        visitor = visit(where)
        visitor.page.evaluate("location.hash = '#/papers/add'")
        visitor.page.wait_for_selector("text=Papers are added on the machine itself")
        assert "citewell ingest" in visitor.page.inner_text(".pp-add")
        assert visitor.page.locator(".pp-add input[type=file]").count() == 0


def test_an_empty_corpus_says_what_to_do(tmp_path: Path, visit: Visit) -> None:
    with served(lambda: create_app(stocked(tmp_path / "none", []))) as where:
        visitor = visit(where)
        visitor.page.evaluate("location.hash = '#/papers'")
        visitor.page.wait_for_selector("text=There are no papers yet.")
        visitor.page.evaluate("location.hash = '#/papers/map'")
        visitor.page.wait_for_selector(".pp-wait >> text=There is nothing to draw yet.")


def test_a_lost_server_is_told(tmp_path: Path, visit: Visit) -> None:
    with served(lambda: create_app(stocked(tmp_path / "lost", corpus(4)))) as where:
        visitor = visit(where)
        go(visitor)
        counted(visitor, "5 papers")
        # Whether the server is there is looked up behind the failure.
        with visitor.page.expect_response("**/gradio_api/app_id"):
            visitor.page.route("**/citewell/api/**", lambda route: route.abort())
            visitor.page.get_by_label("Search titles and abstracts").fill("violin")
            visitor.page.wait_for_selector("text=Citewell does not answer.")
            assert len(listed(visitor)) == 5  # what was there stays
            visitor.page.unroute("**/citewell/api/**")
            visitor.page.get_by_label("Search titles and abstracts").fill("bread")
            counted(visitor, "1 of 5 papers")
        assert not visitor.page.locator("[data-place=trouble]").is_visible()
        visitor.faults.clear()  # the browser's own word for an aborted request
