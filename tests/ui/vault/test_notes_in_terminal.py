"""`citewell notes sync`, from the reading list and the kept answers to the files of a vault."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from rag.assistant import Assistant
from rag.config import load
from tests.ui.commands import Run, loaded
from ui import session
from ui.web.chat.conversations import Conversations, digest
from ui.web.chat.turn import ChatTurn
from ui.web.judging.judgements import Judgement
from ui.web.marks.kept import Change
from ui.web.store import HERE

QUESTION = "which papers mitigate entropy collapse in RLVR?"


@pytest.fixture
def folder(bundled_dir: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bundled_dir, tmp_path / "data"))


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    made = tmp_path / "vault"
    made.mkdir()
    return made


def no_progress(title: str) -> Any:
    raise AssertionError("everything is indexed")


def kept(folder: Path, verdict: str = "up") -> ChatTurn:
    """An answer as the page keeps it, and what was said of it."""
    assistant: Assistant = session.ready(load(data_dir=folder), no_progress)
    turn = ChatTurn(id="turn-1", question=QUESTION, asked_on="2026-11-21")
    for event in assistant.stream(QUESTION):
        turn.take(event)
    conversations = Conversations(folder)
    conversations.keep("somebody", "conversation-1", [turn])
    said = Judgement(verdict=verdict, note="Read [[again]].")
    conversations.judgements.put(digest("somebody") or "", "conversation-1", "turn-1", "", said)
    conversations.close()
    return turn


def statuses(told: dict[str, Any]) -> dict[str, str]:
    return {note["path"]: note["status"] for note in told["notes"]}


def test_a_reading_list_becomes_notes(run: Run, folder: Path, vault: Path) -> None:
    where = ("--data-dir", folder)
    code, _, err = run("notes", "sync", vault, *where)
    assert code == 0 and "citewell mark ID --to-read" in err
    turn = kept(folder)
    assert turn.answer
    one = turn.answer.papers[0]
    run("mark", one, "--to-read", "--tag", "to do", "--note", "Mine: [[x]]", *where)
    dry = loaded(run, "notes", "sync", vault, "--dry-run", "--json", *where)
    assert dry["dry_run"] and set(statuses(dry).values()) == {"new"}
    assert list(vault.iterdir()) == []
    done = loaded(run, "notes", "sync", vault, "--json", *where)
    assert statuses(done) == statuses(dry) and done["counts"] == {"new": 2}
    paper, answer = (vault / path for path in statuses(done))
    text = paper.read_text("utf-8")
    front = yaml.safe_load(text.split("---\n")[1])
    stored = turn.papers[one]
    assert front["citewell-paper"] == one and front["title"] == stored.title
    assert paper.stem == f"@{front['citekey']}"
    assert "#citewell/to-read #to-do" in text and "[[x]]" not in text
    assert stored.abstract[:60] in text
    text = answer.read_text("utf-8")
    assert f"[[{paper.stem}|" in text and "Read \\[\\[again\\]\\]." in text
    again = loaded(run, "notes", "sync", vault, "--json", *where)
    assert again["counts"] == {"unchanged": 2}


def test_what_becomes_of_notes_is_told(run: Run, folder: Path, vault: Path) -> None:
    where = ("--data-dir", folder)
    papers = [p["paper_id"] for p in loaded(run, "papers", "--json", *where)][:3]
    for paper in papers:
        run("mark", paper, "--read", *where)
    conversations = Conversations(folder)
    conversations.marks.change(HERE, "t-gone", "A paper that left", Change(reading="read"))
    conversations.close()
    code, out, err = run("notes", "sync", vault, *where)
    assert code == 0 and out.count("new  ") == 3 and "3 notes: 3 new" in out
    assert "A paper that left (t-gone)" in " ".join(err.split())
    notes = sorted((vault / "Papers").iterdir())
    notes[0].write_bytes(notes[0].read_bytes().replace(b"[!abstract]", b"[!mine]"))
    run("mark", papers[1], "--tag", "new", *where)
    run("mark", papers[2], "--off-list", *where)
    before = {note: note.read_bytes() for note in notes}
    told = loaded(run, "notes", "sync", vault, "--json", *where)
    assert sum(told["counts"].values()) == 3 and told["counts"]["kept"] == 1
    left = [note for note in notes if note.read_bytes() == before[note]]
    whys = {note["path"]: note["why"] for note in told["notes"]}
    assert "edited by hand" in whys[notes[0].relative_to(vault).as_posix()]
    assert notes[0] in left
    code, out, _ = run("notes", "sync", vault, *where)
    assert "not on the reading list" in out
    loaded(run, "notes", "sync", vault, "--force", "--json", *where)
    assert b"[!mine]" not in notes[0].read_bytes()


def test_answers_are_chosen(run: Run, folder: Path, vault: Path) -> None:
    where = ("--data-dir", folder, "--json")
    kept(folder, verdict="down")
    assert loaded(run, "notes", "sync", vault, *where)["notes"] == []
    assert run("notes", "sync", vault, "--conversation", "nope", *where)[0] == 2
    first = loaded(run, "notes", "sync", vault, "--conversation", "conversation", *where)
    assert first["counts"] == {"new": 1}
    assert loaded(run, "notes", "sync", vault, *where)["counts"] == {"unchanged": 1}
    assert loaded(run, "notes", "sync", vault, "--answers", "none", *where)["notes"] == []
    conversations = Conversations(folder)
    assert conversations.forget("somebody", "conversation-1")
    conversations.close()
    (note,) = loaded(run, "notes", "sync", vault, *where)["notes"]
    assert note["status"] == "kept" and "not kept any more" in note["why"]
    assert (vault / note["path"]).exists()


def test_a_folder_that_is_not_there_is_not_made(run: Run, folder: Path, tmp_path: Path) -> None:
    code, out, err = run("notes", "sync", tmp_path / "typo", "--data-dir", folder)
    assert code == 2 and "There is no folder" in err and not (tmp_path / "typo").exists()
    assert json.dumps(out) == '""'
