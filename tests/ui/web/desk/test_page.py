"""Tags, reading list, notes and saved searches in a real Chromium."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.build import ingest
from tests.browser import ROWS, Visitor, counted, go, listed, served
from tests.ui.web.small_corpus import corpus, paper, stocked
from ui.web.server import create_app

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]


def test_papers_are_marked_found_again_and_watched(visit: Visit, tmp_path: Path) -> None:
    held = stocked(tmp_path, corpus(8))
    with served(lambda: create_app(held)) as address:
        visitor = visit(f"{address}/#/papers?words=violin", at=f"{ROWS} >> visible=true")
        page = visitor.page
        title = listed(visitor)[0]
        page.get_by_role("link", name=title).click()
        page.get_by_role("combobox", name="Reading list").select_option("to read")
        page.get_by_role("combobox", name="Tags").fill("wood, to cite")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Remove the tag to cite").wait_for()
        note = page.get_by_role("textbox", name="Note", exact=True)
        note.fill("Ask the makers.")
        page.reload()  # at once: what was typed is never lost
        page.wait_for_function("document.querySelector('.mk textarea')?.value")
        assert note.input_value() == "Ask the makers."
        assert page.get_by_role("combobox", name="Reading list").input_value() == "to_read"

        go(visitor)
        page.locator(".pp-marks").wait_for()
        assert page.locator(".pp-marks").inner_text() == "to read · note · #wood · #to cite"
        mine = page.get_by_label("Mine")
        mine.select_option("#wood (1)")
        counted(visitor, "1 of 9 papers")
        assert listed(visitor) == [title]
        assert page.evaluate("location.hash") == "#/papers?tag=wood"
        page.get_by_role("button", name="Without: tagged wood").click()
        counted(visitor, "9 papers")

        go(visitor, "?words=violin")
        counted(visitor, "2 of 9 papers")
        page.get_by_role("button", name="Save search").click()
        name = page.get_by_label("Name of the search")
        assert name.input_value() == "violin"
        name.fill("Makers")
        page.keyboard.press("Enter")
        page.get_by_text("Saved. What is new to it").wait_for()

        ingest([paper(9), paper(10)], held.index_manager.catalog, held.embedder)
        page.reload()
        page.get_by_role("link", name="Saved (1 new)").click()
        page.get_by_text("1 new since").wait_for()
        page.get_by_role("button", name="Makers", exact=True).focus()
        page.keyboard.press("Enter")
        counted(visitor, "1 of 11 papers")
        assert listed(visitor) == [paper(9).title]
        assert page.locator(f"{ROWS} .pp-new").count() == 1
        page.get_by_role("button", name="Without: new to").click()
        counted(visitor, "3 of 11 papers")
        page.get_by_role("link", name="Saved", exact=True).click()
        page.get_by_role("button", name="Delete: Makers").click()
        page.get_by_role("button", name="Delete: Makers").click()
        page.get_by_text("No search is saved yet.").wait_for()


def test_a_question_and_a_source_are_kept_from_the_chat(visit: Visit, tmp_path: Path) -> None:
    held = stocked(tmp_path, corpus(8))
    with served(lambda: create_app(held)) as address:
        visitor = visit(address)
        page = visitor.page
        visitor.ask("violin making")
        visitor.more(page.locator("[data-part=status]").last)
        page.get_by_role("button", name="Save as search").click()
        page.get_by_role("button", name="Saved (under Papers, Saved)").wait_for()
        page.keyboard.press("Escape")
        visitor.more(page.locator("[data-part=sources] .cw-card").first)
        page.get_by_role("button", name="To my reading list").click()
        page.get_by_role("button", name="On my reading list").wait_for()
        page.keyboard.press("Escape")
        page.evaluate("location.hash = '#/papers/saved'")
        page.get_by_role("button", name="violin making", exact=True).click()
        page.locator(".pp-marks").wait_for()
        assert page.locator(".pp-marks").inner_text() == "to read"
