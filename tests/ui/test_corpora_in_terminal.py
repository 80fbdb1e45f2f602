"""Several corpora side by side, by the commands."""

from __future__ import annotations

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
