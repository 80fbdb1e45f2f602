"""Compound questions and where they part."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.question.parts import parts_of


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "how much faster is DeepCache and does it need retraining?",
            ("how much faster is DeepCache", "does it need retraining"),
        ),
        (
            "what is test-time scaling, and which papers use it?",
            ("what is test-time scaling", "which papers use it"),
        ),
        (
            "Which dataset does VidGrip use? How large is it?",
            ("Which dataset does VidGrip use", "How large is it"),
        ),
    ],
)
def test_parts(text: str, parts: tuple[str, ...]) -> None:
    assert parts_of(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "which papers use replay and regularisation?",
        "continual learning and what is known of it",
        "explain how and why entropy collapses",
        "what is known and is it",
        "robots and drones",
        "Our robot has no map and the light is poor. How can it find its way?",
        "When a leaf is dry its colour fades. Who measures that?",
    ],
)
def test_one_question(text: str) -> None:
    assert parts_of(text) == ()


@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    parts = parts_of(text)
    assert len(parts) != 1
    assert all(part in text for part in parts)
