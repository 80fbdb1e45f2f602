"""What goes wrong, and what is foreign or hostile, in a real Chromium."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser import Visitor, served
from tests.ui.web.scripted import Scripted
from ui.web.server import create_app

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Visit = Callable[..., Visitor]
FIRST = "which papers mitigate entropy collapse in RLVR?"


def test_errors_are_told_and_the_next_question_works(
    address: str, scripted: Scripted, visit: Visit
) -> None:
    visitor = visit(address)
    visitor.ask("damaged", until="failed")
    assert "The catalog /data/catalog.sqlite3 cannot be read." in visitor.text("answer")
    assert "Run: citewell reindex" in visitor.text("answer")
    visitor.picture("error")
    assert visitor.page.get_by_label("Your question").is_enabled()
    scripted.mended = True
    visitor.page.get_by_role("button", name="Try again").click()
    visitor.wait("done")
    assert visitor.page.locator(".cw-turn").count() == 1
    visitor.ask("which papers?")
    assert visitor.page.locator(".cw-turn").count() == 2


def test_a_fault_of_ours_shows_no_traceback(
    address: str, visit: Visit, caplog: pytest.LogCaptureFixture
) -> None:
    visitor = visit(address)
    visitor.ask("broken", until="failed")
    assert "our fault" in visitor.text("answer")
    assert "secret detail" not in visitor.page.content()
    assert "secret detail" in caplog.text


def test_a_failed_model_server_is_a_calm_banner(address: str, visit: Visit) -> None:
    visitor = visit(address)
    visitor.ask("fallback")
    notice = visitor.page.locator(".cw-notice").inner_text()
    assert "does not answer" in notice
    assert "quoted sentences instead" in notice
    assert "STEER is" not in visitor.text("answer")


@pytest.mark.slow
def test_a_server_that_dies_is_told_and_nothing_typed_is_lost(
    scripted: Scripted, visit: Visit
) -> None:
    with served(lambda: create_app(scripted)) as address:
        visitor = visit(address)
        visitor.ask("which papers?")
    box = visitor.page.get_by_label("Your question")
    box.fill("and the others?")
    visitor.page.keyboard.press("Enter")
    trouble = visitor.page.locator(".cw-trouble", has_text="Citewell has stopped answering")
    trouble.wait_for(timeout=25_000)
    assert box.input_value() == "and the others?"
    with served(lambda: create_app(scripted), port=int(address.rpartition(":")[2])):
        trouble.wait_for(state="hidden")  # Gradio reloads the page
        visitor.wait("done")
        assert box.input_value() == "and the others?"
        box.press("Enter")
        visitor.page.wait_for_function("document.querySelectorAll('.cw-turn').length === 2")
        visitor.wait("done")
        assert box.input_value() == ""
        visitor.faults.clear()  # the browser complained of the time without a server


def test_two_visitors_see_nothing_of_each_other(
    address: str, scripted: Scripted, visit: Visit
) -> None:
    one, other = visit(address), visit(address)
    one.ask("slow private matter", until="writing")
    other.ask("which papers?")
    one.wait("done")
    assert "private matter" not in other.page.content()
    assert "which papers?" not in one.text()
    other.ask("and then?")
    history = scripted.asked[-1][1]
    assert [turn.content for turn in history if turn.role == "user"] == ["which papers?"]


def test_hostile_text_stays_text(address: str, visit: Visit) -> None:
    visitor = visit(address)
    page = visitor.page
    visitor.ask("hostile")
    page.get_by_text("One paper nearby").click()
    for button in page.locator("[data-act=unfold]").all():
        button.click()
    page.wait_for_timeout(300)
    assert page.evaluate("window.pwned") is None
    turn = page.locator(".cw-turn")
    for tag in ("script", "img", "iframe", "svg", "style", "base", "b"):
        assert turn.locator(tag).count() == 0, tag
    assert (
        turn.locator("form, input").count() == turn.locator(".cw-adjust :is(form, input)").count()
    )
    assert turn.locator("[style], [onerror], [onload]").count() == 0
    for link in turn.locator("a").all():
        where = str(link.get_attribute("href"))
        assert where.startswith(
            ("https://www.semanticscholar.org/", "#/papers/", "http://evil.test")
        )
        assert where.startswith("#") or link.get_attribute("rel") == "noopener noreferrer"
    assert '<img src="http://evil.test/pixel.png"' in turn.inner_text()
    assert "![pixel](http://evil.test/md.png)" in turn.locator(".cw-prose").inner_text()
    assert page.locator(".cw-head").is_visible()
    assert page.locator(".cw-prose .cw-cite").count() == 1


def test_the_policy_would_stop_what_escaping_let_through(address: str, visit: Visit) -> None:
    """Defence in depth: live HTML put into the page by hand does nothing."""
    visitor = visit(address)
    visitor.page.evaluate(
        """() => {
          const hole = document.createElement("div");
          hole.innerHTML = "<img src='http://evil.test/x.png' onerror='window.pwned = 1'>" +
            "<form action='http://evil.test/'><button id='bait'>x</button></form>";
          document.querySelector(".cw").prepend(hole);
        }"""
    )
    visitor.page.evaluate("document.getElementById('bait').click()")
    visitor.page.wait_for_timeout(300)
    assert visitor.page.evaluate("window.pwned") is None
    assert len(visitor.faults) >= 2
    assert all("Content Security Policy" in fault for fault in visitor.faults)
    visitor.faults.clear()
    visitor.requests[:] = [url for url in visitor.requests if "evil.test" not in url]
