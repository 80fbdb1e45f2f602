from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.question.frame import subject


@pytest.mark.parametrize(
    "asked",
    [
        "list all papers about {}",
        "what has been published on {}?",
        "suggest reading on {}",
        "anything interesting about {}?",
        "{} papers please, I am writing a review",
        "Please list everything on {}.",
        "can you recommend some papers about {}",
        "give me an overview of {}",
        "introduction to {}",
        "what is known about {}?",
        "I'm interested in {}",
        "I need references for {}",
        "which papers discuss {}?",
        "recent advances in {}",
    ],
)
def test_what_only_asks_is_taken_away(asked: str) -> None:
    assert subject(asked.format("tea ceremonies")) == "tea ceremonies"


@pytest.mark.parametrize(
    "asked",
    [
        "show me the papers that use tree search",
        "surveys on tea",
        "what is a list of rewards",
        "which papers release a dataset",
        "how is reading on screens studied?",
        "papers",
        "list papers about it",
    ],
)
def test_what_says_more_stays(asked: str) -> None:
    assert subject(asked) == asked


@given(st.text(max_size=200))
def test_something_of_the_text_is_left(text: str) -> None:
    found = subject(text)
    assert found in text
    assert bool(found) == bool(text)


def test_taking_away_twice_is_as_good_as_once() -> None:
    once = subject("please list all papers on tea, please")
    assert subject(once) == once == "tea"
