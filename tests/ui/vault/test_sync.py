"""Notes in a vault: written, found again, brought up to date, and never taken from their owner."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import UsageError
from ui.vault import sync
from ui.vault.chosen import Kind, Wanted
from ui.vault.held import opened
from ui.vault.sync import Outcome


def wanted(body: str, *, name: str = "@key", id_: str = "t-1", kind: Kind = "paper") -> Wanted:
    return Wanted(
        kind=kind,
        id=id_,
        title="A title",
        name=name,
        properties=f'---\ncitewell-{kind}: "{id_}"\n---\n',
        body=lambda links: body + (links["t-1"] if kind == "answer" else ""),
    )


def run(folder: Path, *notes: Wanted, force: bool = False) -> list[Outcome]:
    vault = opened(folder)
    return [sync.write(vault, one) for one in sync.plan(vault, notes, force=force)]


def told(done: list[Outcome]) -> list[tuple[str, str]]:
    return [(one.path, one.status) for one in done]


own = st.lists(
    st.sampled_from(["\n", "\r\n", "words", "é", "[[x]]", "%%", "```", "- [ ] a", "\t", "---"])
    | st.text(st.characters(blacklist_categories=["Cs"]), max_size=6),
    max_size=8,
).map("".join)


@given(own, own, own, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_what_people_wrote_stays_byte_for_byte(
    front: str, before: str, after: str, newline: str, bom: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert told(run(Path(folder), wanted("one"))) == [("Papers/@key.md", "new")]
        note = Path(folder, "Papers/@key.md")
        head, line, rest = note.read_bytes().decode().partition("%% citewell:begin")
        part, line_end, _ = rest.partition("%% citewell:end %%")
        front = front.replace("---", "").replace("citewell", "")
        front = " ".join(front.split())
        head = head.replace("---\n", f'---\nmine: "{front}"\n', 1)
        start = ("\ufeff" if bom else "") + head.replace("\n", newline) + before + newline
        middle = (line + part + line_end).replace("\n", newline)
        note.write_bytes((start + middle + after).encode())
        assert told(run(Path(folder), wanted("one"))) == [("Papers/@key.md", "unchanged")]
        assert note.read_bytes() == (start + middle + after).encode()
        for body in ("two\n\nlines", "", "two é"):
            assert told(run(Path(folder), wanted(body))) == [("Papers/@key.md", "updated")]
            written = note.read_bytes()
            assert written.startswith(start.encode()) and written.endswith(after.encode())
            inner = written[len(start.encode()) : len(written) - len(after.encode())]
            assert inner.startswith(b"%% citewell:begin") and inner.endswith(b"citewell:end %%")
            assert (b"\r" in inner) == (newline == "\r\n")
            assert told(run(Path(folder), wanted(body))) == [("Papers/@key.md", "unchanged")]
            assert note.read_bytes() == written
        assert sorted(p.name for p in Path(folder).rglob("*")) == ["@key.md", "Papers"]


def test_an_edited_part_is_left_unless_forced(tmp_path: Path) -> None:
    run(tmp_path, wanted("one"))
    note = tmp_path / "Papers/@key.md"
    edited = note.read_bytes().replace(b"\none", b"\nmine")
    note.write_bytes(edited)
    (done,) = run(tmp_path, wanted("two"))
    assert done.status == "left alone" and "--force" in done.why
    assert note.read_bytes() == edited
    assert told(run(tmp_path, wanted("two"), force=True)) == [("Papers/@key.md", "updated")]
    assert b"\ntwo\n" in note.read_bytes() and b"mine" not in note.read_bytes()


def test_a_note_is_found_wherever_it_is_moved_and_linked_to_by_its_new_name(tmp_path: Path) -> None:
    (tmp_path / ".obsidian").mkdir()
    answer = wanted("see ", name="why", id_="a-1", kind="answer")
    run(tmp_path, wanted("one"), answer)
    (tmp_path / "Deep/er").mkdir(parents=True)
    moved = (tmp_path / "Papers/@key.md").rename(tmp_path / "Deep/er/Mine.MD")
    folder = tmp_path / "Deep"  # new notes go there; all of the vault is looked through
    assert told(run(folder, wanted("two"), answer)) == [
        ("Deep/er/Mine.MD", "updated"),
        ("Answers/why.md", "updated"),
    ]
    assert b"\ntwo\n" in moved.read_bytes()
    assert "\nsee Mine\n" in (tmp_path / "Answers/why.md").read_text("utf-8")
    (tmp_path / "mine.md").write_text("another note of this name", "utf-8")
    run(folder, wanted("two"), answer)
    assert "\nsee Deep/er/Mine\n" in (tmp_path / "Answers/why.md").read_text("utf-8")


def test_what_is_in_the_way_or_odd_is_left(tmp_path: Path) -> None:
    papers = tmp_path / "Papers"
    papers.mkdir()
    (papers / "@KEY.md").write_text("somebody's literature note", "utf-8")
    assert told(run(tmp_path, wanted("one"))) == [("Papers/@key-2.md", "new")]
    assert (papers / "@KEY.md").read_text("utf-8") == "somebody's literature note"
    note = papers / "@key-2.md"
    whole = note.read_bytes()
    for odd in (
        whole.replace(b"%% citewell:end %%", b""),
        whole + whole,
        whole + b"\xff\xfe",
    ):
        note.write_bytes(odd)
        (done,) = run(tmp_path, wanted("two"), force=True)
        assert done.status == "left alone" and done.why
        assert note.read_bytes() == odd
    note.write_bytes(whole)
    (tmp_path / "copy.md").write_bytes(whole)
    (done,) = run(tmp_path, wanted("two"))
    assert done.status == "left alone" and "more than once" in done.why
    assert note.read_bytes() == (tmp_path / "copy.md").read_bytes() == whole


def test_a_note_changed_between_reading_and_writing_is_left(tmp_path: Path) -> None:
    run(tmp_path, wanted("one"))
    vault = opened(tmp_path)
    (planned,) = sync.plan(vault, [wanted("two")])
    (other,) = sync.plan(vault, [wanted("three", name="new", id_="t-2")])
    note = tmp_path / "Papers/@key.md"
    note.write_bytes(note.read_bytes() + b"typed meanwhile")
    (tmp_path / "Papers/new.md").write_bytes(b"came meanwhile")
    assert sync.write(vault, planned).status == sync.write(vault, other).status == "left alone"
    assert note.read_bytes().endswith(b"typed meanwhile")
    assert (tmp_path / "Papers/new.md").read_bytes() == b"came meanwhile"


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_out_of_the_vault_are_refused(tmp_path: Path) -> None:
    vault, outside = tmp_path / "vault", tmp_path / "outside"
    vault.mkdir()
    outside.mkdir()
    run(outside, wanted("one"))
    theirs = outside / "Papers/@key.md"
    before = theirs.read_bytes()
    (vault / "Papers").symlink_to(outside / "Papers")
    with pytest.raises(UsageError, match="leads out of the vault"):
        run(vault, wanted("two"))
    (vault / "Papers").unlink()
    (vault / "Papers").mkdir()
    (vault / "Papers/@key.md").symlink_to(theirs)
    (vault / "link.md").symlink_to(theirs)
    assert told(run(vault, wanted("two"))) == [("Papers/@key-2.md", "new")]
    assert theirs.read_bytes() == before
    with pytest.raises(UsageError, match="no folder"):
        run(vault / "nowhere", wanted("two"))
