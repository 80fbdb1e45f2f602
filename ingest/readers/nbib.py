"""PubMed's own format (.nbib, MEDLINE): tags of up to four letters, full names under FAU, the DOI
among other identifiers in LID and AID."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.readers import tagged
from ingest.readers.base import Item, Options
from ingest.readers.tagged import Tags, value, values
from ingest.readers.text import Text


def read(page: Text, options: Options) -> Iterator[Item]:
    return tagged.read(page, "nbib", ("PMID",), fields)


def fields(tags: Tags) -> dict[str, object]:
    identifiers = [*values(tags, "LID"), *values(tags, "AID")]
    dois = [one.removesuffix("[doi]").strip() for one in identifiers if one.endswith("[doi]")]
    pmid = next(iter(value(tags, "PMID")), "")
    return {
        "title": tuple(map(title, value(tags, "TI", "BTI"))),
        "abstract": value(tags, "AB", "OAB"),
        "authors": [*(values(tags, "FAU") or values(tags, "AU")), *values(tags, "CN")],
        "published": value(tags, "DP", "DEP", "EDAT"),
        "doi": tuple(dois[:1]),
        "url": (f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/",) if pmid.isdecimal() else (),
    }


def title(text: str) -> str:
    """Without the full stop that PubMed ends it with, and the brackets of a translated one."""
    text = text.strip()
    text = text[:-1] if text.endswith(".") and not text.endswith("..") else text
    return text[1:-1] if text.startswith("[") and text.endswith("]") else text
