"""Data folders of other versions: an earlier one is brought up to date with all that it holds, a
newer one is refused and stays as it is, byte for byte."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from citewell import Corpus
from rag.errors import NewerData
from rag.storage import versions
from rag.storage.catalog import Catalog
from rag.storage.database import Database
from rag.storage.index_manager import open_or_rebuild
from tests.corpus import papers
from tests.ui.archives import folder as whole
from tests.ui.commands import Run
from ui.archives import layout
from ui.web.chat.conversations import Conversations

EARLIER = Path(__file__).parent / "earlier"
"""Folders as each version has written them; a database as the SQL that makes it."""
COMMANDS = (
    ("ask", "what is entropy?"),
    ("search", "entropy"),
    ("papers",),
    ("ingest",),
    ("reindex",),
    ("searches",),
    ("doctor", "--offline"),
    ("corpora",),
    ("backup", "all.zip"),
    ("corpora", "export", "default", "all.zip"),
    ("restore", "all.zip", "--force"),
    ("corpora", "import", "all.zip", "--as", "b"),
    ("ui", "--port", "1"),
)


def state(folder: Path) -> dict[Path, tuple[int, bytes]]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file: (file.stat().st_mtime_ns, file.read_bytes()) for file in files}


def make_newer(folder: Path, store: str) -> None:
    if store == versions.FORMAT_FILE:
        (folder / store).write_text(f"{versions.FORMAT + 1}\n")
        return
    db = sqlite3.connect(folder / store)
    db.execute(f"PRAGMA user_version = {versions.DATABASES[store] + 1}")
    db.close()


@pytest.mark.parametrize("store", [*versions.DATABASES, versions.FORMAT_FILE])
@pytest.mark.parametrize("corpus", [None, "tea"])
def test_a_store_of_a_newer_version_is_refused_untouched(
    tmp_path: Path, run: Run, store: str, corpus: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "data"
    folder = whole.corpora.folder(root, corpus)
    whole.make(root, 2)
    if corpus:
        whole.talk(folder)
        monkeypatch.setenv("CITEWELL_CORPUS", corpus)
    make_newer(folder, store)
    before = state(root)
    for command in COMMANDS if corpus is None else COMMANDS[:7]:
        code, _, err = run(*command)
        assert code == 1, command
        assert "newer Citewell" in err
        assert "Update Citewell" in err
    with pytest.raises(NewerData):
        Corpus.open(root, corpus=corpus)
    if store in versions.DATABASES:
        with pytest.raises(NewerData):
            Database(folder, store, schema="", version=versions.DATABASES[store])
    assert state(root) == before


def test_nothing_is_done_with_a_corpus_of_a_newer_version_by_way_of_another(
    tmp_path: Path, run: Run
) -> None:
    root = tmp_path / "data"
    whole.make(root, 2)
    assert run("backup", tmp_path / "all.zip")[0] == 0
    make_newer(whole.corpora.folder(root, "tea"), "catalog.sqlite3")
    before = state(whole.corpora.folder(root, "tea"))
    for command in (
        ("backup", tmp_path / "b.zip"),
        ("restore", tmp_path / "all.zip", "--force"),
        ("corpora", "remove", "tea", "--yes"),
    ):
        code, _, err = run(*command)
        assert code == 1
        assert "newer Citewell" in err
    code, _, err = run("corpora")
    assert code == 0
    assert "tea: " in err and "newer Citewell" in err
    assert state(whole.corpora.folder(root, "tea")) == before


def test_every_database_of_the_layout_has_a_version() -> None:
    places = {part.place for part in layout.PARTS if part.what == "database"}
    assert places == set(versions.DATABASES)


@pytest.mark.parametrize("version", sorted(one.name for one in EARLIER.iterdir()))
def test_a_folder_of_each_version_opens_with_all_that_it_holds(
    tmp_path: Path, version: str
) -> None:
    root = tmp_path / "data"
    shutil.copytree(EARLIER / version, root)
    for script in root.glob("*.sql"):
        db = sqlite3.connect(script.with_suffix(".sqlite3"))
        db.executescript(script.read_text("utf-8"))
        db.close()
        script.unlink()
    for _ in range(2):  # the second time there is nothing to do
        versions.require_known(root)
        catalog = Catalog(root)
        held = [replace(paper, citekey="") for paper in catalog.papers()]
        assert held == sorted(papers(2), key=lambda paper: paper.paper_id)
        indexes = open_or_rebuild(catalog)
        assert len(indexes.chunk_ids) == 2
        assert catalog.arrived_since(0) == {paper.paper_id for paper in papers(2)}
        indexes.close()
        catalog.close()
        whole.check(root)
    for name, known in versions.DATABASES.items():
        if (root / name).exists():  # nobody logs in there
            assert versions.held(root / name) == known


def test_all_steps_are_taken_or_none(tmp_path: Path) -> None:
    first = Database(tmp_path, "a.sqlite3", schema="CREATE TABLE a (x);", version=1)
    first.db.execute("INSERT INTO a VALUES (7)")
    first.close()
    wrong = {1: ("ALTER TABLE a ADD COLUMN y", "ALTER TABLE none ADD COLUMN z")}
    with pytest.raises(Exception, match="none"):
        Database(tmp_path, "a.sqlite3", schema="", version=2, steps=wrong)
    right = {1: ("ALTER TABLE a ADD COLUMN y DEFAULT 8",), 2: ("UPDATE a SET x = x + y",)}
    third = Database(tmp_path, "a.sqlite3", schema="", version=3, steps=right)
    assert third.db.execute("SELECT * FROM a").fetchall() == [(15, 8)]
    third.close()


def write_earlier(folder: Path) -> None:
    """How `earlier/NAME` was made, by the version in question."""
    from tests.corpus import filled

    filled(folder, 2).close()
    whole.talk(folder)
    whole.judge(folder)
    Conversations(folder).close()
    shutil.rmtree(folder / "index")
    for file in folder.glob("*.sqlite3"):
        db = sqlite3.connect(file)
        version = db.execute("PRAGMA user_version").fetchone()[0]
        script = "\n".join([*db.iterdump(), f"PRAGMA user_version = {version};", ""])
        file.with_suffix(".sql").write_text(script, "utf-8")
        db.close()
    for file in folder.glob("*.sqlite3*"):
        file.unlink()
