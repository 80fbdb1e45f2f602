"""EndNote's XML, which other reference managers write as well."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingest.readers import xml_parts
from ingest.readers.base import Item, Options
from ingest.readers.text import Text
from ingest.readers.xml_parts import text, texts


def read(page: Text, options: Options) -> Iterator[Item]:
    return xml_parts.read(page, ("record",), fields)


def fields(record: Any) -> dict[str, object]:
    year = text(record, "dates", "year").strip()
    days = texts(record, "dates/pub-dates/date")
    dated = [day if year in day else f"{year} {day}" for day in days if year]
    return {
        "title": (text(record, "titles", "title"), text(record, "titles", "short-title")),
        "abstract": text(record, "abstract"),
        "authors": texts(record, "contributors/authors/author")
        or texts(record, "contributors/secondary-authors/author"),
        "published": (*dated, year),
        "doi": text(record, "electronic-resource-num").strip(),
        "arxiv_id": tuple(one for one in texts(record, "accession-num") if "arxiv" in one.lower()),
        "url": tuple(texts(record, "urls/related-urls/url")),
    }
