"""What is read: quotes behind numbers, the way back to them, dates, addresses, long questions."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from rag.records import Paper
from tests.browser import Visitor, served
from tests.ui.web.small_corpus import paper, stocked
from ui.web.chat.conversations import Conversations, Entry
from ui.web.server import create_app

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
NUMBERS = ".cw-prose .cw-cite"
IS_FOCUSED = "e => e === document.activeElement"


@pytest.mark.parametrize("width", [1280, 390])
def test_from_a_source_back_to_the_number(address: str, visit: Visit, width: int) -> None:
    visitor = visit(address, viewport={"width": width, "height": 800})
    page = visitor.page
    visitor.ask("which papers?")
    number = page.locator(NUMBERS).nth(1)
    number.click()
    card = page.locator(".cw-card.cw-on")
    assert card.evaluate(IS_FOCUSED)
    if width == 390:
        card.get_by_role("button", name="Back to the answer").click()
    else:
        assert not card.get_by_role("button", name="Back to the answer").is_visible()
        page.keyboard.press("Escape")
    assert number.evaluate(IS_FOCUSED)
    page.wait_for_timeout(700)
    assert visitor.sees(f":nth-match({NUMBERS}, 2)")


@pytest.mark.parametrize("touch", [True, False])
def test_numbers_have_24_pixels_each_to_press(address: str, visit: Visit, touch: bool) -> None:
    visitor = visit(address, viewport={"width": 390, "height": 800}, has_touch=touch)
    visitor.ask("which papers?")
    taken = visitor.page.locator(NUMBERS).evaluate_all(
        """all => all.map((number) => {
          number.scrollIntoView({ behavior: "instant", block: "center" });
          const box = number.getBoundingClientRect();
          const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
          return [[-11.9, 0], [11.9, 0], [0, -11.9], [0, 11.9]].every(
            ([right, down]) => document.elementFromPoint(x + right, y + down) === number);
        })"""
    )
    assert len(taken) > 1
    assert all(taken)


def test_the_quote_shows_by_its_number(address: str, visit: Visit) -> None:
    visitor = visit(address)
    page = visitor.page
    visitor.ask("which papers?")
    number, tip = page.locator(NUMBERS).first, page.locator("#cw-quote")
    quote = page.locator("mark[data-n='1']").inner_text().removeprefix("1")
    number.hover()
    assert f"“{quote}”" in tip.inner_text()
    tip.hover()
    assert tip.is_visible()
    page.locator("h1").hover()
    tip.wait_for(state="hidden")
    number.focus()  # as by the mouse, which leaves nothing to show
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert number.evaluate(IS_FOCUSED)
    assert tip.is_visible()
    page.keyboard.press("Escape")
    assert not tip.is_visible()
    assert number.evaluate(IS_FOCUSED)


def test_each_view_has_one_main_and_leads_to_conversations(address: str, visit: Visit) -> None:
    visitor = visit(address)
    page = visitor.page
    visitor.ask("which papers?")
    links = page.locator(".cw-views a")
    for name in links.all_inner_texts():
        links.get_by_text(name, exact=True).click()
        assert page.locator("main:visible").count() == 1, name
        page.get_by_role("button", name="Conversations").click()
        page.locator(".cw-entry").wait_for()
        page.keyboard.press("Escape")
        assert page.get_by_role("button", name="New conversation").is_visible(), name
    page.get_by_role("button", name="New conversation").click()
    page.locator(".cw-hello").wait_for()
    assert page.evaluate("location.hash") == "#/"


ADDRESS = "https://code.test/a_b?c=1&d=%22"
WITH_ADDRESSES = Paper(
    paper_id="t-linked",
    title="On glaciers <i>",
    abstract=f"We melt glaciers (see {ADDRESS}). Not <a href=x>javascript:alert(1)</a> ftp://x.test.",
    published="2025-10-11",
    date_precision="day",
)


def assert_linked(place: Any) -> None:
    place.locator("a").first.wait_for()
    (link,) = place.locator("a").all()
    assert link.inner_text() == link.get_attribute("href") == ADDRESS
    assert link.get_attribute("target") == "_blank"
    assert link.get_attribute("rel") == "noopener noreferrer"
    assert link.get_attribute("referrerpolicy") == "no-referrer"
    assert "<a href=x>javascript:alert(1)</a> ftp://x.test." in place.inner_text()


def test_addresses_in_abstracts_are_links_and_dates_those_of_the_browser(
    tmp_path: Path, visit: Visit
) -> None:
    papers = [WITH_ADDRESSES, *(paper(at) for at in range(4))]
    with served(lambda: create_app(stocked(tmp_path, papers))) as address:
        visitor = visit(address, locale="de-DE")
        page = visitor.page
        visitor.ask("papers of 2025, newest first")
        card = page.locator(".cw-card")
        if card.get_by_text("Whole abstract").count():
            card.get_by_text("Whole abstract").click()
        assert_linked(card.locator(".cw-abstract"))
        shown = card.locator("time")
        assert shown.get_attribute("datetime") == "2025-10-11"
        assert shown.inner_text() == "11. Okt. 2025"
        assert "October" not in visitor.text("answer")
        page.goto(f"{address}/#/papers/{card.get_attribute('data-paper')}")
        assert_linked(page.locator(".pp-abstract"))
        assert page.locator(".pp-facts time").first.inner_text() == "11. Okt. 2025"
        assert "cosine" not in page.inner_text("main")
        assert ".txt" not in page.inner_text("main")
        page.evaluate("location.hash = '#/papers'")
        page.locator(".pp-date", has_text="11. Okt. 2025").wait_for()


def test_a_page_of_text_leaves_room_for_its_answer(address: str, visit: Visit) -> None:
    visitor = visit(address, viewport={"width": 390, "height": 844})
    page = visitor.page
    visitor.ask("plain " + "words about entropy in the training of models " * 60)
    visitor.page.wait_for_timeout(500)
    assert page.locator(".cw-prose").bounding_box()["y"] < 844 / 2
    question = page.locator(".cw-question")
    height = question.bounding_box()["height"]
    opener = page.get_by_role("button", name="Whole question")
    opener.click()
    assert question.bounding_box()["height"] > 3 * height
    page.get_by_role("button", name="Less").click()
    assert question.bounding_box()["height"] == height
    assert page.get_by_role("button", name="Edit").is_visible()


def test_typing_fast_finds_what_was_typed(
    address: str, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = Conversations.entries

    def slower_for_less(
        self: Conversations, owner: str | None, words: str = "", **most: int
    ) -> Sequence[Entry]:
        time.sleep(max(0.0, 0.4 - 0.1 * len(words)))
        return entries(self, owner, words, **most)

    visitor = visit(address)
    page = visitor.page
    for question in ("which zebras?", "which zebus?", "which lions?"):
        visitor.ask(question)
        page.get_by_role("button", name="New conversation").click()
        page.locator(".cw-hello").wait_for()
    monkeypatch.setattr(Conversations, "entries", slower_for_less)
    page.get_by_role("button", name="Conversations").click()
    page.get_by_label("Search conversations").press_sequentially("zebra", delay=15)
    page.wait_for_timeout(2000)
    assert page.locator(".cw-entry").all_inner_texts() == ["which zebras?"]
    page.get_by_label("Search conversations").fill("")
    page.wait_for_timeout(1000)
    assert page.locator(".cw-entry").count() == 3
