"""Facts about papers whose abstracts stand elsewhere: JSON Lines, an object a paper with its title
and whatever else is known of it, under the names that records use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ingest.readers import json_records
from ingest.readers.base import Item, Options, Raw
from ingest.readers.compressed import plain_name
from ingest.readers.text import Text

SUFFIX = ".facts.jsonl"


def is_named(name: str) -> bool:
    """Whether a file of that name holds facts."""
    return plain_name(name.lower()).endswith(SUFFIX)


def read(page: Text, options: Options) -> Iterator[Item]:
    for item in json_records.read(page, options):
        yield replace(item, is_fact=True) if isinstance(item, Raw) else item
