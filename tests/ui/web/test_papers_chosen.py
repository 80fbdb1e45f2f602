"""Papers that are chosen: kept, exported, asked about."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.assistant import Assistant
from tests.browser import ROWS, Visitor, counted, go

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]


def test_a_selection_is_saved_as_a_bibliography(small_address: str, visit: Visit) -> None:
    visitor = visit(small_address)
    page = visitor.page
    go(visitor)
    page.locator(f"{ROWS} input").nth(0).click()
    page.locator(f"{ROWS} input").nth(1).click()
    page.get_by_label("Export as").select_option("RIS")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Export", exact=True).click()
    assert saved.value.path().read_text("utf-8").count("TY  - ") == 2


def test_what_is_asked_from_a_private_conversation_stays_private(
    assistant: Assistant, small_address: str, visit: Visit
) -> None:
    visitor = visit(small_address)
    page = visitor.page
    page.get_by_role("button", name="Conversations").click()
    page.get_by_role("button", name="New private one").click()
    page.wait_for_selector("text=Private, not kept")
    go(visitor)
    page.locator(f"{ROWS} input").first.click()
    page.get_by_role("button", name="Ask about this one").click()
    page.wait_for_selector("text=Only this paper")
    visitor.ask("what is xylophonic here?")
    assert "Private, not kept" in page.inner_text(".cw-head")
    for file in assistant.config.data_dir.glob("conversations*"):
        assert b"xylophonic" not in file.read_bytes()


def test_a_selection_outlives_filters_views_and_reloads(small_address: str, visit: Visit) -> None:
    visitor = visit(small_address)
    page = visitor.page
    go(visitor)
    page.get_by_label("Search titles and abstracts").fill("violin")
    counted(visitor, "16 of 65 papers")
    page.get_by_role("button", name="Select all 16").click()
    page.wait_for_selector("text=16 selected")
    page.get_by_label("Search titles and abstracts").fill("")
    counted(visitor, "65 papers")
    boxes = page.locator(f"{ROWS} input")
    boxes.nth(0).click()
    boxes.nth(3).click(modifiers=["Shift"])
    chosen = page.locator(f"{ROWS} input:checked").count()
    selected = page.inner_text(".pp-picked [role=status]")
    page.reload()
    page.wait_for_selector(ROWS)
    assert page.inner_text(".pp-picked [role=status]") == selected
    assert page.locator(f"{ROWS} input:checked").count() == chosen
    page.get_by_role("button", name="List these").click()
    counted(visitor, f"{selected.split()[0]} of 65 papers")
    page.get_by_role("button", name="Clear", exact=True).click()
    counted(visitor, "65 papers")
    assert not page.locator(".pp-picked").is_visible()


def test_questions_keep_to_a_selection_until_it_is_taken_away(
    small_address: str, visit: Visit
) -> None:
    visitor = visit(small_address)
    page = visitor.page
    go(visitor)
    page.get_by_label("Search titles and abstracts").fill("violin 2025")
    page.get_by_label("Search titles and abstracts").fill("violin")
    counted(visitor, "16 of 65 papers")
    page.get_by_role("button", name="Select all 16").click()
    page.get_by_role("button", name="Ask about these").click()
    page.wait_for_selector("text=Only these 16 papers")
    assert page.get_by_role("heading", name="Ask about these 16 papers").is_visible()
    assert not page.locator(".cw-examples").is_visible()  # they are about all papers
    focused = "document.activeElement === document.querySelector('#cw-question')"
    assert page.evaluate(focused)
    visitor.ask("which of these are from 2025?")
    chips = page.locator(".cw-turn:last-child .cw-chips li").all_inner_texts()
    assert any("2025" in chip for chip in chips)
    assert any("only these 16 papers" in chip for chip in chips)
    cards = page.locator(".cw-turn:last-child [data-part=sources] > .cw-card h3")
    assert cards.count() and all("violin" in text for text in cards.all_inner_texts())
    visitor.ask("what about bread fermentation?")
    cards = page.locator(".cw-turn:last-child .cw-card h3")
    assert all("violin" in text for text in cards.all_text_contents())

    page.reload()
    page.wait_for_selector(".cw-turn")
    assert "Only these 16 papers" in page.inner_text(".cw-ask")
    page.get_by_role("button", name="Ask about all papers again").click()
    assert not page.locator(".cw-scope").is_visible()
    visitor.ask("bread fermentation in place 2")
    titles = page.locator(".cw-turn:last-child .cw-card h3").all_text_contents()
    assert any("bread" in title for title in titles)
    page.reload()
    page.wait_for_selector(".cw-turn")
    page.wait_for_timeout(300)
    assert not page.locator(".cw-scope").is_visible()


def test_a_new_conversation_is_about_all_papers(small_address: str, visit: Visit) -> None:
    visitor = visit(small_address)
    page = visitor.page
    go(visitor)
    page.locator(f"{ROWS} a").first.click()
    page.get_by_role("button", name="Ask about this paper").click()
    page.wait_for_selector("text=Only this paper")
    visitor.ask("what is found?")
    assert "only this paper" in visitor.text("ask")
    page.get_by_role("button", name="New conversation").click()
    page.wait_for_selector(".cw-hello")
    assert not page.locator(".cw-scope").is_visible()
