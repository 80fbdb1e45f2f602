"""Which entries of services are about a paper, and what they may add to its record."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dedupe import paper_id
from ingest.enrich.proposals import Change, Entry, jobs, lacks, propose
from rag.records import Paper, Source

TITLE = "Tidal Lanterns for Patient Readers"
_PRECISION: Any = {4: "year", 7: "month", 10: "day"}


def record(title: str = TITLE, **known: Any) -> Paper:
    published = known.get("published")
    return Paper(
        **{
            "paper_id": paper_id(title, known.get("doi"), known.get("arxiv_id")),
            "title": title,
            "abstract": "We light lanterns.",
            "date_precision": _PRECISION[len(published)] if published else None,
            **known,
        }
    )


def entry(title: str = TITLE, source: str = "Crossref", **known: Any) -> Entry:
    known = {"authors": ("Ada Quill", "Bo Marsh"), "author_count": 2, **known}
    told = replace(record(title, **known), abstract="", sources=(Source(name="page", line=3),))
    return Entry(paper=told, source=source)


def added(paper: Paper, *told: Entry, others: tuple[Paper, ...] = ()) -> dict[str, Any]:
    return {c.field: c.new for c in propose([paper], told, [paper, *others]).changes}


def test_each_value_has_its_source_and_what_was_there() -> None:
    paper = record(doi="10.1000/a", published="2025")
    changes = propose([paper], [entry(doi="10.1000/A", published="2025-03-04")], [paper]).changes
    assert changes[-1] == Change(
        paper_id=paper.paper_id,
        field="published",
        old="2025",
        new="2025-03-04",
        source="Crossref",
        page="page:3",
    )
    assert {c.field for c in changes} == {"authors", "author_count", "published"}


def test_nothing_that_is_stated_is_changed() -> None:
    paper = record(
        doi="10.1000/a",
        arxiv_id="2501.00001",
        url="https://a.test",
        authors=("A. Quill",),
        author_count=1,
        published="2025-03-01",
    )
    other = entry(arxiv_id="2501.00001", doi="10.1000/a", published="2024-01-02", url="https://b.t")
    assert lacks(paper) == []
    assert added(paper, other) == {}


@pytest.mark.parametrize(
    "title",
    [
        TITLE.upper() + ".",
        "Tidal Lanterns: For Patient-Readers",
        "Tidal {L}anterns for \\emph{Patient} Readers",
        "Tídal lanterns for patient reäders",
        "Tidal <i>Lanterns</i> for Patient Readers",
    ],
)
def test_a_title_in_another_spelling_is_the_same(title: str) -> None:
    found = added(
        record(), entry(title, doi="10.1000/a", published="2025-03-04", url="https://a.t")
    )
    assert found == {
        "authors": ("Ada Quill", "Bo Marsh"),
        "author_count": 2,
        "published": "2025-03-04",
        "doi": "10.1000/a",
        "url": "https://a.t",
    }


@pytest.mark.parametrize(
    ("paper", "other"),
    [
        (record(), entry("Tidal Lanterns for Impatient Readers")),
        (record(), entry("Tidal Lanterns for Patient Readers II")),
        (record(published="2021"), entry(published="2025-03-04")),
        (record(authors=("Cy Reed",)), entry(doi="10.1000/a")),
        (record(author_count=3), entry()),
        (record("Introduction"), entry("Introduction")),
        (record(doi="10.1000/mine"), entry(doi="10.1000/other")),
        (record(arxiv_id="2501.00001"), entry()),
        (record("A Treatise on Squid", doi="10.1000/a"), entry(doi="10.1000/a")),
    ],
)
def test_what_may_be_another_paper_adds_nothing(paper: Paper, other: Entry) -> None:
    assert added(paper, other) == {}


def test_an_identifier_of_another_title_is_told() -> None:
    paper = record("A Treatise on Squid", doi="10.1000/a")
    assert propose([paper], [entry(doi="10.1000/a")], [paper]).doubts == ((paper.paper_id, TITLE),)


def test_a_short_title_is_enough_with_an_author() -> None:
    paper = record("Introduction", authors=("Quill, A.",))
    assert added(paper, entry("Introduction", doi="10.1000/a")) == {"doi": "10.1000/a"}


def test_only_what_all_entries_agree_on_is_taken() -> None:
    found = added(record(), entry(doi="10.1000/a"), entry(doi="10.1000/b"))
    assert found == {"authors": ("Ada Quill", "Bo Marsh"), "author_count": 2}


@pytest.mark.parametrize(
    ("held", "told", "source", "taken"),
    [
        (None, "2025", "Crossref", "2025"),
        ("2025", "2025-10", "Crossref", "2025-10"),
        ("2025-10", "2025-11-03", "Crossref", None),
        ("2025", "2024-12-31", "Crossref", None),
        ("2025", "2025-01-01", "OpenAlex", None),
        (None, "2025-01-01", "OpenAlex", "2025"),
        ("2025", "2025-01-01", "Crossref", "2025-01-01"),
    ],
)
def test_dates_become_finer_and_never_others(
    held: str | None, told: str, source: str, taken: str | None
) -> None:
    paper = record(doi="10.1000/a", published=held)
    assert added(paper, entry(doi="10.1000/a", source=source, published=told)).get("published") == (
        taken
    )


def test_an_identifier_that_another_paper_has_is_told_and_not_given() -> None:
    paper, other = record(), record("Lanterns, an Earlier Draft", doi="10.1000/a")
    found = propose([paper], [entry(doi="10.1000/a")], [paper, other])
    assert {c.field for c in found.changes} == {"authors", "author_count"}
    assert found.twins == ((paper.paper_id, other.paper_id),)


def test_an_identifier_is_given_to_one_of_two_papers_alone() -> None:
    papers = [record(), record(TITLE + "!")]
    found = propose(papers, [entry(doi="10.1000/a")], papers)
    assert [c.paper_id for c in found.changes if c.field == "doi"] == [papers[0].paper_id]


def test_papers_are_looked_up_by_the_best_that_is_known() -> None:
    papers = [
        record(arxiv_id="2501.00001v2", doi="10.1000/a"),
        record(doi="10.1000/b"),
        record(doi="10.1000/c,d"),
        record("Lanterns | {\\'E}tudes, of tides"),
    ]
    asked = {job.source.name: job.query.ids for job in jobs(papers, "openalex")}
    assert asked == {
        "arxiv-ids": ("2501.00001",),
        "openalex-dois": ("10.1000/b",),
        "openalex-titles": (TITLE, "Lanterns | Études, of tides"),
    }
    title = jobs(papers, "openalex")[-1]
    assert title.source.ask(title.query, "1", 1).params[0] == (
        "filter",
        "title.search:lanterns études of tides",
    )


_WORDS = st.text(alphabet="abcdefghij ÄÖ{}$\\-:,.", min_size=1, max_size=40)


@given(_WORDS, _WORDS)
def test_titles_are_the_same_both_ways_round(one: str, other: str) -> None:
    there = added(record(one), entry(other, doi="10.1000/a"))
    back = added(record(other), entry(one, doi="10.1000/a"))
    if len(one.split()) >= 3 and len(other.split()) >= 3:
        assert bool(there) == bool(back)
