from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.arxiv import month_of, normalise_arxiv


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("2503.01234", "2503.01234"),
        (" arXiv:2503.01234v3 ", "2503.01234"),
        ("https://arxiv.org/abs/2503.01234v1", "2503.01234"),
        ("http://arxiv.org/pdf/0704.0001.pdf", "0704.0001"),
        ("math.GT/0309136", "math/0309136"),
        ("cs/0112017v1", "cs/0112017"),
        ("nonsense", None),
        ("12503.01234", None),
        ("", None),
    ],
)
def test_arxiv_ids(text: str, normal: str | None) -> None:
    assert normalise_arxiv(text) == normal


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2510.10150", "2025-10"),
        ("arXiv:0704.0001v2", "2007-04"),
        ("cs/0112017", "2001-12"),
        ("hep-th/9108001", "1991-08"),
        ("2513.00001", None),
        ("2500.00001", None),
        ("nonsense", None),
        ("", None),
        (None, None),
    ],
)
def test_the_month_of_an_arxiv_id(text: str | None, month: str | None) -> None:
    assert month_of(text) == month


@given(st.text(max_size=30))
def test_any_text_gives_a_month_or_none(text: str) -> None:
    month = month_of(text)
    assert month is None or "1991-01" <= month <= "2090-12"
