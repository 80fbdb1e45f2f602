"""The nouns of fetching: what is asked for, of whom, and what one reply holds."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from rag.errors import FetchFailed


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """What somebody wants: words in the service's own language with the first and the last day, or
    things that are looked up one by one (DOIs, arXiv ids, titles)."""

    words: str = ""
    since: datetime.date | None = None
    until: datetime.date | None = None
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """One request: what follows the service's address."""

    path: str
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """What one reply holds: so many records, of so many in all as far as that is told. `next`
    names the page behind it in the service's own way; None for none."""

    records: int
    total: int | None = None
    next: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A service. `ask(query, at, size)` is the request for the page that `at` names, empty for the
    first; `read(body, query, at)` raises FetchFailed for a reply that is none, BadInput where the
    service does not understand the query.

    `interval_s`: seconds between two requests. `size`: records asked for at once; `most`: how many
    of a query it gives at all, where there is a limit.
    """

    name: str
    told: str
    base: str
    interval_s: float
    size: int
    ending: str
    ask: Callable[[Query, str, int], Ask]
    read: Callable[[bytes, Query, str], Page]
    most: int | None = None
    service: str = ""
    """The name of the service, where this is one of several ways to ask it."""
    looks_up: str = ""
    """What a query's ids are: `DOI`."""
    contact_param: str = ""
    key: str = ""
    """The setting that holds its key, as `Config` names it."""
    key_param: str = ""
    key_header: str = ""

    @property
    def of(self) -> str:
        return self.service or self.name


def odd(who: str, what: str) -> FetchFailed:
    """Of a reply that is not what the service documents; these pass, mostly."""
    return FetchFailed(
        f"{who} sent {what}.",
        remedy="The same command goes on where this one ended; if it stays so, the service may have"
        " changed.",
        retries=3,
    )
