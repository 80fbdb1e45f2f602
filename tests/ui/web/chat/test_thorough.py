"""Looking through all papers from the page: the button, the progress, what comes in its place."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from rag.events import Event, Finished, Progress, Understood
from rag.question.schema import FactAsked, ParsedQuestion
from tests.browser import Visitor
from tests.ui.web.scripted import Scripted
from tests.ui.web.written import entropy
from ui.web.chat import render
from ui.web.chat.answer_jobs import Workers
from ui.web.chat.browser_request import requested_turn
from ui.web.chat.conversation import Conversation
from ui.web.chat.job_queue import JobQueue
from ui.web.chat.turn import ChatTurn

BUTTON = "Look through all papers"
ASKED = ParsedQuestion(question="q", standalone="q")


def done(parsed: ParsedQuestion = ASKED, *, mode: str = "llm", **given: Any) -> str:
    """The answer's HTML."""
    turn = ChatTurn(id="x", question="q", **given)
    turn.take(Understood(parsed=parsed))
    turn.take(Finished(answer=entropy(parsed, mode=mode)))
    return render.turn(turn)["answer"]


def test_the_button_stands_below_a_list_by_a_model() -> None:
    assert 'data-act="thorough"' in done() and BUTTON in done()
    assert BUTTON not in done(mode="extractive")
    assert BUTTON not in done(depth="thorough")
    assert BUTTON not in done(replace(ASKED, intent=FactAsked()))


def test_progress_stands_where_the_answer_will() -> None:
    turn = ChatTurn(id="x", question="q", depth="thorough")
    assert "Reading the abstracts" in render.turn(turn)["answer"]
    turn.take(Progress(read=90, total=1536, matched=11))
    assert "Read 90 of 1,536 papers, 11 match …" in render.turn(turn)["answer"]
    turn.take(Progress(read=120, total=1536, matched=1))
    assert render.turn(turn)["said"] == "Read 120 of 1,536 papers, 1 matches …"


@pytest.mark.parametrize("private", [False, True])
def test_the_same_question_is_asked_to_the_end(private: bool) -> None:
    scripted = Scripted()

    async def conversation() -> list[ChatTurn]:
        conversation = Conversation(scripted, JobQueue(Workers(1)), private=private)

        async def send(**data: object) -> None:
            catalog: Any = scripted.index_manager.catalog
            async for _ in requested_turn(conversation, data, catalog):
                pass

        await send(question="plain list", mode="llm")
        first = conversation.turns[0].id
        await send(again=first, depth="thorough", mode="extractive")
        (second,) = conversation.turns
        await send(again=second.id)  # as deep as before
        await send(again=conversation.turns[0].id, mode="extractive")
        await send(again=conversation.turns[0].id, question="plain other words", mode="llm")
        return conversation.turns

    with ThreadPoolExecutor() as pool:  # the browser's own loop runs in this thread
        turns = pool.submit(asyncio.run, conversation()).result()
    assert [turn.question for turn in turns] == ["plain other words"]
    depths = ["normal", "thorough", "thorough", "normal", "normal"]
    keeping = "private" if private else "resume"
    assert scripted.depths == [(depth, keeping) for depth in depths]
    assert scripted.modes == ["llm", "llm", "llm", "extractive", "llm"]


@pytest.mark.browser
def test_a_press_looks_through_all_of_them(
    address: str, scripted: Scripted, visit: Callable[..., Visitor], monkeypatch: Any
) -> None:
    def counting(self: Scripted, question: str, **how: Any) -> Iterator[Event]:
        self.depths.append((how["depth"], how["keeping"]))
        parsed = ParsedQuestion(question=question, standalone=question)
        yield Understood(parsed=parsed)
        if how["depth"] == "thorough":
            yield Progress(read=90, total=536, matched=11)
            self.released.wait(30)
        yield Finished(answer=entropy(parsed, mode="llm"))

    monkeypatch.setattr(Scripted, "stream", counting)
    visitor = visit(address)
    visitor.ask("all work on entropy collapse")
    visitor.page.get_by_role("button", name=BUTTON).click()
    visitor.page.wait_for_function(
        "document.querySelector('.cw-answer-part').innerText.includes('Read 90 of 536 papers')"
    )
    scripted.released.set()
    visitor.wait("done")
    assert visitor.page.locator(".cw-turn").count() == 1
    assert visitor.page.get_by_role("button", name=BUTTON).count() == 0
    assert scripted.depths == [("normal", "resume"), ("thorough", "resume")]
