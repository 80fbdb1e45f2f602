"""Conversations of several turns: how each turn reads by itself, and of which papers it asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from rag.filters import Filters
from rag.question import Reading
from rag.question.beyond import beyond
from rag.records import Paper, Turn
from tests.rag.question.grasping import PAPERS, assistant, read, user
from tests.rag.question.talks import ROBOTS, TURNS

NAMED = {"GraspNet-V": "a", "VidGrip": "b", "HandCopy": "c"}


def said(questions: Sequence[str]) -> tuple[Turn, ...]:
    """A conversation in which each answer is about the papers that its question turned out to mean,
    names, or else all three."""
    history: tuple[Turn, ...] = ()
    for question in questions:
        query = read(question, history).query
        named = tuple(paper for name, paper in NAMED.items() if name in query.standalone)
        history += (
            user(question),
            assistant(papers=query.filters.paper_ids or named or ("a", "b", "c")),
        )
    return history


@pytest.mark.parametrize(("earlier", "question", "sentence", "papers", "kind"), TURNS)
def test_a_turn_by_itself(
    earlier: tuple[str, ...],
    question: str,
    sentence: str,
    papers: tuple[str, ...] | None,
    kind: str,
) -> None:
    query = read(question, said(earlier)).query
    assert (query.standalone, query.filters.paper_ids) == (sentence, papers)
    assert query.kind == kind
    assert query.question == question


def test_a_list_goes_on_behind_all_that_was_shown() -> None:
    history = (user(ROBOTS), assistant(papers=("a", "b")), user("more"), assistant(papers=("c",)))
    query = read("the next 5", history).query
    assert query.seen == ("a", "b", "c")
    assert (query.topic, query.filters.limit) == ("robots", 5)


def test_a_marker_is_the_citation_of_the_answer() -> None:
    told = (
        "Two papers side by side:\n\n**VidGrip: grasping from video, part b**: It grasps. [1]\n"
        "- It is fast. [2]\n\n**HandCopy: grasping from video, part c**: It copies. [3]"
    )
    history = (user("compare VidGrip and HandCopy"), assistant(told, papers=("b", "c")))
    assert read("explain [2]", history).query.filters.paper_ids == ("b",)
    assert read("explain [3]", history).query.filters.paper_ids == ("c",)


def test_a_refusal_leaves_in_view_what_was() -> None:
    refused = assistant("The abstracts do not state this. What comes nearest: VidGrip", papers=())
    history = (user(ROBOTS), assistant(), user("which of those use simulation?"), refused)
    assert read("code?", history).query.filters.paper_ids == ("a", "b", "c")


def test_thanks_change_nothing() -> None:
    history = (*said([ROBOTS]), user("great, thanks"), assistant("There is nothing.", papers=()))
    assert read("which of those use video?", history).query.filters.paper_ids == ("a", "b", "c")


def test_in_english_please_asks_the_same_again() -> None:
    history = said([ROBOTS, "for drones"])
    again, before = read("in English please", history).query, read("for drones", said([ROBOTS]))
    assert again.question == "in English please"
    assert (again.topic, again.standalone) == (before.query.topic, before.query.standalone)


def further(question: str, published: Sequence[str | None]) -> Reading:
    shown = [replace(p, published=d) for p, d in zip(PAPERS, published, strict=True)]
    return beyond(read(question, said([ROBOTS])), shown, edited=False)


@pytest.mark.parametrize(
    ("question", "published", "bounds"),
    [
        ("anything newer?", ("2024-05-31", "2023", None), ("2024-06-01", None)),
        ("anything newer?", ("2023-11", "2023", None), ("2024-01-01", None)),
        ("newer ones", ("2023-11", None, None), ("2023-12-01", None)),
        ("older?", ("2024-05-31", "2023-02", None), (None, "2023-01-31")),
        ("show me older ones", ("2023", "2024-02", None), (None, "2022-12-31")),
        ("anything newer?", (None, None, None), (None, None)),
        ("more", ("2024", None, None), (None, None)),
    ],
)
def test_newer_than_those_shown(
    question: str,
    published: tuple[str | None, ...],
    bounds: tuple[str | None, str | None],
) -> None:
    filters = further(question, published).query.filters
    assert (filters.date_from, filters.date_to) == bounds


def test_what_the_user_edited_stays() -> None:
    reading = read("anything newer?", said([ROBOTS]), Filters(date_to="2020-01-01"))
    shown: list[Paper] = [replace(PAPERS[0], published="2024")]
    assert beyond(reading, shown, edited=True) == reading
