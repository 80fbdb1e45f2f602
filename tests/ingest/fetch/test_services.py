"""Whatever a service sends is a page or told as none."""

from __future__ import annotations

import datetime
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.fetch.asked import Page, Query, Source
from ingest.fetch.lookups import (
    ARXIV_IDS,
    CROSSREF_DOIS,
    CROSSREF_TITLES,
    OPENALEX_DOIS,
    OPENALEX_TITLES,
)
from ingest.fetch.services import SEARCHED
from rag.errors import BadInput, FetchFailed

EVERY = (
    *SEARCHED.values(),
    *(ARXIV_IDS, CROSSREF_DOIS, CROSSREF_TITLES, OPENALEX_DOIS, OPENALEX_TITLES),
)
_NAMES = st.sampled_from(
    "results meta count next_cursor data total token message items total-results esearchresult"
    " idlist count ERROR x".split()
)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=5),
    max_leaves=12,
)
_PIECES = st.sampled_from(
    [
        *("<feed>", "</feed>", "<entry>", "</entry>", "<totalResults>", "</totalResults>", "7"),
        *("<id>http://arxiv.org/api/errors</id>", "<PubmedArticle/>", "&amp;", "&x;", "<!--", "\0"),
    ]
)
_MARKUP = st.lists(_PIECES, max_size=12).map(lambda pieces: "".join(pieces).encode())


def page(source: Source, body: bytes, at: str) -> Page | None:
    query = Query(words="w", since=datetime.date(2025, 1, 1), ids=("a", "b"))
    try:
        return source.read(body, query, at)
    except (FetchFailed, BadInput) as told:
        assert told.remedy
        return None


@pytest.mark.parametrize("source", EVERY, ids=lambda source: source.name)
@given(
    body=st.binary(max_size=60) | _MARKUP | _VALUES.map(lambda value: json.dumps(value).encode())
)
def test_a_reply_is_a_page_or_told_as_none(source: Source, body: bytes) -> None:
    for at in ("",) if source.name != "pubmed" else ("", "200", "0 5 1,2"):
        found = page(source, body, at)
        if found is not None:
            assert found.records >= 0
            assert found.next != at
            assert found.total is None or found.total >= 0
