"""The list of papers as people use it, in a real Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser import ROWS, SHIFTS, Visitor, counted, go, listed

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]


def test_search_sort_and_filter(small_address: str, visit: Visit) -> None:
    visitor = visit(small_address)
    page = visitor.page
    page.get_by_role("link", name="Papers", exact=True).click()
    counted(visitor, "65 papers")
    assert len(listed(visitor)) == 50
    page.get_by_label("Search titles and abstracts").fill("violin")
    counted(visitor, "16 of 65 papers")
    assert all("violin" in title for title in listed(visitor))
    page.get_by_role("button", name="Title").click()
    page.wait_for_selector("th[data-sort=title][aria-sort=ascending]")
    page.wait_for_function("!document.querySelector('[data-place=list][aria-busy=true]')")
    assert listed(visitor) == sorted(listed(visitor))
    page.get_by_label("Upvotes, at least").fill("60")
    page.wait_for_selector("text=No paper has all of these words and meets the filters.")
    page.get_by_role("button", name="Clear filters").last.click()
    counted(visitor, "65 papers")
    page.get_by_role("button", name="Next →").click()
    page.wait_for_function(f"document.querySelectorAll('{ROWS}').length === 15")
    assert page.get_by_role("button", name="Next →").is_disabled()


def test_enter_ranks_by_meaning(small_address: str, visit: Visit) -> None:
    visitor = visit(small_address)
    go(visitor)
    visitor.page.get_by_label("Search titles and abstracts").fill("violin")
    counted(visitor, "16 of 65 papers")
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_selector(".pp-chips >> text=ranked by meaning: violin")


def test_nothing_jumps_while_one_types(small_address: str, visit: Visit) -> None:
    visitor = visit(small_address)
    go(visitor)
    top = "document.querySelector('.pp-table').getBoundingClientRect().top"
    before = visitor.page.evaluate(top)
    visitor.page.keyboard.press("/")
    visitor.page.keyboard.type("bread")
    counted(visitor, "16 of 65 papers")
    assert visitor.page.evaluate(top) == before


def test_months_are_bars_that_filter(small_address: str, visit: Visit) -> None:
    visitor = visit(small_address)
    page = visitor.page
    go(visitor)
    page.wait_for_selector(".pp-bars button")
    assert "22 of 65 papers have a date" in page.inner_text(".pp-time figcaption")
    page.locator(".pp-bars button:enabled").first.focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.wait_for_selector(".pp-bars .pp-on")
    name = page.locator(".pp-bars .pp-on").get_attribute("aria-label")
    month, _, count = name.partition(": ")
    counted(visitor, f"{count.split()[0]} of 65 papers")
    assert month == "Jul 2025"
    assert all(
        re.fullmatch(r"Jul \d+, 2025", text)
        for text in page.locator("td.pp-date").all_inner_texts()
    )
    page.get_by_role("button", name="43 have none").click()
    counted(visitor, "43 of 65 papers")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_has_room_for_everything(small_address: str, visit: Visit, scheme: str) -> None:
    visitor = visit(
        small_address, viewport={"width": 390, "height": 844}, has_touch=True, color_scheme=scheme
    )
    page = visitor.page
    for place in ("", "/map", "/add"):
        go(visitor, place)
        page.wait_for_timeout(200)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), place
        visitor.picture(f"papers-phone-{scheme}{place.replace('/', '-')}")
    go(visitor)
    page.get_by_role("button", name="Filters").tap()
    page.get_by_label("Upvotes, at least").fill("60")
    counted(visitor, "1 of 65 papers")
    assert "60 upvotes" in page.inner_text(f"{ROWS} .pp-under")
    page.locator(f"{ROWS} a").tap()
    page.wait_for_selector(".pp-two")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_all_is_named_and_reached_by_keys(small_address: str, visit: Visit) -> None:
    visitor = visit(small_address)
    page = visitor.page
    go(visitor)
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('.cw-papers :is(a, button, input, select)')]
          .filter(e => e.checkVisibility())
          .filter(e => !(e.ariaLabel || e.labels?.length || e.textContent.trim()))
          .map(e => e.outerHTML)"""
    )
    assert nameless == []
    page.locator(f"{ROWS} a").first.focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") == listed(visitor)[1]
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    page.wait_for_selector("text=1 selected")


def test_the_order_told_is_the_order_in_force(small_address: str, visit: Visit) -> None:
    visitor = visit(small_address, viewport={"width": 390, "height": 844}, has_touch=True)
    page = visitor.page
    go(visitor)
    order = page.get_by_label("Sort by")
    assert order.locator("option:checked").inner_text() == "newest"
    assert page.locator("[data-sort=date]").get_attribute("aria-sort") == "descending"
    assert "best match" not in order.inner_text()
    page.get_by_label("Search titles and abstracts").fill("violin")
    counted(visitor, "16 of 65 papers")
    assert order.locator("option:checked").inner_text() == "best match"
    order.select_option("title")
    page.wait_for_selector("th[data-sort=title][aria-sort=ascending]", state="attached")
    page.get_by_label("Search titles and abstracts").fill("")
    counted(visitor, "65 papers")
    assert order.locator("option:checked").inner_text() == "title"


@pytest.mark.parametrize("width", [1280, 390])
def test_while_the_list_is_read_nothing_stands_where_it_will_be(
    small_address: str, visit: Visit, width: int
) -> None:
    visitor = visit(small_address, viewport={"width": width, "height": 844})
    page = visitor.page
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    page.route("**/citewell/api/papers/list", hold)
    page.evaluate(SHIFTS)
    page.evaluate("location.hash = '#/papers'")
    page.wait_for_selector("text=Reading the papers …")
    page.wait_for_selector(".pp-bars button")
    page.wait_for_timeout(100)
    assert not page.get_by_role("button", name="Next →").is_visible()
    assert not page.locator(".pp-table").is_visible()
    for route in held:
        route.continue_()
    counted(visitor, "65 papers")
    page.wait_for_timeout(200)
    assert sum(page.evaluate("shifts")) < 0.02
