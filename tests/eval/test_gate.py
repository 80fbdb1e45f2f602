from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from eval import gate
from eval.measures import BY_NAME
from eval.runs import Case
from eval.session import FLOORS
from rag.errors import BadInput, UsageError
from rag.records import Sentence
from tests.eval.world import FACT_ANSWER, LIST_ANSWER, answer, case, questions


def write(folder: Path, **floors: Any) -> Path:
    path = folder / "floors.json"
    path.write_text(json.dumps({"questions": "dev.jsonl", "floors": floors}))
    return path


@pytest.fixture
def cases(tmp_path: Path) -> list[Case]:
    """Fact accuracy 1/2, list F1 1, a quarter of the sentences unsupported."""
    asked = questions(tmp_path)
    odd = answer([Sentence(text="No.", supported=False)])
    return [
        case(asked["q1"], LIST_ANSWER),
        case(asked["q2"], FACT_ANSWER),
        case(asked["q3"], odd),
    ]


@pytest.mark.parametrize(
    ("name", "floor", "passed", "rises"),
    [
        ("fact", {"floor": 0.5, "noise": 0}, True, False),
        ("fact", {"floor": 0.55, "noise": 0.05}, True, False),
        ("fact", {"floor": 0.56, "noise": 0.05}, False, False),
        ("fact", {"floor": 0.4, "noise": 0.05}, True, True),
        ("list_f1", {"floor": 1.0}, True, False),
        ("unsupported_sentences", {"floor": 0.25, "noise": 0}, True, False),
        ("unsupported_sentences", {"floor": 0.1, "noise": 0.05}, False, False),
        ("unsupported_sentences", {"floor": 0.35, "noise": 0.05}, True, True),
    ],
)
def test_verdicts(
    tmp_path: Path,
    cases: list[Case],
    name: str,
    floor: dict[str, float],
    passed: bool,
    rises: bool,
) -> None:
    (verdict,) = gate.judge(cases, gate.load(write(tmp_path, **{name: floor})))
    expected = {"fact": 0.5, "list_f1": 1.0, "unsupported_sentences": 1 / 4}[name]
    assert verdict.value == pytest.approx(expected)
    assert (verdict.passed, verdict.could_rise) == (passed, rises)


def test_without_a_committed_noise_it_is_the_half_width(tmp_path: Path, cases: list[Case]) -> None:
    (verdict,) = gate.judge(cases, gate.load(write(tmp_path, fact={"floor": 0.9})))
    assert verdict.noise == 0.5  # two questions, one right: the interval is 0 to 1
    assert verdict.passed


def test_a_verdict_says_by_how_much(tmp_path: Path, cases: list[Case]) -> None:
    floors = {
        "fact": {"floor": 0.6, "noise": 0.05},
        "unsupported_sentences": {"floor": 0.1, "noise": 0},
        "list_f1": {"floor": 1.0, "noise": 0},
    }
    said = [verdict.said for verdict in gate.judge(cases, gate.load(write(tmp_path, **floors)))]
    assert said == ["0.1000 below its floor", "0.1500 above its ceiling", "ok"]


def test_floors_are_of_one_whole_set(tmp_path: Path) -> None:
    asked = list(questions(tmp_path).values())
    held = replace(gate.load(write(tmp_path, fact={"floor": 0})), questions=tmp_path / "set.jsonl")
    cases = [case(question, LIST_ANSWER) for question in asked]
    gate.require_whole(cases, held)
    other = replace(asked[0], entry={**asked[0].entry, "relevant": []})
    for wrong in (cases[:3], cases[::-1], [case(other, LIST_ANSWER), *cases[1:]]):
        with pytest.raises(UsageError, match="not over the 5 questions"):
            gate.require_whole(wrong, held)


def test_a_measure_that_is_not_there_fails(tmp_path: Path, cases: list[Case]) -> None:
    held = gate.load(write(tmp_path, fact={"floor": 0.1, "noise": 1}))
    (verdict,) = gate.judge(cases[:1], held)
    assert verdict.value is None and not verdict.passed


def test_floors_are_raised_and_never_lowered(tmp_path: Path, cases: list[Case]) -> None:
    path = write(
        tmp_path,
        fact={"floor": 0.4, "noise": 0.01},
        list_f1={"floor": 1.5, "noise": 0.01},
        success_1={"floor": 0, "noise": 0},
    )
    value = json.loads(path.read_text())
    value["floors"]["success@1"] = value["floors"].pop("success_1")
    path.write_text(json.dumps(value))
    verdicts = gate.judge(cases, gate.load(path))
    assert gate.raised(path, verdicts) == ["fact"]
    floors = json.loads(path.read_text())["floors"]
    assert floors["fact"] == {"floor": 0.5, "noise": 0.01}
    assert floors["list_f1"]["floor"] == 1.5
    assert all(
        v.passed for v in gate.judge(cases, gate.load(path)) if v.floor.measure.name == "fact"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not JSON"),
        ("[]", "not a file of floors"),
        ('{"floors": {"fact": {"floor": 1}}}', "not a file of floors"),
        ('{"questions": "q", "floors": {}}', "holds no floor"),
        ('{"questions": "q", "floors": {"fact": {}}}', "not a file of floors"),
        ('{"questions": "q", "floors": {"fact": {"floor": "high"}}}', "not a file of floors"),
        ('{"questions": "q", "floors": {"fact": {"floor": NaN}}}', "is no number"),
        ('{"questions": "q", "floors": {"fact": {"floor": 1, "noise": Infinity}}}', "is no number"),
        ('{"questions": "q", "floors": {"charm": {"floor": 1}}}', "no measure is called 'charm'"),
    ],
)
def test_files_that_are_none(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "floors.json"
    path.write_text(text)
    with pytest.raises(BadInput, match=said):
        gate.load(path)


def test_the_committed_floors_are_floors() -> None:
    held = gate.load(FLOORS)
    assert set(held.of) <= set(BY_NAME)
    assert held.questions.is_file()
