from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eval import drafts
from eval.questions import check
from rag.errors import BadInput
from rag.export import json_records as jsons
from tests.eval.world import (
    BANDIT,
    CURE,
    DECLINED,
    FACT_ANSWER,
    LIST_ANSWER,
    PAPERS,
    QUINE,
    STEER,
    write_set,
)


def rated(folder: Path, *entries: Any) -> list[dict[str, Any]]:
    return drafts.draft(drafts.read(write_set(folder, entries, "rated.jsonl")), PAPERS)


def judged_row(**changes: Any) -> dict[str, Any]:
    return {
        "question": "which papers?",
        "answer": jsons.answer(LIST_ANSWER),
        "rating": "up",
    } | changes


def test_an_answer_rated_up_proposes_its_papers(tmp_path: Path) -> None:
    (draft,) = rated(tmp_path, judged_row(note="spot on"))
    assert draft["id"] == "n001"
    assert draft["type"] == "topic"
    assert draft["relevant"] == [CURE.title, STEER.title]
    assert [n["paper"] for n in draft["nuggets"]] == [CURE.title, STEER.title]
    assert "spot on" in draft["note"]


def test_an_answer_rated_down_proposes_nothing_but_names_what_to_judge(tmp_path: Path) -> None:
    down, unrated = rated(
        tmp_path, judged_row(rating="down"), judged_row(question="and?", rating=None)
    )
    assert down["relevant"] == unrated["relevant"] == []
    assert f"to be judged: {CURE.title}; {STEER.title}" in down["note"]
    assert (down["id"], unrated["id"]) == ("n001", "n002")


def test_types(tmp_path: Path) -> None:
    history = [{"role": "user", "content": "hm?", "papers": []}]
    found = rated(
        tmp_path,
        judged_row(answer=jsons.answer(FACT_ANSWER)),
        judged_row(question="b", answer=jsons.answer(DECLINED)),
        judged_row(history=history),
        judged_row(
            question="d",
            answer={**jsons.answer(LIST_ANSWER), "filters": {"date_from": "2025-01-01"}},
        ),
    )
    assert [d["type"] for d in found] == ["fact", "unanswerable", "followup", "filter"]
    assert found[2]["history"] == [{"role": "user", "content": "hm?"}]


def test_judged_papers_go_before_the_rating(tmp_path: Path) -> None:
    judged = {"cure": "relevant", "steer": "irrelevant", "quine": "partial", "gone": "relevant"}
    for rating in ("up", "down", None):
        (draft,) = rated(tmp_path, judged_row(rating=rating, papers=judged, accepted=["CURE"]))
        assert draft["relevant"] == [CURE.title]
        assert draft["partial"] == [QUINE.title]
        assert draft["answer"] == ["CURE"]
        assert [nugget["paper"] for nugget in draft["nuggets"]] == [CURE.title]
        assert "to be judged" not in draft["note"]


def test_an_answer_that_declined_wrongly_is_judged_by_its_papers(tmp_path: Path) -> None:
    declined = judged_row(
        answer=jsons.answer(DECLINED), rating="down", papers={"bandit": "relevant"}
    )
    (draft,) = rated(tmp_path, declined)
    assert (draft["type"], draft["relevant"]) == ("topic", [BANDIT.title])


def test_ids_go_on_after_those_taken(tmp_path: Path) -> None:
    entries = [judged_row(), judged_row(question="and which others?")]
    judged, out = write_set(tmp_path, entries, "rated.jsonl"), tmp_path / "drafts.jsonl"
    out.write_text('{"id": "n001"}\n{"id": "x"}')  # its last line has no end
    assert drafts.add(drafts.read(judged), out, PAPERS.values()) == 2
    ids = [json.loads(line)["id"] for line in out.read_text().splitlines()]
    assert ids == ["n001", "x", "n003", "n004"]


def test_nothing_is_added_to_drafts_that_cannot_be_read(tmp_path: Path) -> None:
    judged, out = write_set(tmp_path, [judged_row()], "rated.jsonl"), tmp_path / "drafts.jsonl"
    out.write_text("{oops\n")
    with pytest.raises(BadInput, match=r"drafts\.jsonl:1: is not JSON"):
        drafts.add(drafts.read(judged), out, PAPERS.values())
    assert out.read_text() == "{oops\n"


def test_a_draft_is_no_entry_until_someone_has_read_it(tmp_path: Path) -> None:
    (draft,) = rated(tmp_path, judged_row())
    path = write_set(tmp_path, [draft])
    assert "is a draft" in str(check(path, PAPERS.values()).faults[0])
    for nugget in draft["nuggets"]:
        nugget["must_contain"] = ["CURE" if nugget["paper"] == CURE.title else "STEER"]
    del draft["draft"]
    assert not check(write_set(tmp_path, [draft]), PAPERS.values()).faults


@pytest.mark.parametrize(
    "broken",
    [
        "{",
        {},
        judged_row(rating="so-so"),
        judged_row(answer=None),
        judged_row(answer={"status": "answered"}),
        judged_row(history=[{"role": "me", "content": "?"}]),
        judged_row(history="?"),
        judged_row(papers={"cure": "splendid"}),
        judged_row(papers=["cure"]),
        judged_row(accepted="CURE"),
    ],
)
def test_what_is_no_rated_question(tmp_path: Path, broken: Any) -> None:
    with pytest.raises(BadInput, match=r"rated\.jsonl:2: "):
        rated(tmp_path, judged_row(), broken)


def test_what_was_said_of_papers_stands_in_the_note(tmp_path: Path) -> None:
    cure, steer = LIST_ANSWER.papers
    (draft,) = rated(tmp_path, judged_row(papers={steer: "irrelevant"}, notes={cure: "the best"}))
    assert draft["relevant"] == [CURE.title]
    assert f"judged not relevant: {STEER.title}" in draft["note"]
    assert f"{CURE.title}: the best" in draft["note"]


def test_a_question_judged_twice_makes_one_draft_of_all_that_was_said(tmp_path: Path) -> None:
    cure, steer = LIST_ANSWER.papers
    (draft,) = rated(
        tmp_path,
        judged_row(note="good", papers={cure: "relevant", steer: "relevant"}),
        judged_row(
            question="Which  papers", rating="down", note="bad", papers={steer: "irrelevant"}
        ),
    )
    assert draft["relevant"] == [CURE.title]
    assert "rated up. good. bad" in draft["note"]
    out = write_set(tmp_path, [draft], "drafts.jsonl")
    before = out.read_text()
    judged = write_set(tmp_path, [judged_row(question="WHICH papers?!")], "again.jsonl")
    assert drafts.add(drafts.read(judged), out, PAPERS.values()) == 0
    assert out.read_text() == before
