"""Records whose lines begin with a tag: what RIS, PubMed's .nbib and Web of Science's plain text
have in common. Where a record begins and ends is found here, its tags are read by rispy."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from ingest.readers.base import Item, Lost, Raw
from ingest.readers.text import Text
from rag.adapters import rispy_reading
from rag.adapters.rispy_reading import Kind

_MOST_LINES = 20_000
"""Of one record; Web of Science lists every reference of a paper."""
Tags = Mapping[str, str | list[str]]


def read(
    page: Text, kind: Kind, begins: Collection[str], fields: Callable[[Tags], dict[str, object]]
) -> Iterator[Item]:
    """The records of a page; `begins`: the tags with which one begins."""
    block: list[str] = []
    began = 0
    for number, line in page.lines():
        if line is None:
            if block:
                block.append("")
            continue
        tag = rispy_reading.tag(line, kind)
        if tag in begins:
            yield from _record(block, began, kind, fields)
            block, began = [line], number
        elif tag in ("ER", "EF"):
            yield from _record(block, began, kind, fields)
            block = []
        elif block and len(block) < _MOST_LINES:
            block.append(line)
    yield from _record(block, began, kind, fields)


def _record(
    block: list[str], line: int, kind: Kind, fields: Callable[[Tags], dict[str, object]]
) -> Iterator[Item]:
    if not block:
        return
    try:
        tags = rispy_reading.tagged(block, kind)
    except Exception:  # noqa: BLE001 - whatever a broken record makes it do
        tags = {}
    if tags:
        yield Raw(line=line, fields=fields(tags))
    else:
        yield Lost(line=line, message="a record that cannot be read", remedy="Export it again.")


def values(tags: Tags, *names: str) -> list[str]:
    """All values of the first of `names` that has any."""
    for name in names:
        held = tags.get(name)
        found = held if isinstance(held, list) else [held] if held else []
        if found := [value for value in found if value]:
            return found
    return []


def value(tags: Tags, *names: str) -> tuple[str, ...]:
    """Candidates: the first value of each of `names`, in their order."""
    return tuple(found[0] for name in names if (found := values(tags, name)))
