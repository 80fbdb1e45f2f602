"""What `citewell papers --json` prints, read back through `ingest.readers`."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.cleaning import is_placeholder
from ingest.dedupe import paper_id
from ingest.readers import read_bytes

PAPER = {
    "paper_id": "whatever",
    "title": "A Title",
    "abstract": "We study how a page is read.",
    "published": "2025-10",
    "date_precision": "month",
    "author_count": 2,
    "authors": ["Ada Lovelace", "Charles Babbage"],
    "upvotes": 3,
    "arxiv_id": "2503.01234v2",
    "doi": None,
    "url": "https://arxiv.org/abs/2503.01234",
    "unknown": {"ignored": True},
}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("p.jsonl", json.dumps(PAPER) + "\n\n" + json.dumps(PAPER) + "\n"),
        ("p.json", json.dumps([PAPER, PAPER], indent=2)),
        ("p.json", json.dumps(PAPER, indent=2) + "\n" + json.dumps(PAPER)),
    ],
)
def test_json_is_read(name: str, text: str) -> None:
    reading = read_bytes(text.encode(), name)
    assert reading.problems == ()
    assert len(reading.records) == 2
    record = reading.records[0]
    assert record.paper_id == "arxiv-2503.01234"
    assert (record.published, record.date_precision) == ("2025-10", "month")
    assert record.authors == ("Ada Lovelace", "Charles Babbage")
    assert reading.records[1].sources[0].line > record.sources[0].line >= 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"title": None}, "a record without a title"),
        ({"title": "  "}, "a record without a title"),
        ({"abstract": "\ud800"}, "a record without an abstract"),
        ({"abstract": None}, "a record without an abstract"),
    ],
)
def test_without_title_or_abstract_it_is_no_paper(change: dict[str, object], message: str) -> None:
    text = json.dumps(PAPER) + "\n" + json.dumps({**PAPER, **change}) + "\n{]\n[]\n"
    reading = read_bytes(text.encode(), "p.jsonl")
    assert len(reading.records) == 1
    assert [problem.line for problem in reading.problems] == [2, 3, 4]
    assert reading.problems[0].message.startswith(message)
    assert reading.read == 4 == len(reading.records) + sum(reading.losses.values())


@pytest.mark.parametrize(
    ("change", "field", "told"),
    [
        ({"upvotes": True}, "upvotes", "upvotes"),
        ({"upvotes": -1}, "upvotes", "upvotes"),
        ({"upvotes": 10**30}, "upvotes", "upvotes"),
        ({"authors": {"Ada": 1}}, "authors", "authors"),
        ({"authors": [1]}, "authors", "authors"),
        ({"published": "some day"}, "published", "date"),
        ({"arxiv_id": "nonsense"}, "arxiv_id", "arXiv id"),
        ({"url": "javascript:alert(1)"}, "url", "address"),
    ],
)
def test_an_odd_value_is_left_out_and_told(
    change: dict[str, object], field: str, told: str
) -> None:
    (paper,) = (reading := read_bytes(json.dumps({**PAPER, **change}).encode(), "p.jsonl")).records
    assert not getattr(paper, field)
    assert reading.problems == ()
    (notice,) = reading.notices
    assert f"{told} not taken as it stands in line 1" in notice


def test_cut_json_array_keeps_what_came_before() -> None:
    text = json.dumps([PAPER, PAPER], indent=0)
    reading = read_bytes(text[:-30].encode(), "p.json")
    assert len(reading.records) == 1
    (problem,) = reading.problems
    assert problem.line and "not JSON" in problem.message
    assert text.split("\n")[problem.line - 1] == "{" and problem.line > 2
    nested = read_bytes(b"[" * 100_000, "p.json")
    assert len(nested.problems) == 1


_texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(
    lambda text: any(c.isalnum() for c in text) and not is_placeholder(text)
)


@given(st.lists(st.tuples(_texts, _texts, st.none() | st.integers(0, 10**9)), min_size=1))
def test_json_is_read_back(rows: list[tuple[str, str, int | None]]) -> None:
    own = {"paper_id": "x", "date_precision": None, "citekey": "x"}
    objects = [{**own, "title": t, "abstract": a, "upvotes": u} for t, a, u in rows]
    expected = [(t.strip(), a.strip(), u) for t, a, u in rows]
    lines = "\n".join(json.dumps(value, ensure_ascii=False) for value in objects)
    for data, name in ((json.dumps(objects), "p.json"), (lines, "p.jsonl")):
        reading = read_bytes(data.encode(), name)
        assert reading.problems == ()
        assert [(r.title, r.abstract, r.upvotes) for r in reading.records] == expected
        assert [r.paper_id for r in reading.records] == [paper_id(t) for t, _, _ in expected]
