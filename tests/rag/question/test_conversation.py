"""Which of the papers shown a turn picks, and what it does with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.question.acts import settled
from rag.question.coreference import LOOKED_AT, Shown, dangling, meant, picked, shown
from rag.question.dialogue import Act, ActGuess
from tests.rag.question.grasping import LEXICON, ROBOTS, assistant, read, talk, user

ALL = ("a", "b", "c")
LIST = shown(talk(ROBOTS), LEXICON)


@pytest.mark.parametrize(
    ("text", "papers"),
    [
        ("how does the second one work?", ("b",)),
        ("tell me more about the first", ("a",)),
        ("the last two papers", ("b", "c")),
        ("compare the first two", ("a", "b")),
        ("paper 3", ("c",)),
        ("#2", ("b",)),
        ("explain [2]", ("b",)),
        ("compare the first and the third", ("a", "c")),
        ("what do both say?", ("a", "b")),
        ("all except the first", ("b", "c")),
        ("the ninth one", ()),
    ],
)
def test_places(text: str, papers: tuple[str, ...]) -> None:
    found = picked(text, LIST, LEXICON)
    assert found is not None
    assert found.papers == papers


@pytest.mark.parametrize(
    "text",
    ["first-order methods", "papers of the last year", "second-language learning", "a third party"],
)
def test_what_only_looks_like_a_place(text: str) -> None:
    assert picked(text, LIST, LEXICON) is None


def test_a_place_means_the_list_behind_a_look_at_one_paper() -> None:
    history = (*talk(ROBOTS), user("the second one"), assistant(papers=("b",)))
    before = shown(history, LEXICON)
    assert before.last == ("b",)
    assert picked("and the third one?", before, LEXICON).papers == ("c",)  # type: ignore[union-attr]
    assert picked("the others", before, LEXICON).papers == ("a", "c")  # type: ignore[union-attr]


def test_a_marker_is_the_citation_of_the_answer() -> None:
    told = (
        "Two papers side by side:\n\n**VidGrip: grasping from video, part b**: It grasps. [1]\n"
        "- It is fast. [2]\n\n**HandCopy: grasping from video, part c**: It copies. [3]"
    )
    before = shown((user("compare them"), assistant(told, papers=("b", "c"))), LEXICON)
    assert picked("explain [3]", before, LEXICON).papers == ("c",)  # type: ignore[union-attr]
    assert picked("explain [2]", before, LEXICON).papers == ("b",)  # type: ignore[union-attr]


def test_papers_are_those_noted_else_those_that_the_text_names() -> None:
    named = assistant("VidGrip and HandCopy do.", papers=None)
    assert set(shown((user("who?"), named), LEXICON).last) == {"b", "c"}
    refused = assistant("Nothing. What comes nearest: VidGrip", papers=())
    assert shown((*talk(ROBOTS), user("code?"), refused), LEXICON).last == ALL


def test_only_the_last_turns_are_looked_at() -> None:
    history = (*talk(ROBOTS), *talk(*["thanks"] * LOOKED_AT, papers=()))
    assert shown(history, LEXICON).last == ()


@given(st.text(max_size=80))
def test_any_text(text: str) -> None:
    found = picked(text, LIST, LEXICON)
    assert found is None or set(found.papers) <= set(ALL)


@pytest.mark.parametrize(
    ("named", "compared", "one", "papers"),
    [
        (("b",), False, False, ("b",)),  # `does VidGrip need labels?`
        (("z",), True, False, ("a", "z")),  # `compare with Z`
        (("y", "z"), True, False, ("y", "z")),  # `compare Y and Z`
        (("y", "z"), True, True, ("a", "y", "z")),  # `compare it with Y and Z`
    ],
)
def test_what_is_compared(
    named: tuple[str, ...], compared: bool, one: bool, papers: tuple[str, ...]
) -> None:
    assert meant(None, named, LIST, compared=compared, one=one, several=False) == papers


@pytest.mark.parametrize(
    ("guessed", "turn", "others", "could", "act"),
    [
        ("refers", "how fast is Y?", True, True, "new_topic"),
        ("refers", "compare it with Y", True, True, "refers"),
        ("refines", "only those that beat Y", True, True, "refines"),
        ("refers", "which datasets?", False, True, "refers"),
        ("refers", "what is Y?", False, False, "refines"),
        ("refers", "which papers use Y?", False, True, "refines"),
    ],
)
def test_what_a_turn_does_behind_one_paper(
    guessed: Act, turn: str, others: bool, could: bool, act: Act
) -> None:
    guess = ActGuess(act=guessed, probability=0.9, acts={guessed: 0.9})
    one = Shown(answers=(("a",),), texts=("A",))
    found = settled(
        guess, turn, {"y"}, one, picks=False, names_others=others, could_say=lambda: could
    )
    assert found == act


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("which of these need no camera?", True),
        ("are any of them about video?", True),
        ("VidGrip and HandCopy: which of them is faster?", False),
        ("papers on grasping, and which of those use video", False),
        ("which grippers grasp these things?", False),
    ],
)
def test_a_first_question_about_papers_that_nobody_has_shown(text: str, told: bool) -> None:
    assert bool(dangling(text)) is told
    assert bool(read(text).notes) is told
    assert not any("were shown" in note for note in read(text, talk(ROBOTS)).notes)
