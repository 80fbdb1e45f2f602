"""Several corpora on one page: a switch, an address each, and nothing of one in another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest

from rag import wiring
from rag.adapters.fakes import HashEmbedder
from rag.config import load
from rag.errors import NewerData
from rag.settings import corpora
from rag.storage import versions
from tests.browser import Visitor, served
from tests.corpus import filled
from ui.archives import placing, writing
from ui.settings import Settings
from ui.web.server import create_app
from ui.web.switch import CorpusPages

Visit = Callable[..., Visitor]


def quiet(stage: str, done: int, total: int) -> None:
    pass


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A data folder with five papers, a corpus of three and one of two."""
    folder = tmp_path / "data"
    for name, count in ((None, 5), ("three", 3), ("two", 2)):
        filled(corpora.folder(folder, name), count).close()
    return folder


def pages(root: Path) -> CorpusPages:
    from rag.storage.catalog import Catalog

    config = load(data_dir=root, environ={})
    first = wiring.assistant(config, catalog=Catalog(root), embedder=HashEmbedder())
    return CorpusPages(first, Settings(root, environ={}), partial(create_app))


@pytest.fixture
def made() -> list[CorpusPages]:
    """What `where` serves, once it does."""
    return []


@pytest.fixture
def where(root: Path, made: list[CorpusPages]) -> Iterator[str]:
    def make() -> CorpusPages:
        made.append(pages(root))
        return made[0]

    with served(make) as address:
        yield address


@pytest.fixture
def client(where: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=where, timeout=60) as client:
        client.get("/")
        yield client


def papers(client: httpx.Client, place: str = "") -> int:
    found = client.post(f"{place}/citewell/api/papers/list", json={})
    return int(found.json()["total"]) if found.status_code == 200 else -found.status_code


def test_each_corpus_has_an_address(client: httpx.Client) -> None:
    held = [papers(client, place) for place in ("", "/corpus/three", "/corpus/two")]
    assert held == [5, 3, 2]
    links = client.get("/corpus/two/citewell/api/corpora").json()["corpora"]
    assert links == [
        {"name": "default", "href": "/", "here": False},
        {"name": "three", "href": "/corpus/three/", "here": False},
        {"name": "two", "href": "/corpus/two/", "here": True},
    ]
    for place, led in (("/corpus/two", "/corpus/two/"), ("/corpus/default/", "/")):
        assert client.get(place).headers["location"] == led
    for place in ("/corpus/four/", "/corpus/%2e%2e/", "/corpus//", "/corpus"):
        assert client.get(place).status_code == 404
    assert client.get("/corpus/two/", headers={"host": "evil.test"}).status_code == 400


def test_settings_changed_on_one_page_hold_on_all(
    root: Path, client: httpx.Client, made: list[CorpusPages]
) -> None:
    assert papers(client, "/corpus/two") == 2  # is open
    for place in ("", "/corpus/two"):
        price = 7.0 if place else 5.0
        saved = client.post(f"{place}/citewell/api/settings", json={"price_prompt": price})
        assert saved.status_code == 200
        for app in (made[0]._first, made[0]._others["two"].app):
            assert app.state.site.assistant.config.price_prompt == price
    assert load(data_dir=root, corpus="three", environ={}).price_prompt == 7.0


def test_what_is_removed_is_gone_and_what_comes_in_its_place_is_new(
    root: Path, client: httpx.Client, tmp_path: Path
) -> None:
    config = load(data_dir=root, corpus="three", environ={})
    writing.export(config, tmp_path / "three.zip", personal=False, report=quiet)
    assert papers(client, "/corpus/two") == 2
    placing.remove(root, "two")
    assert client.get("/corpus/two/").status_code == 404
    placing.import_corpus(root, tmp_path / "three.zip", "two", quiet)
    assert papers(client, "/corpus/two") == 3


def test_a_corpus_that_cannot_be_opened_is_told_and_costs_the_others_nothing(
    root: Path, client: httpx.Client
) -> None:
    (corpora.folder(root, "two") / versions.FORMAT_FILE).write_text("2")
    with pytest.raises(NewerData):
        load(data_dir=root, corpus="two", environ={})
    told = client.get("/corpus/two/")
    assert told.status_code == 503
    assert "newer Citewell" in told.text
    assert papers(client, "/corpus/three") == 3


def test_pages_that_nobody_has_used_for_long_are_closed_and_opened_again(
    client: httpx.Client, made: list[CorpusPages], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.web.switch._MOST", 1)
    for _ in range(2):
        for place, count in (("/corpus/three", 3), ("/corpus/two", 2), ("", 5)):
            assert papers(client, place) == count
        assert list(made[0]._others) == ["two"]


@pytest.mark.browser
def test_the_switch_leads_to_another_corpus_and_tabs_do_not_mix(where: str, visit: Visit) -> None:
    visitor = visit(where)
    page = visitor.page
    page.get_by_label("Corpus").select_option("three")
    page.wait_for_url("**/corpus/three/**")
    page.get_by_text("Ask the abstracts of 3 papers").wait_for()
    visitor.ask("which papers propose a method for robots?")
    other = Visitor(page.context.new_page())
    other.page.goto(where)
    other.page.get_by_text("Ask the abstracts of 5 papers").wait_for()
    other.ask("which papers propose a method for federated?")
    page.reload()
    visitor.wait("done")
    assert "robots" in visitor.text() and "federated" not in visitor.text()
    for one, mine, theirs in ((visitor, "robots", "federated"), (other, "federated", "robots")):
        one.page.get_by_role("button", name="Conversations").click()
        entries = one.page.locator(".cw-conversations-list")
        entries.get_by_text(mine).wait_for()
        assert theirs not in entries.inner_text()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Papers", exact=True).click()
    page.get_by_text("3 papers", exact=True).last.wait_for()
    assert not visitor.faults


@pytest.mark.browser
def test_there_is_no_switch_where_there_is_one_corpus(root: Path, visit: Visit) -> None:
    for name in ("two", "three"):
        placing.remove(root, name)
    with served(lambda: pages(root)) as address:
        page = visit(address).page
        with page.expect_response("**/citewell/api/corpora"):
            page.reload()
        page.get_by_text("Ask the abstracts of 5 papers").wait_for()
        assert not page.locator(".cw-switch").is_visible()
