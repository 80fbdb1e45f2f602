"""Catalogues in JSON that spell their keys, dates and names otherwise: read, or reported with the
line, and never without a word."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dates import is_no_date
from ingest.readers import ReadResult, read_bytes

PAPER = {"title": "A Title", "abstract": "We study how a page is read."}


def read(**more: object) -> ReadResult:
    return read_bytes(json.dumps({**PAPER, **more}).encode(), "p.jsonl")


@pytest.mark.parametrize(
    ("more", "published", "precision"),
    [
        ({"date": "2024-03-15"}, "2024-03-15", "day"),
        ({"year": 2024}, "2024", "year"),
        ({"year": "2024"}, "2024", "year"),
        ({"Year": 2024}, "2024", "year"),
        ({"publication_date": "2024-03"}, "2024-03", "month"),
        ({"publicationDate": "2024-03-15", "year": 2024}, "2024-03-15", "day"),
        ({"published": None, "date": "2024-03-15"}, "2024-03-15", "day"),
        ({"published": "2024-03", "year": 2023}, "2024-03", "month"),
        ({"published_at": "2024-03-15T08:30:00Z"}, "2024-03-15", "day"),
        ({"published": "2024-03-15 08:30:00"}, "2024-03-15", "day"),
        ({"published": 2024}, "2024", "year"),
        ({"date": "2024/3/5"}, "2024-03-05", "day"),
        ({"issued": {"date-parts": [[2024, 3, 5]]}}, "2024-03-05", "day"),
        ({"issued": {"date-parts": [["2024"]]}}, "2024", "year"),
        ({"date": "March 2024"}, "2024-03", "month"),
        ({"date": "5 Mar 2024"}, "2024-03-05", "day"),
        ({"date": "March 5th, 2024"}, "2024-03-05", "day"),
        ({"date": "Tue, 05 Mar 2024 17:59:59 GMT"}, "2024-03-05", "day"),
        ({"date": "2024 Sept 5"}, "2024-09-05", "day"),
        ({"updated": "2024-03-15"}, None, None),
    ],
)
def test_dates_under_other_keys(
    more: dict[str, object], published: str | None, precision: str | None
) -> None:
    (paper,) = read(**more).records
    assert (paper.published, paper.date_precision) == (published, precision)


@pytest.mark.parametrize(
    ("more", "published"),
    [
        ({"date": "Spring 2024"}, "2024"),
        ({"year": 24}, None),
        ({"year": True}, None),
        ({"pub_date": "2024-02-30"}, "2024"),
        ({"date": "31 February 2024"}, "2024"),
        ({"date": "03/04/2024"}, "2024"),
    ],
)
def test_of_an_odd_date_what_is_sure_is_taken_and_told(
    more: dict[str, object], published: str | None
) -> None:
    (paper,) = (reading := read(**more)).records
    assert paper.published == published
    assert "date not taken as it stands in line 1" in reading.notices[0]


def test_names_in_parts() -> None:
    (paper,) = read(
        author=[
            {"family": "Smith", "given": "Jane"},
            {"name": "Charles Babbage"},
            {"given": "Vincent", "non-dropping-particle": "van", "family": "Gogh"},
            "Ada Lovelace",
            {"literal": "The Team"},
        ]
    ).records
    assert paper.authors == (
        *("Jane Smith", "Charles Babbage", "Vincent van Gogh", "Ada Lovelace", "The Team"),
    )
    assert paper.author_count == 5


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        ("Ada Lovelace", ["Ada Lovelace"]),
        ("Smith, Jane and Doe, John", ["Jane Smith", "John Doe"]),
        ("Smith, J.; van der Berg, Hans A.;", ["J. Smith", "Hans A. van der Berg"]),
        ("Jane Smith, John Doe, Wei Zhang", ["Jane Smith", "John Doe", "Wei Zhang"]),
        ("Jane Smith & Alex Sand", ["Jane Smith", "Alex Sand"]),
    ],
)
def test_names_in_one_string(authors: str, names: list[str]) -> None:
    (paper,) = read(authors=authors).records
    assert list(paper.authors) == names
    assert paper.author_count == len(names)


def test_identifiers_and_votes_under_other_keys() -> None:
    (paper,) = read(DOI="10.1000/xyz", arXiv="2503.01234", link="https://a.org/x", likes=4).records
    assert (paper.doi, paper.arxiv_id, paper.upvotes) == ("10.1000/xyz", "2503.01234", 4)
    assert paper.url == "https://a.org/x"


@given(
    st.text(max_size=12) | st.integers() | st.none(), st.sampled_from(["date", "year", "issued"])
)
def test_no_date_is_lost_without_a_word(value: object, key: str) -> None:
    reading = read(**{key: value})
    assert len(reading.records) == 1
    if reading.records and reading.records[0].published is None:
        assert reading.notices or is_no_date(value)
