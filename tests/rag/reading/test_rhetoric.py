"""What a sentence does in its abstract, by its wording."""

from __future__ import annotations

import pytest

from rag.reading.rhetoric import dangles, points_elsewhere, standing


@pytest.mark.parametrize(
    ("sentence", "stands"),
    [
        ("To address this issue, we introduce a framework.", "we introduce a framework."),
        (
            "To this end, in this paper, we study curricula of tasks.",
            "we study curricula of tasks.",
        ),
        ("However, deep networks forget old tasks.", "deep networks forget old tasks."),
        ("With such a novel paradigm, we boost the detector.", "we boost the detector."),
        (
            r"STEER mitigates entropy collapse \footnote{Code: https://x.",
            "STEER mitigates entropy collapse",
        ),
        (
            "To train a small model, we use a large one.",
            "To train a small model, we use a large one.",
        ),
        ("Finally, it works.", "Finally, it works."),  # too little would be left
        ("In summary", "In summary"),
    ],
)
def test_what_ties_a_sentence_to_others_is_cut_off(sentence: str, stands: str) -> None:
    start, end = standing(sentence)
    assert sentence[start:end] == stands


@pytest.mark.parametrize(
    ("sentence", "where"),
    [
        ("Our code is available at https://github.com/a/b.", True),
        ("Code and models will be publicly released.", True),
        ("We release the code and the weights.", True),
        ("We introduce a benchmark of public code.", False),
        ("The policy is released into the wild.", False),
    ],
)
def test_where_code_is_tells_nothing_about_the_work(sentence: str, where: bool) -> None:
    assert points_elsewhere(sentence) is where


def test_a_subject_that_is_a_pronoun_leans_on_the_sentence_before() -> None:
    assert dangles("It improves accuracy.") == 1.0
    assert dangles("These results show it.") == 1.0
    assert dangles("This paper improves accuracy.") == 0.0
    assert dangles("To do this, we train.") == 0.5
