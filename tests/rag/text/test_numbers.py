"""Numbers in prose, and what a claim may say of those of its source. Oracle: a speller."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.checks import SourceTerms, missing
from rag.text.numbers import Number, numbers

SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


def spelled(n: int) -> str:
    """English words for 0 to 999,999,999, as a style guide would have them."""
    for size, name in ((10**6, "million"), (1000, "thousand"), (100, "hundred")):
        if n >= size:
            rest = n % size
            joint = " and " if rest and size == 100 else " "
            return f"{spelled(n // size)} {name}" + (joint + spelled(rest) if rest else "")
    if n < 20:
        return SMALL[n]
    ten, unit = divmod(n, 10)
    return TENS[ten - 2] + (f"-{SMALL[unit]}" if unit else "")


@given(st.integers(0, 999_999_999))
def test_words_and_digits_are_the_same_number(n: int) -> None:
    (found,) = numbers(f"It has {spelled(n)} parts.")
    assert found.values == {Decimal(n)}
    assert found.shown == spelled(n)
    assert not missing(f"It has {n:,} parts", SourceTerms.of([f"It has {spelled(n)} parts."]))
    assert not missing(f"It has {spelled(n)} parts", SourceTerms.of([f"It has {n} parts."]))


@given(st.integers(3, 999_999), st.integers(3, 999_999))
def test_another_number_is_found_out_however_it_is_written(n: int, other: int) -> None:
    lost = bool(missing(f"It has {spelled(n)} parts", SourceTerms.of([f"It has {other} parts."])))
    assert lost == (n != other)
    assert bool(missing(f"It has {n} parts", SourceTerms.of([f"It has {other} parts."]))) == lost


@given(st.lists(st.sampled_from([*SMALL[:12], *TENS, "hundred", "thousand", "dozen", "and"])))
def test_any_run_of_words_is_read(words: list[str]) -> None:
    text = " ".join(words)
    for number in numbers(text):
        assert text[number.start : number.start + len(number.shown)] == number.shown
        assert number.values


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    for number in numbers(text):
        assert isinstance(number, Number)
        assert text[number.start : number.start + len(number.shown)] == number.shown


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("It gains 5-10%", "between 5% and 10%"), ("It gains 5 to 10 percent", "5--10\\%"),
        ("It is twice as fast", "2x faster"), ("It is 2x faster", "twice as fast"),
        ("It is two times faster", "a 2$\\times$ speedup"),
        ("It doubles the speed", "a 2x speedup"),
        ("It is threefold", "a 3-fold gain"), ("It tripled throughput", "3x throughput"),
        ("It halves memory", "uses 50% less memory"), ("half the memory", "cuts memory by 50%"),
        ("It uses 50% of it", "It uses half of it"), ("It gains 4.5 points", "4.5% absolute"),
        ("It gains 4.50 points", "gains 4.5 points"), ("It uses Llama-3.1-8B", "Llama 3.1 8B"),
        ("It uses Qwen2.5-7B-Instruct", "Qwen-2.5 7B Instruct"),
        ("CNNs and GPUs win", "a CNN, a GPU"),
        ("1,500 million weights", "1.5B weights"), ("a dozen tasks", "12 tasks"),
        ("12 tasks", "a dozen tasks"), ("two dozen tasks", "24 tasks"),
        ("It ranks 1st", "ranks first"),
        ("60 percent", "sixty percent"), ("a 1-shot setup", "one-shot"), ("zero-shot", "0-shot"),
        ("a factor of 4", "four times"), ("10k steps", "10,000 steps"), ("3 hundred", "300 tasks"),
        ("The second stage doubles as a filter of triples", "a filter in 2 stages"),
        ("a million steps", "10^6 steps"), ("a rate of 1e-4", "a rate of 0.0001"),
        ("a rate of 3e-4", "a rate of $3e-4$"), ("10^{-3} error", "0.001 error"),
        ("First, it uses double descent", "It descends."), ("TÜLU wins", 'T\\"ULU wins'),
    ],
)  # fmt: skip
def test_the_same_in_other_spellings(claim: str, source: str) -> None:
    assert missing(claim, SourceTerms.of([source])) == []


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("It gains 5–12%", "5-10%"), ("It is twice as fast", "5x faster"),
        ("half the memory", "cuts memory by 30%"), ("It gains 4 points", "gains 4.5 points"),
        ("It gains 5 points", "gains 4.5 points"), ("It uses Llama 3 8B", "Llama-3.1-8B"),
        ("It uses Qwen2 7B", "Qwen2.5-7B"), ("It uses GPT-4", "GPT-4o"), ("a dozen", "20 tasks"),
        ("two million images", "1M images"), ("a hundred tasks", "300 tasks"),
        ("It is fivefold", "3-fold"), ("It ranks 3rd", "ranks first"), ("25% more", "twenty five"),
        ("a rate of 1e-6", "a rate of 1e-4"), ("a rate of 1e-6", "one of six rates"),
        ("10^6 steps", "10^5 steps"),
        ("It gains 37.6 points", "from 36.0% to 73.6%"),
    ],
)  # fmt: skip
def test_another_figure_is_found_out(claim: str, source: str) -> None:
    assert missing(claim, SourceTerms.of([source]))


@pytest.mark.parametrize(
    ("claim", "source"),
    [("It needs no labels", "It needs labels"), ("It is slower", "It is faster"),
     ("one third of the cost", "60% of the cost"), ("STEER beats CURE", "CURE beats STEER"),
     ("it won in the 2010s", "it won in 2010")],
)  # fmt: skip
def test_what_a_literal_check_cannot_know(claim: str, source: str) -> None:
    """Known limits, told in docs/architecture.md: negation, direction, fractions in words."""
    assert missing(claim, SourceTerms.of([source])) == []
