from __future__ import annotations

from dataclasses import fields

import pytest

from eval.configs import BASELINES, parse
from rag.errors import ConfigError
from rag.retrieval.first_stage import Weights


def test_nothing_given_is_the_default() -> None:
    assert parse([]) == parse(["retrieval=default"]) == Weights()


@pytest.mark.parametrize("name", BASELINES)
def test_every_baseline_is_a_setting_of_the_same_code(name: str) -> None:
    weights = parse([f"retrieval={name}"])
    assert {key: getattr(weights, key) for key in BASELINES[name]} == BASELINES[name]


def test_every_ingredient_has_an_ablation() -> None:
    """A share in `Weights` that no baseline takes away would never be shown to be worth it."""
    shares = {f.name for f in fields(Weights) if isinstance(f.default, float)}
    ablated = {
        name
        for baseline, values in BASELINES.items()
        if baseline.startswith("no-")
        for name in values
    }
    assert ablated == shares


@pytest.mark.parametrize(("name", "parts"), [("bm25", {"lexical"}), ("dense", {"dense"})])
def test_a_plain_baseline_is_nothing_but_its_name(name: str, parts: set[str]) -> None:
    weights = parse([f"retrieval={name}"])
    shares = {f.name for f in fields(Weights) if isinstance(f.default, float)} - {"carried"}
    assert {share for share in shares if getattr(weights, share)} == parts


def test_later_pairs_win_and_types_are_those_of_the_defaults() -> None:
    assert parse(["retrieval=bm25", "dense=0.25"]).dense == 0.25
    assert parse(["retrieval=bm25", "dense=0.25"]).lexical == 1
    assert parse(["dense=0.25", "retrieval=bm25"]).dense == 0


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        ("dense", "takes NAME=VALUE"),
        ("charm=1", "no setting 'charm'"),
        ("retrieval=oracle", "no baseline 'oracle'"),
        ("dense=much", "dense takes a number"),
    ],
)
def test_what_cannot_be(pair: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        parse([pair])
