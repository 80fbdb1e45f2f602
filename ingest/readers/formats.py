"""Which format a page has, told by its content, and which reader takes it. The end of its name
decides only where the content may be anything."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePath

from ingest.readers import (
    atom,
    bibtex,
    endnote_xml,
    facts,
    html_page,
    json_records,
    labelled,
    listing,
    nbib,
    oai,
    pdf,
    pubmed_xml,
    ris,
    rss,
    table,
    wos,
)
from ingest.readers.base import Item, Options, shown
from ingest.readers.compressed import plain_name
from ingest.readers.text import Text
from rag.errors import BadInput


@dataclass(frozen=True, kw_only=True, slots=True)
class Format:
    name: str
    """As `--format` takes it."""
    told: str
    read: Callable[[Text, Options], Iterator[Item]]
    suffixes: tuple[str, ...] = ()


FORMATS = (
    Format(name="listing", told="listing page", read=listing.read, suffixes=(".txt", ".text")),
    Format(
        name="json",
        told="JSON",
        read=json_records.read,
        suffixes=(".json", ".jsonl", ".ndjson", ".jsonlines", ".csljson"),
    ),
    Format(name="csv", told="table", read=table.read, suffixes=(".csv", ".tsv", ".tab")),
    Format(name="bibtex", told="BibTeX", read=bibtex.read, suffixes=(".bib", ".bibtex")),
    Format(name="ris", told="RIS", read=ris.read, suffixes=(".ris",)),
    Format(name="nbib", told="PubMed", read=nbib.read, suffixes=(".nbib", ".medline")),
    Format(name="wos", told="Web of Science", read=wos.read, suffixes=(".ciw", ".isi")),
    Format(name="pubmed-xml", told="PubMed XML", read=pubmed_xml.read, suffixes=(".xml",)),
    Format(name="atom", told="Atom feed", read=atom.read, suffixes=(".atom",)),
    Format(name="rss", told="RSS feed", read=rss.read, suffixes=(".rss",)),
    Format(name="oai", told="OAI-PMH", read=oai.read),
    Format(name="endnote-xml", told="EndNote XML", read=endnote_xml.read),
    Format(name="html", told="HTML page", read=html_page.read, suffixes=(".html", ".htm")),
    Format(name="labelled", told="labelled lines", read=labelled.read),
    Format(name="facts", told="facts about papers", read=facts.read),
    Format(name="pdf", told="PDF", read=pdf.read, suffixes=(".pdf",)),
)
_BY_NAME = {one.name: one for one in FORMATS}
_BY_SUFFIX = {suffix: one for one in FORMATS for suffix in one.suffixes}
_COMPRESSIONS = (".gz", ".bz2", ".xz", ".zst", ".zip")
SUFFIXES = (*_BY_SUFFIX, *_COMPRESSIONS)
"""Of the files that a folder is searched for."""
_ROOTS = {
    "feed": "atom",
    "entry": "atom",
    "rss": "rss",
    "rdf": "rss",
    "oai-pmh": "oai",
    "listrecords": "oai",
    "getrecord": "oai",
    "pubmedarticleset": "pubmed-xml",
    "pubmedarticle": "pubmed-xml",
    "pubmedbookarticleset": "pubmed-xml",
    "xml": "endnote-xml",
    "records": "endnote-xml",
    "html": "html",
    "body": "html",
    "div": "html",
}
_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_HTML = re.compile(r"<!doctype\s+html|<html\b", re.IGNORECASE)
_RIS = re.compile(r"^TY\s{1,3}-\s", re.MULTILINE)
_NBIB = re.compile(r"^PMID\s{0,3}-\s", re.MULTILINE)
_WOS = re.compile(r"^(?:\ufeff)?(?:FN |VR |PT [A-Z]\s*$)", re.MULTILINE)
_EXPORT_ANEW = "Export it as BibTeX, RIS, CSL-JSON or CSV, and give that."


def known(path: PurePath | str) -> bool:
    """Whether a folder is searched for files of that name."""
    name = str(path).lower()
    return PurePath(name).suffix in _COMPRESSIONS or PurePath(name).suffix in _BY_SUFFIX


def chosen(name: str) -> Format:
    """The format of that name. Raises BadInput."""
    if name not in _BY_NAME:
        raise BadInput(
            f"no format has the name {shown(name)}", remedy=f"Formats: {', '.join(_BY_NAME)}."
        )
    return _BY_NAME[name]


def recognised(page: Text) -> Format:
    """The page's format. Raises BadInput where it has none that is read."""
    if page.head(1024).lstrip().startswith(b"%PDF"):
        return _BY_NAME["pdf"]
    head = page.start()
    by_suffix = _BY_SUFFIX.get(PurePath(plain_name(page.name)).suffix.lower())
    if json_records.looks_like(head):
        return _BY_NAME["facts" if facts.is_named(page.name) else "json"]
    if head.lstrip().startswith("<"):
        return _of_markup(head, by_suffix)
    if name := _of_text(head):
        return _BY_NAME[name]
    if by_suffix and by_suffix.name != "pdf":
        return by_suffix
    if PurePath(plain_name(page.name)).suffix.lower() in ("", ".md"):
        return _BY_NAME["listing"]
    told = ", ".join(one.told for one in FORMATS)
    raise BadInput(
        "the file's format is not known",
        remedy=f"These are read: {told}. If it is one of them, say which with --format.",
    )


def _of_text(head: str) -> str:
    """The name of a format that its lines give away."""
    for pattern, name in ((_RIS, "ris"), (_NBIB, "nbib"), (_WOS, "wos")):
        if pattern.search(head[:20_000]):
            return name
    for reader, name in ((bibtex, "bibtex"), (table, "csv"), (labelled, "labelled")):
        if reader.looks_like(head):
            return name
    return ""


def _of_markup(head: str, by_suffix: Format | None) -> Format:
    root = match[1] if (match := _ROOT.search(head)) else ""
    if _HTML.search(head[:4000]):
        return _BY_NAME["html"]
    if name := _ROOTS.get(root.lower()):
        return _BY_NAME[name]
    if by_suffix and by_suffix.name == "html":
        return by_suffix
    raise BadInput(
        f"this is XML of a kind that is not read: its root is <{root}>", remedy=_EXPORT_ANEW
    )
