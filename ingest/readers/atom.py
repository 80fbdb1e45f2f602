"""Atom feeds: arXiv's API, and others that give a title and a summary an entry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingest.readers import xml_parts
from ingest.readers.base import Item, Options
from ingest.readers.text import Text
from ingest.readers.xml_parts import text, texts


def read(page: Text, options: Options) -> Iterator[Item]:
    return xml_parts.read(page, ("entry",), fields)


def fields(entry: Any) -> dict[str, object]:
    links = [link.get("href") for link in entry.findall("link") if link.get("rel") == "alternate"]
    addresses = [*links, text(entry, "id").strip()]
    return {
        "title": text(entry, "title"),
        "abstract": (text(entry, "summary"), text(entry, "content")),
        "authors": texts(entry, "author/name"),
        "published": (text(entry, "published"), text(entry, "updated")),
        "doi": text(entry, "doi").strip(),
        "arxiv_id": tuple(one for one in addresses if one and "arxiv" in one.lower()),
        "url": tuple(one for one in addresses if one and one.startswith("http")),
    }
