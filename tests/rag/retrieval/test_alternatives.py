"""Choices that a question offers, and what they weigh for each paper."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.retrieval.alternatives import choices, masks, sides, weighed, wordings


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("papers on speech or audio", [["speech", "audio"]]),
        ("image generation or editing", [["generation", "editing"]]),
        ("images or video generation", [["images", "video"]]),
        ("Mamba or state space models", [["Mamba", "state space models"]]),
        ("speech, audio or music", [["speech", "audio", "music"]]),
        ("does it matter or not?", []),
        ("speech and audio", []),
    ],
)
def test_alternatives_are_read(text: str, offered: list[list[str]]) -> None:
    assert [[text[a:b] for a, b in choice] for choice in choices(text)] == offered


def test_the_sides_of_a_comparison() -> None:
    for text in ("RL vs SFT for reasoning", "compare RL and SFT", "how RL differs from SFT"):
        assert [text[a:b] for a, b in sides(text)] == ["RL", "SFT"]


def test_a_wording_has_one_alternative() -> None:
    found = [" ".join(text.split()) for text in wordings("papers on speech or audio")]
    assert found == ["papers on speech or", "papers on or audio"]
    assert wordings("papers on speech") == ["papers on speech"]


def test_whoever_meets_one_alternative_meets_the_question() -> None:
    text = "speech or audio"
    offered = masks(text, np.array([0, 10], np.int32), np.array([0.6, 0.4], np.float32))
    best = np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]], np.float32)
    weights = weighed(best, np.array([0.6, 0.4], np.float32), offered)
    assert (best * weights).sum(axis=1) == pytest.approx([1.0, 1.0, 0.5])


def test_a_choice_beside_the_point_is_none() -> None:
    begins, weights = np.array([0, 10, 20], np.int32), np.array([0.1, 0.1, 0.8], np.float32)
    assert masks("speech or audio for robots", begins, weights) == ()


@given(st.text(max_size=80))
def test_spans_lie_within_the_text_and_apart(text: str) -> None:
    for choice in choices(text):
        assert len(choice) > 1
        for start, end in choice:
            assert 0 <= start < end <= len(text)
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(choice))
