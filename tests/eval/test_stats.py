from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from eval.measures.base import Score
from eval.stats import difference, figure


def scores(*values: float) -> dict[str, Score]:
    return {f"q{i}": Score(value) for i, value in enumerate(values)}


def test_a_figure_is_a_mean_with_an_interval_around_it() -> None:
    found = figure(scores(0, 1, 1, 0, 1, 1, 0, 1))
    assert found.value == 5 / 8
    assert found.n == 8
    assert 0.2 <= found.low < found.value < found.high <= 1


def test_weights_make_a_share_of_everything() -> None:
    found = figure({"a": Score(0.5, weight=2), "b": Score(1, weight=6)})
    assert found.value == 7 / 8


def test_groups_make_a_mean_of_means() -> None:
    found = figure(
        {
            "a": Score(1, group="x"),
            "b": Score(0, group="x"),
            "c": Score(1, group="x"),
            "d": Score(1, group="y"),
        }
    )
    assert found.value == pytest.approx((2 / 3 + 1) / 2)
    # The group of one is drawn as it is every time.
    assert found.low >= 1 / 2


def test_nothing_to_average() -> None:
    assert figure({}).n == 0
    assert math.isnan(figure({}).value)
    assert difference(scores(1.0), {}).n == 0


def test_the_interval_is_about_as_wide_as_theory_says() -> None:
    values = np.random.default_rng(1).normal(size=400)
    found = figure(scores(*values))
    expected = 1.96 * values.std() / math.sqrt(400)
    assert found.high - found.value == pytest.approx(expected, rel=0.1)
    assert found.value - found.low == pytest.approx(expected, rel=0.1)


def test_exact_p_values_by_hand() -> None:
    # Three questions all better by the same: of 8 relabellings two are as extreme.
    assert difference(scores(0, 0, 0), scores(1, 1, 1)).p == 2 / 8
    # Two better, one worse: |mean| >= 1/3 always.
    assert difference(scores(0, 0, 1), scores(1, 1, 0)).p == 1
    # 2 and 1: relabelled differences are ±3, ±1; only ±3 are as extreme.
    assert difference(scores(0, 0), scores(2, 1)).p == 2 / 4


def test_ties_do_not_change_the_p_value() -> None:
    few = difference(scores(0, 0, 0), scores(1, 1, 1))
    more = difference(scores(0, 0, 0, 5, 7), scores(1, 1, 1, 5, 7))
    assert more.p == few.p
    assert more.value == pytest.approx(3 / 5)


def test_many_questions_are_sampled() -> None:
    found = difference(scores(*[0] * 40), scores(*[1] * 40))
    assert found.p == pytest.approx(1 / 5001)
    assert (found.low, found.value, found.high) == (1, 1, 1)


def test_only_shared_questions_are_compared() -> None:
    found = difference({"a": Score(0), "b": Score(1)}, {"b": Score(0), "c": Score(1)})
    assert (found.n, found.value) == (1, -1)


def test_pairing_by_weight_as_well() -> None:
    first = {"a": Score(1, weight=1), "b": Score(0, weight=1)}
    second = {"a": Score(1, weight=3), "b": Score(0, weight=1)}
    assert difference(first, second).value == pytest.approx(3 / 4 - 1 / 2)


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.sampled_from([0, 0.25, 0.5, 1]), st.sampled_from([0, 0.25, 0.5, 1])),
        min_size=2,
        max_size=9,
    )
)
def test_exact_p_values_are_scipys(drawn: list[tuple[float, float]]) -> None:
    first, second = (np.array(side, float) for side in zip(*drawn, strict=True))
    expected = stats.permutation_test(
        (second, first),
        lambda a, b, axis: np.mean(a - b, axis=axis),
        permutation_type="samples",
        n_resamples=np.inf,
        vectorized=True,
    )
    assert difference(scores(*first), scores(*second)).p == pytest.approx(expected.pvalue)


def test_sampled_p_values_are_near_scipys() -> None:
    rng = np.random.default_rng(4)
    first = rng.random(60)
    for shift in (0.0, 0.02, 0.05):
        second = np.clip(first + rng.normal(shift, 0.15, 60), 0, 1)
        expected = stats.permutation_test(
            (second, first),
            lambda a, b, axis: np.mean(a - b, axis=axis),
            permutation_type="samples",
            n_resamples=20_000,
            vectorized=True,
            rng=rng,
        )
        found = difference(scores(*first), scores(*second)).p
        assert found == pytest.approx(expected.pvalue, abs=0.02)


def test_paired_intervals_are_scipys_percentile_bootstrap() -> None:
    rng = np.random.default_rng(5)
    first = rng.random(80)
    second = np.clip(first + rng.normal(0.05, 0.2, 80), 0, 1)
    expected = stats.bootstrap(
        (first, second),
        lambda a, b, axis: np.mean(b - a, axis=axis),
        paired=True,
        method="percentile",
        n_resamples=20_000,
        vectorized=True,
        rng=rng,
    ).confidence_interval
    found = difference(scores(*first), scores(*second))
    assert found.low == pytest.approx(expected.low, abs=0.004)
    assert found.high == pytest.approx(expected.high, abs=0.004)


def test_the_p_value_of_a_mean_of_means_by_enumeration() -> None:
    """Balanced accuracy: every relabelling of the questions, spelled out."""
    first = {f"a{n}": Score(v, group="x") for n, v in enumerate([0, 1, 1, 0, 1])}
    first |= {f"b{n}": Score(v, group="y") for n, v in enumerate([0, 0, 1])}
    second = {f"a{n}": Score(v, group="x") for n, v in enumerate([1, 1, 0, 1, 1])}
    second |= {f"b{n}": Score(v, group="y") for n, v in enumerate([1, 1, 1])}

    def mean_of_means(run: dict[str, Score]) -> float:
        parts = [[s.value for s in run.values() if s.group == group] for group in "xy"]
        return sum(sum(part) / len(part) for part in parts) / 2

    observed = mean_of_means(second) - mean_of_means(first)
    extreme = 0
    for swaps in itertools.product([False, True], repeat=len(first)):
        one, other = dict(first), dict(second)
        for name, swapped in zip(first, swaps, strict=True):
            if swapped:
                one[name], other[name] = other[name], one[name]
        extreme += abs(mean_of_means(other) - mean_of_means(one)) >= abs(observed) - 1e-12
    assert difference(first, second).p == pytest.approx(extreme / 2 ** len(first))


def test_an_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(6)
    held = 0
    for _ in range(200):
        found = figure(scores(*(rng.random(60) < 0.7)))
        held += found.low <= 0.7 <= found.high
    assert 0.90 <= held / 200 <= 0.99


values = st.lists(st.floats(0, 1), min_size=1, max_size=20)


@settings(max_examples=40)
@given(values)
def test_properties(drawn: list[float]) -> None:
    found = figure(scores(*drawn))
    assert min(drawn) - 1e-9 <= found.low <= found.high <= max(drawn) + 1e-9
    assert found == figure(scores(*drawn))
    same = difference(scores(*drawn), scores(*drawn))
    assert (same.value, same.p) == (0, 1)
    other = scores(*drawn[::-1])
    one, back = difference(scores(*drawn), other), difference(other, scores(*drawn))
    assert one.value == pytest.approx(-back.value)
    assert one.p == pytest.approx(back.p, abs=0.03)
    assert 0 < one.p <= 1
