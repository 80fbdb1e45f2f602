"""Marks and saved searches over HTTP: what is kept, for whom, and what is new."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from ingest.build import ingest
from rag.assistant import Assistant
from tests.browser import served
from tests.ui.web.chat.test_conversations import answered_turn
from tests.ui.web.desk.visiting import ANNA, BERT, IDS, client, refused, told
from tests.ui.web.small_corpus import corpus, paper, stocked
from ui.web.chat.conversations import Conversations
from ui.web.marks.kept import Change
from ui.web.server import create_app
from ui.web.store import HERE


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return stocked(tmp_path_factory.mktemp("desk"), corpus(8))


@pytest.fixture(scope="module")
def address(held: Assistant) -> Iterator[str]:
    with served(lambda: create_app(held, local=False)) as where:
        yield where


@pytest.fixture
def anna(address: str) -> Iterator[httpx.Client]:
    with client(address, ANNA) as found:
        yield found


def test_marks_are_kept_filter_the_list_and_go_into_exports(
    anna: httpx.Client, address: str
) -> None:
    told(anna, "marks", paper=IDS[1], add="Craft, wood", reading="to_read", note="Ask them.")
    told(anna, "marks", paper=IDS[5], add="craft")
    assert told(anna, f"marks/paper?id={IDS[5]}")["tags"] == ["Craft"]
    overview = told(anna, "marks")
    assert overview["tags"] == [["Craft", 2], ["wood", 1]]
    assert (overview["to_read"], overview["noted"], overview["gone"]) == (1, 1, [])
    for asked, found in (
        ({"tags": "craft"}, {IDS[1], IDS[5]}),
        ({"tags": "craft,wood"}, {IDS[1]}),
        ({"reading": "to_read", "words": "violin"}, {IDS[1]}),
        ({"noted": True, "words": "bread"}, set()),
        ({"tags": "craft", "ranked": "violin making"}, {IDS[1], IDS[5]}),
    ):
        assert set(told(anna, "papers/ids", **asked)["ids"]) == found
    rows = {row["id"]: row for row in told(anna, "papers/list", words="violin")["rows"]}
    assert rows[IDS[1]]["tags"] == ["Craft", "wood"] and rows[IDS[1]]["noted"]
    written = {
        kind: told(anna, "notes/papers", ids=[IDS[1]], format=kind)["text"]
        for kind in ("bibtex", "ris", "csl", "markdown", "obsidian", "plain")
    }
    assert "keywords = {Craft, wood}" in written["bibtex"]
    assert "annote = {Ask them.}" in written["bibtex"]
    assert "KW  - wood" in written["ris"] and "N1  - Ask them." in written["ris"]
    item = json.loads(written["csl"])[0]
    assert (item["keyword"], item["annote"]) == ("Craft, wood", "Ask them.")
    assert "#Craft #wood" in written["obsidian"]
    for kind in ("markdown", "obsidian", "plain"):
        assert "Ask them." in written[kind]
    with client(address, BERT) as bert:
        text = told(bert, "notes/papers", ids=[IDS[1]], format="bibtex")["text"]
        assert "Ask them." not in text and "Craft" not in text
        assert told(bert, "marks")["tags"] == []
        assert told(bert, "papers/ids", tags="craft")["ids"] == []


def test_what_cannot_be_kept_is_refused_in_words(anna: httpx.Client, address: str) -> None:
    assert "No paper has the id" in refused(anna, "marks", paper="nope", note="x")
    assert "10,000 is the most" in refused(anna, "marks", paper=IDS[0], note="x" * 10_001)
    assert refused(anna, "marks", paper=IDS[0], reading="burnt")
    assert "A selection" in refused(anna, "searches", name="x", listed={"among": IDS[:2]})
    assert "not kept" in refused(anna, "searches", conversation="c", turn="t")
    with client(address, None) as nobody:
        assert "no cookies" in refused(nobody, "marks", paper=IDS[0], note="x")
        assert "no cookies" in refused(nobody, "searches", name="x", listed={"words": "y"})
        assert told(nobody, f"marks/paper?id={IDS[0]}")["kept"] is False
        assert told(nobody, "searches")["searches"] == []
    for path in ("marks", "searches", "searches/x/open", "searches/x/delete"):
        evil = {"Origin": "http://evil.test"}
        assert anna.post(path, json={}, headers=evil).status_code == 403


def test_saved_searches_are_their_visitor_s(anna: httpx.Client, address: str) -> None:
    saved = told(anna, "searches", name="Bread", listed={"words": "bread", "upvotes_min": 1})
    assert saved["told"] == "“bread”, at least 1 upvote"
    assert "already" in refused(anna, "searches", name="bread", listed={"words": "other"})
    with client(address, BERT) as bert:
        assert told(bert, "searches")["searches"] == []
        for act in ("open", "rename", "delete"):
            assert "not here" in refused(bert, f"searches/{saved['id']}/{act}", name="x")
    assert told(anna, f"searches/{saved['id']}/rename", name="Loaves")["name"] == "Loaves"
    told(anna, f"searches/{saved['id']}/delete", name="x")
    assert told(anna, "searches")["searches"] == []


def test_searches_tell_what_is_new_until_they_are_opened(tmp_path: Path) -> None:
    held = stocked(tmp_path, corpus(8))
    turn = answered_turn("bread fermentation")
    assert turn.answer
    kept = Conversations(tmp_path)
    kept.keep(ANNA, "c1", [turn])
    kept.close()
    with served(lambda: create_app(held)) as address, client(address, ANNA) as anna:
        words = told(anna, "searches", name="words", listed={"words": "violin"})["id"]
        dated = told(
            anna, "searches", name="dated", listed={"words": "violin", "date_from": "2026-01-01"}
        )["id"]
        topic = told(anna, "searches", name="topic", listed={"ranked": "violin making"})["id"]
        asked = told(anna, "searches", conversation="c1", turn=turn.id)
        assert asked["question"] == asked["listed"]["ranked"] == turn.answer.standalone_question
        assert set(told(anna, "searches/news").values()) == {0}
        ingest([paper(at) for at in (9, 13, 10)], held.index_manager.catalog, held.embedder)
        news = told(anna, "searches/news")
        assert (news[words], news[dated]) == (2, 0)
        assert 0 < news[topic] <= 2
        opened = told(anna, f"searches/{words}/open", go=True)
        assert set(opened["new"]) <= set(told(anna, "papers/ids", words="violin")["ids"])
        assert len(opened["new"]) == 2
        assert told(anna, f"searches/{words}/open", go=True)["new"] == []
        assert told(anna, "searches/news")[topic] == news[topic]


def test_what_is_put_on_a_paper_outlives_it(tmp_path: Path) -> None:
    held = stocked(tmp_path / "before", corpus(8))
    with served(lambda: create_app(held)) as address, client(address, ANNA) as anna:
        told(anna, "marks", paper=IDS[1], note="Never lost.")
        told(anna, "searches", name="all", listed={"words": "violin"})
    others = stocked(tmp_path / "after", [p for p in corpus(8) if p.title != paper(1).title])
    for file in (tmp_path / "before").glob("conversations.sqlite3*"):
        shutil.copy(file, tmp_path / "after")
    with served(lambda: create_app(others)) as address, client(address, ANNA) as anna:
        gone = told(anna, "marks")["gone"]
        assert [(p["id"], p["title"], p["note"]) for p in gone] == [
            (IDS[1], paper(1).title, "Never lost.")
        ]
        assert told(anna, f"marks/paper?id={IDS[1]}")["gone"] == paper(1).title
        told(anna, "marks", paper=IDS[1], add="late")
        assert told(anna, f"marks/paper?id={IDS[1]}")["tags"] == ["late"]
        told(anna, "marks", paper=IDS[1], remove="late", note="")
        assert told(anna, "marks")["gone"] == []


def test_on_this_machine_alone_every_browser_and_the_terminal_share(tmp_path: Path) -> None:
    held = stocked(tmp_path, corpus(8))
    kept = Conversations(tmp_path)
    kept.marks.change(HERE, IDS[1], "One", Change(note="from the terminal"))
    kept.close()
    with served(lambda: create_app(held)) as address:
        for owner in (ANNA, None):
            with client(address, owner) as browser:
                assert told(browser, f"marks/paper?id={IDS[1]}")["note"] == "from the terminal"
