"""Paths and bytes of any kind, through `ingest.readers`."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readers import SUFFIXES, read, read_bytes
from rag.errors import BadInput


def test_paths_that_cannot_be_read_are_problems(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "paper.xyz").write_bytes(b"MZ and more")
    os.mkfifo(tmp_path / "pipe.txt")
    paths = [tmp_path / "none.txt", tmp_path / "empty", tmp_path / "paper.xyz"]
    reading = read([*paths, tmp_path / "pipe.txt"])
    assert [problem.message for problem in reading.problems] == [
        "there is no such file or folder",
        "the folder holds no page",
        "the file's format is not known",
        "this is neither a file nor a folder",
    ]
    assert [problem.path for problem in reading.problems] == [*paths, tmp_path / "pipe.txt"]
    assert all(problem.remedy for problem in reading.problems)


def test_folder_means_its_visible_files_of_known_kinds(tmp_path: Path) -> None:
    for name in ("b.txt", "a.TXT", ".hidden.txt", "notes.md"):
        (tmp_path / name).write_text(f"Title of {name}\nAn abstract is read.\n")
    reading = read([tmp_path])
    assert [record.title for record in reading.records] == ["Title of a.TXT", "Title of b.txt"]
    assert reading.problems == ()


def test_year_that_is_none_is_refused() -> None:
    with pytest.raises(BadInput, match="0 is not a year"):
        read([], year=0)


@given(st.binary() | st.text().map(str.encode), st.sampled_from(SUFFIXES))
def test_anything_is_read_without_an_exception(data: bytes, suffix: str) -> None:
    reading = read_bytes(data, "page" + suffix)
    assert reading.records or reading.problems
    for record in reading.records:
        record.title.encode()
        record.abstract.encode()


def test_whole_documents_are_refused_with_their_line() -> None:
    lines = [
        {"title": "Fine", "abstract": "A short one."},
        {"title": "A book", "abstract": "word " * 5_000},
        {"title": "T" * 2_000, "abstract": "A title that is none."},
    ]
    page = "\n".join(json.dumps(line) for line in lines).encode()
    reading = read_bytes(page, "papers.jsonl")
    assert [record.title for record in reading.records] == ["Fine"]
    assert [problem.line for problem in reading.problems] == [2, 3]
    assert "24,999 characters" in str(reading.problems[0])


def test_what_says_nothing_is_no_paper() -> None:
    lines = [
        {"title": "!!! \N{ROBOT FACE}", "abstract": "A fine abstract of some words."},
        {"title": "Fine", "abstract": "A fine abstract of some words."},
        {"title": "Empty", "abstract": "… — \N{ROBOT FACE}"},
    ]
    reading = read_bytes("\n".join(map(json.dumps, lines)).encode(), "papers.jsonl")
    assert [record.title for record in reading.records] == ["Fine"]
    assert [(p.line, p.message.split(":")[0]) for p in reading.problems] == [
        (1, "the title holds no word"),
        (3, "a record without an abstract (it says “… — 🤖”)"),
    ]


def test_a_file_name_that_is_not_utf8_is_read(tmp_path: Path) -> None:
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.jsonl"))
    file.write_text('{"title": "Fine", "abstract": "A fine abstract of some words."}')
    (record,) = read([file]).records
    assert [source.name for source in record.sources] == ["?.jsonl"]
