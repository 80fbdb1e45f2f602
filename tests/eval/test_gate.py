from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eval import gate
from eval.measures import BY_NAME
from eval.runs import Case
from eval.session import FLOORS
from rag.errors import BadInput
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
        ('{"floors": {"fact": {}}}', "not a file of floors"),
        ('{"floors": {"charm": {"floor": 1}}}', "no measure is called 'charm'"),
    ],
)
def test_files_that_are_none(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "floors.json"
    path.write_text(text)
    with pytest.raises(BadInput, match=said):
        gate.load(path)


def test_the_committed_floors_are_floors() -> None:
    held = gate.load(FLOORS)
    assert held and set(held) <= set(BY_NAME)
