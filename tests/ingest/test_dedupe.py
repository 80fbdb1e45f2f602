"""Titles, ids, merging and citekeys, through `ingest.dedupe`."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dedupe import (
    assign_citekeys,
    citekey,
    merge,
    normalise_doi,
    normalise_title,
    paper_id,
)
from ingest.readers import BUNDLED, read
from rag.records import Paper, Source


def paper(title: str = "A Title", abstract: str = "Text.", **fields: object) -> Paper:
    made = Paper(paper_id="", title=title, abstract=abstract)
    made = replace(made, **fields)  # type: ignore[arg-type]
    return replace(made, paper_id=paper_id(title, made.doi, made.arxiv_id))


def source(name: str, line: int = 1) -> tuple[Source, ...]:
    return (Source(name=name, line=line),)


# Titles and ids


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Self-Training", "self training"),
        ("It’s All in The [MASK]: …", "It's all in the MASK"),
        ("ﬁne  Straße", "FINE STRASSE"),
        ("Reading.", "Reading"),
        ("A\u00a0title\tof\nlines", "A title of lines"),
    ],
)
def test_spellings_of_one_title(one: str, other: str) -> None:
    assert normalise_title(one) == normalise_title(other)


@pytest.mark.parametrize(("one", "other"), [("C", "C++"), ("!", "?"), ("Part 1", "Part 2")])
def test_different_titles(one: str, other: str) -> None:
    assert normalise_title(one) != normalise_title(other)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_normalising_is_idempotent_and_ignores_case(title: str) -> None:
    normal = normalise_title(title)
    assert normalise_title(normal) == normal
    assert re.fullmatch(r"t-[0-9a-f]{12}", paper_id(title))


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("10.1000/ABC", "10.1000/abc"),
        ("https://doi.org/10.1000/abc", "10.1000/abc"),
        ("doi: 10.1000/abc", "10.1000/abc"),
        ("11.1000/abc", None),
        ("10.1000/", None),
    ],
)
def test_dois(text: str, normal: str | None) -> None:
    assert normalise_doi(text) == normal


def test_ids_come_from_the_best_identifier() -> None:
    assert paper_id("T", "10.1000/abc", "2503.01234v2") == "arxiv-2503.01234"
    assert paper_id("T", "10.48550/arXiv.2503.01234") == "arxiv-2503.01234"
    assert paper_id("T", "10.1000/ABC") == paper_id("U", "10.1000/abc") == "doi-10.1000-abc"
    assert paper_id("T", None, "nonsense") == paper_id("t.")
    assert paper_id("T", None, "cs/0112017") == "arxiv-cs-0112017"


@given(st.lists(st.from_regex(r"10\.[0-9]{4}/[!-~é]{1,90}", fullmatch=True), min_size=2))
def test_dois_give_url_safe_ids_as_different_as_they_are(dois: list[str]) -> None:
    ids = [paper_id("T", doi) for doi in dois if not doi.lower().startswith("10.48550")]
    assert all(re.fullmatch(r"doi-[A-Za-z0-9._-]{1,80}", i) for i in ids)
    assert len(set(ids)) == len({d.lower() for d in dois if not d.lower().startswith("10.48550")})


# Merging


def test_every_fact_survives_and_the_first_spelled_out_wins() -> None:
    (merged,) = merge(
        [
            paper(sources=source("a"), published="2025-10", date_precision="month", upvotes=3),
            paper("a title!", "Other text.", sources=source("b"), arxiv_id="2503.01234v2"),
            paper(
                sources=source("a"),
                published="2025-10-11",
                date_precision="day",
                author_count=4,
                authors=("Ada Lovelace",),
                upvotes=9,
            ),
        ]
    )
    assert merged == paper(
        sources=(*source("a"), *source("b")),
        published="2025-10-11",
        date_precision="day",
        author_count=4,
        authors=("Ada Lovelace",),
        upvotes=9,
        arxiv_id="2503.01234",
    )
    assert merged.paper_id == "arxiv-2503.01234"


def test_a_cut_abstract_yields_to_the_whole_one() -> None:
    (merged,) = merge(
        [paper(abstract="We show"), paper(abstract="Else."), paper(abstract="We show it.")]
    )
    assert merged.abstract == "We show it."


def test_same_title_with_different_identifiers_is_two_papers() -> None:
    one, two, bare = paper(arxiv_id="2503.00001"), paper(arxiv_id="2503.00002"), paper()
    for order in permutations([one, two, replace(bare, sources=source("bare"))]):
        merged = {p.paper_id: p for p in merge(order)}
        assert merged.keys() == {"arxiv-2503.00001", "arxiv-2503.00002"}
        assert merged["arxiv-2503.00001"].sources == source("bare")


def test_corpus_merges_into_536_papers_with_all_sources() -> None:
    records = read([BUNDLED]).records
    papers = merge(records)
    assert len(papers) == 536
    assert sum(len(p.sources) for p in papers) == 612
    assert sum(p.published is not None for p in papers) == 93
    assert sum(p.upvotes is not None for p in papers) == 25
    assert all(p.author_count for p in papers if p.published)
    # No two titles share an abstract and no title has two.
    assert len({p.abstract for p in papers}) == 536
    assert {(p.paper_id, p.abstract) for p in papers} == {(r.paper_id, r.abstract) for r in records}


def _papers_with(titles: list[str], number: int) -> st.SearchStrategy[Paper]:
    dois = [f"10.1000/{number}a", f"https://doi.org/10.1000/{number}A", f"10.1000/{number}b", "x"]
    arxiv_ids = [f"250{number}.00001", f"250{number}.00001v2", f"250{number}.00002", "x"]
    return st.builds(
        paper,
        st.sampled_from(titles),
        st.sampled_from(["Text.", "Text. More.", "Else."]),
        doi=st.none() | st.sampled_from(dois),
        arxiv_id=st.none() | st.sampled_from(arxiv_ids),
        upvotes=st.none() | st.integers(0, 3),
        published=st.none() | st.sampled_from(["2025", "2025-03", "2024-01-02"]),
        sources=st.builds(source, st.sampled_from(["a", "b"]), st.integers(1, 9)),
    )


_papers = _papers_with(["A title", "a Title.", "Another", "Third"], 1)
_papers_of_one_title_each = (
    _papers_with(["A title", "a Title."], 1)
    | _papers_with(["Another"], 2)
    | _papers_with(["Third", "third"], 3)
)


@given(st.lists(_papers_of_one_title_each, max_size=8))
def test_merging_again_changes_nothing(records: list[Paper]) -> None:
    merged = merge(records)
    assert merge(merged) == merged
    assert len({p.paper_id for p in merged}) == len(merged)
    assert {s for p in merged for s in p.sources} == {s for r in records for s in r.sources}


@given(st.lists(_papers, max_size=8), st.randoms())
def test_ids_and_what_belongs_together_do_not_depend_on_order(records, random) -> None:  # type: ignore[no-untyped-def]
    def grouped(papers: list[Paper]) -> dict[str, frozenset[Source]]:
        return {p.paper_id: frozenset(p.sources) for p in merge(papers)}

    shuffled = list(records)
    random.shuffle(shuffled)
    assert grouped(records) == grouped(shuffled)


# Citekeys


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"title": "On the Use of Müller's Method"}, "use-mullers-method"),
        ({"title": "DPE: A Way", "published": "2023-01-16"}, "dpe-way-2023"),
        (
            {"title": "The Reader", "published": "2025", "authors": ("Zoë de la Cruz", "B C")},
            "cruz-2025-reader",
        ),
        ({"title": "The Reader", "authors": ("Erdős, Paul",)}, "erdos-reader"),
        ({"title": "The Reader", "authors": ("王",)}, "reader"),
        ({"title": "Of the"}, paper_id("Of the")),
        ({"title": "論文"}, paper_id("論文")),
    ],
)
def test_citekeys(fields: dict[str, object], key: str) -> None:
    assert citekey(paper(**fields)) == key  # type: ignore[arg-type]


@given(st.lists(_papers, max_size=8), st.randoms())
def test_citekeys_are_unique_frozen_and_independent_of_order(records, random) -> None:  # type: ignore[no-untyped-def]
    papers = merge(records)
    keys = assign_citekeys(papers, {"elsewhere": "title"})
    assert len({*keys.values(), "title"}) == len(papers) + 1
    assert all(re.fullmatch(r"[a-z0-9-]+", key) for key in keys.values())
    shuffled = list(papers)
    random.shuffle(shuffled)
    assert assign_citekeys(shuffled, {"elsewhere": "title"}) == keys
    frozen = {p.paper_id: f"frozen{n}" for n, p in enumerate(papers[::2])}
    later = assign_citekeys(papers, frozen)
    assert {i: later[i] for i in frozen} == frozen
    assert len(set(later.values())) == len(papers)


def test_colliding_citekeys_are_numbered() -> None:
    papers = [paper(f"The Reader {sign}") for sign in ("+", "=", "<")]
    assert sorted(assign_citekeys(papers, {}).values()) == ["reader", "reader-2", "reader-3"]
