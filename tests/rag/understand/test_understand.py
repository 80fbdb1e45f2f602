"""Whole readings: follow-ups, carried constraints, edited constraints, kinds in a conversation."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.records import Filters, Paper, Turn
from rag.understand import Lexicon, Reading, read_constraints, standalone, understand
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


def assistant(text: str = "Here.", papers: tuple[str, ...] | None = ("a", "b", "c")) -> Turn:
    return Turn(role="assistant", content=text, papers=papers)


def read(question: str, history: Sequence[Turn] = (), filters: Filters | None = None) -> Reading:
    return understand(question, lexicon=LEXICON, today=TODAY, history=history, filters=filters)


TALK = (user(FIRST), assistant())


@pytest.mark.parametrize(("question", "leans", "chooses"), ROWS)
def test_second_turns(question: str, leans: bool, chooses: bool) -> None:
    alone = standalone(question, TALK, LEXICON)
    assert (bool(alone.leans_on), alone.papers is not None) == (leans, chooses)
    assert alone.question.startswith(question)
    assert alone.sentence != question or not leans


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


def test_nothing_to_choose_from_is_said() -> None:
    history = (user(FIRST), assistant("I found nothing.", papers=()))
    alone = standalone("which of those is faster?", history, LEXICON)
    assert alone.papers is None
    assert any("no paper" in note for note in alone.notes)


def test_one_paper_in_view_is_named() -> None:
    history = (user(FIRST), assistant(papers=("b",)))
    alone = standalone("how much did it gain?", history, LEXICON)
    assert (alone.papers, alone.sentence) == (("b",), "How much did VidGrip gain?")


def test_first_turn_stands_alone() -> None:
    reading = read("which of those use it?")
    assert reading.query.standalone == reading.query.question == "which of those use it?"
    assert reading.query.filters == Filters()


def test_chain_reaches_back_to_the_topic_without_the_choices() -> None:
    history = (*TALK, user("which of those need labels?"), assistant())
    query = read("ok, and if I have no labels?", history).query
    assert query.topic.endswith(" — about: Which papers teach robots to grasp from video")
    assert query.standalone == "Which papers teach robots to grasp from video, if I have no labels?"
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
    assert query.topic == "grasping"
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


def test_papers_are_ranked_by_long_forms_and_judged_by_what_was_asked() -> None:
    query = read("papers on RH").query
    assert (query.topic, query.search) == ("papers on RH", "papers on Reward hacking (RH)")
    assert read("papers on hacking").query.search == ""
    assert read("how many videos does RH need?").query.search == ""  # a fact


def test_counting_papers_is_no_part_of_the_topic() -> None:
    query = read("how many papers are about hacking since 2024?").query
    assert (query.kind, query.topic) == ("list", "papers are about hacking?")


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
    if not history:
        assert "— about:" in question or "— about:" not in query.standalone


def talk(*questions: str, papers: tuple[str, ...] = ("a", "b", "c")) -> tuple[Turn, ...]:
    return tuple(turn for text in questions for turn in (user(text), assistant(papers=papers)))


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


ODD = st.sampled_from(
    [*(row[0] for row in ROWS), "9" * 3990, "top " + "9" * 3000 + " papers", "at least "
     + "9" * 1000 + " upvotes papers", "the last " + "9" * 500 + " years", "[" + "1" * 99 + "]",
     "papers of " + "1" * 5000, "not " * 900, "a" * 4000, "A" * 4000, "RH " * 1300, "(" * 4000,
     "outside of a " * 300, "in 2024, " * 400, "٣ papers", "²² papers since ²²", "\x00", "\ud800"]
)  # fmt: skip


@settings(deadline=None)
@given(st.one_of(st.text(max_size=4000), ODD), turns)
def test_anything_is_read_and_reads_the_same_again(question: str, history: list[Turn]) -> None:
    first = read(question, history)
    assert read(question, history) == first
    # The standalone question of a first turn needs no history, and is read as itself.
    if not history and not first.query.nothing_asked:
        again = read(first.query.standalone).query
        assert (again.kind, again.filters) == (first.query.kind, first.query.filters)
        assert (again.topic, again.without) == (first.query.topic, first.query.without)


@pytest.mark.parametrize(
    "text",
    ["2024 ", "of those ", "in the last ", "x", "(", "June to ", "not a ", "outside of a b ",
     "without ", "three papers ", "what about ", "RH ", "2024, ", "I can't ", "other than ", "- "],
)  # fmt: skip
def test_reading_takes_steps_in_proportion(text: str) -> None:
    """Twice the text, about twice the work: counted in calls, as a clock would be misled."""

    def steps(size: int) -> int:
        count = 0

        def counted(_frame: object, event: str, _arg: object) -> None:
            nonlocal count
            count += event in ("call", "c_call")

        sys.setprofile(counted)
        try:
            whole = text * (size // len(text))
            read(whole, (user(whole),))
        finally:
            sys.setprofile(None)
        return count

    assert steps(4000) < 3 * steps(2000) + 2000


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
