"""PubMed's XML, as efetch and its downloads have it. Labelled sections of an abstract keep their
labels and their order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingest.readers import xml_parts
from ingest.readers.base import Item, Options
from ingest.readers.nbib import title
from ingest.readers.text import Text
from ingest.readers.xml_parts import text


def read(page: Text, options: Options) -> Iterator[Item]:
    return xml_parts.read(page, ("PubmedArticle", "PubmedBookArticle"), fields)


def fields(record: Any) -> dict[str, object]:
    article = record.find(".//Article")
    article = record if article is None else article
    pmid = text(record.find(".//PMID")).strip()
    return {
        "title": (
            title(text(article.find(".//ArticleTitle"))),
            title(text(article, "VernacularTitle")),
            text(article.find(".//BookTitle")),
        ),
        "abstract": (
            abstract(article.find(".//Abstract")),
            abstract(record.find(".//OtherAbstract")),
        ),
        "authors": _authors(article),
        "published": tuple(_dates(article)),
        "doi": tuple(_dois(record, article)),
        "url": (f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/",) if pmid.isdecimal() else (),
    }


def abstract(element: Any) -> str:
    """`BACKGROUND: … METHODS: …`"""
    if element is None:
        return ""
    parts = []
    for part in element.findall("AbstractText"):
        label, words = (part.get("Label") or "").strip(), " ".join(text(part).split())
        known = label and label.upper() not in ("UNLABELLED", "UNASSIGNED")
        said = words.upper().startswith(f"{label.upper()}:")
        parts.append(f"{label}: {words}" if known and words and not said else words)
    return " ".join(filter(None, parts))


def _authors(article: Any) -> list[object]:
    people: list[object] = []
    for author in article.findall(".//AuthorList/Author"):
        if author.get("ValidYN") == "N":
            continue
        told = {
            "family": text(author, "LastName"),
            "given": text(author, "ForeName") or text(author, "Initials"),
            "suffix": text(author, "Suffix"),
            "literal": text(author, "CollectiveName"),
        }
        people.append({key: words for key, words in told.items() if words})
    return people


def _dates(article: Any) -> Iterator[str]:
    """The electronic publication is the day; the issue's date may be a season."""
    places = (".//JournalIssue/PubDate", ".//ArticleDate", ".//Book/PubDate", ".//PubDate")
    for place in places:
        found = article.find(place)
        if found is None:
            continue
        parts = [text(found, name).strip() for name in ("Year", "Month", "Day")]
        if parts[0]:
            mark = "-" if parts[1].isdecimal() else " "
            yield mark.join(filter(None, parts))
        elif told := text(found, "MedlineDate").strip():
            yield told


def _dois(record: Any, article: Any) -> Iterator[str]:
    for path in (".//ELocationID", ".//ArticleIdList/ArticleId"):
        for one in (*article.findall(path), *record.findall(path)):
            if "doi" in (one.get("EIdType"), one.get("IdType")):
                yield text(one).strip()
