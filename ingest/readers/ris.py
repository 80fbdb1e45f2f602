"""RIS, as Zotero, EndNote, Scopus, Web of Science, PubMed and IEEE write it. They differ in which
tag holds title (TI, T1), abstract (AB, N2), authors (AU, A1) and date (DA, PY, Y1)."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.readers import tagged
from ingest.readers.base import Item, Options
from ingest.readers.tagged import Tags, value, values
from ingest.readers.text import Text


def read(page: Text, options: Options) -> Iterator[Item]:
    return tagged.read(page, "ris", ("TY",), fields)


def fields(tags: Tags) -> dict[str, object]:
    year = next(iter(value(tags, "PY", "Y1")), "").split("/")[0]
    day = next(iter(value(tags, "DA", "Y1")), "")
    has_year = any(part.isdecimal() and len(part) == 4 for part in day.replace("/", " ").split())
    alone = "-" in day or has_year or not year
    arxiv = [v for v in values(tags, "AN", "M1", "N1", "C1") if "arxiv" in v.lower()]
    return {
        "title": value(tags, "TI", "T1", "CT", "BT"),
        "abstract": value(tags, "AB", "N2"),
        "authors": values(tags, "AU", "A1") or values(tags, "A2"),
        "published": tuple(
            filter(None, (day if alone else f"{year} {day}".strip(), *value(tags, "PY", "Y1")))
        ),
        "doi": value(tags, "DO", "DI", "L3", "M3") if _is_doi(tags) else value(tags, "DO", "DI"),
        "arxiv_id": tuple(arxiv),
        "url": tuple(url for name in ("UR", "L2", "L1") for url in values(tags, name)),
    }


def _is_doi(tags: Tags) -> bool:
    """Whether the fields that some keep a DOI in hold one."""
    return any(found.lower().lstrip("doi: ").startswith("10.") for found in value(tags, "L3", "M3"))
