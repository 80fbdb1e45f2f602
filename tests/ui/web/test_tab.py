"""What a tab keeps: drafts, settings that are not saved, and where the keyboard is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import Visitor, served
from tests.ui.web.scripted import Scripted
from tests.ui.web.world import small
from ui.web.server import create_app

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Visit = Callable[..., Visitor]
FOCUSED = "(document.activeElement.ariaLabel ?? document.activeElement.innerText ?? '').trim()"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[str]:
    assistant = small(tmp_path, mode="extractive")
    with served(lambda: create_app(assistant)) as where:
        yield where


def focused(page: Any, what: str) -> None:
    page.wait_for_function(f"what => {FOCUSED}.startsWith(what)", arg=what)


def test_a_draft_is_kept_through_edits_views_and_reloads(address: str, visit: Visit) -> None:
    visitor = visit(address)
    page = visitor.page
    box = page.get_by_label("Your question")
    visitor.ask("which papers?")
    box.fill("half a tho")
    page.get_by_role("button", name="Edit", exact=True).click()
    assert box.input_value() == "which papers?"
    page.keyboard.press("Escape")
    assert box.input_value() == "half a tho"
    page.get_by_role("link", name="Settings").click()
    page.get_by_role("link", name="Chat").click()
    assert box.input_value() == "half a tho"

    page.get_by_role("button", name="Edit", exact=True).click()
    box.fill("which papers then?")
    page.reload()
    visitor.wait("done")
    assert box.input_value() == "which papers then?"
    assert page.get_by_text("Editing the last question").is_visible()
    box.press("Enter")
    page.wait_for_selector(".cw-turn[data-state=done] >> text=which papers then?")
    assert page.locator(".cw-turn").count() == 1
    assert box.input_value() == "half a tho"
    page.get_by_role("button", name="Edit", exact=True).click()
    page.get_by_role("button", name="New conversation").click()
    page.wait_for_selector(".cw-hello")
    assert box.input_value() == "half a tho"


def test_settings_that_are_not_saved_are_kept_save_for_a_key(world: str, visit: Visit) -> None:
    visitor = visit(f"{world}/#/settings", at="#citewell-settings .cw-settings")
    page = visitor.page
    model = page.get_by_label("Model", exact=True)
    model.fill("some-model")
    page.get_by_label("Key", exact=True).fill("sk-secret")
    assert page.get_by_text("Not saved: Model").is_visible()
    page.get_by_role("link", name="Papers").click()
    page.get_by_role("link", name="Settings").click()
    page.wait_for_timeout(500)
    assert model.input_value() == "some-model"
    assert page.get_by_label("Key", exact=True).input_value() == "sk-secret"
    assert "sk-secret" not in page.evaluate("JSON.stringify({...sessionStorage, ...localStorage})")
    page.reload()
    page.wait_for_function("document.querySelector('[name=model]')?.value === 'some-model'")
    assert page.get_by_label("Key", exact=True).input_value() == ""
    page.get_by_role("button", name="Undo").click()
    assert model.input_value() == ""
    page.reload()
    page.wait_for_selector("#citewell-settings .cw-settings")
    assert model.input_value() == ""
    assert page.get_by_role("button", name="Undo").is_hidden()


def test_the_keyboard_stays_where_something_was_done(address: str, visit: Visit) -> None:
    visitor = visit(address)
    page = visitor.page
    for question in ("the first", "the second", "the third"):
        visitor.ask(question)
        page.get_by_role("button", name="New conversation").click()
        page.wait_for_selector(".cw-hello")
    opener = page.get_by_role("button", name="Conversations")
    opener.press("Enter")
    page.wait_for_selector(".cw-entry")
    page.get_by_role("button", name="Rename: the second").press("Enter")
    page.keyboard.type("another name")
    page.keyboard.press("Enter")
    page.wait_for_selector(".cw-entry >> text=another name")
    focused(page, "another name")
    forget = page.get_by_role("button", name="Delete: the third")
    forget.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelectorAll('.cw-entry').length === 2")
    page.wait_for_function("document.activeElement.className === 'cw-entry'")
    page.keyboard.press("Escape")
    focused(page, "Conversations")
    opener.press("Enter")
    page.get_by_role("button", name="the first", exact=True).press("Enter")
    visitor.wait("done")
    assert page.evaluate("document.activeElement.id") == "cw-question"
    page.get_by_role("button", name="Ask again").press("Enter")
    page.wait_for_function("document.activeElement.matches('.cw-turn')")


def test_a_file_that_misses_does_not_take_the_page_away(world: str, visit: Visit) -> None:
    visitor = visit(world)
    drop = """(kind) => {
      const carried = new DataTransfer();
      carried.items.add(new File(["{}"], "papers.jsonl"));
      const event = new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true });
      document.querySelector(".cw-head").dispatchEvent(event);
      return event.defaultPrevented;
    }"""
    page = visitor.page
    assert page.evaluate(drop, "dragover")
    assert page.evaluate(drop, "drop")
    page.wait_for_function(
        "document.querySelector('[data-slot=said]').textContent.includes('Add papers')"
    )
    page.goto(f"{world}/#/papers/add")
    page.wait_for_selector(".pp-drop")
    assert page.evaluate(drop, "drop")  # on the head, beside the marked place
    page.wait_for_selector("text=Nothing to add")


def test_a_hundred_conversations_are_listed_and_more_on_asking(
    address: str, scripted: Scripted, visit: Visit
) -> None:
    from ui.web.chat.conversations import Conversations, digest
    from ui.web.chat.turn import ChatTurn

    visitor = visit(address)
    secret = next(c["value"] for c in visitor.page.context.cookies())
    kept = Conversations(scripted.config.data_dir)
    with kept._base.transaction():
        for at in range(1000):
            kept._base.db.execute(
                "INSERT INTO conversations VALUES (?, ?, ?, ?)",
                (f"c{at}", digest(secret), f"Matter {at}", 1e9 + at),
            )
    kept.keep(secret, "c5", [ChatTurn(id="e1", question="a needle")])
    page = visitor.page
    page.get_by_role("button", name="Conversations").click()
    page.wait_for_function("document.querySelectorAll('.cw-entry').length === 100")
    page.get_by_role("button", name="Show older ones").click()
    page.wait_for_function("document.querySelectorAll('.cw-entry').length === 200")
    focused(page, "Matter 900")
    page.get_by_placeholder("Search questions and answers").fill("needle")
    page.wait_for_function("document.querySelectorAll('.cw-entry').length === 1")
    kept.close()


def test_long_unbroken_text_widens_nothing(tmp_path: Path, visit: Visit) -> None:
    from rag.records import Paper, Source
    from tests.ui.web.small_corpus import corpus, stocked

    word, link = "x" * 300, "https://example.org/" + "a/b?c=" * 60
    paper = Paper(
        paper_id="t-long",
        title=word,
        abstract=f"We look at {word}. See {link} for more of {word}.",
        authors=(word, f"B. {word}"),
        doi=f"10.1/{word}",
        url=link,
        sources=(Source(name=f"{word}.txt", line=1),),
    )
    assistant = stocked(tmp_path, [*corpus(12), paper])
    (known,) = (p.paper_id for p in assistant.index_manager.catalog.papers() if p.title == word)
    with served(lambda: create_app(assistant)) as address:
        narrow = {"viewport": {"width": 390, "height": 844}}
        visitor = visit(f"{address}/#/papers", at=".pp-table tbody tr", **narrow)
        page = visitor.page
        wide = "document.documentElement.scrollWidth - innerWidth"
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            page.evaluate("id => citewell.go('papers', id)", known)
            page.wait_for_selector(".pp-abstract")
            assert page.evaluate(wide) <= 0
            page.evaluate("citewell.go('papers')")
            page.wait_for_selector(".pp-table tbody tr")
            assert page.evaluate(wide) <= 0
        page.goto(f"{address}/#/")
        visitor.ask(f"what of {word} and {link}?")
        for button in page.locator("[data-act=unfold]").all():
            button.evaluate("button => button.click()")
        assert page.evaluate(wide) <= 0
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate(wide) <= 0


def test_two_tabs_of_one_conversation_meet(address: str, scripted: Scripted, visit: Visit) -> None:
    visitor = visit(address)
    visitor.ask("which papers?")
    page = visitor.page
    other = Visitor(page.context.new_page())
    other.page.goto(page.url)
    other.page.wait_for_selector(".cw-turn[data-state=done]")
    asked = "[...document.querySelectorAll('.cw-turn')].map((turn) => turn.dataset.question)"

    other.ask("and in the other tab?")
    page.get_by_label("Your question").fill("a draft")
    page.evaluate("dispatchEvent(new Event('focus'))")  # a page without a window has it always
    page.wait_for_function("document.querySelectorAll('.cw-turn').length === 2")
    assert page.get_by_label("Your question").input_value() == "a draft"
    visitor.ask("then here?")
    assert [turn.content for turn in scripted.asked[-1][1] if turn.role == "user"] == [
        "which papers?",
        "and in the other tab?",
    ]
    # Without having been looked at: what is asked here knows what was asked there, and what was
    # last here is no longer replaced.
    other.page.locator(".cw-turn:last-child").get_by_role("button", name="Ask again").click()
    other.page.wait_for_function("document.querySelectorAll('.cw-turn').length === 4")
    other.wait("done")
    questions = ["which papers?", "and in the other tab?", "then here?", "and in the other tab?"]
    assert other.page.evaluate(asked) == questions
    page.reload()
    visitor.wait("done")
    assert page.evaluate(asked) == questions


def test_a_view_finds_a_restarted_server(tmp_path: Path, visit: Visit) -> None:
    assistant = small(tmp_path, mode="extractive")
    with served(lambda: create_app(assistant)) as address:
        visitor = visit(f"{address}/#/papers", at=".pp-table tbody tr")
        visitor.page.get_by_label("Search titles and abstracts").fill("pap")
        visitor.page.wait_for_selector(".pp-count >> text=of 30 papers")
    page = visitor.page
    page.get_by_label("Search titles and abstracts").fill("paper")
    page.wait_for_selector("text=Citewell does not answer")
    with served(lambda: create_app(assistant), port=int(address.rpartition(":")[2])):
        page.get_by_text("Citewell was restarted").wait_for()
        assert page.get_by_label("Search titles and abstracts").input_value() == "paper"
        page.wait_for_selector(".pp-count >> text=of 30 papers")
        assert not page.get_by_text("Citewell does not answer").is_visible()
        visitor.faults.clear()  # the browser complained of the time without a server
