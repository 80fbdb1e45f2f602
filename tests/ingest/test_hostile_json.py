"""JSON that somebody has got wrong or made to harm: each object is refused for its true reason, and
the others go in."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readers import read_bytes

GOOD = '{"title": "Zebras at Night", "abstract": "They sleep standing up."}'
DIGITS = "9" * 5000


def _paper(more: str) -> str:
    return f'{{"title": "A Title", "abstract": "An abstract.", {more}}}'


@pytest.mark.parametrize("name", ["p.jsonl", "p.json"])
@pytest.mark.parametrize(
    "more",
    [
        f'"upvotes": {DIGITS}',
        '"upvotes": 12345678901',
        '"upvotes": 1e999',
        f'"url": {"[" * 90}{"]" * 90}',
        '"doi": "10.1/\\ud800"',
    ],
    ids=["digits", "large", "infinity", "nested", "surrogate"],
)
def test_an_odd_value_costs_itself_alone(name: str, more: str) -> None:
    rows = [GOOD, _paper(more), GOOD.replace("Zebras", "Lions")]
    text = "\n".join(rows) if name.endswith("l") else "[" + ",\n".join(rows) + "]"
    reading = read_bytes(text.encode(), name)
    titles = [record.title for record in reading.records]
    assert titles == ["Zebras at Night", "A Title", "Lions at Night"]
    assert reading.problems == ()
    assert all(record.upvotes is None and record.url is None for record in reading.records)


@pytest.mark.parametrize("name", ["p.jsonl", "p.json"])
def test_what_nests_too_deep_says_so(name: str) -> None:
    reading = read_bytes(f"{GOOD}\n{'[' * 100_000}".encode(), name)
    assert len(reading.records) == 1
    (problem,) = reading.problems
    assert (problem.line, problem.message) == (2, "it nests too deep to be read")


def test_a_number_that_is_passed_over_harms_nothing() -> None:
    reading = read_bytes(_paper(f'"citations": {DIGITS}, "score": NaN').encode(), "p.jsonl")
    assert len(reading.records) == 1
    assert not reading.problems


def test_a_fault_is_told_with_its_column_and_line() -> None:
    (problem,) = read_bytes(b'{"title": "x" "abstract"}', "p.jsonl").problems
    assert "(column 15)" in problem.message
    (problem,) = read_bytes(b'[\n{"title":\n tru }]', "p.json").problems
    assert (problem.line, "(line 3, column 2)" in problem.message) == (2, True)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(
    value=st.fixed_dictionaries(
        {"title": values, "abstract": values},
        optional=dict.fromkeys(("upvotes", "authors", "published", "doi", "url"), values),
    ),
    name=st.sampled_from(["p.jsonl", "p.json"]),
)
def test_any_object_is_a_paper_or_a_problem(value: object, name: str) -> None:
    reading = read_bytes(json.dumps(value).encode(), name)
    assert len(reading.records) + sum(reading.losses.values()) == reading.read == 1
