"""Which papers a turn asks of: those of the answer before, or those that the user has chosen."""

from __future__ import annotations

import pytest

from rag.filters import Filters
from rag.question import standalone, understand
from rag.records import Turn
from tests.rag.question.conversation_rows import FIRST
from tests.rag.question.grasping import LEXICON, TALK, TODAY, assistant, read, talk, user, within


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
    history = (user(FIRST), assistant("VidGrip and GraspNet-V do.", papers=None))
    assert standalone("which of those is faster?", history, LEXICON).papers == ("b", "a")


def test_one_paper_in_view_is_named() -> None:
    history = (user(FIRST), assistant(papers=("b",)))
    alone = standalone("how much did it gain?", history, LEXICON)
    assert (alone.papers, alone.sentence) == (("b",), "How much did VidGrip gain?")


def test_a_choice_carries_no_dates() -> None:
    history = (user("robot papers since 2024"), assistant())
    assert read("which of those use video?", history).query.filters == Filters(
        paper_ids=("a", "b", "c")
    )


@pytest.mark.parametrize(
    "history",
    [
        (user(""), assistant("")),
        (assistant(),),
        (assistant("", ()), user("")),
        (user("web agents"), assistant(papers=("gone", "away"))),
        (user("web agents"),),
    ],
)
@pytest.mark.parametrize("question", ["which of those?", "the second one", "any others?", "and?"])
def test_odd_histories(history: tuple[Turn, ...], question: str) -> None:
    query = read(question, history).query
    assert set(query.filters.paper_ids or ()) <= {"a", "b", "c"}
    assert set(query.seen) <= {"a", "b", "c"}


def test_papers_that_are_gone_choose_nothing() -> None:
    history = (user(FIRST), assistant(papers=("gone", "b")))
    assert read("which of those?", history).query.filters.paper_ids == ("b",)


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
    assert within(second, ["a", "c"], TALK).query.filters.paper_ids == ("c",)


def test_a_selection_of_papers_that_have_gone_is_not_the_whole_corpus() -> None:
    assert within("grasping", []).query.filters.paper_ids == ()


@pytest.mark.parametrize(
    ("question", "papers", "kind"),
    [
        ("explain the first one", ("a",), "explain"),
        ("tell me about the first paper", ("a",), "explain"),
        ("give me details on the third one", ("c",), "explain"),
        ("show me the abstract of [2]", ("b",), "explain"),
        ("compare the first two", ("a", "b"), "compare"),
        ("summarise them", ("a", "b", "c"), "explain"),
        ("what do they have in common?", ("a", "b", "c"), "compare"),
        ("list them again", ("a", "b", "c"), "list"),
        ("which one was published first?", ("a", "b", "c"), "list"),
    ],
)
def test_nothing_is_asked_of_papers_but_to_see_them(
    question: str, papers: tuple[str, ...], kind: str
) -> None:
    query = read(question, TALK).query
    assert (query.topic, query.filters.paper_ids, query.kind) == ("", papers, kind)
    # A turn after it is about what the first was about, not about summaries.
    later = read("and for drones?", talk(FIRST, question)).query.topic
    assert later == read("and for drones?", TALK).query.topic


def test_what_is_asked_of_a_paper_is_kept_without_the_words_that_pick_it() -> None:
    query = read("how does the second one handle slippery objects?", TALK).query
    assert query.topic.startswith("how does it handle slippery objects? — about: ")
    assert read("what does the second one use?", TALK).query.topic.startswith("what does it use?")
    assert read("summarise work on them for drones", TALK).query.filters.paper_ids is None
    assert read("list all papers", TALK).query.filters.paper_ids is None
