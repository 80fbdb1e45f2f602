"""Services asked for papers that somebody can name: by DOI, arXiv id or title, some at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ingest.fetch.asked import Ask, Page, Query, Source
from ingest.fetch.services import (
    ARXIV,
    CROSSREF,
    OPENALEX,
    atom_page,
    crossref_items,
    list_in,
    object_of,
)

_CANDIDATES = "5"
"""Works that are looked at for a title."""


def _batched(
    ask: Callable[[tuple[str, ...]], Ask], count: Callable[[bytes], int], size: int
) -> tuple[Callable[[Query, str, int], Ask], Callable[[bytes, Query, str], Page]]:
    """`ask` and `read` of a source that looks up `size` of a query's ids at once."""

    def asked(query: Query, at: str, _: int) -> Ask:
        start = int(at or 0)
        return ask(query.ids[start : start + size])

    def read(body: bytes, query: Query, at: str) -> Page:
        behind = int(at or 0) + size
        more = behind < len(query.ids)
        return Page(records=count(body), next=str(behind) if more else None)

    return asked, read


def _looked_up(
    source: Source,
    kind: str,
    size: int,
    ask: Callable[[tuple[str, ...]], Ask],
    count: Callable[[bytes], int],
) -> Source:
    asked, read = _batched(ask, count, size)
    return replace(
        source,
        name=f"{source.name}-{kind.rsplit(maxsplit=1)[-1].lower()}s",
        looks_up=kind,
        service=source.name,
        size=size,
        ask=asked,
        read=read,
        most=None,
    )


def _arxiv(ids: tuple[str, ...]) -> Ask:
    params = (("id_list", ",".join(ids)), ("max_results", str(len(ids))))
    return Ask(path="/api/query", params=params)


def _crossref_dois(ids: tuple[str, ...]) -> Ask:
    filters = ",".join(f"doi:{doi}" for doi in ids)
    return Ask(path="/works", params=(("filter", filters), ("rows", str(len(ids)))))


def _words(title: str) -> str:
    """Without the signs that mean something in a filter."""
    return " ".join("".join(c if c.isalnum() else " " for c in title.casefold()).split())


def _crossref_title(ids: tuple[str, ...]) -> Ask:
    params = (("query.title", _words(ids[0])), ("rows", _CANDIDATES))
    return Ask(path="/works", params=params)


def _openalex_dois(ids: tuple[str, ...]) -> Ask:
    filters = "doi:" + "|".join(ids)
    return Ask(path="/works", params=(("filter", filters), ("per_page", str(len(ids)))))


def _openalex_title(ids: tuple[str, ...]) -> Ask:
    filters = f"title.search:{_words(ids[0])}"
    return Ask(path="/works", params=(("filter", filters), ("per_page", _CANDIDATES)))


def _of_crossref(body: bytes) -> int:
    return len(crossref_items(body)[0])


def _of_openalex(body: bytes) -> int:
    return len(list_in(object_of(body, "OpenAlex"), "results", "OpenAlex"))


ARXIV_IDS = _looked_up(ARXIV, "arXiv id", 100, _arxiv, lambda body: atom_page(body, "").records)
CROSSREF_DOIS = _looked_up(CROSSREF, "DOI", 40, _crossref_dois, _of_crossref)
CROSSREF_TITLES = _looked_up(CROSSREF, "title", 1, _crossref_title, _of_crossref)
OPENALEX_DOIS = _looked_up(OPENALEX, "DOI", 50, _openalex_dois, _of_openalex)
OPENALEX_TITLES = _looked_up(OPENALEX, "title", 1, _openalex_title, _of_openalex)


def can_be_listed(doi: str) -> bool:
    """Whether a DOI can stand in a list of them: a comma or a bar ends it there."""
    return not set(doi) & set(",|")
