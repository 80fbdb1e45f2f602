"""Lists, facts, nuggets and length, computed by hand; and what doctoring an answer does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.measures import content
from eval.questions import Question
from rag.records import Paper, Sentence
from tests.eval.world import (
    BANDIT,
    CITES_CURE,
    CITES_STEER,
    CURE,
    FACT_ANSWER,
    LIST_ANSWER,
    PAPERS,
    QUINE,
    SAYS_CURE,
    STEER,
    answer,
    case,
    cite,
    questions,
)


@pytest.fixture
def asked(tmp_path: Path) -> dict[str, Question]:
    return questions(tmp_path)


@pytest.mark.parametrize(
    ("put_forward", "precision", "recall", "f1"),
    [
        ([CURE, STEER], 1, 1, 1),
        ([CURE], 1, 1 / 2, 2 / 3),
        ([CURE, QUINE], 1 / 2, 1 / 2, 1 / 2),
        ([CURE, BANDIT], 1, 1 / 2, 2 / 3),  # partial: counts neither way
        ([BANDIT], 0, 0, 0),
        ([], 0, 0, 0),
        ([CURE, CURE, QUINE], 1 / 2, 1 / 2, 1 / 2),  # named twice, put forward once
        ([CURE, STEER, QUINE], 2 / 3, 1, 4 / 5),
    ],
)
def test_lists(
    asked: dict[str, Question],
    put_forward: list[Paper],
    precision: float,
    recall: float,
    f1: float,
) -> None:
    scored = case(asked["q1"], answer(papers=put_forward))
    assert content.list_precision(scored) == pytest.approx(precision)
    assert content.list_recall(scored) == pytest.approx(recall)
    assert content.list_f1(scored) == pytest.approx(f1)


def test_lists_are_topic_and_filter_questions_and_a_failure_is_a_zero(
    asked: dict[str, Question],
) -> None:
    assert content.list_f1(case(asked["q2"], FACT_ANSWER)) is None
    assert content.list_f1(case(asked["q5"], LIST_ANSWER)) is None
    assert content.list_f1(case(asked["q1"], error="crashed")) == 0
    assert content.list_f1(case(replace(asked["q1"], type="filter"), LIST_ANSWER)) == 1


@given(st.sets(st.sampled_from(sorted(PAPERS))))
def test_f1_is_the_harmonic_mean(chosen: set[str]) -> None:
    question = Question(id="q", type="topic", question="?", relevant=("cure", "steer"))
    scored = case(question, answer(papers=[PAPERS[i] for i in sorted(chosen)]))
    p, r = content.list_precision(scored), content.list_recall(scored)
    assert p is not None and r is not None and 0 <= p <= 1 and 0 <= r <= 1
    assert content.list_f1(scored) == pytest.approx(2 * p * r / (p + r) if p + r else 0)


def test_a_fact_needs_the_string_and_the_right_paper(asked: dict[str, Question]) -> None:
    question = asked["q2"]
    (sentence,), (citation,) = FACT_ANSWER.sentences, FACT_ANSWER.citations
    assert content.fact(case(question, FACT_ANSWER)) == 1
    other = answer([replace(sentence, text="It reaches 182.1%.")], [citation])
    assert content.fact(case(question, other)) == 0
    wrong_paper = answer([sentence], [replace(citation, paper_id="steer")])
    assert content.fact(case(question, wrong_paper)) == 0
    uncited = answer([replace(sentence, citations=())], [citation])
    assert content.fact(case(question, uncited)) == 0
    elsewhere = answer(
        [replace(sentence, citations=(2,)), SAYS_CURE], [CITES_CURE, replace(CITES_STEER, n=2)]
    )
    assert content.fact(case(question, elsewhere)) == 0  # right paper, cited for something else
    assert content.fact(case(question, error="crashed")) == 0
    assert content.fact(case(asked["q1"], LIST_ANSWER)) is None


def test_a_marker_is_not_the_number_asked_for(asked: dict[str, Question]) -> None:
    question = replace(asked["q2"], accepted=(("1",),))
    assert content.fact(case(question, FACT_ANSWER)) == 0


def test_both_strings_where_both_are_needed(asked: dict[str, Question]) -> None:
    says = "It self-replicates in 42.9% and 62.2% of cases."
    citation = cite(1, QUINE, says)
    both = answer([Sentence(text=says, citations=(1,))], [citation])
    assert content.fact(case(asked["q3"], both)) == 1
    one = answer([Sentence(text="In 42.9 % of cases.", citations=(1,))], [citation])
    assert content.fact(case(asked["q3"], one)) == 0
    apart = answer(
        [
            Sentence(text="First 42.9%.", citations=(1,)),
            Sentence(text="Then 62.2%.", citations=(1,)),
        ],
        [citation],
    )
    assert content.fact(case(asked["q3"], apart)) == 1


@pytest.mark.parametrize(("before", "within"), [(56, 1), (57, 0)])
def test_fact_in_the_first_sixty_words(
    asked: dict[str, Question], before: int, within: float
) -> None:
    # "It reaches 82.1% on": the figure is the third word of its sentence.
    padded = answer(
        [Sentence(text=" ".join(["so"] * (before + 1))), *FACT_ANSWER.sentences],
        FACT_ANSWER.citations,
    )
    assert content.fact_60(case(asked["q2"], padded)) == within
    assert content.fact(case(asked["q2"], padded)) == 1


def test_a_citation_behind_the_first_sixty_words_does_not_count_for_them(
    asked: dict[str, Question],
) -> None:
    """Said at once without a citation, and once more, cited, where nobody reads any longer."""
    at_once = Sentence(text="It reaches 82.1% there.")
    padding = Sentence(text=" ".join(["so"] * 60))
    given = answer([at_once, padding, *FACT_ANSWER.sentences], FACT_ANSWER.citations)
    assert content.fact(case(asked["q2"], given)) == 1
    assert content.fact_60(case(asked["q2"], given)) == 0


@given(st.lists(st.sampled_from(["pad", "cited", "bare"]), max_size=12), st.data())
def test_what_more_words_can_do(shape: list[str], data: st.DataObject) -> None:
    """`fact@60` never exceeds `fact`, and words behind the first sixty never change it."""
    question = Question(
        id="q", type="fact", question="?", relevant=("cure",), accepted=(("82.1%",),)
    )
    sentences = {
        "pad": Sentence(text=" ".join(["so"] * 25)),
        "cited": FACT_ANSWER.sentences[0],
        "bare": Sentence(text="It reaches 82.1% there."),
    }
    made = [sentences[kind] for kind in shape]
    scored = case(question, answer(made, FACT_ANSWER.citations))
    short, full = content.fact_60(scored), content.fact(scored)
    assert short is not None and full is not None and short <= full
    enough = [*made, *([sentences["pad"]] * 3)]
    behind = data.draw(st.lists(st.sampled_from(list(sentences.values())), max_size=5))
    assert content.fact_60(case(question, answer(enough, FACT_ANSWER.citations))) == short
    more = answer([*enough, *behind], FACT_ANSWER.citations)
    assert content.fact_60(case(question, more)) == short


@given(st.permutations(sorted(PAPERS)), st.sets(st.sampled_from(sorted(PAPERS))))
def test_lists_know_no_order_and_more_hits_never_harm(order: list[str], chosen: set[str]) -> None:
    question = Question(
        id="q", type="topic", question="?", relevant=("cure", "steer"), partial=("bandit",)
    )

    def scores(papers: list[str]) -> tuple[float | None, ...]:
        scored = case(question, answer(papers=[PAPERS[i] for i in papers]))
        return content.list_precision(scored), content.list_recall(scored), content.list_f1(scored)

    kept = [paper for paper in order if paper in chosen]
    assert scores(kept) == scores(sorted(chosen))
    assert scores([*kept, "bandit"]) == scores(kept)
    for relevant in question.relevant:
        for before, after in zip(scores(kept), scores([*kept, relevant]), strict=True):
            assert before is not None and after is not None and after >= before - 1e-12


def test_nuggets(asked: dict[str, Question]) -> None:
    question = asked["q1"]
    assert content.nugget_recall(case(question, LIST_ANSWER)) == 1
    only_cure = answer([SAYS_CURE], [CITES_CURE])
    assert content.nugget_recall(case(question, only_cure)) == 1 / 2
    swapped = answer([replace(SAYS_CURE, citations=(2,))], [CITES_CURE, CITES_STEER])
    assert content.nugget_recall(case(question, swapped)) == 0
    half = answer([Sentence(text="STEER it is.", citations=(2,))], [CITES_STEER])
    assert content.nugget_recall(case(question, half)) == 0  # "tokens" is missing
    assert content.nugget_recall(case(question, error="crashed")) == 0
    assert content.nugget_recall(case(asked["q4"], LIST_ANSWER)) is None


@pytest.mark.parametrize(("length", "made"), [(80, 1 / 2), (81, 0)])
def test_a_nugget_in_a_sentence_that_is_too_long_is_not_made(
    asked: dict[str, Question], length: int, made: float
) -> None:
    long = Sentence(text="CURE " + " ".join(["and"] * (length - 1)), citations=(1,))
    assert content.nugget_recall(case(asked["q1"], answer([long], [CITES_CURE]))) == made


def test_length_is_without_markers(asked: dict[str, Question]) -> None:
    # "CURE keeps entropy up in RLVR." 6, "We introduce STEER, which reweights tokens." 6
    assert content.answer_words(case(asked["q1"], LIST_ANSWER)) == 12
    bracket = answer([Sentence(text="In [7] of [1].", citations=(1,))], [CITES_CURE])
    assert content.plain_text(bracket) == "In [7] of."
    assert content.answer_words(case(asked["q1"], error="crashed")) is None
