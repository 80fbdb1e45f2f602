"""Commands that write: papers, indexes, drafts of questions."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.ui.commands import Run, loaded


@pytest.mark.slow
def test_fresh_folder_is_filled_first_and_json_stays_alone(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("papers", "--json", "--data-dir", tmp_path / "new")
    assert code == 0
    assert len(json.loads(out)) == 536


def test_ingest_counts_and_does_nothing_twice(run: Run, bundled_dir: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(bundled_dir, folder)
    code, out, _ = run("ingest", "--data-dir", folder)
    assert code == 0
    assert "records 612, papers 536, new 0, updated 0, unchanged 536, rejected 0" in out


def test_ingest_takes_what_is_good_and_says_what_is_not(
    run: Run, bundled_dir: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    shutil.copytree(bundled_dir, folder)
    papers = tmp_path / "papers.jsonl"
    good = {"title": "Zebras at Night", "abstract": "We study zebras at night. They sleep."}
    papers.write_text(json.dumps(good) + "\nnonsense\n")
    binary = tmp_path / "page.txt"
    binary.write_bytes(bytes(range(256)) * 20)
    code, out, err = run("ingest", papers, binary, "--json", "--data-dir", folder)
    counts = json.loads(out)
    assert code == 2
    assert (counts["records"], counts["new"]) == (1, 1)
    assert counts["rejected"] >= 2
    assert "papers.jsonl:2" in err
    hits = loaded(run, "search", "zebras", "-k", 1, "--json", "--data-dir", folder)["hits"]
    assert hits[0]["title"] == "Zebras at Night"


def test_reindex_rebuilds(run: Run, bundled_dir: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(bundled_dir, folder)
    shutil.rmtree(folder / "index")
    code, out, _ = run("reindex", "--data-dir", folder)
    assert code == 0
    assert "536" in out


def test_judged_answers_become_drafts(run: Run, bundled_dir: Path, tmp_path: Path) -> None:
    from tests.ui.web.chat.test_conversations import answered_turn
    from ui.web.chat.conversations import Conversations, digest
    from ui.web.judging.judgements import Judgement

    folder, out = tmp_path / "data", tmp_path / "drafts.jsonl"
    shutil.copytree(bundled_dir, folder)
    code, _, err = run("eval", "new", "-o", out, "--data-dir", folder)
    assert (code, out.exists()) == (2, False)
    assert "No answer has been judged" in err
    conversations = Conversations(folder)
    asked = answered_turn("plain")
    conversations.keep("someone", "c1", [asked])
    owner = digest("someone") or ""
    conversations.judgements.put(owner, "c1", asked.id, "", Judgement(verdict="up", note="so"))
    conversations.close()
    for _ in range(2):
        code, _, err = run("eval", "new", "-o", out, "--data-dir", folder)
        assert code == 0, err
    (draft,) = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert (draft["question"], draft["draft"]) == ("plain", True)
    assert "rated up. so" in draft["note"]
