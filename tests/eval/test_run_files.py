"""Run files: self-contained, read strictly, and what doctoring one moves."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from eval import runs
from eval.measures import BY_NAME
from eval.questions import Question, load
from eval.run import answer_all
from eval.summary import summarise
from rag.errors import BadInput
from tests.eval.world import (
    ENTRIES,
    PAPERS,
    questions,
    run_file,
    script,
    write_set,
)


@pytest.fixture
def asked(tmp_path: Path) -> list[Question]:
    return list(questions(tmp_path).values())


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
    path.write_text(json.dumps({"rows": value["rows"]}))
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


def value_of(path: Path, question: str, measure: str) -> float:
    return BY_NAME[measure].scores(runs.load(path).cases)[question].value


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
    # What was ranked before the failure does not count: q1 to q4 have relevant papers.
    for name in ("ndcg@10", "recall@5", "success@1"):
        lost = value_of(path, "q1", name) / 4
        assert after[name] == pytest.approx(before[name] - lost, abs=1e-4)

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

    def only_half_of_the_list(rows: Any) -> None:
        rows[0]["answer"]["papers"].remove("steer")

    assert moved(only_half_of_the_list) == {"list_recall": 0.5, "list_f1": round(2 / 3, 4)}

    def paper_that_does_not_exist(rows: Any) -> None:
        rows[1]["answer"]["citations"][0]["paper_id"] = "nobody"

    # One of five citations; one of three answers with claims; and q2's fact cites no right paper.
    assert moved(paper_that_does_not_exist) == {
        "citation_integrity": 0.8,
        "citation_recall": round(2 / 3, 4),
        "citation_precision": round(2 / 3, 4),
        "fact": 0,
        "fact@60": 0,
    }

    def citation_taken_away(rows: Any) -> None:
        rows[0]["answer"]["sentences"][0]["citations"] = []

    # q1: one of two claims is supported, every citation it still makes is needed; 5 of 6
    # sentences cited become 4; q1's first nugget is no longer cited.
    after = moved(citation_taken_away)
    assert after == {
        "citation_recall": round((1 / 2 + 1 + 1) / 3, 4),
        "cited_sentences": round(4 / 6, 4),
        "nugget_recall": round((1 / 2 + 0) / 2, 4),
    }

    def marked_unsupported(rows: Any) -> None:
        rows[0]["answer"]["sentences"][0]["supported"] = False

    assert moved(marked_unsupported) == {"unsupported_sentences": round(1 / 6, 4)}

    def abstract_poured_out(rows: Any) -> None:
        rows[1]["answer"]["text"] = "so " * 60 + rows[1]["answer"]["text"]

    after = moved(abstract_poured_out)
    assert after == {"fact@60": 0, "words": before["words"] + 60 / 4}

    def other_word_of_refusal(rows: Any) -> None:
        rows[4]["answer"]["status"] = "not_in_corpus"

    assert moved(other_word_of_refusal) == {}  # the table tells, and balanced accuracy does not

    def answers_the_unanswerable(rows: Any) -> None:
        rows[4]["answer"]["status"] = "answered"

    # Its one sentence is no refusal any more: a claim without a citation.
    assert moved(answers_the_unanswerable) == {
        "balanced_accuracy": round((3 / 4 + 0) / 2, 4),
        "citation_recall": 0.75,
        "citation_precision": 0.75,
    }

    def slower(rows: Any) -> None:
        rows[0]["answer"]["timings_ms"]["total"] = 9999.0

    assert moved(slower) == {}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda rows: rows.append(rows[0]), "two rows for question 'q1'"),
        (lambda rows: rows.append({"id": "zz", "type": "fact"}), "'zz', which is no question"),
        (lambda rows: rows[0]["answer"].pop("status"), "row 'q1': the answer is not one: status"),
        (lambda rows: rows[0]["answer"].update(status="maybe"), "status: Input should be 'ans"),
        (lambda rows: rows[0]["answer"].update(papers=None), "papers: Input should be a valid"),
        (lambda rows: rows[0]["answer"]["citations"][0].update(start="3"), r"citations\.0\.start"),
        (lambda rows: rows[0]["answer"]["sentences"].append("x"), r"sentences\.2: "),
        (lambda rows: rows[0]["answer"].update(confidence=math.nan), "a number in it is none"),
        (lambda rows: rows[0].update(graded={"x": math.inf}), "a number in it is none"),
        (lambda rows: rows[0].update(ranking=["cure", 3]), r"row 'q1' is not one: ranking\.1"),
        (lambda rows: rows[0].update(type="fact"), "of type 'fact', its question of 'topic'"),
        (lambda rows: rows.insert(0, 7), "a row is not one"),
        (lambda rows: rows[0].pop("id"), "row None is not one: id: Field required"),
    ],
)
def test_what_cannot_be_scored_is_refused(
    tmp_path: Path, asked: list[Question], change: Any, said: str
) -> None:
    path = run_file(tmp_path, asked, answer_all(asked, script(), papers=PAPERS))
    with pytest.raises(BadInput, match=said):
        doctored(path, change)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda value: value["papers"]["cure"].update(abstract=1.5),
            "paper 'cure' is not one: abs",
        ),
        (lambda value: value["papers"]["cure"].update(published="2025-99"), "month must be in"),
        (lambda value: value["questions"][0].update(type="topics"), "question 'q1': type 'topics'"),
        (lambda value: value["questions"][0].update(relevant="x"), "'relevant' is not a list"),
        (lambda value: value["questions"].append(value["questions"][0]), "two questions 'q1'"),
        (lambda value: value.update(fingerprint=["x"]), "not a whole run file"),
    ],
)
def test_what_it_is_judged_by_is_read_strictly_too(
    tmp_path: Path, asked: list[Question], change: Any, said: str
) -> None:
    path = run_file(tmp_path, asked, answer_all(asked, script(), papers=PAPERS))
    value = json.loads(path.read_text())
    change(value)
    path.write_text(json.dumps(value))
    with pytest.raises(BadInput, match=said):
        runs.load(path)


def test_unreadable_files(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        runs.load(tmp_path / "absent.json")
    (tmp_path / "broken.json").write_text("{\n]")
    with pytest.raises(BadInput, match=r"broken\.json:2: is not JSON"):
        runs.load(tmp_path / "broken.json")
    (tmp_path / "list.json").write_text("[]")
    with pytest.raises(BadInput, match="is not a run file"):
        runs.load(tmp_path / "list.json")
    (tmp_path / "utf16.json").write_bytes("{}".encode("utf-16"))
    with pytest.raises(BadInput, match="is not JSON"):
        runs.load(tmp_path / "utf16.json")


def test_a_run_file_of_another_version_is_read(tmp_path: Path, asked: list[Question]) -> None:
    """Fields come behind the old ones: what is not known is passed over, what is new is assumed."""
    path = run_file(tmp_path, asked, answer_all(asked, script(), papers=PAPERS))
    before, value = runs.load(path), json.loads(path.read_text())
    for row in value["rows"]:
        del row["graded"], row["fell_back"]
        row["later"] = {"more": 1}
        for name in ("near", "notices", "confidence", "usage"):
            (row["answer"] or {name: 0}).pop(name)
        if row["answer"]:
            row["answer"]["later"] = row["answer"]["sentences"][0]["later"] = 1
    path.write_text(json.dumps(value))
    again = summarise(runs.load(path).cases)
    assert again == summarise(before.cases)


def test_a_truncated_run_file_says_where(tmp_path: Path, asked: list[Question]) -> None:
    path = run_file(tmp_path, asked, answer_all(asked, script(), papers=PAPERS))
    text = path.read_text()
    for share in (0.2, 0.6, 0.95):
        path.write_text(text[: int(len(text) * share)])
        with pytest.raises(BadInput, match=r"run\.json:\d+: is not JSON") as caught:
            runs.load(path)
        assert "--resume" in caught.value.remedy


def test_names_of_runs() -> None:
    assert runs.distinct_names([Path("a/x.json"), Path("y.json")]) == ["x", "y"]
    assert runs.distinct_names([Path("a/x.json"), Path("b/x.json")]) == ["a/x", "b/x"]
    assert runs.distinct_names([Path("x.json"), Path("x.json")]) == ["1 x", "2 x"]
