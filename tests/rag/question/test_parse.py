"""Questions and turns as they are read, over three invented papers. Which intent a wording has is
learned (`test_intent`): here the wordings are plain ones, and what is made of them counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.filters import Filters
from rag.ports import Vectors
from rag.question.parse import QuestionParser
from rag.question.schema import (
    ComparisonAsked,
    DefinitionAsked,
    ListAsked,
    NothingAsked,
    OverviewAsked,
    RecordAsked,
    RelatedAsked,
)
from rag.records import Turn
from tests.rag.question.grasping import (
    LEXICON,
    PARSER,
    ROBOTS,
    TODAY,
    assistant,
    lookup,
    read,
    talk,
    user,
)

ALL = ("a", "b", "c")


def test_a_record_is_asked_of_the_paper_whose_the_name_is() -> None:
    parsed = read("When was VidGrip published?")
    assert parsed.intent == RecordAsked(fields=("date",), papers=("b",))
    assert read("Who wrote the SpinBot paper?").record == RecordAsked(
        fields=("authors",), strange=("SpinBot",)
    )


def test_a_named_paper_is_told_about() -> None:
    assert read("Tell me about VidGrip").intent == OverviewAsked(papers=("b",))


def test_a_term_is_defined_with_its_other_wordings() -> None:
    intent = read("What does RH stand for?").intent
    assert isinstance(intent, DefinitionAsked)
    assert intent.terms[0] == "RH"
    assert [one.long for one in intent.expansions] == ["Reward hacking"]


def test_papers_like_one_leave_that_one_out() -> None:
    parsed = read("papers similar to VidGrip")
    assert parsed.intent == RelatedAsked(paper="b", name="VidGrip")
    assert parsed.seen == ("b",)
    assert not parsed.topic


def test_both_sides_of_a_comparison_are_searched() -> None:
    parsed = read("Compare VidGrip and HandCopy")
    assert isinstance(parsed.intent, ComparisonAsked)
    assert {topic.own for topic in parsed.searches} == {"VidGrip", "HandCopy"}


def test_a_compound_question_has_parts_and_the_later_ones_keep_the_name() -> None:
    parsed = read("How does VidGrip grasp, and does it need labels?")
    assert [part.question for part in parsed.parts] == [
        "How does VidGrip grasp",
        "does it need labels",
    ]
    assert parsed.parts[1].topic.carried == "VidGrip"
    assert len(parsed.searches) == 2


@pytest.mark.parametrize("question", ["?", "the", "thanks!", "...", "hello"])
def test_nothing_asked(question: str) -> None:
    assert isinstance(read(question).intent, NothingAsked)


def test_constraints_alone_have_no_topic() -> None:
    parsed = read("the three most upvoted papers")
    assert not parsed.topic
    assert (parsed.filters.sort, parsed.filters.limit) == ("upvotes", 3)


def test_a_paper_beside_which_others_are_asked_for_gives_the_bound() -> None:
    parsed = read("papers newer than GraspNet-V")
    assert parsed.filters.date_from == "2024-06-01"
    assert parsed.seen == ("a",)
    assert read("more upvotes than HandCopy").filters.upvotes_min == 4


def test_a_record_without_a_date_bounds_nothing_and_says_so() -> None:
    parsed = read("papers newer than HandCopy")
    assert parsed.filters.date_from is None
    assert "has no date to compare others with" in " ".join(parsed.notes)


def test_an_unknown_identifier_is_told() -> None:
    parsed = read("what does arXiv:2501.99999 propose?")
    assert parsed.unknown == ("arXiv:2501.99999",)


def test_a_turn_may_ask_of_the_papers_shown() -> None:
    parsed = read("which of those use simulation?", talk(ROBOTS))
    assert parsed.filters.paper_ids == ALL
    assert parsed.among_shown
    assert not parsed.topic.carried  # all of them were shown for the words before
    second = read("how does the second one work with cloth?", talk(ROBOTS))
    assert second.filters.paper_ids == ("b",)
    assert "second" not in second.topic.own


def test_to_see_a_paper_shown_is_an_overview_of_it() -> None:
    assert read("tell me more about the second one", talk(ROBOTS)).intent == OverviewAsked(
        papers=("b",)
    )


@pytest.mark.parametrize(
    "turn",
    ["which of those need a simulator?", "do any of them release code?", "which ones use touch?"],
)
def test_who_asks_which_of_them_wants_papers(turn: str) -> None:
    parsed = read(turn, talk(ROBOTS))
    assert isinstance(parsed.intent, ListAsked)
    assert parsed.filters.paper_ids == ALL


@pytest.mark.parametrize(
    "turn", ["only those with two arms", "does it also exist for boats?", "and one that swims?"]
)
def test_half_a_question_is_of_the_question_before(turn: str) -> None:
    parsed = read(turn, talk(ROBOTS, papers=("b",)))
    assert isinstance(parsed.intent, ListAsked)
    assert parsed.filters.paper_ids is None
    assert "robots" in parsed.topic.carried


def test_who_asks_for_others_does_not_get_those_shown_again() -> None:
    parsed = read("are there others that use tactile sensors?", talk(ROBOTS, papers=("a", "b")))
    assert set(parsed.seen) == {"a", "b"}
    assert "tactile" in parsed.topic.own
    assert "robots" in parsed.topic.carried


def test_earlier_words_are_carried_without_their_question_mark() -> None:
    parsed = read("and for drones?", talk("has anyone taught robots to swim?"))
    assert "robots to swim. and for drones" in parsed.topic.text
    assert parsed.topic.text[parsed.topic.own_start :] == parsed.topic.own


def test_a_refinement_keeps_the_topic_and_the_constraints() -> None:
    history = talk("papers on robots from 2024")
    parsed = read("what about drones?", history)
    assert parsed.filters.date_from == "2024-01-01"
    assert "robots" in parsed.topic.carried
    assert "drones" in parsed.topic.own
    assert parsed.filters.paper_ids is None


def test_more_of_a_list_leaves_out_what_was_shown() -> None:
    history = (user(ROBOTS), assistant(papers=("a", "b")), user("more"), assistant(papers=("c",)))
    parsed = read("show me 5 more", history)
    assert set(parsed.seen) == {"a", "b", "c"}
    assert parsed.intent == ListAsked()


def test_newer_than_those_shown() -> None:
    parsed = read("anything newer?", talk(ROBOTS))
    assert parsed.filters.date_from == "2024-06-01"


def test_another_form_is_of_the_last_real_answer() -> None:
    refused = assistant("The abstracts do not say.", papers=())
    history = (*talk(ROBOTS), user("which of those fly?"), refused)
    parsed = read("show me that as a table", history)
    assert "robots" in parsed.topic.own
    assert parsed.form is not None
    assert parsed.form.kind == "table"


def test_a_new_topic_forgets_the_papers_shown() -> None:
    parsed = read("Which papers study protein folding with diffusion models?", talk(ROBOTS))
    assert parsed.filters.paper_ids is None
    assert not parsed.topic.carried


def test_among_papers_shown_earlier_words_are_not_carried() -> None:
    one, several = (read("does it need labels?" if n == 1 else "which of them need labels?",
                         talk(ROBOTS, papers=("a", "b", "c")[:n])) for n in (1, 3))  # fmt: skip
    assert (one.filters.paper_ids, one.topic.carried) == (("a",), "")
    assert several.among_shown
    assert not several.topic.carried


def test_papers_chosen_beforehand_are_never_left() -> None:
    assert read("robots", within=("a", "b")).filters.paper_ids == ("a", "b")
    inner = read("how does the second one work?", talk(ROBOTS), within=("a", "b"))
    assert inner.filters.paper_ids == ("b",)


def test_constraints_that_the_user_edited_replace_those_read() -> None:
    parsed = read("robots since 2024", filters=Filters(date_to="2020-01-01"))
    assert (parsed.filters.date_from, parsed.filters.date_to) == (None, "2020-01-01")


def test_a_turn_costs_the_same_however_long_the_conversation_is() -> None:
    read_texts: list[str] = []

    def encode(text: str) -> Vectors | None:
        read_texts.append(text)
        return None

    parser = QuestionParser(lexicon=LEXICON, today=TODAY, lookup=lookup, encode=encode)  # type: ignore[arg-type]
    counts = []
    for turns in (5, 500):
        read_texts.clear()
        history: tuple[Turn, ...] = talk(*["and for drones?"] * turns)
        parser.parse("and for boats?", history=history)
        counts.append(len(read_texts))
    assert counts[0] == counts[1]


words = st.sampled_from(
    "which the second those papers on robots VidGrip since 2024 more ? and".split()
)


@given(
    st.one_of(st.text(max_size=80), st.lists(words, max_size=10).map(" ".join)),
    st.lists(st.lists(words, max_size=6).map(" ".join), max_size=3),
)
def test_any_text_in_any_conversation(question: str, earlier: list[str]) -> None:
    parsed = PARSER.parse(question, history=talk(*earlier))
    assert parsed.question == question
    assert set(parsed.filters.paper_ids or ()) <= set(ALL)
