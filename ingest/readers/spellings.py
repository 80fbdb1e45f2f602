"""Under which other names the things that a paper is made of are kept, in JSON objects and in
tables with a head. In which forms their values come is for `ingest.mapping` to know.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence

NAMES: dict[str, tuple[str, ...]] = {
    "title": (
        *("title", "papertitle", "articletitle", "documenttitle", "dctitle", "titles", "headline"),
        *("titel", "titre", "titulo", "título", "titolo", "primarytitle", "displaytitle"),
    ),
    "abstract": (
        *(
            "abstract",
            "summary",
            "paperabstract",
            "abstractnote",
            "abstracttext",
            "articleabstract",
        ),
        *(
            "abstracts",
            "summaries",
            "zusammenfassung",
            "kurzfassung",
            "résumé",
            "resume",
            "resumen",
        ),
        *("resumo", "riassunto", "dcdescription", "abstractcontent", "description"),
    ),
    "published": (
        *("published", "date", "publicationdate", "publisheddate", "datepublished", "pubdate"),
        *("releasedate", "firstpublicationdate", "publishdate", "coverdate", "prismcoverdate"),
        *("publishedat", "publishedon", "releasedat", "submissiondate", "issued", "datum"),
        *("publicationyear", "publishedyear", "pubyear", "yearpublished", "year", "jahr", "année"),
        *("annee", "año", "ano", "anno"),
    ),
    "authors": (
        *("authorfullnames", "authors", "author", "authornames", "authorlist", "creators"),
        *(
            "authorstring",
            "dccreator",
            "creator",
            "authorsfullnames",
            "autoren",
            "autor",
            "auteurs",
        ),
        *("auteur", "autores", "autori", "verfasser"),
    ),
    "author_count": ("authorcount", "numauthors", "nauthors", "numberofauthors"),
    "upvotes": ("upvotes", "votes", "likes", "upvotecount", "numupvotes", "numvotes"),
    "doi": ("doi", "prismdoi", "doinumber", "paperdoi"),
    "arxiv_id": ("arxivid", "arxiv", "eprint"),
    "url": (
        *("url", "link", "paperurl", "absurl", "entryid", "landingpageurl", "articleurl", "abs"),
        *("pdf", "pdfurl", "pdflink", "downloadurl", "doilink", "forum"),
    ),
}
"""Field → its names, small and without marks, the better and the more precise first."""
_LENIENT_ABOUT = frozenset({"arxiv_id", "url", "upvotes"})
"""Other things stand under the other names of these, too: what does not fit is passed over."""


@functools.lru_cache(maxsize=10_000)
def plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()


def found(names: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """Field → which of `names` are its, the better first."""
    return _found(tuple(names))


@functools.lru_cache(maxsize=1_000)  # the objects of a file have the same names, over and over
def _found(names: tuple[str, ...]) -> Mapping[str, Sequence[str]]:
    by_plain: dict[str, str] = {}
    for name in names:
        by_plain.setdefault(plain(name), name)
    return {
        field: held
        for field, spelled in NAMES.items()
        if (held := [by_plain[one] for one in spelled if one in by_plain])
    }


def fields(value: Mapping[str, object]) -> dict[str, object]:
    """Our fields of an object under whatever names it has them: candidates, the better first."""
    result: dict[str, object] = {}
    for field, names in found(value).items():
        own = field if field in value else names[0]
        held = [
            value[name]
            for name in names
            if name == own
            or field not in _LENIENT_ABOUT
            or (isinstance(value[name], str | int) and fits(field, value[name]))
        ]
        result[field] = tuple(held)
    return result


def fits(field: str, value: object) -> bool:
    """Whether a value under another name than the field's own can be meant for it."""
    if field == "url":
        return isinstance(value, str) and value.lower().startswith(("http://", "https://"))
    return True
