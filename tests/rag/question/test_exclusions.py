"""What questions leave out, and what only looks like it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.corpus.genres import is_genre, is_of_kind
from rag.corpus.mentions import is_about, wording
from rag.corpus.uses import plainly_uses
from rag.filters import Filters
from rag.question import Lexicon, read_constraints, understand
from rag.question.exclusions import (
    asks_for_others,
    taken_back,
    turned_down,
)
from rag.records import Paper, Turn

words = st.lists(
    st.sampled_from(
        "surveys reviews please -milk need no-free kettle-free NOT minus benchmark excluding ones "
        "and outside of besides other than not no without the tea green papers that do use about "
        "on , ( ) ? but or except for it models I can't drink anything everything".split()
    ),
    max_size=14,
).map(" ".join)


@pytest.mark.parametrize(
    ("earlier", "terms", "rest"),
    [
        ("robot learning with people", ["robotics"], "learning with people"),
        ("curriculum learning in reinforcement learning", ["reinforcement learning"],
         "curriculum learning in"),
        ("do reward models help?", ["reward model"], "do help?"),
        ("papers on tea", ["coffee"], "papers on tea"),
        ("training on tea", ["train"], "on tea"),
        ("papers on tea", [], "papers on tea"),
    ],
)  # fmt: skip
def test_a_turn_takes_words_back(earlier: str, terms: list[str], rest: str) -> None:
    assert taken_back(earlier, terms) == rest


@pytest.mark.parametrize(
    ("turn", "earlier", "rest", "terms"),
    [
        ("ok, but without labels?", "learning with labels", "ok, but without labels?", ("labels",)),
        ("and if I can't train and can only ask?", "which train for tea?",
         "and can only ask?", ("train",)),
        ("I can't find it", "which train for tea?", "I can't find it", ()),
    ],
)  # fmt: skip
def test_turning_down(turn: str, earlier: str, rest: str, terms: tuple[str, ...]) -> None:
    assert turned_down(turn, earlier) == (rest, terms)


@pytest.mark.parametrize(
    ("turn", "others"),
    [
        ("any others?", True),
        ("what else?", True),
        ("ok, show me three more", True),
        ("other papers besides those?", True),
        ("more like these", True),
        ("who else works on this?", True),
        ("more about the second one", False),
        ("tell me more", False),
        ("and on tea rather than coffee?", False),
        ("other than tea?", False),
        ("another question: what is tea?", False),
    ],
)
def test_asking_for_others(turn: str, others: bool) -> None:
    assert asks_for_others(turn) is others


@pytest.mark.parametrize(
    ("term", "text", "has"),
    [
        ("robotics", "A robot learns.", True),
        ("RL", "We use RL.", True),
        ("LM", "LLMs are LMs.", True),
        ("RL", "the URL of it, RLHF", False),
        ("transformers", "A translation is transferred.", False),
        ("reward models", "one Reward-Model", True),
        ("games", "a game", True),
    ],
)
def test_wordings(term: str, text: str, has: bool) -> None:
    assert bool(wording(term).search(text)) is has


@pytest.mark.parametrize(
    ("title", "abstract", "about"),
    [
        ("Tea at noon", "It calms.", True),
        ("At noon", "Tea calms. We drink tea.", True),
        ("At noon", "We drink water, as others drink tea.", False),
        ("Calm without any tea", "No tea is drunk; we need no tea.", False),
        ("Tea-free mornings", "Tea-free days. Unlike with tea, we sleep.", False),
    ],
)
def test_being_about(title: str, abstract: str, about: bool) -> None:
    assert is_about(title, abstract, [wording("tea")]) is about


PAPERS = tuple(
    Paper(
        paper_id=key,
        title=f"Calming drinks, part {key}",
        abstract="Reinforcement learning (RL) teaches robots to serve drinks.",
    )
    for key in "abc"
)
LEXICON = Lexicon.from_papers(PAPERS)
HISTORY = (
    Turn(role="user", content="robots that serve drinks with RL"),
    Turn(role="assistant", content="Two.", papers=("a", "b")),
)


def test_the_whole_reading() -> None:
    reading = understand(
        "and outside of robotics?", lexicon=LEXICON, today=date(2025, 11, 21), history=HISTORY
    )
    assert reading.query.standalone == "Robots that serve drinks with RL, outside of robotics"
    assert reading.query.topic == "that serve drinks with RL"
    assert reading.query.without == ("robotics",)
    assert reading.query.filters.not_about == ("robotics",)


def test_acronyms_are_left_out_in_both_wordings() -> None:
    read = understand("drinks, not RL", lexicon=LEXICON, today=date(2025, 11, 21))
    assert read.query.without == ("RL", "Reinforcement learning")


def test_a_fact_leaves_nothing_out() -> None:
    asked = "besides RL, which reward does it use?"
    query = understand(asked, lexicon=LEXICON, today=date(2025, 11, 21)).query
    assert (query.kind, query.topic, query.without) == ("fact", asked, ())


def test_others_are_not_those_shown_before() -> None:
    history = (*HISTORY, Turn(role="user", content="any others?"),
               Turn(role="assistant", content="One.", papers=("c",)))  # fmt: skip
    reading = understand("what else?", lexicon=LEXICON, today=date(2025, 11, 21), history=history)
    assert reading.query.seen == ("a", "b", "c")
    first = understand("any others?", lexicon=LEXICON, today=date(2025, 11, 21))
    assert first.query.seen == ()


@given(st.one_of(words, st.text(max_size=80)), words)
def test_any_text(text: str, earlier: str) -> None:
    read = read_constraints(text, today=date(2025, 11, 21))
    terms = (*(read.filters.not_about or ()), *(read.filters.lacking or ()))
    assert all(term in text for term in terms)
    assert set(read.unused) <= set(read.filters.not_about or ())
    turned_down(text, earlier)
    assert len(taken_back(earlier, terms)) <= len(earlier)
    for term in terms:
        plainly_uses(text, earlier, [wording(term)])
        is_of_kind(text, earlier, term)


def test_what_is_left_out_can_be_taken_back() -> None:
    asked = "drinks without ice, no surveys"
    read = understand(asked, lexicon=LEXICON, today=date(2025, 11, 21)).query
    assert (read.without, read.lacking) == (("surveys",), ("ice",))
    taken = Filters(not_about=(), lacking=("ice",))
    again = understand(asked, lexicon=LEXICON, today=date(2025, 11, 21), filters=taken).query
    assert (again.without, again.lacking, again.filters) == ((), ("ice",), taken)
    # Constraints that say nothing of it leave what the question says.
    other = Filters(date_from="2025-01-01")
    kept = understand(asked, lexicon=LEXICON, today=date(2025, 11, 21), filters=other).query
    assert (kept.without, kept.lacking) == (("surveys",), ("ice",))


@pytest.mark.parametrize(
    ("title", "abstract", "uses"),
    [
        ("Kettles", "We boil.", True),
        ("Tea", "We use a large kettle to boil.", True),
        ("Tea", "Our kettle-based method boils.", True),
        ("Tea", "Existing methods use a kettle. We boil in the sun.", False),
        ("Tea", "We present two stoves: 1) a kettle, and 2) the sun.", True),
        ("Tea", "We develop a heuristic approach called electric kettle.", True),
        ("Tea", "We present a stove that replaces every known kettle.", False),
        ("Tea", "We use no kettle.", False),
        ("Kettle-free tea", "We boil.", False),
        ("Tea", "We eliminate the need for a kettle, using what others use in kettles.", False),
        ("Tea", "We train with pseudo-kettles.", False),
        ("Tea", "We boil water.", False),
    ],
)
def test_using_a_thing(title: str, abstract: str, uses: bool) -> None:
    assert plainly_uses(title, abstract, [wording("kettle")]) == uses


def test_unlabelled_is_without_labels() -> None:
    assert not plainly_uses("Tea", "We use labels or unlabeled tea.", [wording("labels")])


@pytest.mark.parametrize(
    ("term", "title", "abstract", "kind"),
    [
        ("surveys", "Tea: A Survey", "", True),
        ("reviews", "Brewing", "In this paper, we review how tea is brewed.", True),
        ("survey papers", "Brewing", "This comprehensive survey covers tea.", True),
        ("surveys", "Peer Review of Tea", "We ask reviewers.", False),
        ("surveys", "Brewing", "We follow a recent survey of tea.", False),
        ("benchmarks", "TeaBench: Measuring Taste", "", True),
        ("benchmark papers", "Brewing", "It wins on three benchmarks.", False),
        ("datasets", "A Dataset of Teas", "", True),
        ("datasets", "Dataset Distillation", "", False),
        ("position papers", "Position: Tea Matters", "", True),
    ],
)
def test_kinds_of_papers(term: str, title: str, abstract: str, kind: bool) -> None:
    assert is_genre(term)
    assert is_of_kind(title, abstract, term) == kind
