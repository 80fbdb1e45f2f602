"""One data folder, several processes; and folders that nothing can be written to: nobody waits for
a writer, what is quoted stands in the text that was indexed, and what is missing is said."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ingest.build import ingest
from rag.adapters.fakes import HashEmbedder
from rag.assistant import Assistant
from rag.config import Config
from rag.errors import CatalogLocked
from rag.storage import index_manager as indexes
from rag.storage.catalog import Catalog
from rag.storage.index_manager import IndexManager
from tests.corpus import filled, paper
from ui.doctor import examine
from ui.session import BUNDLED, ready

OTHER = "Words of the new edition stand here. Method M3 is no longer what it was in the old one."


def asking(folder: Path) -> Assistant:
    return Assistant(
        index_manager=IndexManager(Catalog(folder)),
        embedder=HashEmbedder(),
        config=Config(data_dir=folder),
    )


def ahead(catalog: Catalog) -> None:
    """As a writer leaves the catalog before it has renewed the indexes."""
    with catalog.writing():
        catalog.put(paper(3, text=OTHER))


def test_a_question_does_not_wait_for_a_writer(tmp_path: Path) -> None:
    writer = filled(tmp_path)
    with writer.lock():
        ahead(writer)
        result = asking(tmp_path).search("method M3 for diffusion number 3", k=30)
        assert len(result.hits) == 30
        for hit in result.hits:  # the text that was indexed, to the letter
            assert hit.quote == hit.paper.abstract[hit.start : hit.end] != ""
            assert hit.paper.abstract != OTHER
        (notice,) = result.notices
        assert "30 papers as last indexed" in notice
        assert "Another Citewell process is writing" in notice


def test_answers_say_it_too_and_the_next_sees_all(tmp_path: Path) -> None:
    writer = filled(tmp_path)
    assistant = asking(tmp_path)
    assert assistant.ask("which papers are on diffusion?").notices == ()
    with writer.lock():
        ahead(writer)
        answer = assistant.ask("which papers are on diffusion?")
        assert any("not what has been added or changed" in n for n in answer.notices)
        ingest([paper(3, text=OTHER), paper(77)], writer, HashEmbedder())
    found = {h.paper.paper_id: h.paper for h in assistant.search("graphs", k=40).hits}
    assert assistant.ask("which papers are on diffusion?").notices == ()
    assert found[paper(3).paper_id].abstract == OTHER
    assert paper(77).paper_id in found


def test_what_a_crashed_writer_left_is_indexed_by_the_next_who_asks(tmp_path: Path) -> None:
    filled(tmp_path)
    warm = asking(tmp_path)
    assert not warm.search("graphs").notices
    ahead(Catalog(tmp_path))
    for assistant in (warm, asking(tmp_path)):
        result = assistant.search("graphs", k=30)
        assert not result.notices
        assert OTHER in {hit.paper.abstract for hit in result.hits}


def test_vectors_of_another_model_are_never_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = filled(tmp_path)
    monkeypatch.setattr(indexes, "_PATIENCE", 0.1)
    with writer.lock():
        writer.set_manifest({"embedder": "another"})
        with pytest.raises(CatalogLocked, match="Another Citewell process"):
            indexes.open_or_rebuild(Catalog(tmp_path))


def test_index_that_cannot_be_renewed_is_served_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead(filled(tmp_path))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    result = asking(tmp_path).search("graphs", k=30)
    assert len(result.hits) == 30
    assert "No space left on device. Free some space" in result.notices[0]


class RememberingDisplay:
    """A progress display that remembers."""

    def __init__(self) -> None:
        self.titles: list[str] = []
        self.begun = threading.Event()

    def __call__(self, stage: str, done: int, total: int) -> None:
        assert 0 <= done <= total
        self.begun.set()

    @contextlib.contextmanager
    def show(self, title: str) -> Iterator[RememberingDisplay]:
        self.titles.append(title)
        yield self


def test_what_is_indexed_is_enough_while_another_ingests_again(tmp_path: Path) -> None:
    writer = filled(tmp_path)
    shown = RememberingDisplay()
    with writer.lock():
        writer.set_manifest({"unfinished": BUNDLED})
        ready(Config(data_dir=tmp_path), shown.show)
    assert shown.titles == []


def test_a_first_ingest_of_another_process_is_awaited_and_not_repeated(tmp_path: Path) -> None:
    Catalog(tmp_path).close()
    shown = RememberingDisplay()
    held = threading.Event()

    def other() -> None:
        catalog = Catalog(tmp_path)
        with catalog.lock():
            held.set()
            assert shown.begun.wait(30)
            ingest([paper(1)], catalog, HashEmbedder())
        catalog.close()

    process = threading.Thread(target=other)
    process.start()
    assert held.wait(30)
    assistant = ready(Config(data_dir=tmp_path), shown.show)
    process.join()
    assert shown.titles == ["Another Citewell process is indexing this folder"]
    assert [p.paper_id for p in assistant.index_manager.catalog.papers()] == [paper(1).paper_id]


def test_doctor_tells_who_writes_and_what_is_behind(tmp_path: Path) -> None:
    def told() -> dict[str, tuple[str, bool]]:
        sections = dict(examine(Config(data_dir=tmp_path)).sections)
        return {name: (value, fine) for name, value, fine in sections["Corpus and indexes"]}

    writer = filled(tmp_path)
    assert told()["index"][1]
    assert told()["search"] == ("by Chroma, as near as exact search", True)
    ahead(writer)
    writer.set_manifest({"unfinished": "citewell ingest more.jsonl"})
    with writer.lock():
        report = told()
        assert "another Citewell process" in report["writing"][0]
        assert report["index"][1]
        assert "ingest" not in report
    report = told()
    assert "writing" not in report
    assert report["ingest"] == ("one was interrupted; run again: citewell ingest more.jsonl", False)
    assert "older than the catalog" in report["index"][0]
    writer.db.execute("UPDATE chunks SET vector = x'00' WHERE rowid = 1")
    assert "citewell reindex --embed" in told()["vectors"][0]
    shutil.rmtree(indexes.folder(writer))
    indexes.folder(writer).write_text("mine")
    assert "mv '" in told()["index"][0]
    writer.close()
    (tmp_path / "catalog.sqlite3").write_bytes(b"no database" * 1000)
    assert "is damaged" in told()["catalog"][0]


CITEWELL = ("-m", "ui.cli")

# Reads a read-only folder, in which somebody who may write then does, and then may itself.
WATCHER = """
import sys
from pathlib import Path
from ingest.build import ingest
from rag.adapters.fakes import HashEmbedder
from rag.storage.catalog import Catalog
from rag.errors import FolderReadOnly
from tests.corpus import paper

catalog = Catalog(Path(sys.argv[1]))
before = len(catalog)
assert catalog.read_only
try:
    ingest([paper(50)], catalog, HashEmbedder())
except FolderReadOnly:
    print(before, "refused")
for place in (catalog.folder, *catalog.folder.rglob("*")):
    place.chmod(0o755)
other = Catalog(catalog.folder)
ingest([paper(51)], other, HashEmbedder())
other.close()
print(len(catalog), catalog.read_only)
ingest([paper(50)], catalog, HashEmbedder())
print(len(catalog))
"""


@pytest.fixture
def locked_up(bundled_dir: Path, tmp_path: Path) -> Iterator[Path]:
    """A folder of the bundled corpus that may be read only."""
    folder = tmp_path / "read-only"
    shutil.copytree(bundled_dir, folder)
    Catalog(folder).close()  # settles its WAL
    places = [folder, *folder.rglob("*")]
    for place in places:
        place.chmod(0o555 if place.is_dir() else 0o444)
    yield folder
    for place in places:
        with contextlib.suppress(FileNotFoundError):
            place.chmod(0o755 if place.is_dir() else 0o644)


def confined(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Python as somebody who is bound by permissions, which root is not."""
    command = [sys.executable, *arguments]
    if os.geteuid() == 0:
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            pytest.skip("root is bound by no permissions, and setpriv is not there to change that")
        command = [setpriv, "--bounding-set=-dac_override", "--", *command]
    root = Path(__file__).parent.parent
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def test_a_read_only_folder_is_asked_and_not_written_to(locked_up: Path, bundled_dir: Path) -> None:
    before = {f: f.stat().st_mtime_ns for f in locked_up.rglob("*")}
    where = ("--data-dir", str(locked_up))
    asked = confined(
        *CITEWELL, "ask", "which papers mitigate entropy collapse in RLVR?", "--json", *where
    )
    assert asked.returncode == 0, asked.stderr
    answer = json.loads(asked.stdout)
    assert answer["status"] == "answered"
    assert answer["notices"] == []
    abstracts = {p.paper_id: p.abstract for p in Catalog(bundled_dir).papers()}
    for c in answer["citations"]:
        assert abstracts[c["paper_id"]][c["start"] : c["end"]] == c["quote"]
    refused = confined(*CITEWELL, "ingest", *where)
    assert refused.returncode == 1
    told = " ".join(refused.stderr.split())
    assert "is read-only" in told
    assert "chmod -R u+w" in told
    doctor = json.loads(confined(*CITEWELL, "doctor", "--json", *where).stdout)
    assert doctor["healthy"]
    assert "read-only" in doctor["Corpus and indexes"]["writing"]["value"]
    assert "exact" in doctor["Corpus and indexes"]["search"]["value"]
    after = {f: f.stat().st_mtime_ns for f in locked_up.rglob("*")}
    assert {f: t for f, t in after.items() if f in before} == before


def test_a_folder_that_becomes_writable_is_written_to(tmp_path: Path) -> None:
    filled(tmp_path).close()
    for place in (tmp_path, *tmp_path.rglob("*")):
        place.chmod(0o555)
    done = confined("-c", WATCHER, str(tmp_path))
    assert done.stdout.splitlines() == ["30 refused", "31 False", "32"], done.stderr
