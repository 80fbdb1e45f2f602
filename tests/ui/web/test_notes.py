"""Notes from the page: the text that the routes give, to whom, and what a browser does with it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from pybtex.database import parse_string

from rag.export import FORMATS, filename
from tests.browser import Visitor, served
from tests.ui.web.chat.test_conversations import answered_turn
from tests.ui.web.scripted import Scripted
from tests.ui.web.written import CURE, PROPOSED, STEER
from ui.web.chat.conversations import Conversations
from ui.web.guard import VISITOR

Visit = Callable[..., Visitor]
ANNA, BERT = "anna-has-a-secret-cookie", "bert-has-a-secret-cookie"


@pytest.fixture
def conversation(scripted: Scripted) -> Iterator[list[Any]]:
    """Anna's, `c1`, in the folder that `address` serves."""
    kept = Conversations(scripted.config.data_dir)
    first, second = (
        answered_turn("which papers: mitigate entropy?"),
        answered_turn("hostile things"),
    )
    kept.keep(ANNA, "c1", [first])
    kept.keep(ANNA, "c1", [first, second])
    yield [first, second]
    kept.close()


def get(address: str, path: str, owner: str | None = ANNA, **query: str) -> httpx.Response:
    cookies = {VISITOR: owner} if owner else {}
    with httpx.Client(base_url=f"{address}/citewell/api/notes/", cookies=cookies) as client:
        return client.get(path, params=query)


def test_formats_are_those_of_the_registry(address: str) -> None:
    told = get(address, "formats").json()
    assert [f["name"] for f in told] == [*FORMATS]
    assert told[0] == {"name": "markdown", "label": "Markdown", "cites": False, "copies": True}
    assert [f["name"] for f in told if not f["copies"]] == ["html"]


@pytest.mark.parametrize("kind", FORMATS)
def test_a_kept_conversation_and_one_of_its_answers(
    address: str, conversation: list[Any], kind: str
) -> None:
    whole = get(address, "conversations/c1", kind=kind)
    one = get(address, "conversations/c1", kind=kind, turn=conversation[0].id)
    for reply, title in ((whole, conversation[0].question), (one, conversation[0].question)):
        assert reply.status_code == 200
        assert reply.headers["content-type"].split(";")[0] == FORMATS[kind].media_type
        disposition = unquote(reply.headers["content-disposition"])
        assert disposition == f"attachment; filename*=UTF-8''{FORMATS[kind].filename(title)}"
        assert reply.headers["cache-control"] == "no-store"
    assert len(whole.text) > len(one.text)
    if FORMATS[kind].notes:
        assert PROPOSED in one.text
        assert "hostile things" in whole.text
        assert "hostile things" not in one.text


def test_nobody_gets_what_is_another_s(address: str, conversation: list[Any]) -> None:
    for owner in (BERT, None, "short"):
        reply = get(address, "conversations/c1", owner, kind="markdown")
        assert reply.status_code == 404
        assert PROPOSED not in reply.text


def test_one_paper_of_an_answer(address: str, conversation: list[Any]) -> None:
    asked = {"turn": conversation[0].id, "paper": CURE.paper_id}
    reply = get(address, "conversations/c1", kind="bibtex", **asked)
    (entry,) = parse_string(reply.text, "bibtex").entries.values()
    assert entry.fields["title"] == f"{{{CURE.title}}}"
    assert entry.fields["url"] == CURE.url
    assert "CURE-Critical-Token" in reply.headers["content-disposition"]


@pytest.mark.parametrize(
    ("query", "status", "told"),
    [
        ({"kind": "docx"}, 400, "no format 'docx'"),
        ({"kind": "bibtex", "turn": "gone"}, 404, "not here"),
        ({"kind": "bibtex", "paper": "gone"}, 404, "not here"),
    ],
)
def test_what_is_not_there_is_told(
    address: str, conversation: list[Any], query: dict[str, str], status: int, told: str
) -> None:
    reply = get(address, "conversations/c1", **query)
    assert reply.status_code == status
    assert told in reply.json()["error"]


def test_an_answer_without_papers_cites_nothing(address: str, scripted: Scripted) -> None:
    kept = Conversations(scripted.config.data_dir)
    kept.keep(ANNA, "c2", [answered_turn("nothing")])
    kept.close()
    assert get(address, "conversations/c2", kind="plain").status_code == 200
    for kind in ("bibtex", "ris", "csl"):
        reply = get(address, "conversations/c2", kind=kind)
        assert reply.status_code == 404
        assert "names no paper" in reply.json()["error"]


def test_hand_picked_papers(bundled_dir: Path, tmp_path: Path) -> None:
    """The route that the list of papers calls, over a real catalog."""
    from rag.config import Config
    from rag.storage.catalog import Catalog
    from ui.web.server import create_app

    catalog = Catalog(bundled_dir)
    some = [catalog.papers()[n] for n in (7, 3)]

    class IndexManager:
        pass

    index_manager = IndexManager()
    index_manager.catalog = catalog  # type: ignore[attr-defined]
    scripted = Scripted(config=Config(data_dir=tmp_path), index_manager=index_manager)  # type: ignore[arg-type]
    with served(lambda: create_app(scripted)) as address:
        url = f"{address}/citewell/api/notes/papers"
        ids = [some[0].paper_id, some[1].paper_id, some[0].paper_id, "unknown"]
        for kind, form in FORMATS.items():
            told = httpx.post(url, json={"ids": ids, "format": kind}).json()
            assert told["text"] == form.of_papers(some)
            assert told["filename"] == f"2-papers.{form.extension}"
            assert told["media_type"] == form.media_type
        assert httpx.post(url, json={"ids": [], "format": "ris"}).status_code == 404
        assert httpx.post(url, json={"ids": ids, "format": "x"}).status_code == 400
        assert httpx.post(url, json={"ids": "all", "format": "ris"}).status_code == 400
    catalog.close()


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("which papers: mitigate / entropy?", "which-papers-mitigate-entropy"),
        ("../../etc/passwd", "etc-passwd"),
        ("CON", "citewell-CON"),
        ("???", "citewell"),
        ("Ümlaute & 中文", "Ümlaute-中文"),
        ("word " * 50, "word-" * 19 + "word"),
    ],
)
def test_file_names_fit_every_file_system(title: str, name: str) -> None:
    assert filename(title, "md") == f"{name}.md"
    assert len(filename("文" * 500, "md").encode()) < 128


# In a browser


@pytest.mark.browser
def test_copied_and_downloaded(address: str, visit: Visit) -> None:
    visitor = visit(address, permissions=["clipboard-read", "clipboard-write"])
    page = visitor.page
    assert not page.locator(".cw-head").get_by_role("button", name="Export").is_visible()
    visitor.ask("which papers: mitigate entropy?")
    with page.expect_response(lambda r: "/notes/conversations/" in r.url) as reply:
        page.get_by_role("button", name="Copy as Markdown").click()
    page.locator(".cw-row").get_by_text("Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == reply.value.text()
    assert copied.startswith("## which papers: mitigate entropy?\n")
    assert PROPOSED in copied
    assert "Copied" in page.inner_text("[data-slot=said]")

    page.get_by_role("button", name="More about this answer").click()
    page.get_by_role("button", name="Other formats").click()
    panel = page.get_by_role("dialog", name="Copy or download this answer")
    panel.wait_for()
    assert panel.get_by_role("listitem").count() == len(FORMATS)
    visitor.picture("notes")
    with page.expect_download() as download:
        panel.get_by_role("button", name="Download as BibTeX").click()
    assert download.value.suggested_filename == "which-papers-mitigate-entropy.bib"
    entries = parse_string(Path(download.value.path()).read_text("utf-8"), "bibtex").entries
    assert [e.fields["title"] for e in entries.values()] == [
        f"{{{p.title}}}" for p in (STEER, CURE)
    ]
    with page.expect_download() as download:
        panel.get_by_role("button", name="Download as Web page (one file)").click()
    assert download.value.suggested_filename == "which-papers-mitigate-entropy.html"
    assert PROPOSED in Path(download.value.path()).read_text("utf-8")
    assert panel.get_by_role("button", name="Copy as Web page").count() == 0
    panel.get_by_role("button", name="Copy as CSL-JSON").click()
    panel.get_by_text("Copied").wait_for()
    assert len(json.loads(page.evaluate("navigator.clipboard.readText()"))) == 2
    page.keyboard.press("Escape")
    assert not panel.is_visible()
    assert page.evaluate("document.activeElement.ariaLabel") == "More about this answer"

    visitor.more(page.locator(".cw-card").nth(1))
    page.locator(".cw-card").nth(1).get_by_role("button", name="Cite").click()
    panel = page.get_by_role("dialog", name="Cite this paper")
    panel.wait_for()
    assert panel.get_by_role("listitem").first.inner_text().startswith("BibTeX")
    panel.get_by_role("button", name="Copy as Plain text").click()
    page.locator(".cw-notes").get_by_text("Copied").wait_for()
    told = page.evaluate("navigator.clipboard.readText()")
    assert told == f"{CURE.title}. 2025-08. {CURE.url}\n"


@pytest.mark.browser
def test_private_conversations_are_taken_from_the_page_that_holds_them(
    address: str, visit: Visit
) -> None:
    visitor = visit(address, permissions=["clipboard-read", "clipboard-write"])
    page = visitor.page
    page.get_by_role("button", name="Conversations").click()
    page.get_by_role("button", name="New private one, not kept").click()
    page.wait_for_selector("text=Private, not kept")
    visitor.ask("which papers?")
    visitor.ask("and slow ones?")
    page.locator(".cw-head").get_by_role("button", name="Export").click()
    panel = page.get_by_role("dialog", name="Copy or download this conversation")
    with page.expect_response(lambda r: "/notes/conversations/" in r.url) as reply:
        panel.get_by_role("button", name="Copy as Obsidian").click()
    panel.get_by_text("Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == reply.value.text()
    assert "## and slow ones?" in copied
    assert "unsupported: It cites nothing" in copied
    assert httpx.get(reply.value.url).status_code == 404
    other = httpx.get(reply.value.url, cookies={VISITOR: BERT})
    assert other.status_code == 404


@pytest.mark.browser
def test_without_a_clipboard_and_without_a_server(address: str, visit: Visit) -> None:
    """Over plain HTTP from another machine there is no clipboard but that of a text field."""
    visitor = visit(address, permissions=["clipboard-read", "clipboard-write"])
    page = visitor.page
    visitor.ask("plain")
    page.evaluate("""() => {
      window.realClipboard = navigator.clipboard;
      Object.defineProperty(navigator, "clipboard", { value: undefined });
    }""")
    page.get_by_role("button", name="Copy as Markdown").click()
    page.locator(".cw-row").get_by_text("Copied").wait_for()
    assert "## plain" in page.evaluate("realClipboard.readText()")
    page.route("**/notes/conversations/**", lambda route: route.abort())
    page.get_by_role("button", name="More about this answer").click()
    page.get_by_role("button", name="Other formats").click()
    page.get_by_role("button", name="Download as RIS").click()
    page.get_by_role("alert").wait_for()
    assert "does not answer" in page.get_by_role("alert").inner_text()
    visitor.faults.clear()  # the browser said so too
