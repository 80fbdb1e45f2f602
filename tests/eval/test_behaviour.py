from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from eval.measures import BY_NAME, behaviour
from eval.stats import figure
from rag.records import Usage
from tests.eval.world import DECLINED, FACT_ANSWER, LIST_ANSWER, answer, case, questions


def test_balanced_accuracy_and_the_table_by_hand(tmp_path: Path) -> None:
    asked = questions(tmp_path)
    cases = [
        case(asked["q1"], LIST_ANSWER),
        case(asked["q2"], DECLINED),
        case(asked["q3"], answer(status="not_in_corpus")),
        case(asked["q4"], error="crashed"),
        case(asked["q5"], DECLINED),
        case(replace(asked["q5"], id="q6", partial=()), FACT_ANSWER),
        case(replace(asked["q5"], id="q7"), error="crashed"),
    ]
    # 1 of 4 answerable answered, 1 of 3 unanswerable declined
    found = figure(BY_NAME["balanced_accuracy"].scores(cases))
    assert found.value == pytest.approx((1 / 4 + 1 / 3) / 2)
    assert behaviour.confusion(cases) == {
        "answerable": {"answered": 1, "not_stated": 1, "not_in_corpus": 1, "failed": 1},
        "unanswerable, paper near": {
            "answered": 0,
            "not_stated": 1,
            "not_in_corpus": 0,
            "failed": 1,
        },
        "unanswerable, no paper": {"answered": 1, "not_stated": 0, "not_in_corpus": 0, "failed": 0},
    }
    assert figure(BY_NAME["failed"].scores(cases)).value == pytest.approx(2 / 7)


def test_latency_by_stage(tmp_path: Path) -> None:
    asked = questions(tmp_path)["q1"]
    times = [{"retrieve": float(n), "total": 2.0 * n} for n in range(1, 12)]
    cases = [case(asked, answer(timings_ms=t)) for t in times]
    cases.append(case(asked, answer(timings_ms={"total": 2.0})))
    cases.append(case(asked, error="crashed"))
    found = behaviour.latency(cases)
    assert found["retrieve"] == {"p50": 6.0, "p95": 10.5}
    assert list(found) == ["retrieve", "total"]
    assert behaviour.latency([case(asked, error="crashed")]) == {}


def test_tokens_and_calls(tmp_path: Path) -> None:
    asked = questions(tmp_path)["q1"]
    used = answer(usage=Usage(prompt_tokens=90, completion_tokens=10, calls=2))
    assert behaviour.tokens(case(asked, used)) == 100
    assert behaviour.calls(case(asked, used)) == 2
    assert behaviour.tokens(case(asked, error="crashed")) is None
