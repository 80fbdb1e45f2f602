"""The page as people use it, in a real Chromium."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.browser import Visitor
from tests.ui.web.scripted import Scripted
from tests.ui.web.written import CURE, STEER

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
FIRST = "which papers mitigate entropy collapse in RLVR?"


def test_first_example_is_answered_and_a_source_opened(address: str, visit: Visit) -> None:
    visitor = visit(address)
    page = visitor.page
    assert page.locator("h1").count() == 1
    assert "Nothing leaves this machine" in page.inner_text(".cw-head")
    assert not page.locator(".cw-modes").is_visible()  # there is no model to choose
    fill = page.locator(".cw-send").evaluate("send => getComputedStyle(send).backgroundColor")
    assert fill == "rgb(20, 84, 106)"  # our rules come after our resets, and outrank Gradio's
    visitor.picture("empty")
    page.locator(".cw-examples button").first.click()
    visitor.wait("done")
    assert visitor.text("ask").startswith(FIRST)
    assert "34 ms" in visitor.text("status")
    visitor.page.get_by_role("button", name="More about this answer").click()
    page.locator(".cw-details summary").click()
    assert "c0ffee12" in visitor.text("status")

    page.locator(".cw-prose .cw-cite[data-n='3']").click()
    card = page.locator(f".cw-card[data-paper='{CURE.paper_id}']")
    mark = card.locator("mark.cw-on")
    assert mark.inner_text().endswith("sustains high entropy and prevents collapse.")
    assert card.evaluate("card => card === document.activeElement")
    page.wait_for_timeout(500)
    assert visitor.sees("mark.cw-on")
    visitor.picture("source")

    assert "Recent advances" not in card.inner_text()
    card.get_by_role("button", name="Whole abstract").click()
    assert "Recent advances in RLVR" in card.inner_text()
    visitor.more(card)
    link = card.get_by_role("link", name="Open the paper")
    assert link.get_attribute("href") == CURE.url
    assert link.get_attribute("rel") == "noopener noreferrer"
    assert link.get_attribute("referrerpolicy") == "no-referrer"
    page.keyboard.press("Escape")
    assert not link.is_visible()

    card.locator(".cw-cite").click()
    assert "At critical tokens" in page.inner_text(".cw-prose li.cw-on")


def test_the_real_assistant_answers_the_first_example(real_address: str, visit: Visit) -> None:
    visitor = visit(real_address)
    page = visitor.page
    page.locator(".cw-examples button", has_text=FIRST).click()
    visitor.wait("done")
    assert "Rethinking Entropy Interventions in RLVR" in visitor.text("answer")
    page.locator(".cw-prose .cw-cite").first.click()
    mark = page.locator("mark.cw-on").first
    quote = page.locator(".cw-card.cw-on [data-copy]").get_attribute("data-copy")
    assert mark.inner_text().lstrip("1")[:100] in quote  # as stored: LaTeX comes further on
    assert "entropy" in page.locator(".cw-card.cw-on").inner_text().lower()
    visitor.picture("real")
    visitor.ask("and which of them came first?")
    assert page.locator(".cw-turn").count() == 2


def test_answer_streams_in_without_moving_what_is_read(
    address: str, scripted: Scripted, visit: Visit
) -> None:
    scripted.pace = 0.12
    visitor = visit(address)
    visitor.ask("slow", until="writing")
    states, tops = set(), set()
    while visitor.page.locator(".cw-turn[data-state=writing]").count():
        states.add(visitor.text("answer"))
        tops.add(
            visitor.page.evaluate(
                "document.querySelector('.cw-answer-part').getBoundingClientRect().top + scrollY"
            )
        )
        time.sleep(0.05)
    assert len(states) >= 3
    assert len(tops) == 1
    assert not any("[E1]" in state for state in states)
    unsupported = visitor.page.locator(".cw-unsupported")
    assert unsupported.inner_text() == "It was trained on a million GPUs."
    assert "Unsupported: It cites nothing." in visitor.text("answer")
    assert "1,444 tokens" in visitor.text("status")
    assert "2 papers nearby" in visitor.text("sources")


def test_opened_details_stay_open_while_the_next_answer_streams(
    address: str, scripted: Scripted, visit: Visit
) -> None:
    visitor = visit(address)
    visitor.ask("plain")
    visitor.page.get_by_text("One paper nearby").click()
    visitor.ask("slow")
    assert visitor.page.locator(".cw-turn:first-child details[open]").count() == 1


def test_stop_takes_effect_at_once_and_retry_works(
    address: str, scripted: Scripted, visit: Visit
) -> None:
    visitor = visit(address)
    visitor.ask("stuck", until="writing")
    visitor.page.wait_for_function(
        "document.querySelector('.cw-answer-part').innerText.includes('mitigates')"
    )
    button = visitor.page.locator(".cw-send")
    assert button.inner_text() == "Stop"
    button.click()
    visitor.wait("stopped")  # the model still waits to be released
    assert "STEER mitigates entropy" in visitor.text("answer")
    assert "has not been checked" in visitor.text("answer")
    assert button.inner_text() == "Ask"
    scripted.released.set()
    visitor.page.get_by_role("button", name="Ask again").click()
    visitor.wait("done")
    assert visitor.page.locator(".cw-turn").count() == 1


def test_nothing_found_says_so(address: str, visit: Visit) -> None:
    visitor = visit(address)
    visitor.ask("nothing")
    assert "Nothing in the corpus answers this." in visitor.text("answer")
    assert "No sources" in visitor.text("sources")


def test_follow_ups_know_what_came_before(address: str, scripted: Scripted, visit: Visit) -> None:
    visitor = visit(address)
    visitor.ask("which papers?")
    visitor.ask("and the second one?")
    history = scripted.asked[-1][1]
    assert [turn.role for turn in history] == ["user", "assistant"]
    assert history[1].papers == (STEER.paper_id, CURE.paper_id)
    assert "Read as: and the second one? (after which papers?)" in visitor.text("ask")
    visitor.page.get_by_role("button", name="New conversation").click()
    visitor.page.wait_for_selector(".cw-hello")
    visitor.ask("afresh")
    assert scripted.asked[-1][1] == ()
