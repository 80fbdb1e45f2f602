"""What was deleted in another tab, or cannot be written, is told wherever one meets it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.errors import CatalogError
from tests.browser import Visitor
from tests.ui.web.scripted import Scripted
from ui.web.chat.conversations import Conversations

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Visit = Callable[..., Visitor]


def deleted_elsewhere(visitor: Visitor) -> None:
    other = visitor.page.context.new_page()
    other.goto(visitor.page.url)
    other.get_by_role("button", name="Conversations").click()
    forget = other.locator(".cw-conversations [data-act=forget]").first
    forget.click()
    forget.click()
    other.wait_for_function("document.querySelectorAll('.cw-entry').length === 0")
    other.close()


def test_asking_again_in_a_deleted_conversation_says_so(
    address: str, scripted: Scripted, visit: Visit
) -> None:
    visitor = visit(address)
    visitor.ask("which papers?")
    deleted_elsewhere(visitor)
    visitor.page.get_by_role("button", name="Ask again").click()
    visitor.page.locator(".cw-trouble", has_text="deleted in another tab").wait_for()
    visitor.wait("done")
    assert visitor.page.url.endswith("#/")  # the address would lead nowhere
    with_its_folder = Conversations(scripted.config.data_dir)
    assert with_its_folder.entries(None) == []
    with_its_folder.close()


def test_judging_and_renaming_what_was_deleted_say_so(address: str, visit: Visit) -> None:
    visitor = visit(address)
    page = visitor.page
    visitor.ask("which papers?")
    page.get_by_role("button", name="Conversations").click()
    page.wait_for_selector(".cw-entry")
    deleted_elsewhere(visitor)
    page.get_by_role("button", name="Rename: which papers?").click()
    page.keyboard.type("another name")
    page.keyboard.press("Enter")
    page.get_by_text("That conversation is not here any more").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Good answer").click()
    page.locator(".cw-judge-failed", has_text="was deleted in another tab").wait_for()
    visitor.faults.clear()  # the browser notes the 400


def test_a_full_disk_costs_no_answer(
    address: str, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = visit(address)
    visitor.ask("which papers?")

    def full(*given: object, **more: object) -> bool:
        raise CatalogError("The disk is full.", remedy="Free some space.")

    with monkeypatch.context() as patched:
        patched.setattr(Conversations, "keep", full)
        visitor.ask("and others?")
        trouble = visitor.page.locator(".cw-trouble", has_text="This conversation is not kept.")
        trouble.wait_for()
        assert "Free some space." in trouble.inner_text()
        assert "mitigates entropy collapse" in visitor.text("answer")
    visitor.ask("and then?")
    assert trouble.is_hidden()
    visitor.page.reload()
    visitor.page.wait_for_function(  # what could not be kept then was kept since
        "document.querySelectorAll('.cw-turn[data-state=done]').length === 3"
    )


def test_a_failed_model_is_mended_on_the_page(address: str, visit: Visit) -> None:
    visitor = visit(address)
    visitor.ask("unreachable")
    notice = visitor.page.locator(".cw-notice")
    assert "Test the connection in Settings" in notice.inner_text()
    assert "citewell doctor" not in notice.inner_text()
    notice.get_by_role("link", name="Open Settings").click()
    visitor.page.wait_for_selector("#citewell-settings .cw-view")


def test_names_with_markup_stay_text_everywhere(address: str, visit: Visit) -> None:
    visitor = visit(address)
    page = visitor.page
    markup = "<img src=x onerror='window.pwned=1'> <a href='javascript:window.pwned=2'>x</a>"
    visitor.ask(markup)
    assert page.title().startswith("<img src=x")
    page.get_by_role("button", name="Note on this answer").click()
    page.keyboard.type(markup)
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('[data-slot=said]')?.textContent === 'Kept.'")
    page.get_by_role("button", name="Conversations").click()
    page.get_by_role("button", name="Rename:").click()
    page.keyboard.type(markup + markup)
    page.keyboard.press("Enter")
    page.wait_for_selector(".cw-entry")
    page.reload()
    visitor.wait("done")
    assert markup in page.locator(".cw-said").first.inner_text()
    page.evaluate(
        "citewell.visit('#' + encodeURIComponent('<img src=x onerror=\"window.pwned=3\">'))"
    )
    page.get_by_text("That conversation is not here").wait_for()
    assert page.locator(".cw img, dialog img").count() == 0
    assert page.evaluate("window.pwned") is None
