"""Questions that are offered on the page: to whom, what becomes of them, and how they are shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.browser import SHIFTS, Visitor
from tests.ui.web.chat.test_conversations import answered_turn
from tests.ui.web.scripted import Scripted
from ui.web.chat.conversations import Conversations
from ui.web.guard import VISITOR
from ui.web.suggestions import USUAL

Visit = Callable[..., Visitor]
ANNA, BERT = "anna-has-a-secret-cookie", "bert-has-a-secret-cookie"
NEXT = ["how does CURE work?", "<b onclick='x()'>what</b> is STEER?"]


@pytest.fixture
def kept(scripted: Scripted) -> list[Any]:
    """Anna's conversation `c1`, with questions that go on from its last answer."""
    first, second = answered_turn("which papers?"), answered_turn("and others?")
    conversations = Conversations(scripted.config.data_dir)
    conversations.keep(ANNA, "c1", [first])
    conversations.keep(ANNA, "c1", [first, second])
    conversations.suggest(ANNA, "c1", second.id, NEXT)
    conversations.suggest(BERT, "c1", first.id, ["somebody else's"])
    turns = conversations.load(ANNA, "c1")
    conversations.close()
    assert turns is not None
    assert [turn.suggested for turn in turns] == [None, tuple(NEXT)]
    return turns


def after(address: str, turn: str, owner: str = ANNA) -> Any:
    path = f"{address}/citewell/api/suggestions/after/c1"
    reply = httpx.get(path, params={"turn": turn}, cookies={VISITOR: owner})
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_they_are_kept_and_told_to_their_visitor_alone(address: str, kept: list[Any]) -> None:
    assert after(address, kept[1].id) == NEXT
    assert after(address, kept[1].id, BERT) == []
    assert after(address, kept[0].id) == []
    assert after(address, "gone") == []


def test_turns_of_before_have_none(scripted: Scripted) -> None:
    conversations = Conversations(scripted.config.data_dir)
    conversations.keep(ANNA, "c1", [answered_turn("which papers?")])
    with conversations._base.transaction():
        conversations._base.db.execute("UPDATE turns SET turn = json_remove(turn, '$.suggested')")
    turns = conversations.load(ANNA, "c1")
    conversations.close()
    assert turns is not None and turns[0].suggested is None


def test_examples_are_told(address: str) -> None:
    told = httpx.get(f"{address}/citewell/api/suggestions/examples").json()
    assert told == [{"kind": one.kind, "question": one.question} for one in USUAL]


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_a_question_that_goes_on_is_asked_with_a_press(
    real_address: str, visit: Visit, width: int
) -> None:
    visitor = visit(real_address, viewport={"width": width, "height": 800})
    page = visitor.page
    page.locator(".cw-examples button").first.wait_for()
    assert page.locator(".cw-examples button").all_inner_texts() == [one.question for one in USUAL]
    visitor.ask("does DeepCache need retraining?")
    page.evaluate(SHIFTS)
    offered = page.get_by_role("navigation", name="Questions that go on from this answer")
    offered.wait_for()
    texts = offered.get_by_role("button").all_inner_texts()
    assert 1 <= len(texts) <= 3
    assert page.evaluate("shifts") == []
    for button in offered.get_by_role("button").all():
        box = button.bounding_box()
        assert box is not None and box["height"] >= (40 if width == 390 else 24)
    offered.get_by_role("button").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelectorAll('.cw-turn').length === 2")
    visitor.wait("done")
    assert texts[0] in page.inner_text(".cw-turn:last-child .cw-question")
    assert not page.locator(".cw-turn:first-child .cw-next").is_visible()


@pytest.mark.browser
def test_what_is_offered_is_text(address: str, kept: list[Any], visit: Visit) -> None:
    visitor = visit(address)
    cookie = {"name": VISITOR, "value": ANNA, "url": address}
    visitor.page.context.add_cookies([cookie])
    visitor.page.goto(f"{address}/#c1")
    visitor.page.reload()
    offered = visitor.page.locator(".cw-next button")
    offered.first.wait_for()
    assert offered.all_inner_texts() == NEXT
