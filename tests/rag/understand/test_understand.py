"""Whole readings: follow-ups, carried constraints, edited constraints, kinds in a conversation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.records import Filters, Paper, Turn
from rag.understand import Lexicon, Reading, standalone, understand
from tests.rag.understand.conversation_rows import FIRST, ROWS

TODAY = date(2025, 11, 21)
PAPERS = tuple(
    Paper(
        paper_id=key,
        title=f"{name}: grasping from video, part {key}",
        abstract=f"We present {name}, which grasps. Reward hacking (RH) is hacking."
        + " hacking" * 3,
    )
    for key, name in (("a", "GraspNet-V"), ("b", "VidGrip"), ("c", "HandCopy"))
)
LEXICON = Lexicon.from_papers(PAPERS)


def user(text: str) -> Turn:
    return Turn(role="user", content=text)


def assistant(text: str = "Here.", papers: tuple[str, ...] = ("a", "b", "c")) -> Turn:
    return Turn(role="assistant", content=text, papers=papers)


def read(question: str, history: Sequence[Turn] = (), filters: Filters | None = None) -> Reading:
    return understand(question, lexicon=LEXICON, today=TODAY, history=history, filters=filters)


TALK = (user(FIRST), assistant())


@pytest.mark.parametrize(("question", "leans", "chooses"), ROWS)
def test_second_turns(question: str, leans: bool, chooses: bool) -> None:
    alone = standalone(question, TALK, LEXICON)
    assert (bool(alone.leans_on), alone.papers is not None) == (leans, chooses)
    assert alone.question.startswith(question)
    assert (alone.question != question) == leans


@pytest.mark.parametrize(
    ("question", "papers"),
    [
        ("tell me more about the second one", ("b",)),
        ("compare the first and the third", ("a", "c")),
        ("what about the last one?", ("c",)),
        ("do the first two need labels?", ("a", "b")),
        ("is the latter better?", ("c",)),
        ("summarise [2] and [3]", ("b", "c")),
        ("which of those use simulation?", ("a", "b", "c")),
    ],
)
def test_choosing(question: str, papers: tuple[str, ...]) -> None:
    assert standalone(question, TALK, LEXICON).papers == papers


def test_papers_are_found_in_the_text_where_no_ids_are_recorded() -> None:
    history = (user(FIRST), assistant("VidGrip and GraspNet-V do.", papers=()))
    assert standalone("which of those is faster?", history, LEXICON).papers == ("b", "a")


def test_nothing_to_choose_from_is_said() -> None:
    history = (user(FIRST), assistant("I found nothing.", papers=()))
    alone = standalone("which of those is faster?", history, LEXICON)
    assert alone.papers is None
    assert any("no paper" in note for note in alone.notes)


def test_one_paper_in_view_is_named() -> None:
    history = (user(FIRST), assistant(papers=("b",)))
    assert "VidGrip" in standalone("how much did it gain?", history, LEXICON).question


def test_first_turn_stands_alone() -> None:
    reading = read("which of those use it?")
    assert reading.query.standalone == reading.query.question == "which of those use it?"
    assert reading.query.filters == Filters()


def test_chain_reaches_back_to_the_topic_without_the_choices() -> None:
    history = (*TALK, user("which of those need labels?"), assistant())
    query = read("ok, and if I have no labels?", history).query
    assert (
        query.standalone
        == "ok, and if I have no labels? — about: Which papers teach robots to grasp from video"
    )
    assert query.filters == Filters()


def test_dates_carry_over_until_replaced() -> None:
    history = (user("robot papers since 2024 with 3+ upvotes, newest first"), assistant())
    carried = read("and for drones?", history).query
    assert carried.filters == Filters(date_from="2024-01-01", upvotes_min=3)
    assert carried.topic == "and for drones? — about: robot papers"
    replaced = read("and before 2020?", history).query
    assert replaced.filters == Filters(date_to="2019-12-31", upvotes_min=3)
    assert replaced.topic == "robot papers"


def test_a_choice_carries_no_dates() -> None:
    history = (user("robot papers since 2024"), assistant())
    assert read("which of those use video?", history).query.filters == Filters(
        paper_ids=("a", "b", "c")
    )


@pytest.mark.parametrize("question", ["top 3", "with at least 3 upvotes", "newest first"])
def test_a_bare_constraint_narrows_what_came_before(question: str) -> None:
    assert read(question, TALK).query.topic.startswith("Which papers teach robots")


def test_a_full_request_opens_a_new_topic() -> None:
    query = read("what are the top 3 papers?", TALK).query
    assert (query.topic, query.filters.limit) == ("", 3)


def test_edited_constraints_replace_those_read() -> None:
    edited = Filters(date_from="2020-01-01")
    query = read("the 3 newest papers on grasping since 2024", filters=edited).query
    assert query.filters == edited
    assert query.topic == "papers on grasping"
    assert read("papers since 2024", filters=Filters()).query.filters == Filters()


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


def test_what_was_read_can_be_shown() -> None:
    reading = read("reward hackng in VidGrip since 2024")
    assert reading.query.question == "reward hackng in VidGrip since 2024"
    assert reading.query.standalone == "reward hacking in VidGrip since 2024"
    assert reading.query.topic == "reward hacking in VidGrip"
    assert reading.mended == (("hackng", "hacking"),)
    assert reading.expansions == ("RH",)
    assert ("VidGrip", ("b",)) in reading.names
    assert [chip.text for chip in reading.chips] == ["since 2024"]


turns = st.lists(
    st.builds(
        Turn,
        role=st.sampled_from(["user", "assistant"]),
        content=st.one_of(st.text(max_size=60), st.sampled_from([row[0] for row in ROWS])),
        papers=st.sampled_from([(), ("a",), ("a", "b", "c")]),
    ),
    max_size=5,
)


@given(st.one_of(st.text(max_size=120), st.sampled_from([row[0] for row in ROWS])), turns)
def test_any_conversation(question: str, history: list[Turn]) -> None:
    query = read(question, history).query
    assert query.question == question
    chosen = query.filters.paper_ids
    assert chosen is None or (chosen and set(chosen) <= set(LEXICON.titles))
    if not any(turn.role == "user" for turn in history):
        assert "— about:" in question or "— about:" not in query.standalone


@pytest.mark.parametrize("text", ["2024 ", "of those ", "in the last ", "x", "(", "June to "])
def test_long_questions_are_read_quickly(text: str) -> None:
    read(text * 20_000, (user(text * 1000),))


def within(question: str, ids: Sequence[str], history: Sequence[Turn] = ()) -> Reading:
    return understand(question, lexicon=LEXICON, today=TODAY, history=history, within=ids)


def test_a_selection_and_what_the_question_states_both_hold() -> None:
    filters = within("which of these are from 2025, newest first?", ["b", "a"]).query.filters
    assert filters.paper_ids == ("b", "a")
    assert (filters.date_from, filters.date_to) == ("2025-01-01", "2025-12-31")
    assert (filters.sort, filters.order) == ("date", "desc")


def test_a_selection_holds_beside_edited_constraints() -> None:
    edited = Filters(upvotes_min=3)
    reading = understand("grasping", lexicon=LEXICON, today=TODAY, filters=edited, within=("c",))
    assert reading.query.filters == Filters(upvotes_min=3, paper_ids=("c",))


def test_a_follow_up_narrows_a_selection_and_never_leaves_it() -> None:
    second = "tell me more about the second one"
    assert within(second, ["a", "b"], TALK).query.filters.paper_ids == ("b",)
    # The answer before was about other papers: the selection is what holds.
    assert within(second, ["a", "c"], TALK).query.filters.paper_ids == ("a", "c")


def test_a_selection_of_papers_that_have_gone_is_not_the_whole_corpus() -> None:
    assert within("grasping", []).query.filters.paper_ids == ()
