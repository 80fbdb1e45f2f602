"""Constraints as chips: taken away, put back, changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.filters import Filters
from tests.browser import Visitor
from tests.ui.web.scripted import Scripted

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
FIRST = "which papers mitigate entropy collapse in RLVR?"


def test_constraints_are_chips_that_can_be_taken_away(
    address: str, scripted: Scripted, visit: Visit
) -> None:
    visitor = visit(address)
    visitor.ask("papers of 2025")
    assert "from 2025" in visitor.text("ask")
    visitor.page.get_by_role("button", name="Ask again without: from 2025").click()
    put_back = visitor.page.get_by_role("button", name="Ask again with: from 2025")
    put_back.wait_for()
    visitor.wait("done")
    assert visitor.page.locator(".cw-gone del").inner_text() == "from 2025"
    assert "at most 3 papers" in visitor.text("ask")
    filters = scripted.asked[-1][2]
    assert filters and filters.limit == 3 and filters.date_from is None
    # Still so when it is asked once more, and after a reload; and it can come back.
    visitor.page.get_by_role("button", name="Ask again", exact=True).click()
    visitor.page.wait_for_timeout(300)
    visitor.wait("done")
    assert len(scripted.asked) == 3
    visitor.page.reload()
    put_back.wait_for()
    visitor.picture("taken-away")
    put_back.click()
    visitor.page.wait_for_selector(".cw-turn[data-state=done] .cw-chips:not(:has(.cw-gone))")
    assert "from 2025" in visitor.text("ask")
    filters = scripted.asked[-1][2]
    assert filters and filters.limit == 3 and filters.date_from == "2025-01-01"


def test_constraints_can_be_changed_and_added(
    address: str, scripted: Scripted, visit: Visit
) -> None:
    visitor = visit(address)
    page = visitor.page
    visitor.ask("papers of 2025")
    page.get_by_role("button", name="Constraints").click()
    assert page.get_by_label("Papers, at most").input_value() == "3"
    page.get_by_label("Published until").first.fill("2025-06-30")
    page.get_by_label("Papers, at most").fill("")
    page.get_by_label("Sort by").first.select_option("latest first")
    visitor.picture("constraints")
    page.get_by_role("button", name="Ask with these").click()
    page.wait_for_selector(".cw-turn[data-state=done] .cw-chips:has-text('latest first')")
    filters = scripted.asked[-1][2]
    assert filters == Filters(
        date_from="2025-01-01", date_to="2025-06-30", sort="date", order="desc"
    )
    assert page.locator(".cw-turn").count() == 1
