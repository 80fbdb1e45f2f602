"""The catalog as a list that is searched while one types: words, filters, orders, facts.

All of it is in memory and made anew when the catalog has changed; 20,000 papers are some 60 MB.
Words are compared as people type them: each begins a word of title or abstract, in any case and
without accents; what stands in quotation marks stands together. Meaning is ranking's business.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from rag.records import Paper
from rag.storage.catalog import Catalog
from rag.storage.papers import day_range

Sort = Literal["match", "title", "date", "upvotes"]

_QUOTED = re.compile(r'"([^"]+)"|(\S+)')
_APART = re.compile(r"[\W_]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Which papers, and in which order. Dates are inclusive ISO days; `dated` is None for papers
    with a date or without; `among` keeps to these ids, and `ranks` gives the order of `match`."""

    words: str = ""
    date_from: str | None = None
    date_to: str | None = None
    dated: bool | None = None
    upvotes_min: int | None = None
    source: str | None = None
    among: frozenset[str] | None = None
    ranks: Mapping[str, int] = field(default_factory=dict)
    sort: Sort = "match"
    descending: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What the corpus has: sources and months with how many papers they have, and how many papers
    have a date at all. A month is `2025-10`."""

    papers: int
    dated: int
    sources: Sequence[tuple[str, int]]
    months: Sequence[tuple[str, int]]
    years_only: int
    """Papers of which the year is all that is known: they have no month."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Row:
    paper: Paper
    first: str | None
    last: str | None
    title: str
    words: str
    """` folded words of title and abstract`, a space before each."""


class Listing:
    """The papers of one revision of the catalog."""

    def __init__(self, papers: Sequence[Paper], revision: int) -> None:
        self.revision = revision
        self._rows = [_row(paper) for paper in papers]
        self.by_id = {paper.paper_id: paper for paper in papers}
        self.facts = _facts(self._rows)

    def find(self, wanted: Wanted) -> list[Paper]:
        """The papers wanted, in the order wanted. By `match`: as ranked; else those with all
        words in the title first, the most recent first among each, undated ones last."""
        words = terms(wanted.words)
        rows = [row for row in self._rows if _fits(row, wanted, words)]
        # Sorts are stable, so that what is equal stays in the order of titles, then ids.
        rows.sort(key=lambda row: (row.title, row.paper.paper_id))
        key: Callable[[_Row], str | int | None]
        if wanted.sort == "title":
            if wanted.descending:
                rows.reverse()
        elif wanted.sort == "match" and wanted.ranks:
            last = len(wanted.ranks)
            rows.sort(key=lambda row: wanted.ranks.get(row.paper.paper_id, last))
        else:
            key = _upvotes if wanted.sort == "upvotes" else _day
            down = wanted.descending or wanted.sort == "match"
            known = [row for row in rows if key(row) is not None]
            known.sort(key=key, reverse=down)  # type: ignore[arg-type]
            rows = [*known, *(row for row in rows if key(row) is None)]
            if wanted.sort == "match" and words:
                rows.sort(key=lambda row: not _has(f" {row.title}", words))
        return [row.paper for row in rows]


class Listings:
    """The catalog's listing, up to date. Thread-safe."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._lock = threading.Lock()
        self._current: Listing | None = None

    def current(self) -> Listing:
        """Raises CatalogError as the catalog does."""
        with self._lock:
            revision = self._catalog.corpus_revision
            if self._current is None or self._current.revision != revision:
                self._current = Listing(self._catalog.papers(), revision)
            return self._current


def terms(text: str) -> list[str]:
    """What is looked for: folded words, and folded phrases of what stands in quotation marks."""
    found = [_folded(quoted or word) for quoted, word in _QUOTED.findall(text)]
    return [f" {term}" for term in found if term]


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(c for c in plain if not unicodedata.combining(c))
    return _APART.sub(" ", kept).strip()


def _row(paper: Paper) -> _Row:
    first, last = day_range(paper.date)
    title = _folded(paper.title)
    words = f" {title} {_folded(paper.abstract)}"
    return _Row(paper=paper, first=first, last=last, title=title, words=words)


def _fits(row: _Row, wanted: Wanted, words: Sequence[str]) -> bool:
    paper, votes = row.paper, row.paper.upvotes
    return (
        (wanted.among is None or paper.paper_id in wanted.among)
        and (wanted.dated is None or (paper.date is not None) == wanted.dated)
        and (not wanted.date_from or (row.first is not None and row.first >= wanted.date_from))
        and (not wanted.date_to or (row.last is not None and row.last <= wanted.date_to))
        and (wanted.upvotes_min is None or (votes is not None and votes >= wanted.upvotes_min))
        and (wanted.source is None or any(s.name == wanted.source for s in paper.sources))
        and _has(row.words, words)
    )


def _has(text: str, words: Sequence[str]) -> bool:
    return all(word in text for word in words)


def _day(row: _Row) -> str | None:
    return row.first


def _upvotes(row: _Row) -> int | None:
    return row.paper.upvotes


def _facts(rows: Sequence[_Row]) -> Facts:
    papers = [row.paper for row in rows]
    months = Counter(p.date[:7] for p in papers if p.date and len(p.date) >= 7)
    sources = Counter(s.name for p in papers for s in {s.name: s for s in p.sources}.values())
    return Facts(
        papers=len(papers),
        dated=sum(p.date is not None for p in papers),
        sources=sorted(sources.items()),
        months=sorted(months.items()),
        years_only=sum(p.date is not None and len(p.date) < 7 for p in papers),
    )
