"""Tables in a real Chromium."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rag.assistant import Assistant
from rag.config import Config
from tests.browser import Visitor, counted, go, served
from tests.rag.table.filling import FillingModel
from tests.ui.web.small_corpus import stocked

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
LINES = ".tb-table tbody tr"


def filled(visitor: Visitor, rows: int, columns: int = 4) -> None:
    """All cells are there."""
    visitor.page.wait_for_function(
        "([rows, cells]) => document.querySelectorAll('.tb-table tbody tr').length === rows"
        " && document.querySelectorAll('.tb-table .tb-cell').length === cells",
        arg=[rows, rows * columns],
    )
    visitor.page.wait_for_selector(".tb-fill", state="hidden")


def titles(visitor: Visitor) -> list[str]:
    return [str(t) for t in visitor.page.locator(f"{LINES} th > :first-child").all_inner_texts()]


def column(visitor: Visitor, name: str) -> list[str]:
    cells = visitor.page.locator(f".tb-table td[data-name='{name}'] .tb-text")
    return [str(text) for text in cells.all_inner_texts()]


def of_violins(visitor: Visitor) -> None:
    """A table of the four papers on violins that have a date in 2025."""
    go(visitor, "?words=violin&since=2025-01-01")
    counted(visitor, "5 of 65 papers")
    visitor.page.get_by_role("button", name="Table of those found").click()
    filled(visitor, 5)


def test_a_table_of_an_answer_is_corrected_and_outlives_a_reload(
    small_address: str, visit: Visit
) -> None:
    visitor = visit(small_address)
    page = visitor.page
    visitor.ask("what about violin making?")
    cards = page.locator("[data-part=sources] > .cw-card").count()
    page.get_by_role("button", name="Table of these papers").click()
    filled(visitor, cards)
    assert page.title() == "Table: what about violin making? · Citewell"
    assert page.evaluate("document.activeElement.id") == "tb-title"

    cell = page.locator(f"{LINES}:first-child td[data-name=result] button")
    cell.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    abstract = dialog.locator(".tb-abstract").inner_text()
    assert dialog.locator("mark").first.inner_text() in abstract
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.closest('td').dataset.name") == "result"
    page.keyboard.press("ArrowDown")
    page.wait_for_function("document.activeElement.closest('tr').sectionRowIndex === 1")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    second = dialog.locator(".tb-sentence").nth(1)
    assert dialog.get_by_role("button", name="Use this sentence").is_disabled()
    second.click()
    dialog.get_by_role("button", name="Use this sentence").click()
    page.wait_for_selector("text=set by you")
    assert column(visitor, "result")[0] == "It is measured with care."

    page.reload()
    filled(visitor, cards)
    assert column(visitor, "result")[0] == "It is measured with care."
    assert page.locator(".tb-own").count() == 1
    cell.click()
    assert dialog.locator("mark").inner_text() == "It is measured with care."
    dialog.get_by_role("button", name="Not stated").click()
    page.wait_for_selector("td[data-name=result] .tb-not_stated .tb-own")
    cell.click()
    dialog.get_by_role("button", name="Back to what was found").click()
    page.wait_for_selector(".tb-own", state="detached")
    filled(visitor, cards)


def test_columns_rows_and_their_order(small_address: str, visit: Visit) -> None:
    visitor = visit(small_address)
    page = visitor.page
    of_violins(visitor)
    before = titles(visitor)
    page.get_by_role("button", name="Paper", exact=True).click()
    assert page.locator(".tb-table thead th").first.get_attribute("aria-sort") == "ascending"
    at = [int(re.findall(r"\d+", title)[-1]) for title in titles(visitor)]
    assert at == sorted(at) and set(titles(visitor)) == set(before)
    page.get_by_role("button", name="Date", exact=True).click()
    assert page.locator(".tb-table thead th").first.get_attribute("aria-sort") == "descending"
    for _ in range(2):
        page.get_by_role("button", name="Date", exact=True).click()
    assert titles(visitor) == before

    page.get_by_placeholder("Add a column").fill("in which <b>place</b>?")
    page.keyboard.press("Enter")
    filled(visitor, 5, 5)
    page.get_by_role("button", name="Column in which <b>place</b>?").click()
    page.get_by_role("button", name="Rename", exact=True).locator("visible=true").click()
    page.get_by_label("New name").fill("where")
    page.keyboard.press("Enter")
    page.wait_for_selector(".tb-sort:text-is('where')")
    found = column(visitor, "where")
    page.get_by_role("button", name="where", exact=True).click()
    stated = [text for text in column(visitor, "where") if text != "not stated"]
    assert column(visitor, "where") == [*stated, *["not stated"] * (5 - len(stated))]
    assert sorted(column(visitor, "where")) == sorted(found)
    in_order = titles(visitor)
    page.reload()
    filled(visitor, 5, 5)
    assert titles(visitor) == in_order
    page.get_by_placeholder("Add a column").fill("Method")
    page.keyboard.press("Enter")
    page.get_by_role("alert").locator("visible=true").wait_for()
    visitor.faults.clear()  # the browser notes the refusal
    menu = page.get_by_role("button", name="Column where")
    menu.scroll_into_view_if_needed()
    page.wait_for_timeout(200)  # a menu closes when what is below it scrolls
    menu.click()
    page.get_by_role("button", name="Remove column").locator("visible=true").click()
    filled(visitor, 5, 4)
    remove = page.get_by_role("button", name="Remove from the table").first
    remove.click()
    remove.click(force=True)
    filled(visitor, 4, 4)
    page.get_by_role("button", name="Put back").click()
    filled(visitor, 5, 4)
    assert set(titles(visitor)) == set(before)


def test_a_table_is_renamed(small_address: str, visit: Visit) -> None:
    visitor = visit(small_address)
    page = visitor.page
    of_violins(visitor)
    rename = page.get_by_role("button", name="Rename the table")
    rename.click()
    page.get_by_label("New title").fill("never mind")
    page.keyboard.press("Escape")
    assert page.locator("#tb-title").inner_text() != "never mind"
    rename.click()
    page.get_by_label("New title").fill("Violins <i>of 2025</i>")
    page.keyboard.press("Enter")
    page.wait_for_selector("#tb-title:text-is('Violins <i>of 2025</i>')")
    page.get_by_role("link", name="All tables").click()
    page.get_by_role("link", name="Violins <i>of 2025</i>").wait_for()


def test_exports_and_the_list(small_address: str, visit: Visit) -> None:
    visitor = visit(small_address, permissions=["clipboard-read", "clipboard-write"])
    page = visitor.page
    page.evaluate("location.hash = '#/tables'")
    page.get_by_label("A table of …").fill("quoted bold attack")
    page.get_by_label("Which papers").select_option("the 10 nearest")
    page.get_by_role("button", name="Make table").click()
    filled(visitor, 10)
    export = page.locator(".cw-tables").get_by_role("button", name="Export")
    export.click()
    page.get_by_role("button", name="Copy as Markdown").locator("visible=true").click()
    page.wait_for_selector("text=Copied")
    assert "| Paper | method |" in page.evaluate("navigator.clipboard.readText()")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV").click()
    assert download.value.suggested_filename == "quoted-bold-attack.csv"
    text = Path(download.value.path()).read_text("utf-8")
    assert len(list(csv.DictReader(io.StringIO(text)))) == 10
    assert page.evaluate("window.pwned") is None
    assert page.locator(".tb-table :is(script, iframe, form, img, svg, b)").count() == 0
    page.get_by_role("link", name="All tables").click()
    entry = page.locator(".tb-list li").first
    entry.wait_for()
    assert "10 papers" in entry.inner_text()
    entry.get_by_role("button").click()
    entry.get_by_role("button").click()
    page.wait_for_selector(".tb-list li", state="detached")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_papers_as_cards(small_address: str, visit: Visit, scheme: str) -> None:
    visitor = visit(
        small_address, viewport={"width": 390, "height": 844}, has_touch=True, color_scheme=scheme
    )
    page = visitor.page
    of_violins(visitor)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_label("Sort the table by").locator("visible=true").select_option("newest")
    small = page.evaluate(
        """() => [...document.querySelectorAll('.cw-tables :is(button, select, input, a)')]
          .filter((e) => e.offsetParent && e.checkVisibility() && e.className !== 'tb-cell')
          .filter((e) => e.getBoundingClientRect().height < 40)
          .map((e) => e.outerHTML.slice(0, 90))"""
    )
    assert [one for one in small if "tb-cell" not in one] == []
    page.locator("td[data-name=result] button").first.click()
    page.get_by_role("dialog").wait_for()
    visitor.picture(f"tables-phone-{scheme}")
    page.get_by_role("button", name="Close").click()


def test_what_is_made_from_a_private_conversation_is_private(
    assistant: Assistant, small_address: str, visit: Visit
) -> None:
    visitor = visit(small_address)
    page = visitor.page
    page.get_by_role("button", name="Conversations").click()
    page.get_by_role("button", name="New private one").click()
    page.wait_for_selector("text=Private, not kept")
    visitor.ask("violin making zymurgic")
    page.get_by_role("button", name="Table of these papers").click()
    page.wait_for_selector(".tb-about:text('Private, not kept')")
    assert page.title() == "Private table · Citewell"
    for file in assistant.config.data_dir.glob("conversations*"):
        assert b"zymurgic" not in file.read_bytes()


@pytest.fixture
def with_model(tmp_path: Path) -> Iterator[tuple[str, FillingModel]]:
    from ui.web.server import create_app

    model, quoted = FillingModel(), stocked(tmp_path)
    config = Config(data_dir=tmp_path, model="a-model")
    held: Any = Assistant(
        index_manager=quoted.index_manager, embedder=quoted.embedder, config=config, model=model
    )
    with served(lambda: create_app(held)) as address:
        yield address, model


def test_a_model_begins_when_told_to(with_model: tuple[str, FillingModel], visit: Visit) -> None:
    address, model = with_model
    visitor = visit(address)
    page = visitor.page
    go(visitor, "?words=violin&since=2025-01-01")
    counted(visitor, "5 of 65 papers")
    page.get_by_role("button", name="Table of those found").click()
    start = page.get_by_role("button", name="Start", exact=True)
    start.wait_for()
    assert "20 cells by a-model: " in page.inner_text(".tb-fill")
    assert not model.asked and page.locator(".tb-cell").count() == 0
    start.click()
    filled(visitor, 5)
    assert model.asked
    assert "Written by scripted" in page.inner_text(".tb-about")
    page.get_by_placeholder("Add a column").fill("code")
    page.keyboard.press("Enter")
    asked = len(model.asked)
    page.get_by_role("button", name="Quote instead").click()
    filled(visitor, 5, 5)
    assert len(model.asked) == asked
