"""What the looks promise: room for fingers, nothing sideways, one format of dates, print."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rag.assistant import Assistant
from rag.config import Config
from rag.records import Answer, Sentence
from tests.browser import Visitor, served
from tests.ui.web.chat.test_render import QUERY, Seen
from tests.ui.web.chat.test_render import answer as answered
from tests.ui.web.contrast import low_contrast
from tests.ui.web.scripted import Scripted
from tests.ui.web.small_corpus import stocked
from tests.ui.web.written import CURE, PROPOSED, REGENERATED, STEER, quote
from ui.web.chat import prose
from ui.web.server import create_app

Visit = Callable[..., Visitor]
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
READY = {
    "papers": ".pp-table tbody a",
    "papers/map": ".pp-zoom",
    "papers/add": ".pp-drop",
    "evaluation": "[data-form=run]",
    "settings": "[data-slot=index] dt",
}

_SMALL = """() => [...document.querySelectorAll("button, a[href], summary, select, input")]
  .filter((e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
  .filter((e) => !e.closest(".cw-sr, .cw-skip, .cw-cite, .pp-bars, [type=file]"))
  .map((e) => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
  .filter(([, box]) => box.width && Math.min(box.width, box.height) < 39.5)
  .map(([html, box]) => `${Math.round(box.width)} × ${Math.round(box.height)}: ${html}`)"""


@pytest.fixture
def small_address(tmp_path: Path) -> Any:
    assistant: Assistant = stocked(tmp_path)
    with served(lambda: create_app(assistant)) as address:
        yield address


@pytest.mark.browser
def test_a_finger_has_room_and_nothing_goes_sideways(address: str, visit: Visit) -> None:
    visitor = visit(address, **PHONE)
    assert visitor.page.evaluate(_SMALL) == []
    visitor.ask("slow papers of 2025")
    visitor.ask("plain")
    assert visitor.page.evaluate(_SMALL) == []
    assert visitor.page.locator(".cw-head").bounding_box()["height"] <= 56
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.browser
@pytest.mark.parametrize("view", READY)
def test_views_have_room_on_a_phone(small_address: str, visit: Visit, view: str) -> None:
    visitor = visit(f"{small_address}/#/{view}", at=READY[view], **PHONE)
    assert visitor.page.evaluate(_SMALL) == []
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390
    visitor.page.get_by_role("button", name="Views").click()
    visitor.page.get_by_role("link", name="Chat").click()
    visitor.page.wait_for_selector(".cw-hello")


@pytest.mark.browser
def test_dates_have_one_format(small_address: str, visit: Visit) -> None:
    visitor = visit(small_address)
    visitor.ask("violin making papers of 2025")
    told = visitor.text("answer") + visitor.text("sources") + visitor.text("ask")
    visitor.page.goto(f"{small_address}/#/papers")
    visitor.page.wait_for_selector("td.pp-date")
    told += visitor.page.inner_text(".cw-papers")
    assert re.search(r"\b[A-Z][a-z]{2} 11, 2025\b", told)
    assert not re.search(r"\b20\d\d-\d\d\b", told)


@pytest.mark.browser
def test_on_paper_there_is_nothing_to_press(address: str, visit: Visit) -> None:
    visitor = visit(address)
    visitor.ask("plain")
    visitor.page.emulate_media(media="print")
    seen = visitor.page.evaluate(
        """[...document.querySelectorAll("button, textarea, nav, .cw-head")]
        .filter((e) => e.checkVisibility() && !e.matches(".cw-cite")).map((e) => e.outerHTML)"""
    )
    assert seen == []
    assert visitor.page.locator(".cw-card mark").first.is_visible()
    assert CURE.url in visitor.text("sources")
    answer = visitor.page.locator(".cw-answer-part").bounding_box()
    sources = visitor.page.locator(".cw-sources-part").bounding_box()
    assert sources["y"] >= answer["y"] + answer["height"]


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_menus_and_views_have_contrast(small_address: str, visit: Visit, scheme: str) -> None:
    visitor = visit(small_address, color_scheme=scheme)
    visitor.ask("violin making")
    visitor.page.get_by_role("button", name="More about this answer").click()
    assert low_contrast(visitor) == []
    for view in ("papers", "evaluation", "settings"):
        visitor.page.goto(f"{small_address}/#/{view}")
        visitor.page.wait_for_selector(READY[view])
        assert low_contrast(visitor, f"#citewell-{view} .cw-view") == []


def compared() -> Answer:
    first, second = quote(STEER, PROPOSED, 1), quote(CURE, REGENERATED, 2)
    text = (
        f"Two papers side by side:\n\n**{STEER.title}** (11 October 2025): {PROPOSED} [1]\n\n"
        f"**{CURE.title}** (August 2025): {REGENERATED} [2]\n- More of it. [2]"
    )
    said = answered(QUERY, text, [Sentence(text=text)], [first, second], papers=[STEER, CURE])
    return replace(said, kind="compare")


def test_a_comparison_stands_side_by_side_under_names() -> None:
    html = prose.finished(compared(), called={STEER.paper_id: "STEER"})
    assert [attributes for tag, attributes in Seen(html).tags if tag == "h3"] == [{}, {}]
    assert "<h3>STEER</h3>" in html
    assert "<h3>CURE</h3>" in html  # the title begins with it
    assert f'{STEER.title} · <time datetime="2025-10-11">11 Oct 2025</time>' in html
    assert html.count('data-act="cite"') == 3
    words = " ".join(Seen(html).words.split())
    for sentence in ("Two papers side by side:", PROPOSED[:-1], REGENERATED[:-1], "More of it"):
        assert sentence in words


def test_a_title_that_is_the_name_is_told_once() -> None:
    html = prose.finished(compared(), called={STEER.paper_id: STEER.title.lower()})
    assert Seen(html).words.lower().count(STEER.title.lower()) == 1


@pytest.mark.browser
def test_columns_of_a_comparison_begin_on_one_line(address: str, visit: Visit) -> None:
    page = visit(address).page
    text = f"**{STEER.title}**: {PROPOSED} [1]\n\n**{CURE.title}** (August 2025): {REGENERATED} [2]"
    html = prose.finished(replace(compared(), text=text))
    assert html.count('class="cw-side-of"') == 1  # the first has neither another name nor a date
    page.locator(".cw-intro").evaluate(
        "(place, html) => { place.innerHTML = `<div class='cw-prose'>${html}</div>`; }", html
    )
    for part in ("h3", "p:not(.cw-side-of)"):
        tops = page.locator(f".cw-side {part}").evaluate_all(
            "all => all.map((one) => Math.round(one.getBoundingClientRect().top))"
        )
        assert len(tops) == 2
        assert len(set(tops)) == 1


def test_what_is_no_comparison_of_two_is_left_alone() -> None:
    alone = replace(compared(), text=f"**{STEER.title}** (2025): {PROPOSED} [1]")
    assert "cw-side" not in prose.finished(alone)
    assert "cw-side" not in prose.finished(replace(compared(), kind="list"))


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_a_further_question_stands_under_the_head_without_a_rule_of_its_own(
    address: str, visit: Visit, width: int
) -> None:
    visitor = visit(address, viewport={"width": width, "height": 844}, reduced_motion="reduce")
    for _ in range(3):
        visitor.ask("plain")
    visitor.page.wait_for_function(
        """() => document.querySelector(".cw-turn:last-child").getBoundingClientRect().top + 1
             <= document.querySelector(".cw-head").getBoundingClientRect().bottom"""
    )


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 1440])
def test_where_questions_go_fits_into_the_head(tmp_path: Path, visit: Visit, width: int) -> None:
    config = Config(
        data_dir=tmp_path, mode="llm", model="a-model:8b", base_url="http://127.0.0.1:11434/v1"
    )
    with served(lambda: create_app(Scripted(config=config))) as address:
        visitor = visit(address, viewport={"width": width, "height": 800})
        visitor.ask("plain")
        assert "127.0.0.1:11434" in visitor.page.inner_text(".cw-head")
        assert visitor.page.locator(".cw-head").bounding_box()["height"] <= 53
