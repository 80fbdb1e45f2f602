"""Citation integrity and ALCE's precision and recall, computed by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from eval.judges import Embedding, Exact, Judge, ModelJudge, Overlap
from eval.measures import citing
from eval.measures.base import Score
from eval.questions import Question
from rag.adapters.fakes import ScriptedChat
from rag.errors import ServerTimeout
from rag.records import Citation, Sentence
from tests.eval.world import (
    CITES_CURE,
    CITES_STEER,
    CURE,
    LIST_ANSWER,
    SAYS_CURE,
    SAYS_STEER,
    answer,
    case,
    questions,
)


@pytest.fixture
def question(tmp_path: Path) -> Question:
    return questions(tmp_path)["q1"]


class ScriptedJudge:
    """Supports a claim when the passages hold every word of `needs[claim]`."""

    name = "scripted"

    def __init__(self, **needs: str) -> None:
        self.needs = needs

    def supports(self, claim: str, passages: Sequence[str]) -> bool:
        text = " ".join(passages)
        return all(word in text for word in self.needs[claim].split())


@pytest.mark.parametrize(
    "wrong",
    [
        replace(CITES_CURE, start=CITES_CURE.start + 1),
        replace(CITES_CURE, end=CITES_CURE.end - 1),
        replace(CITES_CURE, quote=CITES_CURE.quote.upper()),
        replace(CITES_CURE, paper_id="steer"),
        replace(CITES_CURE, paper_id="nobody"),
        replace(CITES_CURE, quote="", start=0, end=0),
        replace(CITES_CURE, start=-30, end=-1, quote=CURE.abstract[-30:-1]),
    ],
)
def test_a_wrong_span_costs_its_share(question: Question, wrong: Citation) -> None:
    intact = case(question, LIST_ANSWER)
    assert citing.citation_integrity(intact) == Score(1.0, weight=2)
    doctored = case(question, replace(LIST_ANSWER, citations=(wrong, CITES_STEER)))
    assert citing.citation_integrity(doctored) == Score(0.5, weight=2)


def test_a_span_is_of_the_abstract(question: Question) -> None:
    title = Citation(n=1, paper_id="cure", title=CURE.title, quote="CURE:", start=0, end=5)
    assert citing.citation_integrity(case(question, answer([], [title]))) == Score(0.0, weight=1)
    beyond = replace(CITES_CURE, end=CITES_CURE.end + 500, quote=CURE.abstract[CITES_CURE.start :])
    assert citing.citation_integrity(case(question, answer([], [beyond]))) == Score(0.0, weight=1)


def test_sentences_with_a_citation_and_marked_unsupported(question: Question) -> None:
    mixed = answer(
        [
            Sentence(text="Two papers:"),
            SAYS_CURE,
            Sentence(text="Invented.", supported=False),
            Sentence(text="Dangling.", citations=(9,)),
        ],
        [CITES_CURE],
    )
    assert citing.cited_sentences(case(question, mixed)) == Score(1 / 4, weight=4)
    assert citing.unsupported_sentences(case(question, mixed)) == Score(1 / 4, weight=4)
    assert citing.cited_sentences(case(question, error="crashed")) is None


def test_a_paper_named_twice_is_noticed(question: Question) -> None:
    assert citing.repeated_papers(case(question, LIST_ANSWER, ["cure", "steer"])) == 0
    assert citing.repeated_papers(case(question, LIST_ANSWER, ["cure", "cure"])) == 1
    twice = replace(LIST_ANSWER, papers=("cure", "cure"))
    assert citing.repeated_papers(case(question, twice)) == 1


def test_alce_by_hand(question: Question) -> None:
    """Claim a: [1] suffices, [2] is irrelevant. b: needs both. c: has no citation. d: cites what
    does not support it. Recall 2/4; precision (1 + 0 + 1 + 1 + 0) / 5."""
    given = answer(
        [
            Sentence(text="a", citations=(1, 2)),
            Sentence(text="b", citations=(1, 2)),
            Sentence(text="c", supported=False),
            Sentence(text="d", citations=(2,)),
            Sentence(text="An opening line:"),
        ],
        [CITES_CURE, CITES_STEER],
    )
    judge = ScriptedJudge(a="CURE", b="CURE STEER", c="", d="zebra")
    judge.needs["c"] = "never"
    assert citing.citation_recall(case(question, given), judge) == pytest.approx(2 / 4)
    assert citing.citation_precision(case(question, given), judge) == pytest.approx(3 / 5)


def test_a_sentence_is_not_excused_by_being_called_supported(question: Question) -> None:
    """Taking a claim's citation away costs its recall, whatever the answer says of itself."""
    judge = Overlap()
    assert citing.citation_recall(case(question, LIST_ANSWER), judge) == 1
    bare = answer([replace(SAYS_CURE, citations=()), SAYS_STEER], LIST_ANSWER.citations)
    assert bare.sentences[0].supported
    assert citing.citation_recall(case(question, bare), judge) == 1 / 2
    unknown = answer([replace(SAYS_CURE, citations=(9,)), SAYS_STEER], LIST_ANSWER.citations)
    assert citing.citation_recall(case(question, unknown), judge) == 1 / 2
    assert citing.citation_precision(case(question, unknown), judge) == 1 / 2


def test_a_part_of_the_question_claims_nothing(question: Question) -> None:
    judge = Overlap()
    asked = answer([Sentence(text="does CURE help?"), SAYS_CURE], LIST_ANSWER.citations)
    assert citing.citation_recall(case(question, asked), judge) == 1
    marked = replace(asked.sentences[0], supported=False)
    told = answer([marked, SAYS_CURE], LIST_ANSWER.citations)
    assert citing.citation_recall(case(question, told), judge) == 1 / 2


def test_alce_where_there_is_nothing_to_cite(question: Question) -> None:
    judge: Judge = Overlap()
    refusal = answer([Sentence(text="Nothing here.")], status="not_in_corpus")
    assert citing.citation_recall(case(question, refusal), judge) is None
    assert citing.citation_precision(case(question, refusal), judge) is None
    bare = answer([Sentence(text="Invented.", supported=False)])
    assert citing.citation_recall(case(question, bare), judge) == 0
    assert citing.citation_precision(case(question, bare), judge) == 0


def test_a_citation_that_is_not_literal_supports_nothing(question: Question) -> None:
    given = answer([SAYS_CURE], [replace(CITES_CURE, start=0)])
    assert citing.citation_recall(case(question, given), Overlap()) == 0
    assert citing.citation_recall(case(question, answer([SAYS_CURE], [CITES_CURE])), Exact()) == 1


@pytest.mark.parametrize(
    ("claim", "exact", "overlap"),
    [
        ("CURE keeps entropy up in RLVR.", True, True),
        ("cure keeps  entropy up", True, True),
        ("CURE reaches 82.1% on GSM8K and keeps entropy up.", False, True),
        ("CURE reaches 92.1% on GSM8K.", False, False),
        ("DAPO keeps entropy up in RLVR.", False, False),
        ("Robots learn to fold laundry.", False, False),
    ],
)
def test_judges_without_a_model(claim: str, exact: bool, overlap: bool) -> None:
    assert Exact().supports(claim, [CURE.abstract]) is exact
    assert Overlap().supports(claim, [CURE.abstract]) is overlap
    assert not Overlap().supports(claim, [])


def test_a_model_judges_in_one_word() -> None:
    chat = ScriptedChat(["Yes.", "no", "Perhaps", ServerTimeout("late")])
    judge = ModelJudge(chat)
    assert judge.supports("a", ["b"])
    assert not judge.supports("a", ["b"])
    with pytest.raises(ValueError, match="neither yes nor no"):
        judge.supports("a", ["b"])
    with pytest.raises(ServerTimeout):
        judge.supports("a", ["b"])
    assert not judge.supports("a", [])
    assert len(chat.calls) == 4
    assert "Claim: a" in chat.calls[0][1].content


def test_the_embedding_judge_still_checks_numbers_and_names() -> None:
    class Alike:
        def embed_documents(self, texts: Sequence[str], **_: object) -> object:
            import numpy as np

            return np.ones((len(texts), 1), np.float32)

    judge = Embedding(Alike())  # type: ignore[arg-type]
    assert judge.supports("It keeps entropy high.", [CURE.abstract])
    assert not judge.supports("It reaches 92.1%.", [CURE.abstract])
