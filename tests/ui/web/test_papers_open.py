"""One paper, and the map of all, in a real Chromium."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser import ROWS, Visitor, counted, go, listed
from tests.ui.web.written import HOSTILE

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]


def test_the_paper_shown_is_the_one_asked_for_last(small_address: str, visit: Visit) -> None:
    visitor = visit(small_address)
    page = visitor.page
    go(visitor)
    links = page.locator(f"{ROWS} .pp-title a")
    first, second = (str(links.nth(n).get_attribute("href")) for n in (0, 1))
    titles = listed(visitor)
    held: list[Any] = []
    page.route("**/papers/paper?*", lambda r: r.continue_() if held else held.append(r))
    page.evaluate("hash => { location.hash = hash }", first)
    page.wait_for_selector("text=Opening …")
    page.evaluate("hash => { location.hash = hash }", second)
    page.wait_for_selector(f".pp-paper h3:text-is({titles[1]!r})")
    with page.expect_response("**/papers/paper?*"):
        held[0].continue_()
    page.wait_for_timeout(200)
    assert page.inner_text(".pp-paper h3") == titles[1]


def test_an_address_that_cannot_be_decoded_is_no_paper(small_address: str, visit: Visit) -> None:
    visitor = visit(f"{small_address}/#/papers/%E0%A4%A", at=".pp-paper [role=alert]")
    assert "URI" not in visitor.page.inner_text(".pp-paper")
    visitor.faults.clear()  # the browser notes the 404


def test_a_paper_its_nearest_and_the_way_back(small_address: str, visit: Visit) -> None:
    visitor = visit(small_address, permissions=["clipboard-read", "clipboard-write"])
    page = visitor.page
    go(visitor)
    page.get_by_role("button", name="Upvotes").click()
    page.wait_for_selector("th[data-sort=upvotes][aria-sort=descending]")
    page.wait_for_function("!document.querySelector('[data-place=list][aria-busy=true]')")
    row = page.locator(f"{ROWS} a").nth(9)
    row.scroll_into_view_if_needed()
    title, scrolled = row.inner_text(), page.evaluate("scrollY")
    row.click()
    page.wait_for_selector(".pp-two")
    assert page.inner_text(".pp-two h3") == title
    assert page.evaluate("document.activeElement.tagName") == "H3"
    assert page.locator(".pp-paper aside li").count() == 8
    page.get_by_role("button", name="Cite", exact=True).click()
    page.get_by_role("dialog", name="Cite this paper").wait_for()
    bibtex = page.get_by_role("button", name="Copy as BibTeX")
    bibtex.click()
    page.wait_for_function("document.activeElement.textContent === 'Copied'")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("@") and title in copied
    page.keyboard.press("Escape")
    page.locator(".pp-paper aside a").first.click()
    page.wait_for_function(
        "t => document.querySelector('.pp-two h3')?.textContent !== t", arg=title
    )
    page.go_back()
    page.wait_for_function(
        "t => document.querySelector('.pp-two h3')?.textContent === t", arg=title
    )
    page.go_back()
    page.wait_for_function("document.activeElement.closest('.pp-table') !== null")
    assert page.evaluate("document.activeElement.textContent") == title
    assert abs(page.evaluate("scrollY") - scrolled) < 3


def test_a_source_card_leads_to_its_paper(small_address: str, visit: Visit) -> None:
    visitor = visit(small_address)
    visitor.ask("what about violin making?")
    card = visitor.page.locator(".cw-card").first
    title = card.locator("h3").inner_text()
    visitor.more(card)
    card.get_by_role("link", name="In the corpus").click()
    visitor.page.wait_for_selector(".pp-two h3")
    assert visitor.page.inner_text(".pp-two h3") in title


def test_the_map_shows_opens_and_filters(small_address: str, visit: Visit) -> None:
    visitor = visit(small_address)
    page = visitor.page
    visitor.ask("what about violin making?")
    go(visitor, "/map")
    page.wait_for_selector(".pp-clusters li", timeout=120_000)
    assert "of your last answer" in page.inner_text(".pp-legend")
    assert "Map of 65 papers" in page.locator(".pp-map canvas").get_attribute("aria-label")
    page.wait_for_timeout(300)
    hit = page.evaluate(
        """async () => {
          const canvas = document.querySelector('.pp-map canvas');
          const tip = document.querySelector('.pp-tip');
          const box = canvas.getBoundingClientRect();
          for (let y = 4; y < box.height; y += 7) for (let x = 4; x < box.width; x += 7) {
            canvas.dispatchEvent(new PointerEvent('pointermove',
              { pointerType: 'mouse', clientX: box.x + x, clientY: box.y + y }));
            if (!tip.hidden) return [x, y, tip.textContent];
          }
        }"""
    )
    assert hit and hit[2]
    visitor.picture("papers-map")
    page.locator(".pp-map canvas").click(position={"x": hit[0], "y": hit[1]})
    page.wait_for_selector(".pp-two h3")
    assert page.inner_text(".pp-two h3") == hit[2]
    go(visitor, "/map")
    group = page.locator(".pp-clusters li button").first
    size = group.locator("span").last.inner_text()
    group.focus()
    page.keyboard.press("Enter")
    counted(visitor, f"{size} of 65 papers")
    assert page.locator(".pp-chips li").count() == 1


def test_foreign_text_stays_text(small_address: str, visit: Visit) -> None:
    visitor = visit(small_address)
    page = visitor.page
    go(visitor)
    page.get_by_label("Search titles and abstracts").fill("quoted bold")
    counted(visitor, "1 of 65 papers")
    assert listed(visitor) == [" ".join(HOSTILE.title.split())]
    page.locator(f"{ROWS} a").click()
    page.wait_for_selector(".pp-abstract")
    assert "<script>" in page.inner_text(".pp-abstract")
    assert page.locator("a[href^='javascript']").count() == 0
    assert page.locator(".pp-paper :is(script, iframe, form, img, svg, b)").count() == 0
    go(visitor, "/map")
    page.wait_for_selector(".pp-clusters li", timeout=120_000)
    assert page.evaluate("window.pwned") is None
