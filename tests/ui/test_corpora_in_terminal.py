"""Several corpora side by side, by the commands."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from citewell import Corpus
from tests.ui.commands import Run, loaded


@pytest.fixture
def tea(tmp_path: Path, run: Run) -> Path:
    """A data folder whose only corpus is called tea."""
    file = tmp_path / "tea.jsonl"
    about = "We propose TeaNet, which tells green tea from black by the sound that it makes."
    file.write_text(json.dumps({"title": "The sound of tea", "abstract": about}))
    assert run("--corpus", "tea", "ingest", file)[0] == 0
    return tmp_path / "data"


def test_a_corpus_is_made_by_an_ingest_and_used_by_its_name(
    tea: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (tea / "corpora" / "tea" / "catalog.sqlite3").exists()
    assert not (tea / "catalog.sqlite3").exists()
    titles = [["The sound of tea"]]
    titles.append([p["title"] for p in loaded(run, "--corpus", "tea", "papers", "--json")])
    titles.append([p["title"] for p in loaded(run, "papers", "--corpus", "tea", "--json")])
    monkeypatch.setenv("CITEWELL_CORPUS", "tea")
    titles.append([p["title"] for p in loaded(run, "papers", "--json")])
    with Corpus.open(tea, corpus="tea") as corpus:
        titles.append([paper.title for paper in corpus.papers()])
    assert titles == [["The sound of tea"]] * 5


def test_an_unknown_corpus_is_not_made_by_a_question(tea: Path, run: Run) -> None:
    code, _, err = run("ask", "what is tea?", "--corpus", "coffee")
    assert code == 2
    assert "default, tea" in err
    assert not (tea / "corpora" / "coffee").exists()


def test_a_named_corpus_is_never_filled_with_the_bundled_papers(
    tea: Path, tmp_path: Path, run: Run
) -> None:
    (tmp_path / "nothing.jsonl").write_text("{}")
    run("--corpus", "coffee", "ingest", tmp_path / "nothing.jsonl")
    code, _, err = run("--corpus", "coffee", "ask", "what is coffee?")
    assert code == 1
    assert "There are no papers" in err
    assert "citewell --corpus coffee ingest FILES" in err


def test_listed_exported_imported_removed(tea: Path, tmp_path: Path, run: Run) -> None:
    listed = loaded(run, "corpora", "--json")
    assert [(one["name"], one["papers"], one["chosen"]) for one in listed] == [
        ("default", 0, True),
        ("tea", 1, False),
    ]
    assert run("corpora", "export", "tea", tmp_path / "tea.zip")[0] == 0
    assert run("corpora", "import", tmp_path / "tea.zip", "--as", "tea.2")[0] == 0
    code, out, _ = run("--corpus", "tea.2", "corpora")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == ["corpus", "default", "tea", "•"]
    answer = loaded(run, "--corpus", "tea.2", "ask", "how is green tea told from black?", "--json")
    assert answer["citations"][0]["title"] == "The sound of tea"
    assert run("corpora", "remove", "tea.2", "--yes")[0] == 0
    assert run("corpora", "remove", "default", "--yes")[0] == 2
    assert [one["name"] for one in loaded(run, "corpora", "--json")] == ["default", "tea"]


def test_nothing_is_removed_unless_somebody_says_so(
    tea: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for said, code in (("n\n", 1), ("", 2)):
        monkeypatch.setattr("sys.stdin", io.StringIO(said))
        assert run("corpora", "remove", "tea")[0] == code
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert run("corpora", "remove", "tea")[0] == 0
    assert not (tea / "corpora" / "tea").exists()


def test_the_data_folder_may_be_named_before_what_is_done(
    tea: Path, tmp_path: Path, run: Run
) -> None:
    code, _, err = run("corpora", "--data-dir", tmp_path / "other", "remove", "tea", "--yes")
    assert (code, f"in {tmp_path / 'other'}" in err) == (2, True)
    assert (tea / "corpora" / "tea").exists()
    assert run("corpora", "--data-dir", tea, "remove", "tea", "--yes")[0] == 0


def test_a_backup_is_restored_elsewhere_and_answers(tea: Path, tmp_path: Path, run: Run) -> None:
    assert run("backup", tmp_path / "all.zip")[0] == 0
    new = ("--data-dir", tmp_path / "new")
    assert run("restore", tmp_path / "all.zip", *new)[0] == 0
    assert run("restore", tmp_path / "all.zip", *new)[0] == 2
    papers = loaded(run, "papers", "--corpus", "tea", "--json", *new)
    assert [paper["title"] for paper in papers] == ["The sound of tea"]
    assert (tmp_path / "new" / "corpora" / "tea" / "index").is_dir()


def test_what_cannot_be_written_or_read_is_told(tea: Path, tmp_path: Path, run: Run) -> None:
    for arguments in (
        ("backup", tmp_path / "none" / "all.zip"),
        ("corpora", "export", "tea", tmp_path),
        ("corpora", "import", tmp_path / "missing.zip"),
        ("restore", tmp_path, "--force"),
    ):
        code, out, err = run(*arguments)
        assert (code, out) == (2, ""), arguments
        assert str(tmp_path) in err
