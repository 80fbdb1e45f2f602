"""Enrichments in a catalog: written, with who said so, and taken back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingest.build import ingest
from ingest.enrich.proposals import Change
from ingest.enrich.written import last, take_back, write
from ingest.readers import read
from rag.adapters.fakes import HashEmbedder
from rag.errors import BadInput, UsageError
from rag.records import Paper
from rag.storage import index_manager
from rag.storage.catalog import Catalog

RECORDS = [
    {"title": "On Tides and Lanterns", "abstract": "We light lanterns. They burn.", "year": 2025},
    {"title": "On Sand and Glass", "abstract": "We melt sand. It flows slowly."},
]


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    page = tmp_path / "page.jsonl"
    page.write_text("".join(json.dumps(r) + "\n" for r in RECORDS))
    made = Catalog(tmp_path / "data")
    ingest(read([page]).records, made, HashEmbedder())
    return made


def change(paper: Paper, field: str, new: Any, old: Any = None) -> Change:
    return Change(
        paper_id=paper.paper_id, field=field, old=old, new=new, source="Crossref", page="p:1"
    )


def by_title(catalog: Catalog) -> dict[str, Paper]:
    return {paper.title: paper for paper in catalog.papers()}


def changes(catalog: Catalog) -> list[Change]:
    lanterns = by_title(catalog)["On Tides and Lanterns"]
    sand = by_title(catalog)["On Sand and Glass"]
    return [
        change(lanterns, "authors", ("Ada Quill", "Bo Marsh")),
        change(lanterns, "author_count", 2),
        change(lanterns, "published", "2025-03-04", "2025"),
        change(sand, "doi", "10.1000/sand"),
    ]


def test_they_are_written_searched_and_taken_back(catalog: Catalog) -> None:
    before = by_title(catalog)
    file, count = write(catalog, changes(catalog))
    assert count == 2
    lanterns = by_title(catalog)["On Tides and Lanterns"]
    assert lanterns.authors == ("Ada Quill", "Bo Marsh")
    assert (lanterns.published, lanterns.date_precision) == ("2025-03-04", "day")
    assert file.name in {source.name for source in lanterns.sources}
    assert lanterns.citekey == before["On Tides and Lanterns"].citekey
    index_manager.open_current(catalog).close()  # not behind the catalog
    line = json.loads(file.read_text("utf-8").splitlines()[0])
    assert {c["source"] for c in line["added"]} == {"Crossref"}
    aside, count = take_back(catalog)
    assert count == 2
    assert by_title(catalog) == before
    index_manager.open_current(catalog).close()
    assert aside.exists()
    assert last(catalog.folder) is None


def test_the_last_is_taken_back_first_and_then_the_one_before(catalog: Catalog) -> None:
    *others, doi = changes(catalog)
    first, _ = write(catalog, others)
    second, _ = write(catalog, [doi])
    assert [first.name, second.name] == ["enriched-0001.facts.jsonl", "enriched-0002.facts.jsonl"]
    take_back(catalog)
    assert by_title(catalog)["On Sand and Glass"].doi is None
    assert by_title(catalog)["On Tides and Lanterns"].authors
    take_back(catalog)
    assert not by_title(catalog)["On Tides and Lanterns"].authors
    third, _ = write(catalog, [doi])
    assert third.name == "enriched-0003.facts.jsonl"
    take_back(catalog)
    with pytest.raises(UsageError) as refused:
        take_back(catalog)
    assert refused.value.remedy


def test_what_has_changed_since_stays(catalog: Catalog) -> None:
    planned = changes(catalog)
    lanterns = by_title(catalog)["On Tides and Lanterns"]
    with catalog.writing():
        catalog.put(replace(lanterns, published="2025-07", date_precision="month"))
    write(catalog, planned)
    assert by_title(catalog)["On Tides and Lanterns"].published == "2025-07"
    with catalog.writing():
        sand = by_title(catalog)["On Sand and Glass"]
        catalog.put(replace(sand, doi="10.1000/own"))
    take_back(catalog)
    assert by_title(catalog)["On Sand and Glass"].doi == "10.1000/own"
    assert not by_title(catalog)["On Tides and Lanterns"].authors


def test_nothing_to_write_leaves_no_file(catalog: Catalog) -> None:
    gone = replace(changes(catalog)[0], paper_id="t-000000000000")
    assert write(catalog, [gone])[1] == 0
    assert last(catalog.folder) is None


def test_the_file_completes_another_folder(catalog: Catalog, tmp_path: Path) -> None:
    file, _ = write(catalog, changes(catalog))
    other = Catalog(tmp_path / "other")
    reading = read([tmp_path / "page.jsonl", file])
    assert not reading.problems
    ingest(reading.records, other, HashEmbedder(), facts=reading.facts)
    assert by_title(other)["On Tides and Lanterns"].authors == ("Ada Quill", "Bo Marsh")
    assert by_title(other)["On Sand and Glass"].doi == "10.1000/sand"


def test_a_damaged_file_is_told_and_nothing_is_taken_back(catalog: Catalog) -> None:
    file, _ = write(catalog, changes(catalog))
    after = by_title(catalog)
    with file.open("a") as out:
        out.write("{}\n")
    with pytest.raises(BadInput, match=r"facts\.jsonl:3"):
        take_back(catalog)
    assert by_title(catalog) == after
