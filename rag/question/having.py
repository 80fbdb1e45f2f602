"""What records are to hold, or not to hold: `with a date`, `undated`, `without upvotes`, `that have
a DOI`. How many upvotes or authors, `votes` reads; whether any paper has it is found out later.
"""

from __future__ import annotations

from collections.abc import Iterator

from rag.filters import Filters, OnRecord
from rag.question.chips import Chip
from rag.text.phrases import DOCUMENT, compiled

_WITH = (
    r"(?:(?:that|which|who)\s+)?(?:with|having|have|has|got|and(?=\s+their\b))\s+"
    r"(?:an?\s+|any\s+|some\s+|the\s+|their\s+)?"
)
_WITHOUT = (
    r"(?:(?:that|which)\s+)?(?:without|lacking|lack|with\s+no|having\s+no|ha(?:ve|s)\s+no|ha(?:ve|s)(?:\s+not|n['’]t)(?:\s+got)?"
    r"|d(?:o|oes)(?:\s+not|n['’]t)\s+have|miss(?:ing)?)\s+(?:an?\s+|any\s+|the\s+|their\s+)?"
)
_KNOWN = r"(?:(?:known|recorded|stated|given|publication|exact|listed|named|author)\s+){0,2}"
_THINGS: dict[OnRecord, str] = {
    "date": r"(?:dates?(?:\s+of\s+publication)?|years?)",
    "upvotes": r"up-?votes?",
    "authors": r"(?:authors?(?:\s+names?)?|names\s+of\s+(?:the\s+|their\s+)?authors)",
    "doi": r"dois?",
    "link": r"(?:links?|urls?|arxiv\s+(?:ids?|links?|numbers?))",
}
_END = (
    r"(?:\s+on\s+record)?(?=\s*(?:[?.!,;:)]|\Z)"
    r"|\s+(?:on|about|in|from|since|and|or|but|first|are|there|is|do|that|which|please|of)\b)"
)
_SHAPES: tuple[tuple[OnRecord, bool, str], ...] = (
    *((what, False, rf"\b{_WITHOUT}{_KNOWN}{thing}\b{_END}") for what, thing in _THINGS.items()),
    *((what, True, rf"\b{_WITH}{_KNOWN}{thing}\b{_END}") for what, thing in _THINGS.items()),
    ("date", False, rf"\b(?:undated|not\s+dated)(?=\s+{DOCUMENT}\b|\s*[?.!,]|\s*\Z)"),
    ("date", True, r"\b(?:are|is)\s+dated(?=\s*[?.!,]|\s*\Z)"),
    ("date", True, rf"\bdated(?=\s+{DOCUMENT}\b)"),
    ("upvotes", False, r"\b(?:(?:that|which)\s+)?(?:(?:were|are|was|is)\s+)?never\s+upvoted\b"),
    ("upvotes", True, rf"\bupvoted(?=\s+{DOCUMENT}\b)(?<!most\ upvoted)(?<!least\ upvoted)"),
)
_READERS = tuple((what, held, compiled(shape)) for what, held, shape in _SHAPES)
_OF_PAPERS = compiled(rf"\b(?:{DOCUMENT}|those|these|them|ones?|which|any(?:thing)?|everything)\b")


def read_having(text: str) -> Iterator[Chip]:
    """The constraints on what is on record; spans do not overlap. Only where papers are spoken of:
    a method does `without dates` as well."""
    if not _OF_PAPERS.search(text):
        return
    taken: list[tuple[int, int]] = []
    for what, held, shape in _READERS:
        for match in shape.finditer(text):
            start, end = match.span()
            if any(start < last and first < end for first, last in taken):
                continue
            taken.append((start, end))
            filters = Filters(recorded=(what,)) if held else Filters(unrecorded=(what,))
            yield Chip(start=start, end=end, text=match[0].strip(" ,"), filters=filters)
