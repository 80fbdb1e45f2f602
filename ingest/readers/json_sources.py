"""What the objects of catalogues and APIs look like in JSON, one row a source: how it is known, and
where its fields stand. What a row does not name stands under a usual name (`spellings`).

Shapes are as the services document them; no object of theirs is kept here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ingest.readers import spellings
from rag.text.arxiv import normalise_arxiv

Path = str | Callable[[Mapping[str, Any]], object]
"""`a.b[0].c`, `a[].b` for the list of all, or a function of the object."""


@dataclass(frozen=True, kw_only=True)
class JsonSource:
    """`marks`: paths that all have to be there."""

    name: str
    marks: tuple[Path, ...]
    fields: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    verbatim: bool = False


def at(value: Any, path: Path) -> Any:
    """What stands at a path; None where nothing does."""
    if not isinstance(path, str):
        return path(value)
    if path.isidentifier():
        return value.get(path)
    for step in path.split("."):
        name, bracket, index = step.partition("[")
        value = value.get(name) if isinstance(value, dict) else None
        if bracket and not isinstance(value, list):
            return None
        if index == "]":
            rest = path[path.index(step) + len(step) + 1 :]
            found = [at(one, rest) if rest else one for one in value]
            return [one for one in found if one is not None]
        if bracket:
            place = int(index[:-1])
            value = value[place] if place < len(value) else None
    return value


def _inverted(work: Mapping[str, Any]) -> object:
    """OpenAlex's abstract: word → its places."""
    index = work.get("abstract_inverted_index")
    if not isinstance(index, dict):
        return None
    words: dict[int, str] = {}
    for word, places in index.items():
        for place in places if isinstance(places, list) else ():
            if type(place) is int and 0 <= place < 100_000:
                words[place] = str(word)
    return " ".join(words[place] for place in sorted(words))


def _zotero_authors(item: Mapping[str, Any]) -> object:
    creators = item.get("creators")
    if not isinstance(creators, list):
        return None
    people = [c for c in creators if isinstance(c, dict)]
    authors = [c for c in people if c.get("creatorType") in (None, "author")]
    return authors or people


def _of_data(function: Callable[[Mapping[str, Any]], object]) -> Path:
    def inner(item: Mapping[str, Any]) -> object:
        data = item.get("data")
        return function(data) if isinstance(data, dict) else None

    return inner


def _arxiv_note(*names: str) -> Callable[[Mapping[str, Any]], object]:
    """The first of some loose fields that speaks of arXiv."""

    def inner(item: Mapping[str, Any]) -> object:
        texts = (item.get(name) for name in names)
        return next((t for t in texts if isinstance(t, str) and "arxiv" in t.lower()), None)

    return inner


def _title_is(kind: type) -> Path:
    return lambda item: True if isinstance(item.get("title"), kind) else None


def _has_family(item: Mapping[str, Any]) -> object:
    authors = item.get("author")
    parts = authors if isinstance(authors, list) else ()
    named = any(isinstance(a, dict) and ("family" in a or "literal" in a) for a in parts)
    return True if named or isinstance(item.get("issued"), dict) else None


def _forum(note: Mapping[str, Any]) -> object:
    forum = note.get("forum") or note.get("id")
    return f"https://openreview.net/forum?id={forum}" if isinstance(forum, str) else None


def _abstract_description(item: Mapping[str, Any]) -> object:
    told = at(item, "attributes.descriptions")
    kinds = [d for d in told or () if isinstance(d, dict)]
    return next(
        (d.get("description") for d in kinds if d.get("descriptionType") == "Abstract"), None
    )


def own_arxiv_id(item: Mapping[str, Any]) -> object:
    """Many keep it under `id`, and all sorts of other things as well."""
    told = item.get("id")
    return told if isinstance(told, str) and normalise_arxiv(told) else None


_ZOTERO: dict[str, tuple[Path, ...]] = {
    "title": ("title",),
    "abstract": ("abstractNote",),
    "published": ("date",),
    "authors": (_zotero_authors,),
    "doi": ("DOI",),
    "url": ("url",),
    "arxiv_id": (_arxiv_note("archiveID", "extra", "reportNumber", "number"),),
}

SOURCES: tuple[JsonSource, ...] = (
    JsonSource(
        name="Citewell",
        marks=(lambda p: True if {"paper_id", "date_precision"} <= p.keys() else None,),
        verbatim=True,
    ),
    JsonSource(
        name="OpenAlex",
        marks=(lambda w: True if "abstract_inverted_index" in w or "authorships" in w else None,),
        fields={
            "title": ("title", "display_name"),
            "abstract": (_inverted, "abstract"),
            "published": ("publication_date", "publication_year"),
            "authors": ("authorships[].author.display_name", "authorships[].raw_author_name"),
            "arxiv_id": ("ids.arxiv", "locations[].landing_page_url"),
            "url": ("primary_location.landing_page_url", "best_oa_location.landing_page_url"),
        },
    ),
    JsonSource(
        name="Hugging Face daily papers",
        marks=("paper.id", "paper.title"),
        fields={
            "title": ("paper.title", "title"),
            "abstract": ("paper.summary", "summary"),
            "published": ("paper.publishedAt", "publishedAt"),
            "authors": ("paper.authors",),
            "upvotes": ("paper.upvotes",),
            "arxiv_id": ("paper.id",),
            "url": (),
        },
    ),
    JsonSource(
        name="Semantic Scholar",
        marks=(lambda p: True if {"paperId", "externalIds", "corpusid"} & p.keys() else None,),
        fields={
            "doi": ("externalIds.DOI", "externalids.DOI", "doi"),
            "arxiv_id": ("externalIds.ArXiv", "externalids.ArXiv", "arxivId"),
            "published": ("publicationDate", "publicationdate", "year"),
            "url": ("url", "openAccessPdf.url"),
        },
    ),
    JsonSource(
        name="arXiv snapshot",
        marks=(
            lambda p: True if "authors_parsed" in p or "journal-ref" in p else None,
            "categories",
        ),
        fields={
            "published": ("versions[0].created", "update_date"),
            "authors": ("authors_parsed", "authors"),
            "arxiv_id": ("id",),
            "doi": (lambda p: str(p.get("doi") or "").split(" ")[0],),
            "url": (),
        },
    ),
    JsonSource(
        name="OpenReview",
        marks=("content.title",),
        fields={
            "title": ("content.title",),
            "abstract": ("content.abstract",),
            "authors": ("content.authors.value", "content.authors"),
            "published": ("pdate", "odate", "cdate", "tcdate"),
            "doi": (),
            "url": (_forum,),
        },
    ),
    JsonSource(
        name="Zotero",
        marks=("data.itemType",),
        fields={
            name: tuple(f"data.{p}" if isinstance(p, str) else _of_data(p) for p in paths)
            for name, paths in _ZOTERO.items()
        },
    ),
    JsonSource(name="Zotero", marks=("itemType",), fields=_ZOTERO),
    JsonSource(
        name="Crossref",
        marks=("DOI", _title_is(list)),
        fields={
            "title": ("title[0]",),
            "published": (
                *("published", "published-online", "published-print", "posted", "issued"),
            ),
            "authors": ("author",),
            "doi": ("DOI",),
            "url": ("URL",),
        },
    ),
    JsonSource(
        name="CSL-JSON",
        marks=("type", _title_is(str), _has_family),
        fields={
            "published": ("issued", "submitted"),
            "authors": ("author",),
            "doi": ("DOI",),
            "url": ("URL",),
            "arxiv_id": (_arxiv_note("number", "archive_location", "note", "publisher"),),
        },
    ),
    JsonSource(
        name="Europe PMC",
        marks=("authorString",),
        fields={"authors": ("authorList.author", "authorString")},
    ),
    JsonSource(
        name="DataCite",
        marks=("attributes.titles",),
        fields={
            "title": ("attributes.titles[0].title",),
            "abstract": (_abstract_description,),
            "published": ("attributes.published", "attributes.publicationYear"),
            "authors": ("attributes.creators",),
            "doi": ("attributes.doi", "id"),
            "url": ("attributes.url",),
        },
    ),
    JsonSource(
        name="INSPIRE",
        marks=("metadata.titles",),
        fields={
            "title": ("metadata.titles[0].title",),
            "abstract": ("metadata.abstracts[0].value",),
            "published": ("metadata.preprint_date", "metadata.earliest_date"),
            "authors": ("metadata.authors[].full_name",),
            "doi": ("metadata.dois[0].value",),
            "arxiv_id": ("metadata.arxiv_eprints[0].value",),
        },
    ),
    JsonSource(
        name="Zenodo",
        marks=("metadata.title", "metadata.description"),
        fields={
            "title": ("metadata.title",),
            "abstract": ("metadata.description",),
            "published": ("metadata.publication_date",),
            "authors": ("metadata.creators",),
            "doi": ("metadata.doi", "doi"),
        },
    ),
    JsonSource(
        name="HAL",
        marks=("title_s",),
        fields={
            "title": ("title_s",),
            "abstract": ("abstract_s",),
            "published": ("publicationDate_s", "producedDate_s", "producedDateY_i"),
            "authors": ("authFullName_s",),
            "doi": ("doiId_s",),
            "arxiv_id": ("arxivId_s",),
            "url": ("uri_s",),
        },
    ),
    JsonSource(
        name="DBLP",
        marks=("info.title", "info.key"),
        fields={
            "title": ("info.title",),
            "authors": ("info.authors.author",),
            "published": ("info.year",),
            "doi": ("info.doi",),
            "url": ("info.ee",),
        },
    ),
    JsonSource(
        name="schema.org",
        marks=("@type",),
        fields={"title": ("headline", "name", "title"), "url": ("url", "@id")},
    ),
)
"""The first whose marks are all there counts."""

_ABSTRACT_KEYS = frozenset(spellings.NAMES["abstract"]) - {"description", "summaries"}


@dataclass(frozen=True, slots=True)
class Recognised:
    source: str
    verbatim: bool
    fields: Mapping[str, object]

    @property
    def is_titled(self) -> bool:
        return bool(self.fields.get("title"))

    @property
    def has_abstract(self) -> bool:
        """Whether there is a place for one, be it empty."""
        return "abstract" in self.fields


def recognised(value: Mapping[str, Any]) -> Recognised:
    """The fields of an object, and whose it is; without a name where it is nobody's we know."""
    usual = spellings.fields(value)
    if "arxiv_id" not in usual and (told := own_arxiv_id(value)):
        usual["arxiv_id"] = (told,)
    for source in SOURCES:
        if any(at(value, mark) is None for mark in source.marks):
            continue
        named = {
            name: tuple(found for path in paths if _says(found := at(value, path)))
            for name, paths in source.fields.items()
        }
        if source.name == "OpenAlex":
            named["abstract"] = named["abstract"] or ("",)
        return Recognised(source.name, source.verbatim, {**usual, **named})
    return Recognised("", False, usual)


def is_no_paper(value: Mapping[str, Any]) -> bool:
    """Whether it is what reference managers keep beside papers."""
    data = value.get("data") if isinstance(value.get("data"), dict) else value
    kind = data.get("itemType") if isinstance(data, dict) else None
    return kind in ("attachment", "note", "annotation")


def could_be_abstract(name: str) -> bool:
    return re.sub(r"[\W_]", "", name).lower() in _ABSTRACT_KEYS


def _says(value: object) -> bool:
    return value is not None and value not in ("", [], {})
