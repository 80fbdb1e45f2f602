from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from eval import runs
from eval.compare import as_json, compare, settings_that_differ
from eval.run import answer_all
from eval.runs import Run
from rag.errors import UsageError
from tests.eval.world import PAPERS, Fake, questions, script


def make(folder: Path, fake: Fake, name: str) -> Run:
    asked = list(questions(folder).values())
    rows = answer_all(asked, fake, papers=PAPERS)
    return Run(name=name, fingerprint={}, cases=runs.cases(asked, rows, PAPERS))


def declines(folder: Path) -> Run:
    return make(folder, Fake(), "declines")


def test_differences_won_and_lost(tmp_path: Path) -> None:
    first, second = declines(tmp_path), make(tmp_path, script(), "second")
    found = compare(first, second)
    overall = {x.measure.name: x.difference for x in found.lines if x.kind is None}
    assert overall["list_f1"].value == 1
    assert (overall["fact"].value, overall["fact"].n, overall["fact"].p) == (0.5, 2, 1)
    by_type = {(x.measure.name, x.kind): x.difference.value for x in found.lines}
    assert by_type["fact", "fact"] == 0.5
    assert ("fact", "topic") not in by_type
    # q1 and q2 are won, q3 is answered (wrongly, but no longer declined); q4 crashes: its ranking
    # is lost.
    assert {t.id for t in found.won} == {"q1", "q2", "q3"}
    assert [t.id for t in found.lost] == ["q4"]
    assert found.won[0].changes["list_f1"] == (0, 1)
    assert abs(found.won[0].gain) >= abs(found.won[-1].gain)


def test_comparing_the_other_way_round_swaps_everything(tmp_path: Path) -> None:
    first, second = declines(tmp_path), make(tmp_path, script(), "second")
    there, back = compare(first, second), compare(second, first)
    assert [t.id for t in there.won] == [t.id for t in back.lost]
    for one, other in zip(there.lines, back.lines, strict=True):
        assert one.difference.value == pytest.approx(-other.difference.value)
        assert one.difference.p == pytest.approx(other.difference.p)


def test_a_run_against_itself(tmp_path: Path) -> None:
    run = make(tmp_path, script(), "same")
    found = compare(run, run)
    assert not found.won and not found.lost
    assert {x.difference.p for x in found.lines} == {1.0}
    assert as_json(found)["differences"][0]["difference"] == 0


def test_other_questions_are_refused(tmp_path: Path) -> None:
    run = make(tmp_path, script(), "run")
    fewer = replace(run, name="fewer", cases=run.cases[:3])
    with pytest.raises(UsageError, match=r"2 differ \(q4 is in one of them\)"):
        compare(run, fewer)


def test_other_labels_are_another_set(tmp_path: Path) -> None:
    """A run scored before a label was mended is not worse than one scored after."""
    run = make(tmp_path, script(), "run")
    for change, said in (
        ({"relevant": ("cure",)}, "labelled"),
        ({"accepted": (("x",),)}, "labelled"),
        ({"question": "?"}, "worded"),
    ):
        cases = [replace(run.cases[0], question=replace(run.cases[0].question, **change))]
        other = replace(run, cases=(*cases, *run.cases[1:]))
        with pytest.raises(UsageError, match=f"q1 is {said} otherwise"):
            compare(run, other)
    noted = replace(run.cases[0], question=replace(run.cases[0].question, entry={"note": "new"}))
    compare(run, replace(run, cases=(noted, *run.cases[1:])))


def test_settings_that_differ(tmp_path: Path) -> None:
    first = replace(make(tmp_path, script(), "first"), fingerprint={"mode": "llm", "model": "m"})
    second = replace(first, fingerprint={"mode": "extractive", "model": "m", "code": "1"})
    assert settings_that_differ(first, second) == {
        "mode": ("llm", "extractive"),
        "code": (None, "1"),
    }
