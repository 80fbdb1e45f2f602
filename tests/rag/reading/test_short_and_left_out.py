"""Lists of papers that do not use a thing, choices of words, phrases of a few words, and what is
shown where nothing answers."""

from __future__ import annotations

import re
from datetime import date

import pytest

from rag.answer.quoted import compose
from rag.corpus.mentions import is_mentioned
from rag.question.constraints import read_constraints
from tests.rag.selections import Ask


@pytest.mark.parametrize(
    ("text", "unused"),
    [
        ("papers that do not use RL", ("RL",)),
        ("reward models, except papers that use search", ("search",)),
        ("papers outside of robotics", ()),
        ("papers that are not about robotics", ()),
        ("models that look things up in outside sources", ()),
    ],
)
def test_what_is_not_used_is_told_from_what_papers_are_not_about(
    text: str, unused: tuple[str, ...]
) -> None:
    assert read_constraints(text, today=date(2025, 11, 21)).unused == unused


def test_nothing_is_left_out_by_an_adjective() -> None:
    text = "models that look things up in outside sources"
    assert not read_constraints(text, today=date(2025, 11, 21)).filters


def test_a_mention_is_one_in_any_compound_unless_it_is_denied() -> None:
    assert is_mentioned("A title", "We study meta-RL.", ["RL"])
    assert not is_mentioned("A title", "It works without RL.", ["RL"])
    assert not is_mentioned("A title", "See the URL.", ["RL"])


@pytest.mark.parametrize("question", ["which papers do not use RL?", "papers not using RL"])
def test_papers_that_do_not_use_a_thing_make_no_mention_of_it(ask: Ask, question: str) -> None:
    query, selection = ask(question)
    assert selection.status == "answered"
    for paper in selection.papers:
        assert not re.search(r"\bRL(?:HF|VR)?\b|reinforcement learning", paper.abstract)
    assert "no mention of “RL”" in compose(query, selection).text


def test_an_answer_says_what_its_papers_are_not_about(ask: Ask) -> None:
    query, selection = ask("reward models outside of robotics")
    assert "not about “robotics”" in compose(query, selection).text.split("\n")[0]
    query, selection = ask("continual learning, no surveys")
    assert "surveys left out" in compose(query, selection).text.split("\n")[0]


def test_each_paper_meets_one_of_the_words_offered(ask: Ask) -> None:
    _, selection = ask("speech or audio language models")
    assert selection.status == "answered"
    assert len(selection.papers) < 4
    for paper in selection.papers:
        assert re.search(r"speech|audio", f"{paper.title} {paper.abstract}", re.IGNORECASE)


def test_a_phrase_of_two_words_is_answered_by_the_paper_that_has_what_weighs(ask: Ask) -> None:
    _, selection = ask("machine unlearning")
    assert selection.status == "answered"
    assert "Unlearning" in selection.papers[0].title


@pytest.mark.parametrize(
    "question",
    [
        "what is a good recipe for breadcrumbs?",
        "how do I distill whisky?",
        "stock market prediction",
        "wine tasting",
    ],
)
def test_a_paper_that_shares_one_word_by_chance_is_not_shown(ask: Ask, question: str) -> None:
    _, selection = ask(question)
    assert (selection.status, selection.evidence) == ("not_in_corpus", ())


def test_what_comes_near_in_more_than_a_word_is_shown(ask: Ask) -> None:
    _, selection = ask("code repair")
    assert selection.status == "not_in_corpus"
    assert any("Code" in item.paper.title for item in selection.evidence)


def test_a_comparison_that_asks_for_nothing_else_has_the_same_of_each(ask: Ask) -> None:
    _, selection = ask("compare CURE and STEER")
    assert len(selection.papers) == 2
    for paper in selection.papers:
        of_it = [item for item in selection.evidence if item.paper == paper]
        assert len(of_it) == 3
        assert [item.start for item in of_it] == sorted(item.start for item in of_it)
        assert re.search(r"introduce|propose", of_it[0].quote)
        assert re.search(r"[Ee]xperiment|outperform|results", of_it[-1].quote)
