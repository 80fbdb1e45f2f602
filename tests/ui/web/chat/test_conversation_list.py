"""Conversations in the page, in a real Chromium: kept, found again, private, forgotten."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rag.config import Config
from tests.browser import Visitor, served
from tests.ui.web.scripted import Scripted
from ui.web.server import create_app

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Visit = Callable[..., Visitor]


def conversation_list(visitor: Visitor) -> str:
    """The list of conversations, opened."""
    visitor.page.get_by_role("button", name="Conversations").click()
    visitor.page.wait_for_selector(".cw-conversations-list > *")
    return str(visitor.page.inner_text(".cw-conversations-list"))


def test_reopened_tomorrow_with_citations_intact(tmp_path: Path, visit: Visit) -> None:
    """The server is stopped and started again; the page is reloaded and goes on."""
    config = Config(data_dir=tmp_path)
    with served(lambda: create_app(Scripted(config=config))) as address:
        visitor = visit(address)
        visitor.ask("which papers of 2025?")
        before = visitor.page.inner_html(".cw-turns")
        assert "#" in visitor.page.url
    again = Scripted(config=config)
    with served(lambda: create_app(again), port=int(address.rpartition(":")[2])):
        visitor.faults.clear()  # the browser complained that the server had gone
        visitor.page.reload()
        visitor.wait("done")
        assert visitor.page.inner_html(".cw-turns") == before
        visitor.page.locator(".cw-prose .cw-cite").first.click()
        assert visitor.page.locator("mark.cw-on").is_visible()
        visitor.ask("and then?")
        assert len(again.asked[0][1]) == 2
        visitor.faults.clear()


def test_an_open_page_survives_a_restart_of_the_server(tmp_path: Path, visit: Visit) -> None:
    config = Config(data_dir=tmp_path)
    with served(lambda: create_app(Scripted(config=config))) as address:
        visitor = visit(address)
        visitor.ask("which papers?")
    again = Scripted(config=config)
    with served(lambda: create_app(again), port=int(address.rpartition(":")[2])):
        visitor.ask("and then?")
        assert visitor.page.locator(".cw-turn").count() == 2
        assert len(again.asked[0][1]) == 2
        visitor.faults.clear()


def test_listed_searched_renamed_deleted(address: str, visit: Visit) -> None:
    visitor = visit(address)
    page = visitor.page
    visitor.ask("which papers?")
    page.get_by_role("button", name="New conversation").click()
    page.wait_for_selector(".cw-hello")
    visitor.ask("nothing on <b>whales</b>")
    listed = conversation_list(visitor)
    assert "which papers?" in listed and "nothing on <b>whales</b>" in listed
    visitor.picture("conversations")

    page.get_by_label("Search conversations").fill("STEER")
    page.wait_for_function("document.querySelectorAll('.cw-entry').length === 1")
    assert page.inner_text(".cw-entry") == "which papers?"
    page.get_by_role("button", name="Rename: which papers?").click()
    page.get_by_label("New name").fill("Entropy")
    page.keyboard.press("Enter")
    page.wait_for_selector(".cw-entry:has-text('Entropy')")
    page.get_by_label("Search conversations").fill("")
    page.wait_for_function("document.querySelectorAll('.cw-entry').length === 2")

    page.locator(".cw-entry", has_text="Entropy").click()
    page.wait_for_selector(".cw-question:has-text('which papers?')")
    assert page.locator(".cw-turn").count() == 1

    conversation_list(visitor)
    page.get_by_role("button", name="Delete: Entropy").click()
    assert page.locator(".cw-entry").count() == 2
    page.get_by_role("button", name="Really delete? Entropy").click()
    page.wait_for_function("document.querySelectorAll('.cw-entry').length === 1")
    page.keyboard.press("Escape")
    page.wait_for_selector(".cw-hello")
    assert page.url.endswith("/#/")


def test_what_was_deleted_in_another_tab_stays_deleted(
    address: str, visit: Visit, tmp_path: Path
) -> None:
    visitor = visit(address)
    visitor.ask("which papers on xylophones?")
    visitor.ask("and then?")
    old = visitor.page.url
    other = visitor.page.context.new_page()
    other.goto(old)
    other.wait_for_selector(".cw-turn")
    other.get_by_role("button", name="Conversations").click()
    other.get_by_role("button", name="Delete: which papers on xylophones?").click()
    other.get_by_role("button", name="Really delete? which papers on xylophones?").click()
    other.wait_for_function("!document.querySelector('.cw-entry')")
    other.close()
    visitor.ask("what of violins?")
    visitor.page.wait_for_selector("text=was deleted in another tab")
    for file in tmp_path.glob("conversations*"):
        assert b"violins" not in file.read_bytes()
    visitor.page.get_by_label("Your question").fill("which papers on drums?")
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_function("document.querySelectorAll('.cw-turn').length === 1")
    visitor.wait("done")
    assert visitor.page.url != old
    assert not visitor.page.locator(".cw-trouble").is_visible()
    listed = conversation_list(visitor)
    assert "drums" in listed
    assert "xylophones" not in listed


def test_private_conversations_are_not_kept(
    address: str, scripted: Scripted, visit: Visit, tmp_path: Path
) -> None:
    visitor = visit(address)
    conversation_list(visitor)
    visitor.page.get_by_role("button", name="New private one").click()
    visitor.page.wait_for_function(
        "document.querySelector('.cw-head').innerText.includes('Private, not kept')"
    )
    visitor.ask("which papers on xylophones?")
    assert visitor.page.url.endswith("/#/")
    assert "xylophones" not in conversation_list(visitor)
    for file in tmp_path.iterdir():
        assert b"xylophones" not in file.read_bytes()
    visitor.page.keyboard.press("Escape")
    visitor.ask("and then?")
    assert len(scripted.asked[-1][1]) == 2


def test_another_visitor_finds_nothing_even_with_the_address(address: str, visit: Visit) -> None:
    one, other = visit(address), visit(address)
    one.ask("which papers?")
    assert "which papers?" not in conversation_list(other)
    other.page.goto("about:blank")
    other.page.goto(one.page.url)
    other.page.wait_for_selector(".cw-notice")
    assert "not here" in other.page.inner_text(".cw-notice")
    assert "which papers?" not in other.page.inner_text(".cw-turns")


def test_without_a_place_to_keep_them_the_page_works_and_says_so(visit: Visit) -> None:
    with served(lambda: create_app(Scripted())) as address:
        visitor = visit(address)
        visitor.ask("which papers?")
        assert "not kept" in visitor.page.inner_text(".cw-trouble")


def test_leaving_an_answer_that_is_on_its_way(
    address: str, scripted: Scripted, visit: Visit
) -> None:
    """What comes late does not come back into the new conversation."""
    visitor = visit(address)
    visitor.ask("stuck", until="writing")
    visitor.page.get_by_role("button", name="New conversation").click()
    visitor.page.wait_for_selector(".cw-hello")
    scripted.released.set()
    visitor.ask("which papers?")
    assert visitor.page.locator(".cw-turn").count() == 1
    assert scripted.asked[-1][1] == ()
    assert "stuck" in conversation_list(visitor)


def test_the_last_question_can_be_edited(address: str, scripted: Scripted, visit: Visit) -> None:
    visitor = visit(address)
    page = visitor.page
    visitor.ask("which papers?")
    visitor.ask("wich other ones?")
    assert page.get_by_role("button", name="Edit").count() == 1
    page.get_by_role("button", name="Edit").click()
    box = page.get_by_label("Your question")
    assert box.input_value() == "wich other ones?"
    assert page.locator(".cw-editing").is_visible()
    page.keyboard.press("Escape")
    assert box.input_value() == ""
    page.get_by_role("button", name="Edit").click()
    box.fill("which other ones?")
    page.keyboard.press("Enter")
    page.wait_for_selector(".cw-turn[data-state=done] .cw-question:has-text('which other')")
    assert page.locator(".cw-turn").count() == 2
    assert scripted.asked[-1][0] == "which other ones?"
    assert len(scripted.asked[-1][1]) == 2


def test_who_answers_can_be_chosen_and_what_leaves_is_said(tmp_path: Path, visit: Visit) -> None:
    config = Config(data_dir=tmp_path, model="llama3.1", base_url="http://localhost:11434/v1")
    scripted = Scripted(config=config)
    with served(lambda: create_app(scripted)) as address:
        visitor = visit(address)
        head = visitor.page.locator(".cw-head")
        assert "go to localhost:11434 on this machine" in head.inner_text()
        visitor.ask("which papers?")
        assert scripted.modes == ["llm"]
        visitor.page.get_by_label("Quoted sentences, no model").check()
        assert "Nothing leaves this machine" in head.inner_text()
        assert "11434" not in head.inner_text()
        visitor.ask("and then?")
        assert scripted.modes == ["llm", "extractive"]
