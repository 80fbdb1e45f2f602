"""Runs: a row a question, kept as it goes; and run files, whole and doctored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from eval import runs
from eval.questions import Question, load
from eval.run import Journal, answer_all
from eval.runs import Case, Row, read_answer
from eval.summary import summarise
from rag import jsons
from rag.errors import BadInput, UsageError
from tests.eval.world import (
    ENTRIES,
    FACT_ANSWER,
    LIST_ANSWER,
    PAPERS,
    Fake,
    questions,
    script,
    write_set,
)

ABOUT = {"mode": "extractive", "config": ["late=0"]}


@pytest.fixture
def asked(tmp_path: Path) -> list[Question]:
    return list(questions(tmp_path).values())


def run_file(folder: Path, asked: list[Question], rows: list[Row], name: str = "run.json") -> Path:
    scored = runs.cases(asked, rows, PAPERS)
    runs.save(
        folder / name,
        summary=summarise(scored),
        fingerprint=ABOUT,
        rows=rows,
        questions=asked,
        papers=PAPERS,
    )
    return folder / name


def test_an_answer_survives_json() -> None:
    assert read_answer(json.loads(json.dumps(jsons.answer(FACT_ANSWER))), "q") == FACT_ANSWER
    assert jsons.answer(LIST_ANSWER)["filters"] == {}


def test_a_failure_is_a_row_of_its_own(asked: list[Question]) -> None:
    told: list[tuple[int, int]] = []
    rows = answer_all(
        asked, script(), papers=PAPERS, progress=lambda done, total: told.append((done, total))
    )
    assert [row.id for row in rows] == ["q1", "q2", "q3", "q4", "q5"]
    assert rows[3] == Row(id="q4", type="followup", error="RuntimeError('scripted')")
    assert rows[0].error is None and rows[0].answer is not None
    assert told[-1] == (5, 5)


def test_a_ranking_keeps_the_best_fifty(asked: list[Question]) -> None:
    many = [f"p{n}" for n in range(80)]
    (row,) = answer_all(asked[:1], Fake(rankings={asked[0].question: many}), papers=PAPERS)
    assert row.ranking == tuple(many[:50])


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path: Path, asked: list[Question]) -> None:
    out = tmp_path / "run.json"
    stops = script()
    stops.answers = {**stops.answers, asked[2].question: KeyboardInterrupt()}
    with pytest.raises(KeyboardInterrupt):
        answer_all(asked, stops, papers=PAPERS, journal=Journal.beside(out, ABOUT, resume=False))
    # A crash may tear the last line.
    with (tmp_path / "run.json.rows.jsonl").open("a") as file:
        file.write('{"id": "q3", "ty')

    again = script()
    journal = Journal.beside(out, ABOUT, resume=True)
    rows = answer_all(asked, again, papers=PAPERS, journal=journal)
    assert again.asked == [q.question for q in asked[2:]]
    uninterrupted = answer_all(asked, script(), papers=PAPERS)
    assert runs.cases(asked, rows, PAPERS) == runs.cases(asked, uninterrupted, PAPERS)

    # Failures are tried again.
    third = script()
    answer_all(asked, third, papers=PAPERS, journal=Journal.beside(out, ABOUT, resume=True))
    assert third.asked == [asked[3].question]


def test_only_the_same_run_is_resumed(tmp_path: Path) -> None:
    out = tmp_path / "run.json"
    with pytest.raises(UsageError, match="nothing to resume"):
        Journal.beside(out, ABOUT, resume=True)
    Journal.beside(out, ABOUT, resume=False)
    with pytest.raises(UsageError, match="another run: mode differs"):
        Journal.beside(out, {**ABOUT, "mode": "llm"}, resume=True)
    (tmp_path / "run.json.rows.jsonl").write_text("nonsense\n")
    with pytest.raises(BadInput, match="not the journal of a run"):
        Journal.beside(out, ABOUT, resume=True)


def test_a_new_run_keeps_what_an_interrupted_one_left(tmp_path: Path) -> None:
    out = tmp_path / "run.json"
    Journal.beside(out, ABOUT, resume=False).add(Row(id="q1", type="topic"))
    Journal.beside(out, ABOUT, resume=False)
    assert '"q1"' in (tmp_path / "run.json.rows.jsonl.old").read_text()


class Grades:
    names = ("good", "long")

    def grade(self, case: Case) -> Mapping[str, float]:
        if case.question.id == "q2":
            raise RuntimeError("the grader crashed")
        return {"good": 1.0, "long": 2.0}


def test_extra_columns_stay_apart_and_a_crashed_grader_is_no_zero(asked: list[Question]) -> None:
    rows = answer_all(asked, script(), papers=PAPERS, graders=[Grades()])
    assert rows[0].graded == {"good": 1.0, "long": 2.0}
    assert rows[1].graded == {"good": None, "long": None}
    assert rows[3].graded == {}  # failed: nothing to grade
    summary = summarise(runs.cases(asked, rows, PAPERS))
    assert summary["graded"]["good"]["value"] == 1
    assert summary["graded"]["good"]["n"] == 3
    assert summary["grading_failed"] == 2
    assert "good" not in summary["overall"]


def test_a_run_file_is_self_contained(tmp_path: Path, asked: list[Question]) -> None:
    rows = answer_all(asked, script(), papers=PAPERS)
    path = run_file(tmp_path, asked, rows)
    value = json.loads(path.read_text())
    assert list(value)[:3] == ["summary", "fingerprint", "rows"]
    assert list(value["rows"][0])[:5] == ["id", "type", "ranking", "answer", "error"]
    assert value["rows"][0]["answer"] == json.loads(json.dumps(rows[0].answer))
    loaded = runs.load(path)
    assert summarise(loaded.cases) == value["summary"]
    assert loaded.name == "run"
    assert not list(tmp_path.glob("*.part"))


def test_rows_alone_need_the_set_and_the_corpus(tmp_path: Path, asked: list[Question]) -> None:
    path = run_file(tmp_path, asked, answer_all(asked, script(), papers=PAPERS))
    value = json.loads(path.read_text())
    path.write_text(json.dumps({k: value[k] for k in ("summary", "fingerprint", "rows")}))
    with pytest.raises(BadInput, match="not a whole run file") as caught:
        runs.load(path)
    assert "--questions" in caught.value.remedy
    questions_again = load(write_set(tmp_path, ENTRIES), PAPERS.values())
    loaded = runs.load(path, questions=questions_again, papers=PAPERS.values())
    assert summarise(loaded.cases) == value["summary"]


def doctored(path: Path, change: Any) -> dict[str, float]:
    """The overall figures of the run file once `change` was made to its value."""
    value = json.loads(path.read_text())
    change(value["rows"])
    other = path.with_name("doctored.json")
    other.write_text(json.dumps(value))
    overall = summarise(runs.load(other).cases)["overall"]
    return {name: figure["value"] for name, figure in overall.items()}


def test_doctoring_moves_each_measure_as_its_definition_says(
    tmp_path: Path, asked: list[Question]
) -> None:
    path = run_file(tmp_path, asked, answer_all(asked, script(), papers=PAPERS))
    before = doctored(path, lambda rows: None)
    # q3 and q4 fail to answer; 5 citations in all; q1 has two nuggets, q3 one
    assert before["citation_integrity"] == 1
    assert before["fact"] == 0.5
    assert before["failed"] == 0.2
    assert before["list_f1"] == 1
    assert before["nugget_recall"] == 0.5
    assert before["balanced_accuracy"] == round((3 / 4 + 1) / 2, 4)

    def moved(change: Any) -> dict[str, float]:
        after = doctored(path, change)
        return {name: v for name, v in after.items() if v != before[name]}

    def wrong_span(rows: Any) -> None:
        rows[1]["answer"]["citations"][0]["start"] += 1

    assert moved(wrong_span) == {
        "citation_integrity": 0.8,
        "citation_recall": round(2 / 3, 4),
        "citation_precision": round(2 / 3, 4),
    }

    def no_answer(rows: Any) -> None:
        rows[0]["answer"] = None

    after = moved(no_answer)
    assert after["list_f1"] == after["list_precision"] == after["list_recall"] == 0
    assert after["nugget_recall"] == 0
    assert after["failed"] == 0.4
    assert after["balanced_accuracy"] == round((2 / 4 + 1) / 2, 4)
    assert "ndcg@10" not in after  # the ranking is still there

    def crashed(rows: Any) -> None:
        rows[1].update(error="crashed", answer=None, ranking=[])

    after = moved(crashed)
    assert after["fact"] == after["fact@60"] == 0
    assert after["success@1"] == round(before["success@1"] - 1 / 4, 4)

    def missing_row(rows: Any) -> None:
        del rows[1]

    assert moved(missing_row) == after

    def named_twice(rows: Any) -> None:
        rows[0]["answer"]["papers"].append("cure")
        rows[0]["ranking"].insert(0, rows[0]["ranking"][0])

    assert moved(named_twice) == {"repeated_papers": 0.2}

    def wrong_paper(rows: Any) -> None:
        rows[0]["answer"]["papers"].append("quine")

    after = moved(wrong_paper)
    assert after == {"list_precision": round(2 / 3, 4), "list_f1": 0.8}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda rows: rows.append(rows[0]), "two rows for question 'q1'"),
        (lambda rows: rows.append({"id": "zz", "type": "fact"}), "'zz', which is no question"),
        (lambda rows: rows[0]["answer"].pop("status"), "row 'q1': the answer is not one"),
        (lambda rows: rows[0].pop("id"), "row None is not one: id: Field required"),
    ],
)
def test_what_cannot_be_scored_is_refused(
    tmp_path: Path, asked: list[Question], change: Any, said: str
) -> None:
    path = run_file(tmp_path, asked, answer_all(asked, script(), papers=PAPERS))
    with pytest.raises(BadInput, match=said):
        doctored(path, change)


def test_unreadable_files(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        runs.load(tmp_path / "absent.json")
    (tmp_path / "broken.json").write_text("{\n]")
    with pytest.raises(BadInput, match=r"broken\.json:2: is not JSON"):
        runs.load(tmp_path / "broken.json")


def test_names_of_runs() -> None:
    assert runs.distinct_names([Path("a/x.json"), Path("y.json")]) == ["x", "y"]
    assert runs.distinct_names([Path("a/x.json"), Path("b/x.json")]) == ["a/x", "b/x"]
    assert runs.distinct_names([Path("x.json"), Path("x.json")]) == ["1 x", "2 x"]
