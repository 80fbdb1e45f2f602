"""Whole readings: follow-ups, carried constraints, edited constraints, questions of nothing."""

from __future__ import annotations

import pytest

from rag.filters import Filters
from rag.question import read_constraints, standalone
from tests.rag.question.conversation_rows import FIRST, ROWS
from tests.rag.question.grasping import LEXICON, TALK, TODAY, assistant, read, talk, user


@pytest.mark.parametrize(("question", "leans", "chooses"), ROWS)
def test_second_turns(question: str, leans: bool, chooses: bool) -> None:
    alone = standalone(question, TALK, LEXICON)
    assert (bool(alone.leans_on), alone.papers is not None) == (leans, chooses)
    assert alone.question.startswith(question)
    assert alone.sentence != question or not leans


def test_nothing_to_choose_from_is_said() -> None:
    history = (user(FIRST), assistant("I found nothing.", papers=()))
    alone = standalone("which of those is faster?", history, LEXICON)
    assert alone.papers is None
    assert any("no paper" in note for note in alone.notes)


def test_first_turn_stands_alone() -> None:
    reading = read("which of those use it?")
    assert reading.query.standalone == reading.query.question == "which of those use it?"
    assert reading.query.filters == Filters()


def test_chain_reaches_back_to_the_topic_without_the_choices() -> None:
    history = (*TALK, user("which of those need labels?"), assistant())
    query = read("ok, and if I have no labels?", history).query
    assert query.topic.endswith(" — about: Which papers teach robots to grasp from video")
    assert query.standalone == "Which papers teach robots to grasp from video, if I have no labels?"
    assert query.filters == Filters(lacking=("labels",))


def test_dates_carry_over_until_replaced() -> None:
    history = (user("robot papers since 2024 with 3+ upvotes, newest first"), assistant())
    carried = read("and for drones?", history).query
    assert carried.filters == Filters(date_from="2024-01-01", upvotes_min=3)
    assert carried.topic == "and for drones? — about: robot papers"
    replaced = read("and before 2020?", history).query
    assert replaced.filters == Filters(date_to="2019-12-31", upvotes_min=3)
    assert replaced.topic == "robot papers"


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
    assert query.topic == "grasping"
    assert read("papers since 2024", filters=Filters()).query.filters == Filters()


def test_what_was_read_can_be_shown() -> None:
    reading = read("reward hackng in VidGrip since 2024")
    assert reading.query.question == "reward hackng in VidGrip since 2024"
    assert reading.query.standalone == "reward hacking in VidGrip since 2024"
    assert reading.query.topic == "reward hacking in VidGrip"
    assert reading.mended == (("hackng", "hacking"),)
    assert reading.expansions == ("RH",)
    assert ("VidGrip", ("b",)) in reading.names
    assert [chip.text for chip in reading.chips] == ["since 2024"]


def test_papers_are_ranked_by_long_forms_and_judged_by_what_was_asked() -> None:
    query = read("papers on RH").query
    assert (query.topic, query.search) == ("RH", "Reward hacking (RH)")
    assert read("papers on hacking").query.search == ""
    assert read("how many videos does RH need?").query.search == ""  # a fact


def test_counting_papers_is_no_part_of_the_topic() -> None:
    query = read("how many papers are about hacking since 2024?").query
    assert (query.kind, query.topic) == ("list", "hacking")


def test_what_an_acronym_stands_for_is_known() -> None:
    query = read("what does RH stand for?").query
    assert query.kind == "fact"
    assert [(e.short, e.long, e.papers) for e in query.expansions] == [
        ("RH", "Reward hacking", ("a", "b", "c"))
    ]


@pytest.mark.parametrize("question", ["?", "the", "🤷", "what?", "hello!", "Thanks", "...", "help"])
def test_nothing_asked(question: str) -> None:
    query = read(question).query
    assert query.nothing_asked
    assert query.topic == ""


@pytest.mark.parametrize(
    "question", ["papers", "show me everything", "all papers", "2024", "机器人"]
)
def test_all_papers_are_asked_for(question: str) -> None:
    assert not read(question).query.nothing_asked


def test_nothing_asked_in_a_conversation() -> None:
    assert read("thanks!", TALK).query.nothing_asked
    assert not read("what else?", TALK).query.nothing_asked
    assert not read("?", filters=Filters(date_from="2024-01-01")).query.nothing_asked


@pytest.mark.parametrize(
    ("earlier", "question", "about"),
    [
        (("web agents", "what about cars?"), "and drones?", "web agents"),
        (("web agents", "but without labels"), "and drones?", "web agents; but without labels"),
        (("web agents", "in 2025"), "from October", "web agents"),
        (("web agents", "which of those use video?"), "and by day?", "web agents"),
        (("web agents",), "with fewer labels", "web agents"),
        (("web agents",), "ones that use language", "web agents"),
        (("web agents",), "except for the red ones", "web agents"),
        (("how does VidGrip work?",), "compare it with HandCopy", "how does VidGrip work"),
    ],
)
def test_what_a_turn_is_about(earlier: tuple[str, ...], question: str, about: str) -> None:
    topics = [read_constraints(text, today=TODAY).topic for text in earlier]
    assert standalone(question, talk(*earlier), LEXICON, topics=topics).about == about


def test_what_was_left_out_stays_out() -> None:
    history = talk("web agents", "not for drones please")
    query = read("and at night?", history).query
    assert query.without == ("drones",)
    assert "drones" not in query.topic
    assert read("which of those fly?", history).query.without == ()


def test_more_recent_ones_are_others() -> None:
    reading = read("more recent ones", TALK)
    assert reading.further and reading.further.way == "newer"
    assert reading.query.seen == ("a", "b", "c")


@pytest.mark.parametrize(
    "question", ["sorry, I meant web agents", "now something else: web agents", "web agents"]
)
def test_what_leads_over_is_no_part_of_the_topic(question: str) -> None:
    query = read(question, TALK).query
    assert query.topic == "web agents"


def test_a_long_conversation() -> None:
    history = talk("web agents", *(f"and with {n} labels?" for n in range(60)))
    query = read("and drones?", history).query
    assert query.topic.startswith("and drones? — about: web agents; ")
    assert len(query.topic) < 120
