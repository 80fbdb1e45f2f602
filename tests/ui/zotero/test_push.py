"""`citewell zotero push`, against a Zotero on loopback."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from rag.export.references import reference
from rag.records import Paper
from tests.ui.commands import Run, loaded
from tests.zotero_server import Handler, ScriptedZotero, says, zotero
from ui.zotero.items import item, known_by, names_of

__all__ = ["zotero"]
SAVE = "/connector/saveItems"


@pytest.fixture
def folder(bundled_dir: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bundled_dir, tmp_path / "data"))


def marked(run: Run, folder: Path, count: int) -> list[dict[str, object]]:
    """Papers that are put on the reading list."""
    papers = loaded(run, "papers", "--json", "--data-dir", folder)
    with_arxiv = [p for p in papers if p["arxiv_id"] and p["authors"]][:count]
    for one in with_arxiv:
        run(
            "mark",
            one["paper_id"],
            "--to-read",
            "--tag",
            "RL",
            "--note",
            "<b>",
            "--data-dir",
            folder,
        )
    return with_arxiv


def test_the_reading_list_is_added_where_it_is_not(
    run: Run, zotero: ScriptedZotero, folder: Path
) -> None:
    where = ("--url", zotero.url, "--data-dir", folder)
    one, two, three = marked(run, folder, 3)
    zotero.add("K1", title="Under another title", DOI=f"10.48550/arXiv.{one['arxiv_id']}")
    zotero.add("K2", title=str(two["title"]).upper(), itemType="webpage")
    dry = loaded(run, "zotero", "push", "--dry-run", "--json", *where)
    assert sorted(dry["present"]) == sorted([one["paper_id"], two["paper_id"]])
    assert dry["new"] == [three["paper_id"]] and dry["sent"] == [] and zotero.saved == []
    zotero.selected = {"id": 3, "name": "To read"}
    code, out, _ = run("zotero", "push", *where)
    assert code == 0 and "1 paper added to “To read” in My Library, 2 there already." in out
    (saved,) = zotero.saved
    assert saved["itemType"] == "preprint" and saved["title"] == three["title"]
    assert saved["archiveID"] == f"arXiv:{three['arxiv_id']}" and saved["url"]
    assert f"Citation Key: {three['citekey']}" in saved["extra"]
    assert saved["tags"] == [{"tag": "RL"}] and saved["notes"] == [{"note": "<p>&lt;b&gt;</p>"}]
    assert len(saved["creators"]) == len(three["authors"])  # type: ignore[arg-type]
    again = loaded(run, "zotero", "push", "--json", *where)
    assert again["new"] == again["missing"] == [] and len(zotero.saved) == 1
    assert run("zotero", "push", "nope", *where)[0] == 2
    assert run("zotero", "push", "x", "--all-marked", *where)[0] == 2


def test_papers_are_named_and_what_is_not_seen_afterwards_is_told(
    run: Run, zotero: ScriptedZotero, folder: Path
) -> None:
    where = ("--url", zotero.url, "--data-dir", folder)
    papers = [p["paper_id"] for p in loaded(run, "papers", "--json", "--data-dir", folder)]
    zotero.answers[SAVE] = says(201)
    told = loaded(run, "zotero", "push", papers[0], "--json", *where)
    assert told["sent"] == told["missing"] == [papers[0]]

    saves = 0

    def fails_at_the_second(handler: Handler) -> None:
        nonlocal saves
        saves += 1
        handler.send(500 if saves > 1 else 201, "")

    zotero.answers[SAVE] = fails_at_the_second
    code, out, err = run("zotero", "push", *papers[:30], *where)
    assert code == 1 and "25 papers added" in out and "did not save (500)" in err


@pytest.mark.parametrize(
    ("selected", "told"),
    [({"libraryID": 3, "libraryName": "Lab"}, "“Lab”"), ({"libraryEditable": False}, "written")],
)
def test_another_library_is_left_alone(
    run: Run, zotero: ScriptedZotero, folder: Path, selected: dict[str, object], told: str
) -> None:
    zotero.selected = selected
    paper = loaded(run, "papers", "--json", "--data-dir", folder)[0]["paper_id"]
    code, _, err = run("zotero", "push", paper, "--url", zotero.url, "--data-dir", folder)
    assert code == 1 and told in err and "Select My Library" in err and zotero.saved == []


def test_an_item_is_known_as_the_paper_it_was_made_of() -> None:
    for told in (
        {"arxiv_id": "2503.01234v2"},
        {"doi": "10.5555/Glow.1"},
        {"arxiv_id": "cs/0112017", "doi": "10.5555/glow.1", "authors": ("WHO", "von Berg, Ada")},
        {"title": "Of $\\alpha$ and \\emph{glow-worms}"},
    ):
        fields = {"paper_id": "t-1", "title": "A title", "abstract": "Words.", **told}
        paper = Paper(**fields)  # type: ignore[arg-type]
        made = item("t-1", reference(paper))
        assert names_of(paper, reference(paper)) & known_by({"key": "K", "data": made})
    assert made["itemType"] == "document" and "DOI" not in made
    people = item("t-1", reference(Paper(**{**fields, "authors": ("WHO", "Ada von Berg")})))  # type: ignore[arg-type]
    assert people["creators"] == [
        {"lastName": "WHO", "fieldMode": 1, "creatorType": "author"},
        {"firstName": "Ada", "lastName": "von Berg", "creatorType": "author"},
    ]
    for odd in ({}, {"data": {"itemType": "note"}}, {"data": 3}, {"data": {"itemType": "book"}}):
        assert known_by(odd) == set()
