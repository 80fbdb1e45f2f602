"""Ranking measures against definitions spelled out here, and through ir_measures in the product."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.measures import BY_NAME
from eval.questions import Question
from eval.runs import Case
from tests.eval import world
from tests.eval.world import DECLINED

DOCS = [f"p{n}" for n in range(30)]


def value(name: str, scored: Case) -> float:
    return BY_NAME[name].scores([scored])[scored.question.id].value


def question(relevant: Sequence[str], partial: Sequence[str] = ()) -> Question:
    return Question(
        id="q", type="topic", question="?", relevant=tuple(relevant), partial=tuple(partial)
    )


def case(asked: Question, ranking: Sequence[str] = (), error: str | None = None) -> Case:
    return world.case(asked, None if error else DECLINED, ranking, error)


def oracle(name: str, ranking: Sequence[str], relevant: set[str]) -> float:
    """The textbook, written down independently."""
    gains = [1.0 if p in relevant else 0.0 for p in ranking]
    if name == "ndcg@10":
        ideal = sum(1 / math.log2(i + 2) for i in range(min(10, len(relevant))))
        return sum(g / math.log2(i + 2) for i, g in enumerate(gains[:10])) / ideal
    if name == "mrr@10":
        return next((1 / (i + 1) for i, g in enumerate(gains[:10]) if g), 0.0)
    if name == "success@1":
        return gains[0] if gains else 0.0
    return sum(gains[: int(name.split("@")[1])]) / len(relevant)


NAMES = ["ndcg@10", "recall@5", "recall@10", "recall@20", "mrr@10", "success@1"]


def test_by_hand() -> None:
    scored = case(question(["p1", "p3"]), ranking=["p0", "p1", "p2", "p3"])
    ideal = 1 + 1 / math.log2(3)
    assert value("ndcg@10", scored) == pytest.approx((1 / math.log2(3) + 1 / math.log2(5)) / ideal)
    assert value("mrr@10", scored) == 0.5
    assert value("recall@5", scored) == 1
    assert value("success@1", scored) == 0


@given(
    ranking=st.lists(st.sampled_from(DOCS), unique=True),
    relevant=st.sets(st.sampled_from(DOCS), min_size=1),
    partial=st.sets(st.sampled_from(DOCS)),
)
def test_against_the_textbook(ranking: list[str], relevant: set[str], partial: set[str]) -> None:
    partial -= relevant
    scored = case(question(sorted(relevant), sorted(partial)), ranking=ranking)
    kept = [p for p in ranking if p not in partial]
    for name in NAMES:
        assert value(name, scored) == pytest.approx(oracle(name, kept, relevant)), name


@given(
    ranking=st.lists(st.sampled_from(DOCS), unique=True, min_size=2),
    relevant=st.sets(st.sampled_from(DOCS), min_size=1),
    data=st.data(),
)
def test_a_relevant_paper_further_up_never_harms(
    ranking: list[str], relevant: set[str], data: st.DataObject
) -> None:
    at = data.draw(st.integers(1, len(ranking) - 1))
    if ranking[at] not in relevant or ranking[at - 1] in relevant:
        return
    better = ranking.copy()
    better[at - 1], better[at] = better[at], better[at - 1]
    for name in NAMES:
        before = value(name, case(question(sorted(relevant)), ranking=ranking))
        assert value(name, case(question(sorted(relevant)), ranking=better)) >= before - 1e-12


@given(
    ranking=st.permutations(DOCS),
    relevant=st.sets(st.sampled_from(DOCS), min_size=1),
    names=st.permutations(DOCS),
)
def test_ids_are_but_names(ranking: list[str], relevant: set[str], names: list[str]) -> None:
    """trec_eval breaks ties by id; a ranking has none."""
    other = dict(zip(DOCS, names, strict=True))
    renamed = case(question([other[p] for p in relevant]), ranking=[other[p] for p in ranking])
    for name in NAMES:
        same = value(name, case(question(sorted(relevant)), ranking=ranking))
        assert value(name, renamed) == pytest.approx(same)


def test_partial_papers_are_taken_out_first() -> None:
    with_partial = case(question(["p1"], ["p0"]), ranking=["p0", "p1"])
    assert value("success@1", with_partial) == 1
    assert value("ndcg@10", with_partial) == 1


def test_a_paper_ranked_twice_counts_once_where_it_is_first() -> None:
    twice = case(question(["p1", "p2"]), ranking=["p1", "p1", "p2"])
    assert value("ndcg@10", twice) == 1
    assert value("recall@5", twice) == 1


def test_a_failed_question_scores_zero_and_stays() -> None:
    failed = case(question(["p1"]), error="crashed")
    assert [value(name, failed) for name in NAMES] == [0] * 6


def test_an_unanswerable_question_has_no_ranking_to_score() -> None:
    unanswerable = case(Question(id="q", type="unanswerable", question="?", relevant=()))
    assert BY_NAME["ndcg@10"].scores([unanswerable]) == {}


def test_ids_that_would_sort_otherwise_keep_their_rank() -> None:
    assert value("success@1", case(question(["a"]), ranking=["a", "z"])) == 1
    assert value("success@1", case(question(["z"]), ranking=["z", "a"])) == 1
