"""Corpora and whole data folders as archives: what goes in comes out, and nothing else."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import sqlite3
import stat
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.config import load
from rag.errors import BadInput, CatalogLocked, CitewellError, NewerData, NotFound, UsageError
from rag.settings import corpora
from rag.storage import versions
from rag.storage.catalog import Catalog
from rag.storage.index_manager import open_current
from tests.ui.archives import folder as whole
from tests.ui.web.chat.test_conversations import answered_turn
from ui.archives import layout, placing, writing
from ui.archives.manifest import NAME, Manifest
from ui.web.chat.conversations import Conversations


def quiet(stage: str, done: int, total: int) -> None:
    pass


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("original") / "data"
    whole.make(root)
    return root


@pytest.fixture
def root(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(original, tmp_path / "data"))


@pytest.fixture(scope="module")
def tea(original: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of the corpus tea."""
    file = tmp_path_factory.mktemp("archive") / "tea.zip"
    config = load(data_dir=original, corpus="tea", environ={})
    writing.export(config, file, personal=False, report=quiet)
    return file


def export(root: Path, name: str, file: Path, *, personal: bool = False) -> Manifest:
    config = load(data_dir=root, corpus=name, environ={})
    return writing.export(config, file, personal=personal, report=quiet)


def state(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file, but locks, with time of the last write and content."""
    return {
        str(file.relative_to(folder)): (file.stat().st_mtime_ns, file.read_bytes())
        for file in folder.rglob("*")
        if file.is_file() and not file.name.endswith(".lock")
    }


# -- a corpus ------------------------------------------------------------------------------


def test_a_corpus_comes_out_as_it_went_in(root: Path, tmp_path: Path) -> None:
    export(root, "default", tmp_path / "a.zip")
    elsewhere = tmp_path / "elsewhere"
    name, _ = placing.import_corpus(elsewhere, tmp_path / "a.zip", "new", quiet)
    folder = corpora.folder(elsewhere, name)
    assert placing.index(folder, quiet) == ""
    before, after = Catalog(root), Catalog(folder)
    assert after.papers() == before.papers()
    assert (after.chunks()[1] == before.chunks()[1]).all()
    open_current(after).close()
    names = {file.name for file in folder.iterdir()}
    assert names & {part.place.partition("/")[0] for part in layout.PARTS} == {
        "catalog.sqlite3",
        "cells",
    }


def test_what_was_said_goes_along_when_it_is_asked_for(root: Path, tmp_path: Path) -> None:
    export(root, "default", tmp_path / "a.zip", personal=True)
    placing.import_corpus(tmp_path / "b", tmp_path / "a.zip", "new", quiet)
    whole.check(corpora.folder(tmp_path / "b", "new"))
    assert not (corpora.folder(tmp_path / "b", "new") / "config.toml").exists()


def test_paths_of_this_machine_stay_here(root: Path, tmp_path: Path) -> None:
    command = f"citewell ingest {tmp_path}/private.bib"
    catalog = Catalog(root)
    catalog.set_manifest({"unfinished": command})
    catalog.close()
    export(root, "default", tmp_path / "a.zip")
    held = zipfile.ZipFile(tmp_path / "a.zip").read("catalog.sqlite3")
    assert b"private.bib" not in held


def test_a_name_that_is_taken_or_no_name_is_refused(root: Path, tea: Path) -> None:
    before = state(root)
    for name in (None, "TEA", "..", "default", "nul"):
        with pytest.raises(UsageError):
            placing.import_corpus(root, tea, name, quiet)
    assert state(root) == before


def test_a_removed_corpus_is_gone_and_the_others_stay(root: Path) -> None:
    whole.talk(corpora.folder(root, "tea"))
    placing.remove(root, "tea")
    assert not list((root / corpora.FOLDER).iterdir())
    whole.check(root)
    with pytest.raises(UsageError, match="There are: default"):
        placing.remove(root, "tea")


def test_a_corpus_that_is_written_to_is_not_removed(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing, "_PATIENCE", 0)
    lock = corpora.folder(root, "tea") / "catalog.sqlite3.lock"
    with FileLock(lock), pytest.raises(CatalogLocked):
        placing.remove(root, "tea")
    assert corpora.names(root) == ["tea"]


# -- what no archive may do ----------------------------------------------------------------


def repacked(tea: Path, target: Path, change: Callable[[dict[str, Any], Any], None]) -> Path:
    """`tea` with its manifest (and what else is packed) changed."""
    with zipfile.ZipFile(tea) as source, zipfile.ZipFile(target, "w") as archive:
        about = json.loads(source.read(NAME))
        files = {name: source.read(name) for name in source.namelist() if name != NAME}
        change(about, files)
        for name, content in files.items():
            archive.writestr(name, content)
        archive.writestr(NAME, json.dumps(about))
    return target


def adds(place: str) -> Callable[[dict[str, Any], Any], None]:
    def change(about: dict[str, Any], files: dict[str, bytes]) -> None:
        files[place] = b"x"
        about["files"][place] = {"size": 1, "sha256": hashlib.sha256(b"x").hexdigest()}

    return change


def of_a_link(about: dict[str, Any], files: Any) -> None:
    info = zipfile.ZipInfo("catalog.sqlite3")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    files[info] = files.pop("catalog.sqlite3")


def bomb(about: dict[str, Any], files: dict[str, bytes]) -> None:
    files["cells/a.jsonl"] = b""
    about["files"]["cells/a.jsonl"] = {"size": 10**12, "sha256": "0" * 64}


def without_papers(about: dict[str, Any], files: dict[str, bytes]) -> None:
    about["files"] = {}
    files.clear()


def trigger(about: dict[str, Any], files: dict[str, bytes]) -> None:
    import hashlib

    db = sqlite3.connect(":memory:")
    db.deserialize(files["catalog.sqlite3"])
    db.execute("CREATE TRIGGER t AFTER INSERT ON papers BEGIN DELETE FROM papers; END")
    held = files["catalog.sqlite3"] = db.serialize()
    digest = hashlib.sha256(held).hexdigest()
    about["files"]["catalog.sqlite3"] = {"size": len(held), "sha256": digest}


def other(about: dict[str, Any], files: dict[str, bytes]) -> None:
    files["catalog.sqlite3"] = files["catalog.sqlite3"][:-1] + b"!"


@pytest.mark.parametrize(
    "change",
    [
        *map(adds, ("../a", "/a", "cells/../../a.jsonl", "cells/a/b.jsonl", "cells\\a.jsonl")),
        *map(adds, ("index/1/a", "catalog.sqlite3-wal", "corpora/../a/catalog.sqlite3", ".a")),
        *map(adds, ("config.toml", "people.sqlite3", "corpora/x/cells/a.jsonl")),
        *(of_a_link, bomb, without_papers, trigger, other),
    ],
)
def test_an_archive_that_was_meddled_with_is_refused_and_leaves_nothing(
    root: Path, tea: Path, tmp_path: Path, change: Any
) -> None:
    before = state(root.parent)
    file = repacked(tea, tmp_path / "bad.zip", change)
    with pytest.raises(BadInput):
        placing.import_corpus(root, file, "new", quiet)
    file.unlink()
    assert state(root.parent) == before
    assert [one.name for one in (root / corpora.FOLDER).iterdir()] == ["tea"]


def test_an_archive_of_a_newer_citewell_is_refused(root: Path, tea: Path, tmp_path: Path) -> None:
    file = repacked(tea, tmp_path / "new.zip", lambda about, _: about.update(format=2))
    with pytest.raises(NewerData):
        placing.import_corpus(root, file, "new", quiet)

    def later_schema(about: dict[str, Any], files: dict[str, bytes]) -> None:
        import hashlib

        held = bytearray(files["catalog.sqlite3"])
        held[60:64] = (99).to_bytes(4, "big")
        files["catalog.sqlite3"] = bytes(held)
        about["files"]["catalog.sqlite3"]["sha256"] = hashlib.sha256(held).hexdigest()

    with pytest.raises(NewerData):
        file = repacked(tea, tmp_path / "new.zip", later_schema)
        placing.import_corpus(root, file, "new", quiet)
    assert corpora.names(root) == ["tea"]


@settings(max_examples=150)
@given(data=st.data())
def test_damage_anywhere_is_noticed_or_changes_nothing(
    data: st.DataObject, tea: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    held = bytearray(tea.read_bytes())
    kind = data.draw(st.sampled_from(["change", "cut", "junk"]))
    at = data.draw(st.integers(0, len(held) - 1))
    if kind == "change":
        held[at] ^= data.draw(st.integers(1, 255))
    elif kind == "cut":
        del held[at:]
    else:
        held = bytearray(data.draw(st.binary(max_size=200)))
    folder = tmp_path_factory.mktemp("damaged")
    file = folder / "a.zip"
    file.write_bytes(held)
    try:
        name, _ = placing.import_corpus(folder / "data", file, "new", quiet)
    except CitewellError:
        assert not corpora.names(folder / "data")
        return
    catalog = Catalog(corpora.folder(folder / "data", name))
    assert len(catalog) == 3
    catalog.close()


@given(st.text(alphabet=st.sampled_from("acjls./\\:*\0-é"), max_size=12))
def test_no_place_leads_out_of_the_folder(place: str) -> None:
    for written in (place, f"cells/{place}", f"corpora/{place}", f"corpora/tea/cells/{place}"):
        if layout.part_at(written) is not None:
            assert (Path("/data") / written).resolve().is_relative_to("/data")
            assert ".." not in written.split("/")


# -- the whole folder ----------------------------------------------------------------------


def test_a_backup_while_somebody_talks_holds_all_that_was_there_before(
    root: Path, tmp_path: Path
) -> None:
    """The thread goes on writing until the backup is through."""
    begun, over = threading.Event(), threading.Event()

    def talk() -> None:
        kept = Conversations(root)
        number = 0
        while not over.is_set():
            kept.keep(whole.ANNA, f"later-{number}", [answered_turn("plain")])
            number += 1
            if number == 3:
                begun.set()
        kept.close()

    talking = threading.Thread(target=talk)
    talking.start()
    begun.wait()
    try:
        writing.backup(root, tmp_path / "all.zip", keys=False, report=quiet)
    finally:
        over.set()
        talking.join()
    assert stat.S_IMODE((tmp_path / "all.zip").stat().st_mode) == 0o600
    target = tmp_path / "new"
    placing.restore(target, tmp_path / "all.zip", force=False, report=quiet)
    whole.check(target)
    kept = Conversations(target)
    assert all(kept.load(whole.ANNA, f"later-{number}") for number in range(3))
    kept.close()
    for name in (None, "tea"):
        assert placing.index(corpora.folder(target, name), quiet) == ""
        with_them = Catalog(corpora.folder(root, name)), Catalog(corpora.folder(target, name))
        assert with_them[0].papers() == with_them[1].papers()
    for file in ("chat_history", "runs/dev-1.json", "sets/mine.jsonl"):
        assert (target / file).read_bytes() == (root / file).read_bytes()


def test_what_a_running_page_has_only_in_its_log_is_in_the_backup(tmp_path: Path) -> None:
    root = tmp_path / "data"
    whole.filled(root, 2).close()
    page = Conversations(root)  # its tables are not in the file itself yet
    page.keep(whole.ANNA, "c1", [answered_turn("plain")])
    writing.backup(root, tmp_path / "all.zip", keys=False, report=quiet)
    page.close()
    placing.restore(tmp_path / "new", tmp_path / "all.zip", force=False, report=quiet)
    kept = Conversations(tmp_path / "new")
    assert kept.load(whole.ANNA, "c1")
    kept.close()


def test_a_store_of_an_earlier_version_is_saved_as_it_is(root: Path, tmp_path: Path) -> None:
    db = sqlite3.connect(root / "conversations.sqlite3")
    db.executescript("DROP TABLE marks; DROP TABLE searches; PRAGMA user_version = 4;")
    db.close()
    writing.backup(root, tmp_path / "all.zip", keys=False, report=quiet)
    placing.restore(tmp_path / "new", tmp_path / "all.zip", force=False, report=quiet)
    for folder in (root, tmp_path / "new"):
        assert versions.held(folder / "conversations.sqlite3") == 4
    kept = Conversations(tmp_path / "new")
    assert kept.load(whole.ANNA, "c1")
    kept.close()


@pytest.mark.parametrize("keys", [False, True])
def test_keys_go_along_only_when_they_are_asked_for(root: Path, tmp_path: Path, keys: bool) -> None:
    writing.backup(root, tmp_path / "all.zip", keys=keys, report=quiet)
    held = zipfile.ZipFile(tmp_path / "all.zip").read("config.toml").decode()
    assert ("sk-secret" in held) == keys
    assert "# my server" in held
    placing.restore(tmp_path / "new", tmp_path / "all.zip", force=False, report=quiet)
    assert load(data_dir=tmp_path / "new", environ={}).model == "m"
    assert stat.S_IMODE((tmp_path / "new" / "config.toml").stat().st_mode) == 0o600


def test_a_folder_in_use_is_replaced_only_by_force(root: Path, tmp_path: Path) -> None:
    backup = tmp_path / "all.zip"
    writing.backup(root, backup, keys=False, report=quiet)
    other = tmp_path / "other"
    whole.make(other, 2)
    (other / "thesis.tex").write_text("mine")
    before = state(other)
    with pytest.raises(UsageError, match="is in use"):
        placing.restore(other, backup, force=False, report=quiet)
    assert state(other) == before
    placing.restore(other, backup, force=True, report=quiet)
    assert len(Catalog(other)) == 6
    assert (other / "thesis.tex").read_text() == "mine"
    assert not [one for one in other.iterdir() if one.name.startswith((".in-", ".put-"))]


def test_a_restore_that_fails_half_way_leaves_what_was_there(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = tmp_path / "all.zip"
    writing.backup(root, backup, keys=False, report=quiet)
    before = state(root)
    rename, left = Path.rename, iter(range(9))

    def failing(self: Path, target: Path) -> Path:
        if next(left, None) == 8:
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(CitewellError, match="Input/output error"):
        placing.restore(root, backup, force=True, report=quiet)
    assert state(root) == before


def test_a_damaged_backup_changes_nothing(root: Path, tmp_path: Path) -> None:
    backup = tmp_path / "all.zip"
    writing.backup(root, backup, keys=False, report=quiet)
    held = io.BytesIO()
    with zipfile.ZipFile(backup) as source, zipfile.ZipFile(held, "w") as archive:
        for name in source.namelist():
            content = source.read(name)
            archive.writestr(name, b"+nothing" if name == "chat_history" else content)
    backup.write_bytes(held.getvalue())
    before = state(root)
    with pytest.raises(BadInput):
        placing.restore(root, backup, force=True, report=quiet)
    assert state(root) == before


def test_a_file_of_another_kind_is_told_by_the_command_for_it(
    root: Path, tea: Path, tmp_path: Path
) -> None:
    with pytest.raises(BadInput) as told:
        placing.restore(root, tea, force=True, report=quiet)
    assert "citewell corpora import" in told.value.remedy
    with pytest.raises(NotFound):
        writing.backup(tmp_path / "none", tmp_path / "none.zip", keys=False, report=quiet)
    with pytest.raises(BadInput, match="cannot be read"):
        placing.import_corpus(root, tmp_path / "none.zip", None, quiet)


def test_all_that_a_folder_holds_is_in_the_archive_or_derived(root: Path) -> None:
    """A new store needs a line in the layout."""
    found = {one.file for one in layout.of_data_folder(root)}
    for file in _files(root):
        derived = set(file.relative_to(root).parts) & {*layout.DERIVED}
        assert file in found or derived or file.name.endswith((".lock", "-wal", "-shm")), file


def _files(root: Path) -> Iterator[Path]:
    return (file for file in root.rglob("*") if file.is_file())
