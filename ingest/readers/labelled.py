"""Blocks of labelled lines, as scripts write them: `Title: …`, `Authors: …`, `Abstract: …`, one
paper behind another. What has no label goes on with the line before it."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.readers import spellings
from ingest.readers.base import Item, Options, Raw
from ingest.readers.text import Text
from rag.text.patterns import lazy

_LABEL = lazy(r"\s*(?:[-*#]\s*)?\**([A-Za-zÀ-ÿ][\w ./()-]{1,30}?)\**\s*[:=]\**\s*(.*)\Z")
_RULE = lazy(r"\s*[-=_*#~]{3,}\s*\Z")
_FIELD_OF = {name: field for field, names in spellings.NAMES.items() for name in names} | {
    "doi": "doi", "arxivlink": "url", "arxivurl": "url", "submitted": "published",
}  # fmt: skip
_MOST_LINES = 2_000


def looks_like(head: str) -> bool:
    """Whether there are lines that name a title and lines that name an abstract, about as many."""
    fields = [field for line in head.splitlines() if (field := _labelled(line)[0])]
    titles, abstracts = fields.count("title"), fields.count("abstract")
    return min(titles, abstracts) > 0 and titles <= 2 * abstracts + 1


def read(page: Text, options: Options) -> Iterator[Item]:
    block: dict[str, list[str]] = {}
    began, current, lines = 0, "", 0
    for number, line in page.lines():
        field, words = _labelled(line or "")
        ended = _RULE.match(line or "") is not None
        if ended or (field == "title" and "title" in block) or lines > _MOST_LINES:
            yield from _record(block, began)
            block, current, lines = {}, "", 0
        if ended:
            continue
        lines += 1
        if field:
            current = field
            began = began if block else number
            block.setdefault(field, []).append(words)
        elif current and (line or "").strip():
            block[current][-1] += f"\n{(line or '').strip()}"
        elif current != "abstract":
            current = ""
    yield from _record(block, began)


def _record(block: dict[str, list[str]], line: int) -> Iterator[Item]:
    if block:
        yield Raw(line=line, fields={field: tuple(found) for field, found in block.items()})


def _labelled(line: str) -> tuple[str, str]:
    """The field that a line's label means, and its words; empty for a line without."""
    match = _LABEL.match(line[:5000])
    field = _FIELD_OF.get(spellings.plain(match[1]), "") if match else ""
    return (field, match[2] + line[5000:]) if match and field else ("", line)
