"""Facts complete the papers that lack them, and overwrite nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.build import Plan, ingest, plan
from ingest.dedupe import merge
from ingest.readers import BUNDLED, ReadResult, read, read_bytes
from rag.adapters.fakes import HashEmbedder
from rag.records import Paper
from rag.storage.catalog import Catalog

ABSTRACT = "We study how tokens are chosen. It helps."


def records(*given: dict[str, object]) -> tuple[Paper, ...]:
    lines = "\n".join(json.dumps({"abstract": ABSTRACT, **one}) for one in given)
    return read_bytes(lines.encode(), "library.jsonl").records


def facts(*given: dict[str, object]) -> ReadResult:
    lines = "\n".join(json.dumps(one) for one in given)
    return read_bytes(lines.encode(), "library.facts.jsonl")


def completed(
    papers: Iterable[Paper], *given: dict[str, object], stored: Iterable[Paper] = ()
) -> Plan:
    return plan(tuple(papers), {p.paper_id: p for p in stored}, facts(*given).facts)


def test_a_paper_gets_what_it_lacks_by_its_title() -> None:
    known = {
        "title": "On TOKENS: a study",
        "arxiv_id": "2510.10150",
        "authors": ["Jane Smith", "García López, Ana"],
        "doi": "10.1234/tokens",
        "published": "2025-11-02",
        "url": "https://example.org/tokens",
    }
    before = completed(records({"title": "On tokens – a study"})).new
    found = completed(records({"title": "On tokens – a study"}), known)
    (paper,) = found.new
    assert paper.arxiv_id == "2510.10150"
    assert paper.authors == ("Jane Smith", "García López, Ana")
    assert (paper.author_count, paper.doi, paper.published) == (2, "10.1234/tokens", "2025-11-02")
    assert (paper.date_precision, paper.url) == ("day", "https://example.org/tokens")
    assert [(s.name, s.line) for s in paper.sources] == [
        ("library.facts.jsonl", 1),
        ("library.jsonl", 1),
    ]
    # What it is known by stays what it is without the facts.
    assert [(p.paper_id, p.citekey, p.title) for p in before] == [
        (paper.paper_id, paper.citekey, paper.title)
    ]
    assert (found.summary.facts, found.summary.completed, found.summary.unmatched) == (1, 1, 0)


def test_what_a_page_states_is_not_overwritten() -> None:
    stated = {
        "title": "On Tokens",
        "arxiv_id": "2401.00001",
        "authors": ["Jane Smith"],
        "published": "2024-01-03",
        "upvotes": 4,
        "url": "https://example.org/a",
        "doi": "10.1234/a",
    }
    (paper,) = records(stated)
    other = {
        **stated,
        "authors": ["J. Smith"],
        "published": "2020",
        "upvotes": 9,
        "url": "https://example.org/b",
    }
    found = completed([paper], other)
    (after,) = found.new
    assert replace(after, citekey="") == paper
    assert found.summary.completed == 0
    assert found.summary.unmatched == 0


def test_an_identifier_goes_before_the_title() -> None:
    papers = records({"title": "On Tokens"}, {"title": "Of Tokens", "arxiv_id": "2401.00001"})
    known = {"title": "On Tokens", "arxiv_id": "2401.00001", "authors": ["Jane Smith"]}
    found = completed(papers, known)
    assert {p.title: (p.arxiv_id, p.authors) for p in found.new} == {
        "On Tokens": (None, ()),
        "Of Tokens": ("2401.00001", ("Jane Smith",)),
    }


def test_papers_that_were_two_stay_two() -> None:
    papers = records({"title": "On Tokens"}, {"title": "On Words"})
    same = [{"title": title, "arxiv_id": "2401.00001"} for title in ("On Tokens", "On Words")]
    found = completed(papers, *same)
    assert sorted(p.arxiv_id or "" for p in found.new) == ["", "2401.00001"]
    again = completed(papers, *same, stored=found.new)
    assert len(again.unchanged) == 2


def test_another_paper_of_the_title_is_left_alone() -> None:
    papers = records({"title": "On Tokens", "arxiv_id": "2401.00001"})
    found = completed(papers, {"title": "On Tokens", "arxiv_id": "2502.00002", "authors": ["A B"]})
    assert found.new[0].authors == ()
    assert found.summary.unmatched == 1


def test_a_list_that_is_not_as_long_as_the_page_says_is_left_out() -> None:
    papers = records({"title": "On Tokens", "author_count": 3})
    (paper,) = completed(papers, {"title": "On Tokens", "authors": ["Jane Smith"]}).new
    assert (paper.authors, paper.author_count) == ((), 3)


def test_facts_that_match_no_paper_are_counted() -> None:
    found = completed(records({"title": "On Tokens"}), {"title": "On Words", "doi": "10.1234/x"})
    assert (found.summary.completed, found.summary.unmatched) == (0, 1)


def test_facts_alone_complete_what_is_there_without_embedding_anew(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path)
    ingest(records({"title": "On Tokens"}, {"title": "On Words"}), catalog, HashEmbedder())
    before = {p.paper_id: p for p in catalog.papers()}
    known = facts({"title": "On Words", "authors": ["Jane Smith"]}).facts
    embedded: list[str] = []
    summary = ingest(
        (),
        catalog,
        HashEmbedder(),
        facts=known,
        report=lambda stage, done, total: embedded.append(stage),
    )
    assert (summary.papers, summary.updated, summary.completed) == (0, 1, 1)
    assert "embedding" not in embedded
    after = {p.paper_id: p for p in catalog.papers()}
    assert after.keys() == before.keys()
    assert [p.title for i, p in after.items() if p != before[i]] == ["On Words"]
    again = ingest((), catalog, HashEmbedder(), facts=known)
    assert (again.updated, again.completed, again.unmatched) == (0, 0, 0)


@pytest.mark.parametrize("line", ["{", '{"authors": ["A B"]}', "[]", '{"title": ""}'])
def test_a_line_that_is_no_fact_is_told(line: str) -> None:
    reading = read_bytes(f'{{"title": "On Tokens"}}\n{line}\n'.encode(), "own.facts.jsonl")
    assert len(reading.facts) == 1
    assert reading.rejected == 1
    assert [problem.line for problem in reading.problems] == [2]


def test_the_bundled_facts_are_all_about_bundled_papers() -> None:
    pages = read([BUNDLED])
    without = plan(pages.records, {})
    found = plan(pages.records, {}, pages.facts)
    assert not pages.problems
    assert (found.summary.papers, found.summary.facts, found.summary.unmatched) == (536, 475, 0)
    assert found.summary.completed == 475
    assert len(merge(pages.records)) == 536

    def told(papers: Iterable[Paper]) -> list[tuple[object, ...]]:
        return [(p.paper_id, p.title, p.abstract, p.citekey, p.published) for p in papers]

    assert told(found.new) == told(without.new)
    assert sum(p.arxiv_id is not None for p in found.new) == 415
    assert sum(bool(p.authors) for p in found.new) == 384
    assert len(plan(found.new, {p.paper_id: p for p in found.new}, pages.facts).unchanged) == 536
