"""The constraints that a question may state on fields of papers.

What can be done with each of them is in one table, `rag.fields`. This module imports nothing of
ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Order = Literal["asc", "desc"]
SortKey = Literal["upvotes", "date", "authors"]
OnRecord = Literal["date", "upvotes", "authors", "author_count", "link", "doi"]

ON_RECORD: dict[OnRecord, str] = {
    "date": "a date",
    "upvotes": "upvotes",
    "authors": "names of authors",
    "author_count": "a number of authors",
    "link": "a link",
    "doi": "a DOI",
}
NONE_ON_RECORD = {what: words.removeprefix("a ") for what, words in ON_RECORD.items()}
ORDERS: dict[tuple[SortKey, Order], str] = {
    ("date", "desc"): "latest",
    ("date", "asc"): "earliest",
    ("upvotes", "desc"): "most upvoted",
    ("upvotes", "asc"): "least upvoted",
    ("authors", "desc"): "most authors",
    ("authors", "asc"): "fewest authors",
}
"""How these values are told."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Filters:
    """Constraints that a question states. Dates are inclusive ISO days; what a paper does not
    state (a date, upvotes) satisfies no constraint on it."""

    date_from: str | None = None
    date_to: str | None = None
    upvotes_min: int | None = None
    sort: SortKey | None = None
    order: Order | None = None
    limit: int | None = None
    paper_ids: tuple[str, ...] | None = None
    """Only these papers, when the question (or the user) restricts itself to a selection."""
    upvotes_max: int | None = None
    not_from: str | None = None
    not_to: str | None = None
    """Days that are left out: `not from 2024`. Both, or neither."""
    skip: int | None = None
    """How many of the first are passed over: one for `the second newest`."""
    not_about: tuple[str, ...] | None = None
    """Subjects and kinds of papers that are left out (`robotics`, `surveys`), in the question's
    words; none at all, as against None, where the user took them away."""
    lacking: tuple[str, ...] | None = None
    """What papers are to do without (`without labels`): those that plainly use it are left out."""
    authors: tuple[str, ...] | None = None
    """Names as asked for, all of them among the authors: `Jane Smith`, `J. Smith`, `Smith`; one may
    offer a choice, `Smith or Lee`."""
    authors_min: int | None = None
    authors_max: int | None = None
    """How many authors a paper has at least and at most."""
    recorded: tuple[OnRecord, ...] | None = None
    unrecorded: tuple[OnRecord, ...] | None = None
    """What the records of papers are to hold, and what not. No upvotes are none on record."""

    def __bool__(self) -> bool:
        return self != Filters()

    @property
    def dated(self) -> bool:
        """Whether dates are bounded."""
        return bool(self.date_from or self.date_to or self.not_from)

    @property
    def voted(self) -> bool:
        """Whether upvotes are bounded."""
        return self.upvotes_min is not None or self.upvotes_max is not None

    @property
    def manned(self) -> bool:
        """Whether the number of authors is bounded."""
        return self.authors_min is not None or self.authors_max is not None
