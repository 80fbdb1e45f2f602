"""OAI-PMH answers: Dublin Core (`oai_dc`), and arXiv's own two (`arXiv`, `arXivRaw`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingest.readers import xml_parts
from ingest.readers.base import Item, Options
from ingest.readers.text import Text
from ingest.readers.xml_parts import text, texts


def read(page: Text, options: Options) -> Iterator[Item]:
    return xml_parts.read(page, ("record",), fields)


def fields(record: Any) -> dict[str, object] | None:
    header = record.find("header")
    if header is not None and header.get("status") == "deleted":
        return None
    metadata = record.find("metadata")
    held = metadata[0] if metadata is not None and len(metadata) else record
    if held.tag in ("arXiv", "arXivRaw"):
        return _arxiv(held)
    told = texts(held, "identifier")
    return {
        "title": tuple(texts(held, "title")),
        "abstract": tuple(_abstracts(held)),
        "authors": texts(held, "creator"),
        "published": tuple(sorted(texts(held, "date"))),
        "doi": tuple(one for one in told if one.lower().startswith(("10.", "doi:", "info:doi/"))),
        "arxiv_id": tuple(one for one in told if "arxiv" in one.lower()),
        "url": tuple(one for one in told if one.startswith("http")),
    }


def _abstracts(held: Any) -> list[str]:
    """arXiv puts comments beside the abstract, each a description: the longest is meant."""
    return sorted(texts(held, "description"), key=len, reverse=True)


def _arxiv(held: Any) -> dict[str, object]:
    people: list[object] = [
        {
            "family": text(author, "keyname"),
            "given": text(author, "forenames"),
            "suffix": text(author, "suffix"),
        }
        for author in held.findall("authors/author")
    ]
    versions = texts(held, "version/date")
    return {
        "title": text(held, "title"),
        "abstract": text(held, "abstract"),
        "authors": people or text(held, "authors"),
        "published": (text(held, "created"), *versions[:1]),
        "doi": text(held, "doi").strip().split(" ")[0],
        "arxiv_id": text(held, "id").strip(),
    }
