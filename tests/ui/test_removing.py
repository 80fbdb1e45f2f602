"""Papers taken out again, in the terminal."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.build import ingest
from rag.adapters.fakes import HashEmbedder
from rag.records import Source
from rag.storage.catalog import Catalog
from rag.storage.index_manager import open_or_rebuild
from tests.corpus import filled, paper, papers
from tests.ui.commands import Run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ten papers of page.txt, of which the first two are in more.bib as well, and one that is in
    more.bib alone."""
    catalog = filled(tmp_path / "data", 10)
    source = (Source(name="more.bib", line=1),)
    more = [replace(paper(n), sources=source) for n in (0, 1, 10)]
    ingest(more, catalog, HashEmbedder())
    assert len(catalog) == 11
    return tmp_path / "data"


def ids(folder: Path) -> set[str]:
    return {one.paper_id for one in Catalog(folder).papers()}


def indexed(folder: Path) -> set[str]:
    return {one.paper_id for one in open_or_rebuild(Catalog(folder)).papers.papers()}


def removed(run: Run, folder: Path, *arguments: str) -> str:
    code, out, err = run("remove", *arguments, "--data-dir", folder)
    assert code == 0, err
    return out


def test_a_paper_leaves_catalog_and_indexes(run: Run, folder: Path) -> None:
    gone = paper(3)
    out = removed(run, folder, gone.paper_id, "--yes")
    assert gone.title in out
    assert "1 paper removed. 10 papers in the catalog." in out
    assert ids(folder) == indexed(folder) == {p.paper_id for p in papers(11)} - {gone.paper_id}
    assert not Catalog(folder).arrived_since(0) - ids(folder)


def test_a_source_leaves_with_the_papers_that_no_other_brought(run: Run, folder: Path) -> None:
    path = "/somewhere/more.bib"  # as it was typed for ingest
    told = json.loads(removed(run, folder, "--source", path, "--yes", "--json"))
    assert told["removed"] == [paper(10).paper_id]
    assert set(told["kept"]) == {paper(0).paper_id, paper(1).paper_id}
    assert ids(folder) == indexed(folder) == {p.paper_id for p in papers(10)}
    (first,) = Catalog(folder).papers([paper(0).paper_id])
    assert [source.name for source in first.sources] == ["page.txt"]


def test_nothing_goes_unasked(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = ids(folder)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert "would be removed" in removed(run, folder, paper(3).paper_id, "--dry-run")
    code, _, err = run("remove", paper(3).paper_id, "--data-dir", folder)
    assert code == 2
    assert "--yes" in err
    assert ids(folder) == before


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nobody",), "No paper has the id 'nobody'"),
        (("--source", "other.bib"), "Sources: page.txt, more.bib."),
        ((), "Name papers by their ids, or one --source."),
        (("nobody", "--source", "page.txt"), "Name papers by their ids, or one --source."),
    ],
)
def test_what_is_not_there_is_told(
    run: Run, folder: Path, arguments: tuple[str, ...], told: str
) -> None:
    code, _, err = run("remove", *arguments, "--yes", "--data-dir", folder)
    assert code in (1, 2)
    assert told in " ".join(err.split())
    assert len(ids(folder)) == 11


def test_an_emptied_folder_does_not_get_the_bundled_papers(run: Run, folder: Path) -> None:
    for source in ("page.txt", "more.bib"):
        removed(run, folder, "--source", source, "--yes")
    assert not ids(folder)
    code, _, err = run("ask", "entropy", "--data-dir", folder)
    assert code == 1
    assert "kept for your own" in err
