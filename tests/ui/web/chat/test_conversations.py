"""Conversations on disk: what is kept, for whom, and that it comes back as it was."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import CatalogDamaged, CitewellError
from rag.filters import Filters
from rag.question.schema import ParsedQuestion, Topic
from rag.records import Answer, Paper
from rag.storage.frozen import freeze, thaw
from tests.ui.web.scripted import Scripted
from tests.ui.web.written import HOSTILE, STEER, entropy
from ui.web.chat import render
from ui.web.chat.answer_jobs import Workers
from ui.web.chat.conversation import Conversation
from ui.web.chat.conversations import Conversations, Entry
from ui.web.chat.job_queue import JobQueue
from ui.web.chat.turn import ChatTurn
from ui.web.store import FILE

ANNA, BERT = "anna's secret cookie", "bert's secret cookie"


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Conversations]:
    conversations = Conversations(tmp_path)
    yield conversations
    conversations.close()


def answered_turn(question: str) -> ChatTurn:
    """A question with its answer, as a conversation holds it."""
    asked = ChatTurn(id=f"id-{question[:8]}", question=question)
    for event in Scripted(pace=0).stream(question):
        asked.take(event)
    return asked


def shown(asked: ChatTurn) -> dict[str, str]:
    return render.turn(asked)


@pytest.mark.parametrize("question", ["plain", "slow of 2025", "fallback", "nothing", "hostile"])
def test_an_answer_comes_back_as_it_was(kept: Conversations, question: str) -> None:
    asked = answered_turn(question)
    kept.keep(ANNA, "c1", [asked])
    found = kept.load(ANNA, "c1")
    assert found
    assert found[0].answer == asked.answer
    assert shown(found[0]) == shown(asked)
    for citation in found[0].answer.citations if found[0].answer else ():
        paper = found[0].papers[citation.paper_id]
        assert paper.abstract[citation.start : citation.end] == citation.quote


def test_what_went_wrong_comes_back_too(kept: Conversations) -> None:
    failed = ChatTurn(
        id="x",
        question="q",
        filters=Filters(),
        state="failed",
        error=CitewellError("It broke.", remedy="Mend it."),
    )
    stopped = ChatTurn(id="y", question="r", state="stopped", text="Half a ")
    kept.keep(ANNA, "c1", [failed])
    kept.keep(ANNA, "c1", [failed, stopped])
    found = kept.load(ANNA, "c1")
    assert found
    assert [shown(e) for e in found] == [shown(failed), shown(stopped)]
    assert found[0].filters == Filters()


def test_nobody_sees_or_changes_what_is_another_s(kept: Conversations) -> None:
    kept.keep(ANNA, "c1", [answered_turn("plain")])
    assert kept.entries(BERT) == []
    assert kept.load(BERT, "c1") is None
    kept.rename(BERT, "c1", "mine now")
    kept.forget(BERT, "c1")
    with pytest.raises(CitewellError):
        kept.keep(BERT, "c1", [answered_turn("slow")])
    assert [entry.title for entry in kept.entries(ANNA)] == ["plain"]
    assert [e.question for e in kept.load(ANNA, "c1") or []] == ["plain"]
    assert len(kept.entries(None)) == 1
    assert ANNA.encode() not in (kept._base.path).read_bytes()


def test_listed_searched_renamed_deleted(kept: Conversations) -> None:
    kept.keep(ANNA, "c1", [answered_turn("which papers?  \n on entropy")])
    kept.keep(ANNA, "c2", [answered_turn("nothing on whales 100%")])
    assert [entry.id for entry in kept.entries(ANNA)] == ["c2", "c1"]
    assert kept.entries(ANNA)[1].title == "which papers? on entropy"
    assert [entry.id for entry in kept.entries(ANNA, "steer ENTROPY")] == ["c1"]
    assert [entry.id for entry in kept.entries(ANNA, "100%")] == ["c2"]
    assert kept.entries(ANNA, "steer whales") == []
    kept.rename(ANNA, "c1", "  Collapse ")
    kept.rename(ANNA, "c1", "   ")
    assert kept.entries(ANNA, "collapse")[0].title == "Collapse"
    kept.keep(ANNA, "c1", [answered_turn("which papers?"), answered_turn("plain")])
    assert kept.entries(ANNA)[0] == replace(
        kept.entries(ANNA)[0], id="c1", title="Collapse", questions=2
    )
    kept.forget(ANNA, "c1")
    assert [entry.id for entry in kept.entries(ANNA)] == ["c2"]
    assert kept.load(ANNA, "c1") is None


def test_what_is_deleted_is_gone_from_the_disk(kept: Conversations, tmp_path: Path) -> None:
    kept.keep(ANNA, "c1", [answered_turn("plain mention of xylophones")])
    kept.forget(ANNA, "c1")
    for file in tmp_path.glob(f"{FILE}*"):
        assert b"xylophones" not in file.read_bytes(), file


def test_asking_again_replaces_the_last_answer(kept: Conversations) -> None:
    first, second = answered_turn("plain"), answered_turn("slow")
    kept.keep(ANNA, "c1", [first])
    kept.keep(ANNA, "c1", [first, second])
    kept.keep(ANNA, "c1", [first, answered_turn("nothing")], replaced=[second.id])
    assert [e.question for e in kept.load(ANNA, "c1") or []] == ["plain", "nothing"]


def test_a_damaged_file_is_told_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"not a database" * 100)
    with pytest.raises(CatalogDamaged) as told:
        Conversations(tmp_path)
    assert FILE in str(told.value)
    assert "Move that file away" in told.value.remedy


@given(
    st.builds(
        Filters,
        date_from=st.none() | st.text(),
        limit=st.none() | st.integers(),
        paper_ids=st.none() | st.lists(st.text()).map(tuple),
    )
)
def test_records_survive_json(filters: Filters) -> None:
    assert thaw(Filters, json.loads(json.dumps(freeze(filters)))) == filters


def test_nested_records_survive_json() -> None:
    said = entropy(
        ParsedQuestion(question="q", standalone="q", topic=Topic(own="q"), filters=Filters(limit=3))
    )
    assert thaw(Answer, json.loads(json.dumps(freeze(said)))) == said
    for paper in (STEER, HOSTILE):
        assert thaw(Paper, json.loads(json.dumps(freeze(paper)))) == paper
    later = {**freeze(STEER), "field_of_a_later_citewell": 1}  # type: ignore[dict-item]
    assert thaw(Paper, later) == STEER


def test_entries_are_grouped_by_day() -> None:
    day = 86_400.0
    noon = 1_760_000_000.0
    ages = [0, 1, 3, 40]
    entries = [
        Entry(id=str(n), title="t", updated=noon - age * day, questions=n)
        for n, age in enumerate(ages)
    ]
    groups = render.groups(entries, today=date.fromtimestamp(noon))
    assert [group["name"] for group in groups] == ["Today", "Yesterday", "This week", "Earlier"]
    assert groups[1]["entries"][0]["questions"] == "1 question"
    assert groups[1]["entries"][0]["updated"] == entries[1].updated


def test_a_loaded_conversation_is_history_for_the_next_question(kept: Conversations) -> None:
    kept.keep(ANNA, "c1", [answered_turn("plain")])
    scripted = Scripted(pace=0)

    async def ask() -> None:
        conversation = Conversation(
            scripted, JobQueue(Workers(1)), conversation_id="c1", turns=kept.load(ANNA, "c1") or ()
        )
        async for _ in conversation.ask("and then?"):
            pass

    # In a thread of its own: `run` takes away the event loop that Gradio's import may have left in
    # this one, which then is never closed.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, ask()).result()
    assert [turn.content for turn in scripted.asked[0][1] if turn.role == "user"] == ["plain"]
