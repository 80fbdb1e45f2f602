"""What type of thing a question asks for, and which sentences hold one; facts of the bundled corpus
that are asked for in other words than the abstracts'."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reading.answer_types import sought
from rag.reading.question_features import has_page, mentions
from tests.rag.selections import Ask


@pytest.mark.parametrize(
    ("question", "sentence", "held"),
    [
        ("what percentage gain does X get?", "X gains 5% on six benchmarks.", 1.0),
        ("what percentage gain does X get?", "X is evaluated on six benchmarks.", 0.5),
        ("what percentage gain does X get?", "X is better than all others.", 0.0),
        ("how much faster is X?", "X needs half of the data.", 0.5),
        ("how much faster is X?", "X trains two orders of magnitude faster.", 1.0),
        ("what speedup does X report?", "X runs 1.8x faster.", 1.0),
        ("how much of the data does X need?", "X needs a quarter of the data.", 1.0),
        ("how many steps does X save?", "X takes fewer than half of the gradient steps.", 1.0),
        ("how many times smaller is X?", "Its memory is reduced threefold.", 1.0),
        ("how many times smaller is X?", "Its memory unfolds on a manifold.", 0.0),
        ("which base model does X use?", "We apply X to Qwen-2.5-Math-7B.", 1.0),
        ("which base model does X use?", "X outperforms GPT-4 on all tasks.", 0.5),
        ("which models does X beat?", "X outperforms GPT-4 on all tasks.", 1.0),
        ("which base model does X use?", "X (DeeperX-2) is a new way to train.", 0.5),
        ("on which dataset is X tested?", "X is tested on the HumanML3D dataset.", 1.0),
        ("on which dataset is X tested?", "X is tested on three public datasets.", 0.5),
        ("how does X work?", "X works.", 1.0),
    ],
)
def test_sentences_hold_the_type_of_thing_asked_for(
    question: str, sentence: str, held: float
) -> None:
    assert sought(question).held(sentence, frozenset({"x"})) == held


@given(st.text(), st.text())
def test_any_question_and_sentence_can_be_read(question: str, sentence: str) -> None:
    found = sought(question)
    assert found.held(sentence) in (0.0, 0.5, 1.0)
    assert all(0 <= start < end <= len(question) for start, end in found.words)


def test_a_page_of_its_own_names_a_paper() -> None:
    assert has_page("Videos are at https://hil-serl.github.io/.", "HIL-SERL")
    assert not has_page("HIL-SERL was tried; code: https://github.com/a/b.", "HIL-SERL")
    assert not mentions("its score is high", "SCoRe", capital=True)


@pytest.mark.parametrize(
    ("question", "figure"),
    [
        ("what percentage gain does CURE get?", "5%"),
        ("by how many percent does CURE improve?", "5%"),
        ("which base model does CURE use?", "Qwen-2.5-Math-7B"),
        ("what speedup does HIL-SERL report?", "1.8x"),
        ("how many gradient steps does LeTI save with textual feedback?", "half"),
    ],
)
def test_facts_are_found_in_other_words(ask: Ask, question: str, figure: str) -> None:
    _, selection = ask(question)
    assert selection.status == "answered"
    assert figure in " ".join(item.quote for item in selection.evidence)


@pytest.mark.parametrize(
    "question",
    [
        "what learning rate does CURE use?",
        "by what percentage does RLAdapter beat the baselines?",
        "which models is GAIN-RL tested on?",
        "what learning rate was used for SCoRe?",
    ],
)
def test_facts_that_abstracts_do_not_state_are_not_answered(ask: Ask, question: str) -> None:
    _, selection = ask(question)
    assert selection.status == "not_stated"
