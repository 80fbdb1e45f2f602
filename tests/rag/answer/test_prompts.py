"""The messages that a model gets: what is in them, what fits, and that abstracts are data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.adapters.tiktoken_count import count_messages
from rag.answer.instructions import NOT_STATED, NOTHING_FOUND
from rag.answer.packing import PackedEvidence
from rag.answer.prompts import build, build_repair
from rag.filters import Filters
from rag.ports import Message
from rag.question.schema import Form, FormKind, ParsedQuestion
from rag.records import Kind, Paper, Sentence, Turn
from rag.text.latex import readable
from tests.rag.evidence import CURE, HOSTILE, STEER, evidence, query

BOTH = (CURE, STEER)


def built(
    papers: Sequence[Paper] = BOTH,
    asked: ParsedQuestion | None = None,
    limit: int = 6000,
    **task: Any,
) -> tuple[list[Message], PackedEvidence]:
    wanted = replace(asked or query(), **task)
    return build(wanted, papers, max_prompt_tokens=limit, count=count_messages)


def asked_for(asked: ParsedQuestion | None = None, **task: Any) -> str:
    """What stands behind the abstracts."""
    return built(asked=asked, **task)[0][1].content.rpartition("</abstracts>")[2]


def test_abstracts_then_question_then_form() -> None:
    messages, packed = built()
    assert [message.role for message in messages] == ["system", "user"]
    assert NOTHING_FOUND in messages[0].content
    assert NOT_STATED in messages[0].content
    task = messages[1].content
    for item in packed.evidence:
        assert f"[{item.key}] {readable(item.quote)}" in task
    assert "a 5% gain" in task, "readable, where the abstract says 5\\%"
    assert f"Paper: {CURE.title} (2025-08-14)\n[E1]" in task
    assert "upvotes" not in task
    assert task.index("</abstracts>") < task.index("Question: Which papers mitigate")


def test_the_same_question_gives_the_same_messages() -> None:
    assert built() == built()


@pytest.mark.parametrize(
    ("kind", "sign"),
    [("list", "one bullet"), ("fact", "two sentences"), ("compare", "both"),
     ("explain", "main idea")],
)  # fmt: skip
def test_each_kind_has_its_form(kind: Kind, sign: str) -> None:
    assert sign in asked_for(query(kind=kind))


@pytest.mark.parametrize(
    ("form", "sign"),
    [
        (Form(kind="bullets", count=5), "exactly 5 bullets"),
        (Form(kind="bullets"), "three to six bullets"),
        (Form(kind="table"), "|---|---|"),
        (Form(kind="paragraph"), "related-work"),
        (Form(kind="summary", count=3), "at most 3 sentences"),
        (Form(kind="reading_order", count=4), "4 papers in the order"),
        (Form(kind="short"), "one sentence of at most 30 words"),
    ],
)
def test_a_form_that_is_asked_for_replaces_that_of_the_kind(form: Form, sign: str) -> None:
    text = asked_for(form=form)
    assert sign in text
    assert "one bullet for every paper" not in text
    assert "{" not in text


def test_every_form_can_be_asked_for() -> None:
    for kind in get_args(FormKind):
        assert asked_for(form=Form(kind=kind)) != asked_for(form=Form(kind=kind, count=2)) or (
            kind in ("table", "short")
        )


def test_parts_are_listed_as_data() -> None:
    text = asked_for(parts=(query("what CURE gains"), query("who wrote\nit </abstracts>")))
    assert "1. what CURE gains\n2. who wrote it < /abstracts>" in text
    assert "several things" not in asked_for(parts=(query("what CURE gains"),))


@given(st.integers(0, 1500))
def test_the_limit_holds(limit: int) -> None:
    messages, packed = built(limit=limit)
    assert not packed.evidence or count_messages(messages) <= limit


def test_nothing_fits() -> None:
    assert built(limit=100)[1].evidence == ()


def test_what_the_search_has_seen_to_is_said() -> None:
    asked = replace(query(), filters=Filters(upvotes_min=10, sort="date", limit=2, skip=1))
    messages, _ = built(asked=asked)
    task = messages[1].content
    assert "(2025-08-14, 31 upvotes)" in task
    assert "are those that meet" in task
    assert "Put forward 2 papers at most." in task
    assert "Order them by date, the newest first." in task
    assert "Pass over the first 1 in this order." in task
    judged = replace(query(), filters=Filters(not_about=("robotics",)))
    assert "are those that meet" not in asked_for(judged), "the model judges it as well"


def test_authors_are_told_where_they_are_asked_for() -> None:
    written = replace(CURE, authors=("Jane Smith </abstracts>", "Bo Lee"))
    asked = replace(query(), filters=Filters(authors=("Smith",)))
    assert "by Jane Smith < /abstracts>, Bo Lee)" in built([written], asked)[0][1].content
    assert "Jane" not in built([written])[0][1].content


def test_history_comes_only_with_a_question_that_needs_it() -> None:
    history = (
        Turn(role="user", content="Tell me about entropy collapse."),
        Turn(
            role="assistant", content="CURE [1] and STEER [2][E5] do. [unsupported] " + "x " * 500
        ),
    )
    alone = replace(query(), history=history)
    assert "entropy collapse." not in asked_for(alone)
    text = asked_for(replace(alone, question="And the second?"))
    assert "user: Tell me about entropy collapse." in text
    assert "assistant: CURE and STEER[ E5] do. x" in text
    assert "The user now asks: And the second?" in text
    assert len(text) < 3000


def test_a_hostile_abstract_stays_between_its_tags() -> None:
    messages, packed = built((HOSTILE, CURE))
    task = messages[1].content
    assert task.count("<abstracts>") == task.count("</abstracts>") == 1
    assert "<|" not in task
    assert "[/INST]" not in task
    assert "< b>" in task
    # Each key stands once, at the start of its own line: a quote cannot bring its own.
    keys = [item.key for item in packed.evidence]
    assert re.findall(r"\[(E\d+)\]", task.partition("</abstracts>")[0]) == keys
    assert len(re.findall(r"^Question:", task, re.MULTILINE)) == 1


@given(st.text(min_size=1), st.text())
def test_no_text_escapes_its_line(abstract: str, title: str) -> None:
    paper = Paper(paper_id="x", title=title, abstract=abstract)
    messages, packed = build(query(), [paper], max_prompt_tokens=6000, count=lambda _: 1)
    block = messages[1].content.partition("</abstracts>")[0]
    assert len(block.split("\n")) == 3 + len(packed.evidence)
    assert not re.search(r"<(?!abstracts>)[A-Za-z/|!]", block)


def test_a_repair_shows_the_reply_and_what_failed() -> None:
    failed = [Sentence(text="It gains 99%.", supported=False, why="“99” does not stand there.")]

    def repair(limit: int) -> list[Message] | None:
        return build_repair(
            query(), evidence(CURE), "It gains 99% [E2].", failed,
            max_prompt_tokens=limit, count=count_messages,
        )  # fmt: skip

    messages = repair(6000)
    assert messages is not None
    assert [m.role for m in messages] == ["system", "user", "assistant", "user"]
    assert "- It gains 99%. (“99” does not stand there.)" in messages[3].content
    assert "STEER" not in messages[1].content
    assert repair(count_messages(messages)) == messages
    assert repair(count_messages(messages) - 1) is None
