from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.matching import stands_in


@pytest.mark.parametrize(
    ("needle", "text"),
    [
        ("training-free", "It is Training Free."),
        ("training free", "a training\u2011free method"),
        ("2.3times", "2.3 times faster"),
        ("1.7x-1.8x", "speedups of 1.7x – 1.8x"),
        ("37%", "by 37\\% overall"),
        ("37%", "by **37**% overall"),
        ("$200", "less than \\$200 per model"),
        ("self-replicat", "a selfreplicating net"),
        ("27.2", "AP of 27.2."),
        ("27.2", "27.2, then"),
        ("82.1%", "(74.4%->82.1% on GSM8K)"),
        ("1.4 trillion", "1.4-trillion tokens"),
        ("ﬁne", "fine"),
    ],
)
def test_found(needle: str, text: str) -> None:
    assert stands_in(needle, text)


@pytest.mark.parametrize(
    ("needle", "text"),
    [
        ("27.2", "127.2"),
        ("27.2", "27.25"),
        ("27.2", "27.2B"),
        ("27.2", "3.27.2"),
        ("200", "1,200"),
        ("200", "200,000"),
        ("132", "1 32"),
        ("18 s", "18 systems"),
        ("41%", "141%"),
        ("1.4T", "1.4TB"),
        ("", "anything"),
        ("-", "a - b"),
    ],
)
def test_not_found(needle: str, text: str) -> None:
    assert not stands_in(needle, text)


@given(st.text(alphabet="abcXYZ 0123.,-%", min_size=1, max_size=12))
def test_a_string_stands_in_itself_in_any_case_and_spacing(text: str) -> None:
    if any(c.isalnum() or c in ".,%" for c in text):
        assert stands_in(text, text)
        assert stands_in(text, f"  {text.swapcase()}\n")
