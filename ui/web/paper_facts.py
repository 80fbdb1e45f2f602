"""Facts of a paper in a few words, the same in every view: its day, its people, its address."""

from __future__ import annotations

import calendar
from urllib.parse import quote

from rag import export
from rag.records import Paper
from rag.text.words import number_of

BY_ARXIV = "arXiv "
"""Before the month that an arXiv id tells (`Paper.dated`)."""
_SEARCH = "https://www.semanticscholar.org/search?q="


def day(published: str | None) -> str:
    """`2025-10-11` → 11 Oct 2025, as precise as it is known; `arXiv 2025-10` → arXiv Oct 2025;
    empty for an unknown date."""
    if published and published.startswith(BY_ARXIV):
        return BY_ARXIV + day(published.removeprefix(BY_ARXIV))
    parts = (published or "").split("-")
    try:
        year, *rest = (int(part) for part in parts)
        if not rest:
            return str(year)
        month = f"{calendar.month_abbr[rest[0]]} {year}"
        return f"{rest[1]} {month}" if len(rest) > 1 else month
    except (ValueError, IndexError):
        return published or ""


def address(paper: Paper) -> tuple[str, str]:
    """Where the paper can be opened, and what that does, in words."""
    if where := export.address(paper):
        on_arxiv = where.startswith("https://arxiv.org/")
        return where, "Open on arXiv" if on_arxiv else "Open the paper"
    return _SEARCH + quote(paper.title), "Search for the title"


def people(paper: Paper) -> str:
    """Who wrote it, in a few words: one name or two, the first of more, or how many they are."""
    first, *others = paper.authors or ("",)
    if not first:
        return number_of(paper.author_count, "author") if paper.author_count else ""
    if len(others) == 1:
        return f"{first} and {others[0]}"
    return f"{first} et al." if others else first
