"""The papers view as people use it, in a real Chromium."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rag.assistant import Assistant
from tests.ui.web.browser import Visitor, served
from tests.ui.web.scripted import HOSTILE
from tests.ui.web.shelf import corpus, lines, paper, stocked
from ui.web.server import create_app

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
ROWS = ".pp-table tbody tr"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return stocked(tmp_path_factory.mktemp("shelf"))


@pytest.fixture(scope="module")
def shelf(assistant: Assistant) -> Iterator[str]:
    with served(lambda: create_app(assistant)) as where:
        yield where


def go(visitor: Visitor, place: str = "") -> None:
    visitor.page.evaluate("place => { location.hash = place }", f"#/papers{place}")
    visitor.page.wait_for_selector(f"{ROWS}, .pp-two, .pp-clusters li, .pp-drop >> visible=true")


def listed(visitor: Visitor) -> list[str]:
    return [str(text) for text in visitor.page.locator(f"{ROWS} .pp-title a").all_inner_texts()]


def counted(visitor: Visitor, text: str) -> None:
    visitor.page.wait_for_function(
        "text => document.querySelector('.pp-count [role=status]').textContent === text", arg=text
    )


def test_search_sort_and_filter(shelf: str, visit: Visit) -> None:
    visitor = visit(shelf)
    page = visitor.page
    page.get_by_role("link", name="Papers", exact=True).click()
    counted(visitor, "65 papers")
    assert len(listed(visitor)) == 50
    page.get_by_label("Search titles and abstracts").fill("violin")
    counted(visitor, "16 of 65 papers")
    assert all("violin" in title for title in listed(visitor))
    page.get_by_role("button", name="Title").click()
    page.wait_for_selector("th[data-sort=title][aria-sort=ascending]")
    page.wait_for_function("!document.querySelector('[data-place=list][aria-busy=true]')")
    assert listed(visitor) == sorted(listed(visitor))
    page.get_by_label("Least upvotes").fill("60")
    page.wait_for_selector("text=No paper has all of these words and meets the filters.")
    page.get_by_role("button", name="Clear filters").last.click()
    counted(visitor, "65 papers")
    page.get_by_role("button", name="Next →").click()
    page.wait_for_function(f"document.querySelectorAll('{ROWS}').length === 15")
    assert page.get_by_role("button", name="Next →").is_disabled()


def test_enter_ranks_by_meaning(shelf: str, visit: Visit) -> None:
    visitor = visit(shelf)
    go(visitor)
    visitor.page.get_by_label("Search titles and abstracts").fill("violin")
    counted(visitor, "16 of 65 papers")
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_selector(".pp-chips >> text=ranked by meaning: violin")


def test_a_selection_is_saved_as_a_bibliography(shelf: str, visit: Visit) -> None:
    visitor = visit(shelf)
    page = visitor.page
    go(visitor)
    page.locator(f"{ROWS} input").nth(0).click()
    page.locator(f"{ROWS} input").nth(1).click()
    page.get_by_label("Export as").select_option("RIS")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Export", exact=True).click()
    assert saved.value.path().read_text("utf-8").count("TY  - ") == 2


def test_the_paper_shown_is_the_one_asked_for_last(shelf: str, visit: Visit) -> None:
    visitor = visit(shelf)
    page = visitor.page
    go(visitor)
    links = page.locator(f"{ROWS} .pp-title a")
    first, second = (str(links.nth(n).get_attribute("href")) for n in (0, 1))
    titles = listed(visitor)
    held: list[Any] = []
    page.route("**/papers/paper?*", lambda r: r.continue_() if held else held.append(r))
    page.evaluate("hash => { location.hash = hash }", first)
    page.wait_for_selector("text=Opening …")
    page.evaluate("hash => { location.hash = hash }", second)
    page.wait_for_selector(f".pp-paper h3:text-is({titles[1]!r})")
    with page.expect_response("**/papers/paper?*"):
        held[0].continue_()
    page.wait_for_timeout(200)
    assert page.inner_text(".pp-paper h3") == titles[1]


def test_what_is_asked_from_a_private_conversation_stays_private(
    assistant: Assistant, shelf: str, visit: Visit
) -> None:
    visitor = visit(shelf)
    page = visitor.page
    page.get_by_role("button", name="Conversations").click()
    page.get_by_role("button", name="New private one").click()
    page.wait_for_selector("text=Private, not kept")
    go(visitor)
    page.locator(f"{ROWS} input").first.click()
    page.get_by_role("button", name="Ask about this one").click()
    page.wait_for_selector("text=Only this paper")
    visitor.ask("what is xylophonic here?")
    assert "Private, not kept" in page.inner_text(".cw-head")
    for file in assistant.config.data_dir.glob("conversations*"):
        assert b"xylophonic" not in file.read_bytes()


def test_an_address_that_cannot_be_decoded_is_no_paper(shelf: str, visit: Visit) -> None:
    visitor = visit(f"{shelf}/#/papers/%E0%A4%A", at=".pp-paper [role=alert]")
    assert "URI" not in visitor.page.inner_text(".pp-paper")
    visitor.faults.clear()  # the browser notes the 404


def test_nothing_jumps_while_one_types(shelf: str, visit: Visit) -> None:
    visitor = visit(shelf)
    go(visitor)
    top = "document.querySelector('.pp-table').getBoundingClientRect().top"
    before = visitor.page.evaluate(top)
    visitor.page.keyboard.press("/")
    visitor.page.keyboard.type("bread")
    counted(visitor, "16 of 65 papers")
    assert visitor.page.evaluate(top) == before


def test_months_are_bars_that_filter(shelf: str, visit: Visit) -> None:
    visitor = visit(shelf)
    page = visitor.page
    go(visitor)
    page.wait_for_selector(".pp-bars button")
    assert "22 of 65 papers have a date" in page.inner_text(".pp-time figcaption")
    page.locator(".pp-bars button:enabled").first.focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.wait_for_selector(".pp-bars .pp-on")
    name = page.locator(".pp-bars .pp-on").get_attribute("aria-label")
    month, _, count = name.partition(": ")
    counted(visitor, f"{count.split()[0]} of 65 papers")
    assert month == "Jul 2025"
    assert all("Jul 2025" in text for text in page.locator("td.pp-date").all_inner_texts())
    page.get_by_role("button", name="43 have none").click()
    counted(visitor, "43 of 65 papers")


def test_a_selection_outlives_filters_views_and_reloads(shelf: str, visit: Visit) -> None:
    visitor = visit(shelf)
    page = visitor.page
    go(visitor)
    page.get_by_label("Search titles and abstracts").fill("violin")
    counted(visitor, "16 of 65 papers")
    page.get_by_role("button", name="Select all 16").click()
    page.wait_for_selector("text=16 selected")
    page.get_by_label("Search titles and abstracts").fill("")
    counted(visitor, "65 papers")
    boxes = page.locator(f"{ROWS} input")
    boxes.nth(0).click()
    boxes.nth(3).click(modifiers=["Shift"])
    chosen = page.locator(f"{ROWS} input:checked").count()
    selected = page.inner_text(".pp-picked [role=status]")
    page.reload()
    page.wait_for_selector(ROWS)
    assert page.inner_text(".pp-picked [role=status]") == selected
    assert page.locator(f"{ROWS} input:checked").count() == chosen
    page.get_by_role("button", name="List these").click()
    counted(visitor, f"{selected.split()[0]} of 65 papers")
    page.get_by_role("button", name="Clear", exact=True).click()
    counted(visitor, "65 papers")
    assert not page.locator(".pp-picked").is_visible()


def test_questions_keep_to_a_selection_until_it_is_taken_away(shelf: str, visit: Visit) -> None:
    visitor = visit(shelf)
    page = visitor.page
    go(visitor)
    page.get_by_label("Search titles and abstracts").fill("violin 2025")
    page.get_by_label("Search titles and abstracts").fill("violin")
    counted(visitor, "16 of 65 papers")
    page.get_by_role("button", name="Select all 16").click()
    page.get_by_role("button", name="Ask about these").click()
    page.wait_for_selector("text=Only these 16 papers")
    focused = "document.activeElement === document.querySelector('#cw-question')"
    assert page.evaluate(focused)
    visitor.ask("which of these are from 2025?")
    chips = page.locator(".cw-turn:last-child .cw-chips li").all_inner_texts()
    assert any("2025" in chip for chip in chips)
    assert any("only these 16 papers" in chip for chip in chips)
    cards = page.locator(".cw-turn:last-child [data-part=sources] > .cw-card h3")
    assert cards.count() and all("violin" in text for text in cards.all_inner_texts())
    visitor.ask("what about bread fermentation?")
    cards = page.locator(".cw-turn:last-child .cw-card h3")
    assert all("violin" in text for text in cards.all_text_contents())

    page.reload()
    page.wait_for_selector(".cw-turn")
    assert "Only these 16 papers" in page.inner_text(".cw-ask")
    page.get_by_role("button", name="Ask about all papers again").click()
    assert not page.locator(".cw-only").is_visible()
    visitor.ask("bread fermentation in place 2")
    titles = page.locator(".cw-turn:last-child .cw-card h3").all_text_contents()
    assert any("bread" in title for title in titles)
    page.reload()
    page.wait_for_selector(".cw-turn")
    page.wait_for_timeout(300)
    assert not page.locator(".cw-only").is_visible()


def test_a_new_conversation_is_about_all_papers(shelf: str, visit: Visit) -> None:
    visitor = visit(shelf)
    page = visitor.page
    go(visitor)
    page.locator(f"{ROWS} a").first.click()
    page.get_by_role("button", name="Ask about this paper").click()
    page.wait_for_selector("text=Only this paper")
    visitor.ask("what is found?")
    assert "only this paper" in visitor.text("ask")
    page.get_by_role("button", name="New conversation").click()
    page.wait_for_selector(".cw-hello")
    assert not page.locator(".cw-only").is_visible()


def test_a_paper_its_nearest_and_the_way_back(shelf: str, visit: Visit) -> None:
    visitor = visit(shelf, permissions=["clipboard-read", "clipboard-write"])
    page = visitor.page
    go(visitor)
    page.get_by_role("button", name="Upvotes").click()
    page.wait_for_selector("th[data-sort=upvotes][aria-sort=descending]")
    page.wait_for_function("!document.querySelector('[data-place=list][aria-busy=true]')")
    row = page.locator(f"{ROWS} a").nth(9)
    row.scroll_into_view_if_needed()
    title, scrolled = row.inner_text(), page.evaluate("scrollY")
    row.click()
    page.wait_for_selector(".pp-two")
    assert page.inner_text(".pp-two h3") == title
    assert page.evaluate("document.activeElement.tagName") == "H3"
    assert page.locator(".pp-paper aside li").count() == 8
    page.get_by_role("button", name="Copy citation").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert title in page.evaluate("navigator.clipboard.readText()")
    page.locator(".pp-paper aside a").first.click()
    page.wait_for_function(
        "t => document.querySelector('.pp-two h3')?.textContent !== t", arg=title
    )
    page.go_back()
    page.wait_for_function(
        "t => document.querySelector('.pp-two h3')?.textContent === t", arg=title
    )
    page.go_back()
    page.wait_for_function("document.activeElement.closest('.pp-table') !== null")
    assert page.evaluate("document.activeElement.textContent") == title
    assert abs(page.evaluate("scrollY") - scrolled) < 3


def test_a_source_card_leads_to_its_paper(shelf: str, visit: Visit) -> None:
    visitor = visit(shelf)
    visitor.ask("what about violin making?")
    card = visitor.page.locator(".cw-card").first
    title = card.locator("h3").inner_text()
    visitor.more(card)
    card.get_by_role("link", name="In the corpus").click()
    visitor.page.wait_for_selector(".pp-two h3")
    assert visitor.page.inner_text(".pp-two h3") in title


def test_the_map_shows_opens_and_filters(shelf: str, visit: Visit) -> None:
    visitor = visit(shelf)
    page = visitor.page
    visitor.ask("what about violin making?")
    go(visitor, "/map")
    page.wait_for_selector(".pp-clusters li", timeout=120_000)
    assert "of your last answer" in page.inner_text(".pp-legend")
    assert "Map of 65 papers" in page.locator(".pp-map canvas").get_attribute("aria-label")
    page.wait_for_timeout(300)
    hit = page.evaluate(
        """async () => {
          const canvas = document.querySelector('.pp-map canvas');
          const tip = document.querySelector('.pp-tip');
          const box = canvas.getBoundingClientRect();
          for (let y = 4; y < box.height; y += 7) for (let x = 4; x < box.width; x += 7) {
            canvas.dispatchEvent(new PointerEvent('pointermove',
              { pointerType: 'mouse', clientX: box.x + x, clientY: box.y + y }));
            if (!tip.hidden) return [x, y, tip.textContent];
          }
        }"""
    )
    assert hit and hit[2]
    visitor.picture("papers-map")
    page.locator(".pp-map canvas").click(position={"x": hit[0], "y": hit[1]})
    page.wait_for_selector(".pp-two h3")
    assert page.inner_text(".pp-two h3") == hit[2]
    go(visitor, "/map")
    group = page.locator(".pp-clusters li button").first
    size = group.locator("span").last.inner_text()
    group.focus()
    page.keyboard.press("Enter")
    counted(visitor, f"{size} of 65 papers")
    assert page.locator(".pp-chips li").count() == 1


def test_foreign_text_stays_text(shelf: str, visit: Visit) -> None:
    visitor = visit(shelf)
    page = visitor.page
    go(visitor)
    page.get_by_label("Search titles and abstracts").fill("quoted bold")
    counted(visitor, "1 of 65 papers")
    assert listed(visitor) == [" ".join(HOSTILE.title.split())]
    page.locator(f"{ROWS} a").click()
    page.wait_for_selector(".pp-abstract")
    assert "<script>" in page.inner_text(".pp-abstract")
    assert page.locator("a[href^='javascript']").count() == 0
    assert page.locator(".pp-paper :is(script, iframe, form, img, svg, b)").count() == 0
    go(visitor, "/map")
    page.wait_for_selector(".pp-clusters li", timeout=120_000)
    assert page.evaluate("window.pwned") is None


def test_files_are_added_after_a_look(tmp_path: Path, visit: Visit) -> None:
    own = stocked(tmp_path / "own", corpus(8))
    evil = paper(90, title=HOSTILE.title + " new", abstract=HOSTILE.abstract)
    with served(lambda: create_app(own)) as where:
        visitor = visit(where)
        page = visitor.page
        assert "9 papers" in page.inner_text(".cw-head")
        go(visitor, "/add")
        page.set_input_files(
            ".pp-drop input",
            [
                {
                    "name": "<img src=x onerror=window.pwned=1>.jsonl",
                    "mimeType": "application/json",
                    "buffer": lines(paper(91), evil) + b"{broken\n",
                },
            ],
        )
        page.wait_for_selector("text=Recognised, not written yet")
        assert "2 new" in page.inner_text(".pp-add")
        assert "Line 3" in page.inner_text(".pp-problems")
        assert len(own.shelf.catalog) == 9
        visitor.picture("papers-preview")
        page.get_by_role("button", name="Add 2 papers").click()
        page.wait_for_selector("text=Added 2 papers", timeout=60_000)
        page.wait_for_function(
            "document.querySelector('.cw-head [data-papers]').textContent === '11 papers'"
        )
        page.get_by_role("link", name="See the list").click()
        counted(visitor, "11 papers")
        page.get_by_role("link", name="Chat").click()
        visitor.ask("what about tidal turbines number 91?")
        assert "11 papers" in page.inner_text(".cw-head")
        assert page.evaluate("window.pwned") is None


def test_elsewhere_adding_is_told_how(assistant: Assistant, visit: Visit) -> None:
    with served(lambda: create_app(assistant, local=False)) as where:
        visitor = visit(where)
        visitor.page.evaluate("location.hash = '#/papers/add'")
        visitor.page.wait_for_selector("text=Papers are added on the machine itself")
        assert "citewell ingest" in visitor.page.inner_text(".pp-add")
        assert visitor.page.locator(".pp-add input[type=file]").count() == 0


def test_an_empty_corpus_says_what_to_do(tmp_path: Path, visit: Visit) -> None:
    with served(lambda: create_app(stocked(tmp_path / "none", []))) as where:
        visitor = visit(where)
        visitor.page.evaluate("location.hash = '#/papers'")
        visitor.page.wait_for_selector("text=There are no papers yet.")
        visitor.page.evaluate("location.hash = '#/papers/map'")
        visitor.page.wait_for_selector(".pp-wait >> text=There is nothing to draw yet.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_has_room_for_everything(shelf: str, visit: Visit, scheme: str) -> None:
    visitor = visit(
        shelf, viewport={"width": 390, "height": 844}, has_touch=True, color_scheme=scheme
    )
    page = visitor.page
    for place in ("", "/map", "/add"):
        go(visitor, place)
        page.wait_for_timeout(200)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), place
        visitor.picture(f"papers-phone-{scheme}{place.replace('/', '-')}")
    go(visitor)
    page.get_by_role("button", name="Filters").tap()
    page.get_by_label("Least upvotes").fill("60")
    counted(visitor, "1 of 65 papers")
    assert "60 upvotes" in page.inner_text(f"{ROWS} .pp-under")
    page.locator(f"{ROWS} a").tap()
    page.wait_for_selector(".pp-two")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_all_is_named_and_reached_by_keys(shelf: str, visit: Visit) -> None:
    visitor = visit(shelf)
    page = visitor.page
    go(visitor)
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('.cw-papers :is(a, button, input, select)')]
          .filter(e => e.checkVisibility())
          .filter(e => !(e.ariaLabel || e.labels?.length || e.textContent.trim()))
          .map(e => e.outerHTML)"""
    )
    assert nameless == []
    page.locator(f"{ROWS} a").first.focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") == listed(visitor)[1]
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    page.wait_for_selector("text=1 selected")


def test_a_lost_server_is_told(tmp_path: Path, visit: Visit) -> None:
    with served(lambda: create_app(stocked(tmp_path / "lost", corpus(4)))) as where:
        visitor = visit(where)
        go(visitor)
        counted(visitor, "5 papers")
        visitor.page.route("**/citewell/api/**", lambda route: route.abort())
        visitor.page.get_by_label("Search titles and abstracts").fill("violin")
        visitor.page.wait_for_selector("text=Citewell does not answer.")
        assert len(listed(visitor)) == 5  # what was there stays
        visitor.page.unroute("**/citewell/api/**")
        visitor.page.get_by_label("Search titles and abstracts").fill("bread")
        counted(visitor, "1 of 5 papers")
        assert not visitor.page.locator("[data-place=trouble]").is_visible()
        visitor.faults.clear()  # the browser's own word for an aborted request
