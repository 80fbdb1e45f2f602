from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from eval import drafts
from eval.questions import check
from rag import jsons
from rag.errors import BadInput
from tests.eval.world import CURE, DECLINED, FACT_ANSWER, LIST_ANSWER, PAPERS, STEER, write_set


def rated(folder: Path, *entries: Any) -> list[dict[str, Any]]:
    return drafts.draft(drafts.read(write_set(folder, entries, "rated.jsonl")), PAPERS)


def talk(**changes: Any) -> dict[str, Any]:
    return {
        "question": "which papers?",
        "answer": jsons.answer(LIST_ANSWER),
        "rating": "up",
    } | changes


def test_an_answer_rated_up_proposes_its_papers(tmp_path: Path) -> None:
    (draft,) = rated(tmp_path, talk(note="spot on"))
    assert draft["id"] == "n001"
    assert draft["type"] == "topic"
    assert draft["relevant"] == [CURE.title, STEER.title]
    assert [n["paper"] for n in draft["nuggets"]] == [CURE.title, STEER.title]
    assert "spot on" in draft["note"]


def test_an_answer_rated_down_proposes_nothing_but_names_what_to_judge(tmp_path: Path) -> None:
    down, unrated = rated(tmp_path, talk(rating="down"), talk(question="and?", rating=None))
    assert down["relevant"] == unrated["relevant"] == []
    assert f"to be judged: {CURE.title}; {STEER.title}" in down["note"]
    assert (down["id"], unrated["id"]) == ("n001", "n002")


def test_types(tmp_path: Path) -> None:
    history = [{"role": "user", "content": "hm?", "papers": []}]
    found = rated(
        tmp_path,
        talk(answer=jsons.answer(FACT_ANSWER)),
        talk(question="b", answer=jsons.answer(DECLINED)),
        talk(history=history),
        talk(
            question="d",
            answer={**jsons.answer(LIST_ANSWER), "filters": {"date_from": "2025-01-01"}},
        ),
    )
    assert [d["type"] for d in found] == ["fact", "unanswerable", "followup", "filter"]
    assert found[2]["history"] == [{"role": "user", "content": "hm?"}]


def test_ids_go_on_after_those_taken() -> None:
    entries = [talk(), talk(question="and which others?")]
    held = [{"id": name, "question": f"question {name}"} for name in ("n001", "x")]
    assert [d["id"] for d in drafts.draft(entries, PAPERS, held=held)] == ["n003", "n004"]


def test_a_draft_is_no_entry_until_someone_has_read_it(tmp_path: Path) -> None:
    (draft,) = rated(tmp_path, talk())
    path = write_set(tmp_path, [draft])
    assert "is a draft" in str(check(path, PAPERS.values()).faults[0])
    for nugget in draft["nuggets"]:
        nugget["must_contain"] = ["CURE" if nugget["paper"] == CURE.title else "STEER"]
    del draft["draft"]
    assert not check(write_set(tmp_path, [draft]), PAPERS.values()).faults


@pytest.mark.parametrize(
    "broken",
    ["{", {}, talk(rating="so-so"), talk(answer=None), talk(sources={"x": {"verdict": "so-so"}})],
)
def test_what_is_no_rated_question(tmp_path: Path, broken: Any) -> None:
    with pytest.raises(BadInput, match=r"rated\.jsonl:2: "):
        rated(tmp_path, talk(), broken)


def sources(**verdicts: str) -> dict[str, Any]:
    return {paper: {"verdict": verdict, "note": ""} for paper, verdict in verdicts.items()}


def test_verdicts_on_sources_count_more_than_the_thumb(tmp_path: Path) -> None:
    cure, steer = LIST_ANSWER.papers
    (up,) = rated(tmp_path, talk(sources=sources(**{cure: "partial"})))
    assert (up["relevant"], up["partial"]) == ([STEER.title], [CURE.title])
    assert [n["paper"] for n in up["nuggets"]] == [STEER.title]
    (down,) = rated(tmp_path, talk(rating="down", sources=sources(**{steer: "relevant"})))
    assert down["relevant"] == [STEER.title]
    assert f"to be judged: {CURE.title}" in down["note"]
    (wrong,) = rated(tmp_path, talk(sources=sources(**{steer: "not", cure: "relevant"})))
    assert wrong["relevant"] == [CURE.title]
    assert f"judged not relevant: {STEER.title}" in wrong["note"]


def test_a_declined_question_with_a_relevant_paper_is_answerable(tmp_path: Path) -> None:
    entry = talk(answer=jsons.answer(DECLINED), rating="down")
    (draft,) = rated(tmp_path, entry | {"sources": sources(**{STEER.paper_id: "relevant"})})
    assert draft["type"] != "unanswerable"
    assert draft["relevant"] == [STEER.title]


def test_a_question_judged_twice_makes_one_draft_of_all_that_was_said(tmp_path: Path) -> None:
    cure, steer = LIST_ANSWER.papers
    (draft,) = rated(
        tmp_path,
        talk(note="good", sources=sources(**{cure: "relevant", steer: "relevant"})),
        talk(
            question="Which  papers", rating="down", note="bad", sources=sources(**{steer: "not"})
        ),
    )
    assert draft["relevant"] == [CURE.title]
    assert "rated up. good. bad" in draft["note"]
    again = drafts.draft([talk(question="WHICH papers?!")], PAPERS, held=[draft])
    assert again == []
