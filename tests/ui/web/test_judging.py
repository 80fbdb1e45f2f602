"""Judging answers and sources: kept for whom it is, gone with the answer, and drafted from."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from rag.config import Config
from rag.errors import CatalogError, FolderReadOnly, UsageError
from tests.browser import Visitor, served
from tests.ui.web.chat.test_conversations import answered_turn
from tests.ui.web.contrast import low_contrast
from tests.ui.web.scripted import Scripted
from tests.ui.web.written import CURE, STEER
from ui.web.chat.conversations import Conversations, digest
from ui.web.judging.judgements import Judgement
from ui.web.server import create_app
from ui.web.store import FILE

Visit = Callable[..., Visitor]
ANNA, BERT = "anna's secret cookie", "bert's secret cookie"
OWNER = digest(ANNA) or ""


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Conversations]:
    conversations = Conversations(tmp_path)
    yield conversations
    conversations.close()


def test_what_was_said_comes_back_and_can_be_taken_back(kept: Conversations) -> None:
    asked = answered_turn("plain")
    kept.keep(ANNA, "c1", [asked])
    kept.judgements.put(OWNER, "c1", asked.id, "", Judgement(verdict="up", note="just so"))
    kept.judgements.put(OWNER, "c1", asked.id, STEER.paper_id, Judgement(verdict="partial"))
    (found,) = kept.load(ANNA, "c1") or []
    assert found.judged == {
        "": Judgement(verdict="up", note="just so"),
        STEER.paper_id: Judgement(verdict="partial"),
    }
    kept.judgements.put(OWNER, "c1", asked.id, "", Judgement())
    (found,) = kept.load(ANNA, "c1") or []
    assert list(found.judged) == [STEER.paper_id]


@pytest.mark.parametrize(
    ("owner", "conversation", "paper", "said"),
    [
        (digest(BERT), "c1", "", Judgement(verdict="up")),
        (OWNER, "c2", "", Judgement(verdict="up")),
        (OWNER, "c1", "unknown-paper", Judgement(verdict="relevant")),
        (OWNER, "c1", "", Judgement(verdict="relevant")),
        (OWNER, "c1", STEER.paper_id, Judgement(verdict="up")),
        (OWNER, "c1", "", Judgement(note="x" * 2001)),
    ],
)
def test_what_cannot_be_said_is_refused(
    kept: Conversations, owner: str, conversation: str, paper: str, said: Judgement
) -> None:
    asked = answered_turn("plain")
    kept.keep(ANNA, "c1", [asked])
    with pytest.raises(UsageError):
        kept.judgements.put(owner, conversation, asked.id, paper, said)
    assert kept.judgements.of("c1") == {}


def test_it_goes_with_the_answer_and_with_the_conversation(kept: Conversations) -> None:
    first, again = answered_turn("plain"), answered_turn("slow")
    kept.keep(ANNA, "c1", [first])
    kept.judgements.put(OWNER, "c1", first.id, "", Judgement(verdict="down", note="xylophones"))
    kept.keep(ANNA, "c1", [first])  # kept once more: what was said of it stays
    assert kept.judgements.of("c1")
    kept.keep(ANNA, "c1", [again], replaced=[first.id])
    assert kept.judgements.of("c1") == {}
    kept.judgements.put(OWNER, "c1", again.id, "", Judgement(note="xylophones"))
    kept.forget(ANNA, "c1")
    assert kept.judgements.of("c1") == {}
    for file in kept._base.folder.glob(f"{FILE}*"):
        assert b"xylophones" not in file.read_bytes(), file


def test_two_tabs_on_one_conversation_lose_none_of_their_answers(kept: Conversations) -> None:
    first, mine, yours, mended = (
        answered_turn(q) for q in ("plain", "slow one", "nothing", "fallback")
    )
    kept.keep(ANNA, "c1", [first])
    kept.keep(ANNA, "c1", [first, mine])
    kept.keep(ANNA, "c1", [first, yours])  # the other tab has not seen mine
    assert [e.question for e in kept.load(ANNA, "c1") or []] == ["plain", "slow one", "nothing"]
    kept.keep(ANNA, "c1", [first, mended], replaced=[mine.id])
    assert [e.question for e in kept.load(ANNA, "c1") or []] == ["plain", "fallback", "nothing"]


_FIRST = """
CREATE TABLE conversations (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, updated REAL NOT NULL
);
CREATE INDEX conversations_of_owner ON conversations (owner, updated);
CREATE TABLE exchanges (
    conversation TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,
    position INTEGER NOT NULL, words TEXT NOT NULL, exchange TEXT NOT NULL,
    PRIMARY KEY (conversation, position)
);
PRAGMA user_version = 1;
"""


def test_a_file_of_the_first_schema_opens_with_all_that_it_holds(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    new = Conversations(tmp_path_factory.mktemp("new"))
    asked = answered_turn("plain")
    new.keep(ANNA, "c1", [asked])
    old = sqlite3.connect(tmp_path / FILE)
    old.executescript(_FIRST)
    for then, now in (
        ("conversations", "* FROM conversations"),
        ("exchanges", "conversation, position, words, turn FROM turns"),
    ):
        rows = new._base.db.execute(f"SELECT {now}").fetchall()
        old.executemany(f"INSERT INTO {then} VALUES ({','.join('?' * len(rows[0]))})", rows)
    old.commit()
    old.close()
    new.close()
    for _ in range(2):  # the second time there is nothing to do
        opened = Conversations(tmp_path)
        assert [e.question for e in opened.load(ANNA, "c1") or []] == ["plain"]
        opened.judgements.put(OWNER, "c1", asked.id, "", Judgement(verdict="up"))
        opened.close()


def test_an_earlier_schema_that_cannot_be_changed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = sqlite3.connect(tmp_path / FILE)
    db.executescript(_FIRST)
    db.close()
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(FolderReadOnly, match="is of an earlier Citewell"):
        Conversations(tmp_path)


def test_a_file_of_a_later_schema_is_left_alone(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / FILE)
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(CatalogError, match="newer Citewell"):
        Conversations(tmp_path)


def test_judged_answers_are_handed_on_without_their_visitors(kept: Conversations) -> None:
    first, second, unjudged = (
        answered_turn("plain"),
        answered_turn("slow"),
        answered_turn("nothing"),
    )
    for upto in ([first], [first, second], [first, second, unjudged]):
        kept.keep(ANNA, "c1", upto)
    kept.judgements.put(OWNER, "c1", first.id, "", Judgement(verdict="up", note="fine"))
    kept.judgements.put(OWNER, "c1", second.id, CURE.paper_id, Judgement(verdict="irrelevant"))
    rows = kept.judgements.rated()
    assert [(row["question"], row["rating"], row["note"]) for row in rows] == [
        ("plain", "up", "fine"),
        ("slow", None, ""),
    ]
    assert rows[1]["papers"] == {CURE.paper_id: "irrelevant"}
    assert list(rows[0]["answer"]["papers"]) == [STEER.paper_id, CURE.paper_id]
    assert OWNER not in json.dumps(rows)
    assert kept.judgements.rated(OWNER) == rows
    assert kept.judgements.rated(digest(BERT)) == []


def test_other_sites_judge_nothing(tmp_path: Path) -> None:
    scripted = Scripted(config=Config(data_dir=tmp_path))
    with served(lambda: create_app(scripted)) as address, httpx.Client(base_url=address) as client:
        body = {"conversation": "c1", "turn": "x", "verdict": "up"}
        evil = {"Origin": "http://evil.test"}
        assert client.post("/citewell/api/judging", json=body, headers=evil).status_code == 403
        assert client.post("/citewell/api/judging", json=body).status_code == 400


@pytest.mark.browser
def test_one_press_each_and_back_again_tomorrow(address: str, visit: Visit) -> None:
    visitor = visit(address)
    page = visitor.page
    visitor.ask("plain")
    with page.expect_response("**/judging"):
        page.get_by_role("button", name="Good answer").click()
    page.get_by_role("button", name="Note on this answer").click()
    page.get_by_label("Note on this answer", exact=True).last.fill("<b>just</b> so")
    with page.expect_response("**/judging"):
        page.keyboard.press("Enter")
    card = page.locator(f".cw-card[data-paper={STEER.paper_id}]")
    with page.expect_response("**/judging"):
        card.get_by_role("button", name="Partly").click()
    page.get_by_text("One paper nearby").click()
    assert low_contrast(visitor) == []
    visitor.picture("judged")
    _reload(visitor)
    assert page.get_by_role("button", name="Good answer").get_attribute("aria-pressed") == "true"
    assert page.get_by_role("button", name="Bad answer").get_attribute("aria-pressed") == "false"
    assert card.get_by_role("button", name="Partly").get_attribute("aria-pressed") == "true"
    assert page.locator(".cw-said:visible").inner_text() == "<b>just</b> so"
    with page.expect_response("**/judging"):
        page.get_by_role("button", name="Good answer").click()
    page.get_by_role("link", name="Evaluation").click()
    page.get_by_role("button", name="Add a question set").click()
    page.get_by_role("button", name="Draft from what I judged").click()
    page.get_by_text("1 draft. Complete each line").wait_for()
    assert '"question": "plain"' in page.locator("#cw-set-text").input_value()
    page.get_by_role("link", name="Chat").click()
    visitor.ask("slow")  # what was said stays where it is while the next answer streams
    first = page.locator(".cw-turn").first
    assert first.get_by_role("button", name="Good answer").get_attribute("aria-pressed") == "false"
    assert first.locator(".cw-said:visible").inner_text() == "<b>just</b> so"


@pytest.mark.browser
def test_private_conversations_are_not_judged(address: str, visit: Visit) -> None:
    visitor = visit(address)
    visitor.page.get_by_role("button", name="Conversations").click()
    visitor.page.get_by_role("button", name="New private one").click()
    visitor.ask("plain")
    assert not visitor.page.get_by_role("button", name="Good answer").is_visible()
    assert not visitor.page.get_by_role("button", name="Partly").first.is_visible()


@pytest.mark.browser
def test_two_tabs_keep_all_of_their_answers(address: str, visit: Visit) -> None:
    visitor = visit(address)
    visitor.ask("plain")
    other = visitor.page.context.new_page()
    other.goto(visitor.page.url)
    other.wait_for_selector(".cw-turn[data-state=done]")
    visitor.ask("slow of mine")
    other.get_by_label("Your question").fill("fallback of yours")
    other.keyboard.press("Enter")
    other.wait_for_selector(".cw-turn:last-child[data-state=done]:nth-child(3)")
    other.reload()
    other.wait_for_selector(".cw-turn:nth-child(3)")
    asked = [turn.get_attribute("data-question") for turn in other.locator(".cw-turn").all()]
    assert asked == ["plain", "slow of mine", "fallback of yours"]


def _reload(visitor: Visitor) -> None:
    visitor.page.reload()
    visitor.wait("done")
    # A reload may cut Gradio's stream, which then complains of it.
    visitor.faults[:] = [f for f in visitor.faults if "Abort" not in f and "errored out" not in f]


@pytest.mark.browser
def test_a_note_is_written_in_sight_of_its_writer(address: str, visit: Visit) -> None:
    """The field opens below the answer's buttons, which may stand right above the composer."""
    visitor = visit(address)
    visitor.ask("plain")
    row = visitor.page.locator(".cw-status-part .cw-row")
    row.evaluate(  # a longer answer
        """row => {
          const box = document.querySelector(".cw-composer").getBoundingClientRect();
          document.querySelector(".cw-answer-part").style.paddingBottom =
            `${box.top - row.getBoundingClientRect().bottom - 4}px`;
        }"""
    )
    row.get_by_role("button", name="Note on this answer").click()
    assert visitor.sees(".cw-judge textarea")
