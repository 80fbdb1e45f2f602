"""Web of Science's plain text (savedrecs.txt, .ciw): tags of two letters in the first columns, what
goes on is indented."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.readers import tagged
from ingest.readers.base import Item, Options
from ingest.readers.tagged import Tags, value, values
from ingest.readers.text import Text


def read(page: Text, options: Options) -> Iterator[Item]:
    return tagged.read(page, "wos", ("PT",), fields)


def fields(tags: Tags) -> dict[str, object]:
    return {
        "title": value(tags, "TI"),
        "abstract": value(tags, "AB"),
        "authors": values(tags, "AF") or values(tags, "AU"),
        "published": date(value(tags, "PD"), value(tags, "PY"), value(tags, "EA")),
        "doi": value(tags, "DI", "D2"),
        "url": value(tags, "UR"),
    }


def date(day: tuple[str, ...], year: tuple[str, ...], early: tuple[str, ...]) -> tuple[str, ...]:
    """Of `JUL 4` and `2018` in fields of their own; a season leaves the year."""
    if not year:
        return early
    return (*(f"{year[0]} {one}" for one in day if "-" not in one), year[0])
