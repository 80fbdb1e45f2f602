"""The page as people use it, in a real Chromium."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from rag.records import Filters
from tests.ui.web.browser import Visitor, served
from tests.ui.web.contrast import low_contrast
from tests.ui.web.scripted import CURE, STEER, Scripted
from ui.web.server import create_app

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
    assert "c0ffee12" in visitor.text("status")

    page.locator(".cw-prose .cw-cite[data-n='3']").click()
    card = page.locator(f".cw-card[data-paper='{CURE.paper_id}']")
    mark = card.locator("mark.cw-on")
    assert mark.inner_text().endswith("sustains high entropy and prevents collapse.")
    assert card.evaluate("card => card === document.activeElement")
    page.wait_for_timeout(500)
    assert _is_seen(visitor, "mark.cw-on")
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


def _is_seen(visitor: Visitor, selector: str) -> bool:
    """Whether the place can be seen: not scrolled away, not under what is fixed."""
    return bool(
        visitor.page.locator(selector).evaluate(
            """place => {
              const box = place.getClientRects()[0];
              const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
              return place.contains(top);
            }"""
        )
    )


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
    started = time.monotonic()
    button.click()
    visitor.wait("stopped")
    assert time.monotonic() - started < 2
    assert "STEER mitigates entropy" in visitor.text("answer")
    assert "has not been checked" in visitor.text("answer")
    assert button.inner_text() == "Ask"
    scripted.released.set()
    visitor.page.get_by_role("button", name="Ask again").click()
    visitor.wait("done")
    assert visitor.page.locator(".cw-turn").count() == 1


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


def test_nothing_found_says_so(address: str, visit: Visit) -> None:
    visitor = visit(address)
    visitor.ask("nothing")
    assert "Nothing in the corpus answers this." in visitor.text("answer")
    assert "No sources" in visitor.text("sources")


def test_constraints_are_chips_that_can_be_taken_away(
    address: str, scripted: Scripted, visit: Visit
) -> None:
    visitor = visit(address)
    visitor.ask("papers of 2025")
    assert "from 2025" in visitor.text("ask")
    visitor.page.get_by_role("button", name="Ask again without: from 2025").click()
    visitor.page.wait_for_function(
        "!document.querySelector('.cw-turns').innerText.includes('from 2025')"
    )
    visitor.wait("done")
    assert "at most 3 papers" in visitor.text("ask")
    filters = scripted.asked[-1][2]
    assert filters and filters.limit == 3 and filters.date_from is None


def test_constraints_can_be_changed_and_added(
    address: str, scripted: Scripted, visit: Visit
) -> None:
    visitor = visit(address)
    page = visitor.page
    visitor.ask("papers of 2025")
    page.get_by_role("button", name="Constraints").click()
    assert page.get_by_label("papers, at most").input_value() == "3"
    page.get_by_label("to", exact=True).fill("2025-06-30")
    page.get_by_label("papers, at most").fill("")
    page.get_by_label("order").select_option("newest first")
    visitor.picture("constraints")
    page.get_by_role("button", name="Ask with these").click()
    page.wait_for_selector(".cw-turn[data-state=done] .cw-chips:has-text('newest first')")
    filters = scripted.asked[-1][2]
    assert filters == Filters(
        date_from="2025-01-01", date_to="2025-06-30", sort="date", order="desc"
    )
    assert page.locator(".cw-turn").count() == 1


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


def test_the_first_paint_is_quick(address: str, visit: Visit) -> None:
    """Under two seconds; the second of two visits, since the first one warms the browser."""
    paint = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
    visit(address)
    assert visit(address).page.evaluate(paint) < 2000


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
        assert where.startswith(("https://www.semanticscholar.org/", "#/papers/"))
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
    assert _is_seen(visitor, "mark.cw-on")
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
