"""Searching and filtering the list, against the catalog's own constraints and a naive search."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.filters import Filters
from rag.records import Paper
from rag.storage.catalog import Catalog
from ui.web.papers.listing import Listing, Listings, Wanted, terms

WORDS = st.sampled_from("Müller mueller naïve GPT-4 RL entropy Entropie collapse ß ﬁne x".split())
DATES = st.sampled_from([None, "2024", "2024-05", "2024-05-03", "2025-01-31"])


@st.composite
def papers(draw: st.DrawFn) -> list[Paper]:
    found = draw(
        st.lists(st.tuples(st.lists(WORDS), st.lists(WORDS), DATES, st.none() | st.integers(0, 9)))
    )
    return [
        Paper(
            paper_id=f"t-{at}",
            title=" ".join(title),
            abstract=" ".join(abstract),
            published=published,
            upvotes=upvotes,
        )
        for at, (title, abstract, published, upvotes) in enumerate(found)
    ]


@given(papers(), st.lists(st.sampled_from("entro RL rl gp 4 mull naive SS fine coll".split())))
def test_each_word_begins_a_word(held: list[Paper], words: list[str]) -> None:
    found = {p.paper_id for p in Listing(held, 1).find(Wanted(words=" ".join(words)))}

    def begins(paper: Paper, word: str) -> bool:
        import unicodedata

        text = unicodedata.normalize("NFKD", f"{paper.title} {paper.abstract}".casefold())
        text = re.sub(r"[\u0300-\u036f]", "", text)
        return any(each.startswith(word.casefold()) for each in re.split(r"[\W_]+", text))

    assert found == {p.paper_id for p in held if all(begins(p, word) for word in words)}


@given(
    papers(),
    st.sampled_from([None, "2024-05-01", "2024-06-01"]),
    st.sampled_from([None, "2024-05-31", "2025-12-31"]),
    st.none() | st.integers(0, 9),
)
def test_dates_and_upvotes_mean_what_they_mean_in_a_question(
    held: list[Paper], first: str | None, last: str | None, votes: int | None
) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        catalog = Catalog(Path(folder))
        with catalog.writing():
            for paper in held:
                catalog.put(paper)
        stated = Filters(date_from=first, date_to=last, upvotes_min=votes)
        wanted = Wanted(date_from=first, date_to=last, upvotes_min=votes)
        found = Listing(held, 1).find(wanted)
        assert sorted(p.paper_id for p in found) == sorted(catalog.matching(stated))
        catalog.close()


@given(st.text(max_size=60))
def test_whatever_is_typed_is_some_search(text: str) -> None:
    held = [Paper(paper_id="t-1", title=text, abstract=text.upper())]
    assert all(term.startswith(" ") and term.strip() for term in terms(text))
    Listing(held, 1).find(Wanted(words=text))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ('"reward hacking"', ["b"]),
        ("reward hacking", ["b", "a"]),
        ('"hacking reward"', []),
        ('"reward hac', ["b", "a"]),  # on the way to a phrase
        ("HACK rew", ["b", "a"]),
        ("acking", []),
    ],
)
def test_phrases_and_titles_first(typed: str, found: list[str]) -> None:
    held = [
        Paper(paper_id="a", title="Hacking", abstract="It has a reward.", published="2025"),
        Paper(paper_id="b", title="On reward hacking", abstract="It is studied."),
    ]
    assert [p.paper_id for p in Listing(held, 1).find(Wanted(words=typed))] == found


def test_the_list_follows_the_catalog(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path)
    listings = Listings(catalog)
    assert not listings.current().find(Wanted())
    with catalog.writing():
        catalog.put(Paper(paper_id="t-1", title="New", abstract="It is new."))
    assert [p.title for p in listings.current().find(Wanted())] == ["New"]
    assert listings.current() is listings.current()
