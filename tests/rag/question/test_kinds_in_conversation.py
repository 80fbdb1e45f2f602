"""Kinds of questions about papers that are named or in view."""

from __future__ import annotations

import pytest

from tests.rag.question.conversation_rows import FIRST
from tests.rag.question.grasping import TALK, assistant, read, talk, user


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        ("how many videos does VidGrip need?", "and HandCopy?", "fact"),
        ("why does grasping fail?", "what about walking?", "explain"),
        (FIRST, "and for drones?", "list"),
        (FIRST, "how many demonstrations do they need?", "fact"),
        (FIRST, "how do these three differ?", "compare"),
    ],
)
def test_an_ellipsis_keeps_the_kind(first: str, second: str, kind: str) -> None:
    assert read(second, (user(first), assistant())).query.kind == kind


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("and which use ensembles?", "list"),
        ("which is faster?", "compare"),
        ("what about the first one, how does it work?", "explain"),
        ("what about drones?", "list"),
    ],
)
def test_kinds_in_a_conversation(question: str, kind: str) -> None:
    assert read(question, talk("web agents", "and cars?")).query.kind == kind


def test_yes_or_no_of_one_paper_is_a_fact() -> None:
    assert read("does VidGrip need a critic?").query.kind == "fact"
    assert read("does hacking matter?").query.kind == "list"
    assert read("is there anything like VidGrip?").query.kind == "list"


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("which robots does VidGrip use?", "fact"),
        ("on which data sets was VidGrip trained?", "fact"),
        ("success rate of VidGrip on unseen objects", "fact"),
        ("which robots are used for grasping?", "list"),
        ("which papers does VidGrip build on?", "list"),
    ],
)
def test_things_within_one_paper_are_a_fact(question: str, kind: str) -> None:
    assert read(question).query.kind == kind


def test_things_of_what_is_pointed_at_are_a_fact() -> None:
    assert read("which robots did they try it on?", TALK).query.kind == "fact"
    assert read("which methods do it without labels?", TALK).query.kind == "list"


def test_yes_or_no_of_the_paper_in_view_is_a_fact() -> None:
    one = talk("how does VidGrip work?", papers=("a",))
    assert read("does it need a critic?", one).query.kind == "fact"
    assert read("does the second one need a critic?", TALK).query.kind == "fact"
    assert read("does it need a critic?", TALK).query.kind == "list"
    assert read("is there work on this for drones?", one).query.kind == "list"


@pytest.mark.parametrize("question", ["which is the newest?", "which one is the oldest?"])
def test_the_newest_of_several_is_no_comparison(question: str) -> None:
    query = read(question, TALK).query
    assert (query.kind, query.filters.sort, query.filters.limit) == ("list", "date", 1)
    assert query.filters.paper_ids == ("a", "b", "c")
