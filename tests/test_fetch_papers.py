"""Papers of an ids file are found in files of records, or what is missing is said."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from ingest.readers import read
from scripts import fetch_papers

IDS = ["2603.00002", "2603.00001"]


def record(arxiv_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "arxiv_id": arxiv_id,
        "title": f"On {arxiv_id}",
        "abstract": f"We study {arxiv_id} at length, and find what there is to be found about it.",
        "authors": ["Ann Smith"],
        "published": "2026-03-01",
        "categories": ["cs.CL"],
        **changes,
    }


def fetched(folder: Path, lines: list[str], ids: Any = IDS, *, zipped: bool = False) -> int:
    (folder / "ids.json").write_text(json.dumps(ids), "utf-8")
    source = folder / "records"
    text = "".join(line + "\n" for line in lines).encode()
    source.write_bytes(gzip.compress(text) if zipped else text)
    out = folder / "made" / "papers.jsonl"
    return fetch_papers.main([str(folder / "ids.json"), "--from", str(source), "-o", str(out)])


RECORDS = [
    json.dumps(record("2603.00001", summary="of another")),
    "",
    json.dumps(record("2603.00003")),
    json.dumps(record("2603.00002")),
    json.dumps(record("2603.00002", title="A second one")),
]


@pytest.mark.parametrize("zipped", [False, True])
def test_found_papers_are_written_in_the_order_of_the_ids(tmp_path: Path, zipped: bool) -> None:
    assert fetched(tmp_path, RECORDS, zipped=zipped) == 0
    out = tmp_path / "made" / "papers.jsonl"
    assert [json.loads(line) for line in out.read_text("utf-8").splitlines()] == [
        record("2603.00002"),
        record("2603.00001"),
    ]
    reading = read([out])
    assert [paper.title for paper in reading.records] == ["On 2603.00002", "On 2603.00001"]
    assert not reading.problems


def test_missing_papers_are_named_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fetched(tmp_path, RECORDS[:3]) == 1
    told = capsys.readouterr().err
    assert "1 of 2 papers" in told
    assert "2603.00002" in told
    assert "2603.00001" not in told
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    ("lines", "ids", "said"),
    [
        (["{"], IDS, "records:1: is not JSON"),
        (["{}", "[]"], IDS, "records:1: is not a record"),
        (RECORDS, {"a": 1}, "is not a JSON list"),
        (RECORDS, [], "is not a JSON list"),
        (RECORDS, ["1", "1"], "names an id twice"),
    ],
)
def test_files_that_cannot_be_used_are_named(
    tmp_path: Path, lines: list[str], ids: Any, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fetched(tmp_path, lines, ids) == 1
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("damage", [lambda b: b[:-12], lambda b: b[:20] + b"\xff\xff" + b[22:]])
def test_damaged_gzip_is_no_traceback(
    tmp_path: Path, damage: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    fetched(tmp_path, RECORDS * 50, zipped=True)
    source = tmp_path / "records"
    source.write_bytes(damage(source.read_bytes()))
    ids = tmp_path / "ids.json"
    ids.write_text(json.dumps(["2603.99999"]), "utf-8")
    assert fetch_papers.main([str(ids), "--from", str(source), "-o", str(tmp_path / "o")]) == 1
    assert capsys.readouterr().err
    assert not (tmp_path / "o").exists()
