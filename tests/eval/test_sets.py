"""Every question set says who wrote it and what it was used for, and is what its entry says."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path

import pytest

from eval import sets
from eval.jsonl import every
from eval.questions import check, shape_faults
from eval.session import DATA
from ingest.dedupe import merge
from ingest.readers import read
from rag.errors import BadInput
from rag.records import Paper

SETS = sets.load(DATA / "sets.json")
IDS = {s.papers for s in SETS} - {sets.BUNDLED}
each_set = pytest.mark.parametrize("entry", SETS, ids=[s.name for s in SETS])


def ids(name: str) -> list[str]:
    found: list[str] = json.loads((DATA / name).read_text("utf-8"))
    return found


@pytest.fixture(scope="module")
def bundled() -> list[Paper]:
    return merge(read([Path(str(files("ingest"))) / "corpus"]).records)


def test_every_set_has_one_entry() -> None:
    assert sorted(s.file for s in SETS) == sorted(p.name for p in DATA.glob("*.jsonl"))
    assert sorted(IDS) == sorted(p.name for p in DATA.glob("*.ids.json"))


@each_set
def test_a_set_has_the_questions_that_its_entry_says(entry: sets.QuestionSet) -> None:
    questions = [question for _, question in every(DATA / entry.file)]
    assert len(questions) == entry.questions
    assert len({question["id"] for question in questions}) == entry.questions
    assert [fault for question in questions for fault in shape_faults(question)] == []


@each_set
def test_labels_over_the_bundled_corpus_hold(entry: sets.QuestionSet, bundled: list[Paper]) -> None:
    if entry.papers == sets.BUNDLED:
        assert [str(f) for f in check(DATA / entry.file, bundled).faults] == []


@pytest.mark.parametrize("name", sorted(IDS))
def test_an_ids_file_lists_papers(name: str) -> None:
    found = ids(name)
    assert len(set(found)) == len(found) == {"arxiv-second.ids.json": 240}.get(name, 400)
    assert [i for i in found if not re.fullmatch(r"\d{4}\.\d{5}", i)] == []
    # A set over other papers can name more of them than its ids file has only by mistake.
    for entry in SETS:
        if entry.papers == name:
            questions = [question for _, question in every(DATA / entry.file)]
            titles = {t for q in questions for t in (*q["relevant"], *q["partial"])}
            assert len(titles) <= len(found)


def test_papers_of_an_unseen_set_are_in_no_used_one() -> None:
    """But for the bundled papers, on which the documents say so."""
    used = {i for s in SETS if not s.unseen and s.papers in IDS for i in ids(s.papers)}
    unseen = {i for s in SETS if s.unseen and s.papers in IDS for i in ids(s.papers)}
    assert unseen
    assert not unseen & used


def test_the_floors_are_of_a_used_set() -> None:
    named = json.loads((DATA / "floors.json").read_text("utf-8"))["questions"]
    assert {s.file: s.unseen for s in SETS}[named] is False


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"use": "fresh"}, "use"),
        ({"questions": "12"}, "questions"),
        ({"since": "2026-12-01"}, "since"),
        ({"use": "tuned"}, "since"),
    ],
)
def test_entries_that_say_something_else_are_refused(
    tmp_path: Path, change: dict[str, str], said: str
) -> None:
    sound = {
        "file": "a.jsonl",
        "questions": 1,
        "papers": "bundled",
        "written": "2026-12-01",
        "writer": "somebody",
        "knew": "nothing",
        "use": "unseen",
        "used_for": "figures",
        "since": None,
    }
    path = tmp_path / "sets.json"
    path.write_text(json.dumps([sound]), "utf-8")
    assert sets.load(path)[0].unseen
    path.write_text(json.dumps([sound | change]), "utf-8")
    with pytest.raises(BadInput, match=said):
        sets.load(path)
