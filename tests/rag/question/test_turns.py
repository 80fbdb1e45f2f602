"""Turns about papers in view: which are taken out of them, which were chosen beforehand, what a
refusal leaves, and what is wanted of an answer as such. Over three invented papers on grasping."""

from __future__ import annotations

import pytest

from rag.question.parts import NEAREST
from rag.question.wishes import EXPORTED, wished
from tests.rag.question.grasping import assistant, read, user, within
from tests.rag.question.talks import ALL, ROBOTS
from tests.rag.question.test_talks import said

LIST = (user(ROBOTS), assistant(papers=ALL))


@pytest.mark.parametrize(
    ("question", "papers"),
    [
        ("all except the first", ("b", "c")),
        ("not the first one", ("b", "c")),
        ("all but the last two", ("a",)),
        ("without the second", ("a", "c")),
        ("drop the first", ("b", "c")),
        ("ok, leave out number 3", ("a", "b")),
        ("everything but the first and the third", ("b",)),
        ("except VidGrip", ("a", "c")),
        ("show me all of them except VidGrip and HandCopy", ("a",)),
        ("the second, not the first", ("b",)),
        ("which of those other than VidGrip use simulation?", ("a", "c")),
        ("compare all but the second", ("a", "c")),
    ],
)
def test_taking_papers_out_of_those_in_view_leaves_the_rest(
    question: str, papers: tuple[str, ...]
) -> None:
    query = read(question, LIST).query
    assert query.filters.paper_ids == papers
    assert not query.filters.not_about
    assert not query.filters.lacking


def test_what_is_asked_of_the_rest_is_searched_without_what_is_taken_out() -> None:
    reading = read("all except the first, which use simulation?", LIST)
    assert reading.query.topic.startswith("which use simulation?")
    assert reading.query.kind == "list"
    assert reading.query.standalone == "About VidGrip and HandCopy: which use simulation?"


@pytest.mark.parametrize(
    "question", ["papers on dexterous hands except VidGrip", "without simulation", "not for drones"]
)
def test_other_words_that_leave_out_take_no_paper_out(question: str) -> None:
    assert read(question, LIST).query.filters.paper_ids is None


def test_the_rest_can_be_taken_up_again() -> None:
    assert read("the others", said((ROBOTS, "drop the first"))).query.filters.paper_ids == ("a",)
    picked = said((ROBOTS, "the second one"))
    assert read("all but this one", picked).query.filters.paper_ids == ("a", "c")


def test_a_look_at_one_named_paper_leaves_the_list_in_view() -> None:
    looked = said((ROBOTS, "how does VidGrip work?"))
    assert read("and the others?", looked).query.filters.paper_ids == ("a", "c")
    assert read("which of them need labels?", looked).query.filters.paper_ids == ALL
    assert read("does it need labels?", looked).query.filters.paper_ids == ("b",)
    back = read("and the others?", looked).query
    assert back.standalone == "About GraspNet-V and HandCopy"


@pytest.mark.parametrize(
    ("question", "topic", "kind"),
    [
        ("what do these papers propose?", "", "list"),
        ("summarize these papers", "", "explain"),
        ("compare them", "", "compare"),
        ("compare the two papers", "", "compare"),
        ("what do they have in common?", "", "compare"),
        ("what are the main findings?", "what are the main findings?", "list"),
        ("what datasets do they use?", "what datasets do they use?", "list"),
        ("how well do they work?", "how well do they work?", "list"),
    ],
)
def test_chosen_papers_are_in_view(question: str, topic: str, kind: str) -> None:
    query = within(question, ("b", "c")).query
    assert query.filters.paper_ids == ("b", "c")
    assert (query.topic, query.kind) == (topic, kind)
    assert "VidGrip" in query.standalone


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("what is it about?", "What is VidGrip about?"),
        ("summarise this paper", "Summarise VidGrip"),
        ("what are its limits?", "What are VidGrip’s limits?"),
        ("does it need a critic?", "Does VidGrip need a critic?"),
    ],
)
def test_one_chosen_paper_is_it(question: str, sentence: str) -> None:
    query = within(question, ("b",)).query
    assert query.standalone == sentence
    assert query.filters.paper_ids == ("b",)
    assert not query.nothing_asked


def test_a_question_with_a_topic_is_asked_of_chosen_papers_as_it_stands() -> None:
    reading = within("reward hacking in grasping", ("b", "c"))
    assert reading.query.standalone == "reward hacking in grasping"
    assert reading.notes == ()


def test_the_papers_of_an_answer_about_chosen_ones_are_in_view_before_these() -> None:
    history = (user("which need labels?"), assistant(papers=("c",)))
    assert within("how does it work?", ("b", "c"), history).query.filters.paper_ids == ("c",)
    assert within("and the others?", ("b", "c"), history).query.filters.paper_ids == ("b",)


def test_a_refusal_leaves_nothing_in_view() -> None:
    near = f"None of the 3 papers clearly answers this. {NEAREST}\n\n- **VidGrip**: It grasps. [1]"
    for papers in ((), None):
        history = (user("papers on tea"), assistant(near, papers=papers))
        reading = read("which of those use sonar?", history)
        assert reading.query.filters.paper_ids is None
        assert "tea" in reading.query.topic
        assert "puts no paper forward" in " ".join(reading.notes)


def test_what_was_asked_about_by_name_stays_in_view_behind_a_refusal() -> None:
    history = (user("how many GPUs does VidGrip need?"), assistant(f"No. {NEAREST}", papers=()))
    assert read("and does it need labels?", history).query.filters.paper_ids == ("b",)


@pytest.mark.parametrize(
    ("asked", "told", "question", "papers"),
    [
        ("how does VidGrip work?", "It copies hands.", "does it need labels?", ("b",)),
        ("what grasps?", "VidGrip does.", "how does it work?", ("b",)),
        ("what grasps?", "VidGrip and HandCopy.", "compare them", ("b", "c")),
        ("what grasps?", "Some do.", "which datasets does it use?", None),
    ],
)
def test_what_an_answer_typed_by_hand_puts_in_view(
    asked: str, told: str, question: str, papers: tuple[str, ...] | None
) -> None:
    reading = read(question, (user(asked), assistant(told, papers=None)))
    assert reading.query.filters.paper_ids == papers
    if papers is None:
        assert "puts no paper forward" in " ".join(reading.notes)
        assert "grasps" in reading.query.topic


@pytest.mark.parametrize(
    "turn",
    ["in a table", "translate", "is that true?", "give me the bibtex", "put it in one sentence",
     "can you translate that to German?", "are you sure?", "make it shorter"],
)  # fmt: skip
def test_what_is_wanted_of_an_answer_asks_the_same_again(turn: str) -> None:
    reading = read(turn, LIST)
    assert (reading.query.question, reading.query.standalone) == (turn, ROBOTS)
    assert reading.notes


@pytest.mark.parametrize(
    "turn",
    ["which of them are true to scale?", "as in VidGrip", "in tables of numbers",
     "what references do they cite?", "how do robots translate words?", "translate robots",
     "is it fast?"],
)  # fmt: skip
def test_questions_are_no_wishes(turn: str) -> None:
    assert wished(turn) is None


def test_the_references_of_one_paper_show_that_paper() -> None:
    reading = read("bibtex for the second one", LIST)
    assert reading.query.filters.paper_ids == ("b",)
    assert reading.notes[-1] == EXPORTED
    assert read("how do I cite VidGrip?").query.overview == ("b",)


def test_back_to_an_earlier_question() -> None:
    talk = said((ROBOTS, "something else: tea", "why?"))
    assert read("back to the robots", talk).query.standalone == ROBOTS
    assert read("ok, let's go back to whales", talk).query.standalone == "whales"


def test_slips_in_the_words_with_which_one_asks_are_mended() -> None:
    query = read("sumarise teh second", LIST).query
    assert query.filters.paper_ids == ("b",)
    assert query.standalone == "Summarise VidGrip"


@pytest.mark.parametrize(
    "question",
    [
        "something in that spirit but for drones?",
        "anything along those lines for drones?",
        "didn't someone extend that to drones?",
        "is there something like that for drones?",
        "and one that uses drones instead?",
        "are there others for drones?",
    ],
)
def test_what_is_like_the_papers_in_view_is_looked_for_beyond_them(question: str) -> None:
    query = read(question, LIST).query
    assert query.filters.paper_ids is None
    assert set(query.seen) == set(ALL), "what was shown is not what is asked for"
    assert ROBOTS.rstrip("?") in query.topic or "robot" in query.topic


def test_an_answer_typed_by_hand_that_counts_more_papers_than_it_names_confines_nothing() -> None:
    told = "Four papers: VidGrip learns from videos, another copies hands, two use simulation."
    history = (user(ROBOTS), assistant(text=told, papers=None))
    assert read("which of those four is about drones?", history).query.filters.paper_ids is None
    named = (user(ROBOTS), assistant(text="Two papers: VidGrip and HandCopy.", papers=None))
    assert read("which of those is about drones?", named).query.filters.paper_ids == ("b", "c")
