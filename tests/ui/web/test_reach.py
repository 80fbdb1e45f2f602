"""Keys, names, small screens and contrast: who can use the page."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser import Visitor
from tests.ui.web.contrast import low_contrast
from tests.ui.web.scripted import Scripted

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Visit = Callable[..., Visitor]
FIRST = "which papers mitigate entropy collapse in RLVR?"


def test_keyboard(address: str, scripted: Scripted, visit: Visit) -> None:
    visitor = visit(address)
    page = visitor.page
    box = page.get_by_label("Your question")
    page.locator("h1").click()
    assert not box.evaluate("box => box === document.activeElement")
    page.keyboard.press("/")
    assert box.evaluate("box => box === document.activeElement")
    page.keyboard.type("which")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("papers/?")
    assert box.input_value() == "which\npapers/?"
    page.keyboard.press("Enter")
    visitor.wait("done")
    assert scripted.asked[-1][0] == "which\npapers/?"
    assert box.input_value() == ""
    page.keyboard.press("Enter")
    page.wait_for_timeout(200)
    assert len(scripted.asked) == 1
    outline = box.evaluate("box => getComputedStyle(box.parentElement).boxShadow")
    assert outline != "none"


def test_everything_that_acts_has_a_name(address: str, visit: Visit) -> None:
    visitor = visit(address)
    visitor.ask("slow papers of 2025")
    visitor.page.get_by_text("2 papers nearby").click()
    nameless = visitor.page.evaluate(
        """() => [...document.querySelectorAll("button, a, textarea, input, [role=button]")]
          .filter((e) => e.offsetParent)
          .filter((e) => !(e.ariaLabel || e.innerText?.trim() || e.labels?.length))
          .map((e) => e.outerHTML)"""
    )
    assert nameless == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_small_screens(address: str, visit: Visit, scheme: str) -> None:
    visitor = visit(address, viewport={"width": 390, "height": 844}, color_scheme=scheme)
    visitor.ask("slow papers of 2025")
    assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    sources = visitor.page.locator(".cw-sources-part").bounding_box()
    answer = visitor.page.locator(".cw-answer-part").bounding_box()
    assert sources["y"] > answer["y"] + answer["height"]
    visitor.page.locator(".cw-prose .cw-cite").first.click()
    visitor.page.wait_for_timeout(700)
    assert visitor.sees("mark.cw-on")
    visitor.picture(f"phone-{scheme}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(address: str, visit: Visit, scheme: str) -> None:
    """Every text on the page against what is behind it: 4.5 to 1 (WCAG AA)."""
    visitor = visit(address, color_scheme=scheme)
    low = [low_contrast(visitor)]
    visitor.ask("slow papers of 2025")
    visitor.page.locator(".cw-prose .cw-cite").first.click()
    low.append(low_contrast(visitor))
    visitor.ask("damaged", until="failed")
    visitor.ask("fallback")
    low.append(low_contrast(visitor))
    assert low == [[], [], []]


@pytest.mark.parametrize("width", [640, 768, 900, 1280])
def test_the_head_hides_no_question(address: str, visit: Visit, width: int) -> None:
    visitor = visit(address, viewport={"width": width, "height": 800}, reduced_motion="reduce")
    visitor.ask("which papers?")
    visitor.ask("and which of these?")
    visitor.page.wait_for_function(
        """() => {
          const head = document.querySelector(".cw-head").getBoundingClientRect();
          const asked = document.querySelector(".cw-turn:last-child .cw-question");
          return head.height < 120 && asked.getBoundingClientRect().top >= head.bottom;
        }"""
    )
    visitor.picture(f"head-{width}")


def test_arrow_keys_go_through_a_menu(address: str, visit: Visit) -> None:
    visitor = visit(address)
    page = visitor.page
    visitor.ask("which papers?")
    opener = page.locator(".cw-card").first.get_by_role("button", name="More about")
    opener.press("Enter")
    focused = "document.activeElement.innerText.split('\\n')[0].trim()"
    seen = []
    for key in ("ArrowDown", "ArrowDown", "End", "ArrowDown", "ArrowUp"):
        page.keyboard.press(key)
        seen.append(page.evaluate(focused))
    assert seen[:2] == ["Cite", "In the corpus"]
    assert seen[2] == seen[4]
    assert seen[3] == "Cite"
    page.keyboard.press("Escape")
    assert opener.evaluate("opener => opener === document.activeElement")
