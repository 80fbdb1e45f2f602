"""The craft of the page: nothing jumps, the keyboard reaches everything, long things stay calm."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rag.config import Config
from tests.browser import SHIFTS, Visitor, served
from tests.ui.web.contrast import low_contrast
from tests.ui.web.scripted import Scripted
from ui.web.server import create_app

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Visit = Callable[..., Visitor]


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_jumps_while_an_answer_streams(
    address: str, scripted: Scripted, visit: Visit, width: int
) -> None:
    """The text grows, and the line under it goes down with it; that is all. The sum of shifts, as
    browsers measure them, stays far below the 0.1 that counts as good."""
    scripted.pace = 0.12  # slower than the half second after a key that browsers forgive
    visitor = visit(address, viewport={"width": width, "height": 800})
    visitor.page.evaluate(SHIFTS)
    visitor.ask("slow")
    visitor.page.wait_for_timeout(300)
    assert sum(visitor.page.evaluate("shifts")) < 0.02


def test_the_measure_of_shifts_measures(address: str, visit: Visit) -> None:
    visitor = visit(address)
    visitor.page.evaluate(SHIFTS)
    visitor.page.evaluate("document.querySelector('.cw-intro').style.paddingTop = '300px'")
    visitor.page.wait_for_function("shifts.length > 0")
    assert sum(visitor.page.evaluate("shifts")) > 0.02


def focused(page: Any) -> str:
    return str(
        page.evaluate(
            "(e => e.ariaLabel || e.labels?.[0]?.innerText || e.innerText || e.className)"
            "(document.activeElement)"
        )
    )


def test_a_story_without_a_mouse(address: str, scripted: Scripted, visit: Visit) -> None:
    """Ask, open a source, judge it, ask again, look at another view and come back."""
    visitor = visit(address)
    page = visitor.page
    page.keyboard.press("/")
    page.keyboard.type("which papers?")
    page.keyboard.press("Enter")
    visitor.wait("done")
    seen = []
    page.locator("h1").click()  # from the top of the page
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.append(focused(page))
        if seen[-1] == "Your question":
            break
    order = ["Chat", "Settings", "Edit", "Good answer", "Sources", "Your question"]
    places = [next(i for i, name in enumerate(seen) if name.startswith(one)) for one in order]
    assert places == sorted(places), seen
    page.locator(".cw-prose .cw-cite").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.matches('.cw-card')")
    while focused(page) != "Yes":
        page.keyboard.press("Tab")
    with page.expect_response("**/judging"):
        page.keyboard.press("Space")
    page.keyboard.press("/")
    page.keyboard.type("and then?")
    page.keyboard.press("Enter")
    page.wait_for_selector(".cw-turn:nth-child(2)[data-state=done]")
    assert len(scripted.asked) == 2
    page.get_by_role("link", name="Settings").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".cw-settings")
    page.go_back()  # Alt and the left arrow, which a browser without a window does not know
    page.wait_for_selector(".cw-turn:nth-child(2)", state="visible")


def test_every_place_shows_its_focus(address: str, visit: Visit) -> None:
    visitor = visit(address)
    page = visitor.page
    visitor.ask("which papers?")
    page.locator("h1").click()
    for _ in range(40):
        page.keyboard.press("Tab")
        shown = page.evaluate(
            """(e => {
              const box = e.closest(".cw-composer") ?? e;
              const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(box);
              return boxShadow !== "none" || (outlineStyle !== "none" && outlineWidth !== "0px");
            })(document.activeElement)"""
        )
        assert shown, focused(page)
        if focused(page) == "Your question":
            break


def test_a_long_question_is_set_as_text(address: str, visit: Visit) -> None:
    visitor = visit(address, viewport={"width": 390, "height": 844})
    visitor.ask("plain")
    visitor.ask("plain " + "words about entropy in the training of models " * 12)
    title, text = (
        visitor.page.locator(".cw-question").nth(n).evaluate("e => getComputedStyle(e).fontSize")
        for n in (0, 1)
    )
    assert float(text.rstrip("px")) < float(title.rstrip("px"))
    assert visitor.page.get_by_text("Read with what it needs").is_visible()
    assert "(after plain)" not in visitor.text("ask")
    visitor.page.get_by_text("Read with what it needs").click()
    assert "(after plain)" in visitor.text("ask")


def test_a_failing_model_of_another_machine_says_what_leaves_and_what_failed(
    tmp_path: Path, visit: Visit
) -> None:
    config = Config(data_dir=tmp_path, model="m", base_url="https://models.example.org/v1")
    with served(lambda: create_app(Scripted(config=config))) as address:
        visitor = visit(address, color_scheme="dark")
        assert "models.example.org" in visitor.page.inner_text(".cw-head")
        visitor.page.get_by_label("Quoted sentences, no model").check()
        assert "Nothing leaves this machine" in visitor.page.inner_text(".cw-head")
        visitor.ask("fallback")
        assert "quoted sentences instead" in visitor.text("answer")
        assert low_contrast(visitor) == []
