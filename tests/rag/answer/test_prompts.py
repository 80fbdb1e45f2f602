"""The messages that a model gets: what is in them, what fits, and that abstracts are data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.adapters.tiktoken_count import count_messages
from rag.answer.prompts import REFUSAL, build, build_repair
from rag.filters import Filters
from rag.ports import Message
from rag.records import Evidence, Kind, Paper, Selection, Sentence, Turn
from rag.text.latex import readable
from tests.rag.evidence import CURE, HOSTILE, STEER, query, selection

BOTH = selection(CURE, STEER)


def prompt(messages: Sequence[Message]) -> str:
    return "\n".join(message.content for message in messages)


def test_evidence_then_question_then_task() -> None:
    messages, offered = build(query(), BOTH, max_prompt_tokens=6000, count=count_messages)
    assert [message.role for message in messages] == ["system", "user"]
    assert REFUSAL in messages[0].content
    task = messages[1].content
    assert offered == BOTH.evidence
    for item in offered:
        assert f"[{item.key}] {readable(item.quote)}" in task
    assert "a 5% gain" in task, "readable, where the abstract says 5\\%"
    assert f"Paper: {CURE.title} (2025-08-14)" in task
    assert "upvotes" not in task
    assert task.index("</evidence>") < task.index("Question: Which papers mitigate")


@pytest.mark.parametrize(
    ("kind", "sign"),
    [
        ("list", "one bullet"),
        ("fact", "two sentences"),
        ("compare", "both"),
        ("explain", "main idea"),
    ],
)
def test_each_kind_has_its_instructions(kind: Kind, sign: str) -> None:
    messages, _ = build(query(kind=kind), BOTH, max_prompt_tokens=6000, count=count_messages)
    assert sign in messages[1].content.rpartition("Question:")[2]


def test_the_weakest_evidence_is_left_out_first() -> None:
    shuffled = replace(BOTH, evidence=tuple(reversed(BOTH.evidence)))
    whole, _ = build(query(), BOTH, max_prompt_tokens=6000, count=count_messages)
    limit = count_messages(whole) - 1
    messages, offered = build(query(), shuffled, max_prompt_tokens=limit, count=count_messages)
    assert [item.key for item in offered] == ["E4", "E3", "E2", "E1"], "selection's own order"
    assert "[E5]" not in messages[1].content
    assert count_messages(messages) <= limit


def test_nothing_fits() -> None:
    assert build(query(), BOTH, max_prompt_tokens=100, count=count_messages)[1] == ()


@given(st.integers(0, 1500))
def test_the_limit_holds(limit: int) -> None:
    messages, offered = build(query(), BOTH, max_prompt_tokens=limit, count=count_messages)
    assert not offered or count_messages(messages) <= limit


def test_upvotes_are_told_when_the_question_filters() -> None:
    asked = replace(query(), filters=Filters(upvotes_min=10))
    messages, _ = build(asked, BOTH, max_prompt_tokens=6000, count=count_messages)
    assert "(2025-08-14, 31 upvotes)" in messages[1].content


def test_history_comes_only_with_a_question_that_needs_it() -> None:
    history = (
        Turn(role="user", content="Tell me about entropy collapse."),
        Turn(
            role="assistant", content="CURE [1] and STEER [2][E5] do. [unsupported] " + "x " * 500
        ),
    )
    alone = replace(query(), history=history)
    assert "entropy collapse." not in prompt(
        build(alone, BOTH, max_prompt_tokens=6000, count=count_messages)[0]
    )
    leaning = replace(alone, question="And the second?")
    text = prompt(build(leaning, BOTH, max_prompt_tokens=6000, count=count_messages)[0])
    assert "user: Tell me about entropy collapse." in text
    assert "assistant: CURE and STEER[ E5] do. x" in text
    assert "The user now asks: And the second?" in text
    assert len(text) < 6000


def test_a_hostile_abstract_stays_between_its_tags() -> None:
    messages, offered = build(
        query(), selection(HOSTILE, CURE), max_prompt_tokens=6000, count=count_messages
    )
    task = messages[1].content
    assert task.count("<evidence>") == task.count("</evidence>") == 1
    assert "<|" not in task
    assert "[/INST]" not in task
    assert "< b>" in task
    # Each key stands once, at the start of its own line: a quote cannot bring its own.
    assert re.findall(r"\[(E\d+)\]", task.partition("</evidence>")[0]) == [e.key for e in offered]
    assert len(re.findall(r"^Question:", task, re.MULTILINE)) == 1


@given(st.text(min_size=1), st.text())
def test_no_text_escapes_its_line(abstract: str, title: str) -> None:
    paper = Paper(paper_id="x", title=title, abstract=abstract)
    item = Evidence(key="E1", paper=paper, start=0, end=len(abstract), score=1)
    only = Selection(status="answered", papers=(paper,), evidence=(item,))
    messages, _ = build(query(), only, max_prompt_tokens=6000, count=lambda _: 1)
    block = messages[1].content.partition("</evidence>")[0]
    assert len(block.split("\n")) == 4
    assert not re.search(r"<(?!evidence>)[A-Za-z/|!]", block)


def test_a_repair_keeps_what_was_cited() -> None:
    failed = [Sentence(text="It gains 99%.", supported=False, why="“99” does not stand there.")]

    def repair(limit: int) -> tuple[list[Message], tuple[Evidence, ...]] | None:
        return build_repair(
            query(), BOTH.evidence, "It gains 99% [E2].", failed, ["E5"],
            max_prompt_tokens=limit, count=count_messages,
        )  # fmt: skip

    whole = repair(6000)
    assert whole is not None
    messages, offered = whole
    assert [m.role for m in messages] == ["system", "user", "assistant", "user"]
    assert "- It gains 99%. (“99” does not stand there.)" in messages[3].content
    assert offered == BOTH.evidence
    less = repair(count_messages(messages) - 1)
    assert less is not None
    assert [item.key for item in less[1]] == ["E1", "E2", "E3", "E5"]
    assert repair(300) is None
