"""Marks on papers and saved searches from the terminal."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.ui.commands import Run, loaded
from ui.web.chat.conversations import Conversations
from ui.web.marks.kept import Change
from ui.web.store import HERE

NEW = {
    "title": "Entropy collapse in RLVR, revisited",
    "abstract": "Entropy collapse is a known problem of reinforcement learning with verifiable"
    " rewards (RLVR). We mitigate entropy collapse with a regulariser of the policy's entropy."
    " It keeps exploration alive and improves accuracy on mathematics.",
}
FAR = {
    "title": "Baking bread",
    "abstract": "Bread is baked slowly. We measure how the crust grows.",
}


@pytest.fixture
def folder(bundled_dir: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bundled_dir, tmp_path / "data"))


def test_papers_are_marked_listed_and_exported(run: Run, folder: Path) -> None:
    where = ("--data-dir", folder)
    one, two, *_ = (p["paper_id"] for p in loaded(run, "papers", "--json", *where))
    (found,) = loaded(
        run, "mark", one, "--tag", "RL, to do", "--to-read", "--note", "Mine.", "--json", *where
    )
    assert found == {
        "paper_id": one, "tags": ["RL", "to do"], "reading": "to_read", "note": "Mine.",
    }  # fmt: skip
    loaded(run, "mark", two, "--tag", "rl", "--read", "--json", *where)
    for options, expected in (
        (("--tag", "RL"), [one, two]),
        (("--tag", "rl", "--to-read"), [one]),
        (("--read",), [two]),
        (("--noted",), [one]),
    ):
        listed = loaded(run, "papers", *options, "--json", *where)
        assert [p["paper_id"] for p in listed] == expected
    code, out, err = run("papers", "--tag", "RL", "--format", "bibtex", *where)
    assert code == 0, err
    assert "keywords = {RL, to do}" in out and "annote = {Mine.}" in out
    code, out, _ = run("mark", one, *where)
    assert "to read · #RL, #to do" in out and "Mine." in out
    assert run("mark", "nope", "--note", "x", *where)[0] == 2
    assert run("mark", one, "--read", "--to-read", *where)[0] == 2
    kept = Conversations(folder)
    kept.marks.change(HERE, "t-gone", "A paper that left", Change(add=("RL",)))
    kept.close()
    code, out, err = run("papers", "--tag", "RL", *where)
    assert "No longer in the corpus: A paper that left (t-gone)" in " ".join(err.split())


def test_an_ingest_names_the_searches_that_have_new_papers(
    run: Run, folder: Path, tmp_path: Path
) -> None:
    where = ("--data-dir", folder)
    for name, question in (("collapse", "entropy collapse in RLVR"), ("bread", "robot hands")):
        code, _, err = run("search", question, "-k", 1, "--save", name, *where)
        assert code == 0, err
    assert {s["name"]: s["new"] for s in loaded(run, "searches", "--json", *where)} == {
        "bread": 0, "collapse": 0,
    }  # fmt: skip
    papers = tmp_path / "new.jsonl"
    papers.write_text("\n".join(json.dumps(paper) for paper in (NEW, FAR)), "utf-8")
    code, out, err = run("ingest", papers, *where)
    assert code == 0, err
    assert "1 new for your saved search “collapse”" in out and "bread" not in out
    assert loaded(run, "ingest", papers, "--json", *where)["searches"] == []  # nothing came
    code, out, _ = run("searches", *where)
    assert "“entropy collapse in RLVR”" in out
    new = loaded(run, "searches", "Collapse", "--json", *where)
    assert [paper["title"] for paper in new] == [NEW["title"]]
    assert loaded(run, "searches", "collapse", "--json", *where) == []
    assert run("searches", "collapse", "--rename", "entropy", *where)[0] == 0
    assert run("searches", "entropy", "--delete", *where)[0] == 0
    assert [s["name"] for s in loaded(run, "searches", "--json", *where)] == ["bread"]
    code, _, err = run("searches", "entropy", *where)
    assert code == 2 and "citewell searches" in err
