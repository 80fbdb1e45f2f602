"""Runs: a row a question, kept as it goes, whatever happens."""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from eval import runs
from eval.questions import Question
from eval.run import Journal, alone, answer_all
from eval.runs import Case, Row, read_answer
from eval.summary import summarise
from rag.errors import BadInput, UsageError
from rag.events import Event, Fallback, Finished
from rag.export import json_records as jsons
from tests.eval.world import (
    ABOUT,
    FACT_ANSWER,
    LIST_ANSWER,
    PAPERS,
    Fake,
    questions,
    run_file,
    script,
)

ROOT = Path(__file__).parents[2]


@pytest.fixture
def asked(tmp_path: Path) -> list[Question]:
    return list(questions(tmp_path).values())


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


def test_a_row_that_cannot_be_read_is_asked_again(tmp_path: Path, asked: list[Question]) -> None:
    out = tmp_path / "run.json"
    journal = Journal.beside(out, ABOUT, resume=False)
    answer_all(asked, script(), papers=PAPERS, journal=journal)
    about, *rows = journal.path.read_text().split("\n")
    rows[0], rows[1] = rows[0][:40] + "\0\0\0", '{"id": "q2", "type": 7}'
    journal.path.write_text("\n".join([about, *rows]))
    again = script()
    held = Journal.beside(out, ABOUT, resume=True)
    assert len(answer_all(asked, again, papers=PAPERS, journal=held)) == 5
    assert again.asked == [asked[n].question for n in (0, 1, 3)]  # q4 has failed


def test_a_full_disk_says_so_and_keeps_the_rows(tmp_path: Path, asked: list[Question]) -> None:
    journal = Journal.beside(tmp_path / "run.json", ABOUT, resume=False)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    journal.add(Row(id="q1", type="topic", error="x"))
    room = journal.path.stat().st_size + 10
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
        with pytest.raises(UsageError, match=r"run\.json\.rows\.jsonl cannot be written"):
            answer_all(asked, script(), papers=PAPERS, journal=journal)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    held = Journal.beside(tmp_path / "run.json", ABOUT, resume=True)
    assert [row.id for row in held.rows] == ["q1"]


def test_two_runs_do_not_write_to_one_file(tmp_path: Path) -> None:
    out = tmp_path / "run.json"
    with alone(out):
        said = r"Another run is being written to .*run\.json"
        with pytest.raises(UsageError, match=said), alone(out):
            pass
        with alone(tmp_path / "other.json"):
            pass
    with alone(out):
        pass
    assert list(tmp_path.glob("*.lock")) == []


@pytest.mark.parametrize("out", ["/dev/null", "."])
def test_what_is_no_file_is_refused_before_anything_is_asked(tmp_path: Path, out: str) -> None:
    with pytest.raises(UsageError, match="is no file"), alone(tmp_path / out):
        pass
    assert Path("/dev/null").is_char_device()


KILLED = """
import os, signal
from pathlib import Path
from eval.run import Journal, answer_all
from tests.eval.world import PAPERS, questions, script

class Killed:
    def __init__(self):
        self.inner = script()
    def stream(self, question, **more):
        if question == asked[2].question:
            os.kill(os.getpid(), signal.SIGKILL)
        return self.inner.stream(question, **more)

folder = Path({folder!r})
asked = list(questions(folder).values())
answer_all(asked, Killed(), papers=PAPERS,
           journal=Journal.beside(folder / "run.json", {about!r}, resume=False))
"""


def test_a_killed_process_loses_the_question_in_hand_alone(
    tmp_path: Path, asked: list[Question]
) -> None:
    code = KILLED.format(folder=str(tmp_path), about=ABOUT)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    again = script()
    journal = Journal.beside(tmp_path / "run.json", ABOUT, resume=True)
    rows = answer_all(asked, again, papers=PAPERS, journal=journal)
    assert again.asked == [q.question for q in asked[2:]]
    assert [row.id for row in rows] == ["q1", "q2", "q3", "q4", "q5"]


def test_what_a_server_sends_does_not_end_a_run(tmp_path: Path, asked: list[Question]) -> None:
    """Half a surrogate pair, and a number that is none."""
    odd = script()
    odd.answers = {
        **odd.answers,
        asked[0].question: replace(LIST_ANSWER, text="odd \ud800 text"),
        asked[1].question: replace(FACT_ANSWER, confidence=float("nan")),
    }
    journal = Journal.beside(tmp_path / "run.json", ABOUT, resume=False)
    rows = answer_all(asked, odd, papers=PAPERS, journal=journal)
    assert rows[0].answer is not None and rows[0].answer["text"] == "odd ? text"
    assert rows[1].error == "the answer: the answer is not one: a number in it is none"
    held = Journal.beside(tmp_path / "run.json", ABOUT, resume=True)
    assert list(held.rows) == rows


def test_answers_that_fell_back_are_counted_and_asked_again(
    tmp_path: Path, asked: list[Question]
) -> None:
    class Falls(Fake):
        def stream(self, question: str, **more: Any) -> Iterator[Event]:
            for event in super().stream(question, **more):
                if isinstance(event, Finished) and question != asked[1].question:
                    yield Fallback(message="The server said 500.", remedy="")
                yield event

    journal = Journal.beside(tmp_path / "run.json", ABOUT, resume=False)
    rows = answer_all(asked, Falls(), papers=PAPERS, journal=journal)
    assert [row.fell_back for row in rows[:2]] == ["The server said 500.", None]
    summary = summarise(runs.load(run_file(tmp_path, asked, rows)).cases)
    assert summary["overall"]["fell_back"]["value"] == 0.8
    again = script()
    held = Journal.beside(tmp_path / "run.json", ABOUT, resume=True)
    answer_all(asked, again, papers=PAPERS, journal=held)
    assert asked[1].question not in again.asked and len(again.asked) == 4


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
