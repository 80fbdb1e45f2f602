"""RSS, as arXiv's daily feeds and journals have it: an item has a title, and a description that is
an abstract, perhaps behind a line of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ingest.readers import xml_parts
from ingest.readers.base import Item, Options
from ingest.readers.text import Text
from ingest.readers.xml_parts import text, texts

_ARXIV = re.compile(r"\s*arXiv:\S+\s+Announce Type:\s*\S+\s*(?:Abstract:)?\s*", re.IGNORECASE)


def read(page: Text, options: Options) -> Iterator[Item]:
    return xml_parts.read(page, ("item",), fields)


def fields(item: Any) -> dict[str, object]:
    link = text(item, "link").strip()
    creators = texts(item, "creator")
    return {
        "title": re.sub(r"\s*\(arXiv:[^()]*\)\s*\Z", "", text(item, "title")),
        "abstract": _ARXIV.sub("", text(item, "description"), count=1),
        "authors": creators[0] if len(creators) == 1 else creators,
        "published": (text(item, "pubDate"), text(item, "date")),
        "doi": (text(item, "DOI"), text(item, "doi")),
        "url": (link, text(item, "guid").strip()),
    }
