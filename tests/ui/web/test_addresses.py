"""Addresses: what is shown can be bookmarked and gone back to, and titles tell it apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.browser import Visitor, served
from tests.ui.web.scripted import Scripted
from tests.ui.web.small_corpus import stocked
from ui.web.server import create_app

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Visit = Callable[..., Visitor]
TURNS = "[...document.querySelectorAll('.cw-question')].map((each) => each.firstChild.textContent)"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[str]:
    """The page over a small corpus with everything real but the embedder."""
    assistant = stocked(tmp_path)
    with served(lambda: create_app(assistant)) as where:
        yield where


def shows(visitor: Visitor, *questions: str) -> None:
    visitor.page.wait_for_function(
        f"asked => JSON.stringify({TURNS}) === JSON.stringify(asked)", arg=list(questions)
    )


def test_back_and_forward_go_through_conversations(address: str, visit: Visit) -> None:
    visitor = visit(address)
    page = visitor.page
    visitor.ask("the first matter")
    first = page.url
    assert page.title() == "the first matter · Citewell"
    page.get_by_role("button", name="New conversation").click()
    page.wait_for_selector(".cw-hello")
    assert page.title() == "Citewell"
    visitor.ask("the second matter")
    second = page.url
    assert first != second
    page.go_back()
    shows(visitor, "the first matter")
    assert page.url == first
    assert page.title() == "the first matter · Citewell"
    page.go_forward()
    shows(visitor, "the second matter")
    page.get_by_role("link", name="Papers").click()
    assert page.title() == "Papers · Citewell"
    page.get_by_role("link", name="Settings").click()
    assert page.title() == "Settings · Citewell"
    page.reload()
    page.get_by_role("link", name="Chat").click()
    shows(visitor, "the second matter")
    page.go_back()
    page.go_back()
    page.go_back()
    shows(visitor, "the second matter")
    page.go_back()
    shows(visitor, "the first matter")
    page.reload()
    shows(visitor, "the first matter")
    assert page.url == first


def test_a_first_answer_that_comes_while_one_looks_elsewhere_is_found_by_back(
    address: str, scripted: Scripted, visit: Visit
) -> None:
    visitor = visit(address)
    page = visitor.page
    page.get_by_label("Your question").fill("stuck")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Settings").click()
    page.wait_for_selector(".cw-turn[data-state=writing]", state="attached")
    scripted.released.set()
    page.wait_for_selector(".cw-turn[data-state=done]", state="attached")
    page.go_back()
    shows(visitor, "stuck")
    page.wait_for_function("location.hash.length > 3")
    page.reload()
    shows(visitor, "stuck")


def test_a_private_conversation_has_no_address_and_outlives_only_a_reload(
    address: str, scripted: Scripted, visit: Visit
) -> None:
    visitor = visit(address)
    page = visitor.page
    visitor.ask("an open matter")
    page.get_by_role("button", name="Conversations").click()
    page.get_by_role("button", name="New private one, not kept").click()
    page.locator(".cw-head", has_text="Private, not kept").wait_for()
    page.reload()  # before anything was asked: it stays private
    page.locator(".cw-head", has_text="Private, not kept").wait_for()
    visitor.ask("a secret matter")
    assert page.url.endswith("/#/")
    assert page.title() == "Private conversation · Citewell"
    page.get_by_role("link", name="Settings").click()
    page.go_back()
    shows(visitor, "a secret matter")
    page.reload()
    shows(visitor, "a secret matter")
    page.go_back()
    shows(visitor, "an open matter")
    page.go_forward()
    shows(visitor, "a secret matter")
    visitor.ask("and another secret")
    assert scripted.asked[-1][1][0].content == "a secret matter"
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_selector(".cw-hello")
    assert "secret" not in other.content()
    folder = scripted.config.data_dir
    assert not any(b"secret" in file.read_bytes() for file in folder.glob("conversations*"))


def test_a_private_conversation_of_a_server_that_is_gone_is_followed_by_a_private_one(
    scripted: Scripted, visit: Visit
) -> None:
    with served(lambda: create_app(scripted)) as address:
        visitor = visit(address)
        page = visitor.page
        page.get_by_role("button", name="Conversations").click()
        page.get_by_role("button", name="New private one, not kept").click()
        page.locator(".cw-head", has_text="Private, not kept").wait_for()
        visitor.ask("a secret matter")
    with served(lambda: create_app(scripted), port=int(address.rpartition(":")[2])):
        page.goto(address)
        page.go_back()
        page.get_by_text("That private conversation has ended").wait_for()
        visitor.ask("another secret")
        assert page.url.endswith("/#/")
        visitor.faults.clear()  # the browser may have complained of the time without a server


def test_two_tabs_do_not_disturb_each_other(address: str, visit: Visit) -> None:
    visitor = visit(address)
    visitor.ask("the first matter")
    other = visitor.page.context.new_page()
    other.goto(visitor.page.url)
    other.wait_for_selector(".cw-turn[data-state=done]")
    other.get_by_label("Your question").fill("a draft of the other tab")
    other.get_by_role("button", name="New conversation").click()
    other.wait_for_selector(".cw-hello")
    visitor.page.reload()
    shows(visitor, "the first matter")
    assert visitor.page.get_by_label("Your question").input_value() == ""


def test_filters_of_the_papers_are_in_the_address(library: str, visit: Visit) -> None:
    visitor = visit(f"{library}/#/papers", at=".pp-table tbody tr")
    page = visitor.page
    count = page.locator(".pp-count [role=status]")
    words = page.get_by_label("Search titles and abstracts")
    words.press_sequentially("glaciers", delay=60)
    page.wait_for_function("location.hash === '#/papers?words=glaciers'")
    page.get_by_label("Upvotes, at least").fill("20")
    page.wait_for_function("location.hash.endsWith('upvotes=20')")
    page.get_by_role("button", name="Title").click()
    page.wait_for_function("location.hash.endsWith('sort=title')")
    assert page.title() == "Papers: glaciers · Citewell"
    told = count.inner_text()
    page.reload()
    page.wait_for_selector(".pp-table tbody tr")
    page.wait_for_function(
        "told => document.querySelector('.pp-count p').innerText === told", arg=told
    )
    assert words.input_value() == "glaciers"
    assert page.get_by_label("Upvotes, at least").input_value() == "20"

    page.locator(".pp-table tbody a").first.click()
    page.wait_for_selector(".pp-abstract")
    assert page.title().startswith("Notes on glaciers melting")
    page.get_by_role("link", name="Map").click()
    page.wait_for_function("location.hash.startsWith('#/papers/map?words=glaciers')")
    page.wait_for_function("document.title === 'Map of papers: glaciers · Citewell'")
    page.get_by_role("link", name="Chat").click()
    page.get_by_role("link", name="Papers", exact=True).click()
    assert "words=glaciers" in page.url
    for _ in range(4):
        page.go_back()
    page.wait_for_function("location.hash.includes('upvotes=20')")
    page.go_back()  # the order
    page.go_back()  # the upvotes
    page.wait_for_function("location.hash === '#/papers?words=glaciers'")
    page.go_back()  # the word, all its letters at once
    page.wait_for_function("location.hash === '#/papers'")
    page.wait_for_function("document.querySelector('.pp-count p')?.innerText === '65 papers'")
    assert words.input_value() == ""


@pytest.mark.parametrize(
    "written",
    [
        "since=nonsense&until=<b>&upvotes=-3&group=x&sort=hack&from=-1&dated=perhaps",
        "selected=yes",
        "%E0%A4%A",
    ],
)
def test_what_an_address_cannot_mean_is_left_out(library: str, visit: Visit, written: str) -> None:
    visitor = visit(f"{library}/#/papers?{written}", at=".pp-table tbody tr")
    assert visitor.page.locator(".pp-count p").inner_text() == "65 papers"
    assert visitor.page.locator("[data-place=trouble]").is_hidden()


def test_days_that_exclude_each_other_are_told(library: str, visit: Visit) -> None:
    visitor = visit(
        f"{library}/#/papers?since=2025-09-01&until=2025-01-01",
        at='[data-place="none"]',
    )
    page = visitor.page
    page.get_by_text("“until” comes before “since”").wait_for()
    page.get_by_role("button", name="Exchange the two").click()
    page.wait_for_selector(".pp-table tbody tr")
    assert page.url.endswith("since=2025-01-01&until=2025-09-01")
