"""What the readers of XML share: the words of an element and its children by local name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from itertools import chain
from typing import Any

from ingest.readers.base import Item, Lost, Raw
from ingest.readers.text import Text
from rag.adapters import defusedxml_elements
from rag.errors import BadInput

_KEPT_TAGS = frozenset(("sup", "sub"))


def read(
    page: Text, tags: Collection[str], fields: Callable[[Any], dict[str, object] | None]
) -> Iterator[Item]:
    """A record for each element of the tags; `fields` gives None for one that is no record."""
    pieces = page.pieces()
    first = next(pieces, b"").lstrip()  # white space before the declaration is an error to XML
    some = False
    try:
        for line, element in defusedxml_elements.elements(chain([first], pieces), tags):
            some = True
            found = fields(element)
            if found is not None:
                yield Raw(line=line, fields=found)
    except BadInput as error:
        remedy = error.remedy or "What came before this place is read. Export the file again."
        yield Lost(line=error.line or 1, message=error.message, remedy=remedy, records=0)
        return
    if not some:
        yield Lost(line=1, message="the file holds no record", remedy="Export it again.", records=0)


def text(element: Any, *path: str) -> str:
    """All words within an element, or within the first that stands at a path; empty for none."""
    for tag in path:
        element = None if element is None else element.find(tag)
    return "" if element is None else "".join(element.itertext())


def texts(element: Any, path: str) -> list[str]:
    """Of every element at a path (`a/b`), those that say something."""
    return [found for one in element.findall(path) if (found := text(one).strip())]
