"""arXiv ids: their usual spellings, and the month that each tells."""

from __future__ import annotations

import re

from rag.text.patterns import lazy

_ID = lazy(
    r"(?:https?://(?:www\.)?arxiv\.org/(?:abs|pdf)/|arxiv:\s*)?"
    r"(?:(\d{4}\.\d{4,5})|([a-z-]+)(?:\.[a-z]{2})?/(\d{7}))(?:v\d+)?(?:\.pdf)?",
    re.IGNORECASE,
)
_IN_TEXT = lazy(
    r"arxiv[.:/\s]+(?:org/)?(?:abs/|pdf/|html/)?(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})",
    re.IGNORECASE,
)
_FIRST_YEAR = 91
"""Of arXiv: 1991. Two digits below it are of this century."""


def normalise_arxiv(text: str) -> str | None:
    """`2503.01234` or `cs/0112017` from any usual spelling, version dropped; None if it is none."""
    match = _ID.fullmatch(text.strip())
    if match is None:
        return None
    modern, archive, number = match.groups()
    return str(modern) if modern else f"{archive.lower()}/{number}"


def arxiv_in(text: str) -> str | None:
    """The arXiv id that an address or a note holds: `arXiv:2104.01234 [cs.IR]`."""
    match = _IN_TEXT.search(text)
    return normalise_arxiv(match[1]) if match else None


def month_of(text: str | None) -> str | None:
    """`2025-10` of 2510.10150, the month in which it was given; None where it tells none."""
    number = (normalise_arxiv(text or "") or "").rpartition("/")[2]
    year, month = number[:2], number[2:4]
    if not number or not 1 <= int(month) <= 12:
        return None
    return f"{19 if int(year) >= _FIRST_YEAR else 20}{year}-{month}"
