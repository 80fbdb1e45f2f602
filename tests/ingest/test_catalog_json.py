"""What `citewell papers --json` prints, read back through `ingest.readers`."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        ({"title": None}, "title is missing"),
        ({"title": "  "}, "title is empty"),
        ({"abstract": 7}, "abstract must be a string, not 7"),
        ({"abstract": "\ud800"}, "abstract holds a character that is not text"),
        ({"upvotes": True}, "upvotes must be a whole number, not true"),
        ({"upvotes": -1}, "upvotes must be a whole number, not -1"),
        ({"upvotes": 10**30}, f"upvotes must be a whole number, not {10**30}"),
        ({"author_count": "2"}, 'author_count must be a whole number, not "2"'),
        ({"authors": {"Ada": 1}}, "authors must be a list of names"),
        ({"authors": [1]}, "an author must be a string, not 1"),
        ({"published": "10/2025"}, 'published must be 2025-10-11, 2025-10 or 2025, not "10/2025"'),
        ({"published": "2025-02-30"}, "published must be"),
        ({"date_precision": "day"}, 'date_precision "day" does not fit published 2025-10'),
        ({"arxiv_id": "nonsense"}, 'arxiv_id "nonsense" is none'),
        ({"url": "javascript:alert(1)"}, "url must begin with http:// or https://"),
    ],
)
def test_wrong_values_refuse_the_object_with_its_line(
    change: dict[str, object], message: str
) -> None:
    text = json.dumps(PAPER) + "\n" + json.dumps({**PAPER, **change}) + "\n{]\n[]\n"
    reading = read_bytes(text.encode(), "p.jsonl")
    assert len(reading.records) == 1
    assert [problem.line for problem in reading.problems] == [2, 3, 4]
    assert reading.problems[0].message.startswith(message)


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
    lambda text: any(c.isalnum() for c in text)
)


@given(st.lists(st.tuples(_texts, _texts, st.none() | st.integers(0, 10**9)), min_size=1))
def test_json_is_read_back(rows: list[tuple[str, str, int | None]]) -> None:
    objects = [{"title": t, "abstract": a, "upvotes": u} for t, a, u in rows]
    expected = [(t.strip(), a.strip(), u) for t, a, u in rows]
    lines = "\n".join(json.dumps(value, ensure_ascii=False) for value in objects)
    for data, name in ((json.dumps(objects), "p.json"), (lines, "p.jsonl")):
        reading = read_bytes(data.encode(), name)
        assert reading.problems == ()
        assert [(r.title, r.abstract, r.upvotes) for r in reading.records] == expected
        assert [r.paper_id for r in reading.records] == [paper_id(t) for t, _, _ in expected]
