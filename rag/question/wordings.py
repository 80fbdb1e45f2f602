"""What the wordings of `wordings.toml` state: constraints, subjects left out, forms of answer.

Whatever is not worded there is left in the topic, and searched for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from rag.filters import Filters
from rag.question import authors, dates, excluded, publication
from rag.question.counts import NUMBERS, number
from rag.question.phrases import Found, Match, Phrases, Text
from rag.question.schema import Form, FormKind
from rag.question.vocabulary import table, words

Stating = Callable[[Match, Text], Any]
"""What a match states: Filters, an `excluded.LeftOut`, a Form; None where it states nothing."""


def _adjectives(text: Text, at: int) -> Iterator[tuple[int, None]]:
    """Up to four words between a number or adjective and its noun: `newest LLM agent papers`."""
    yield at, None
    for end in range(at, at + 6):
        word = text.word(end)
        if not word or word in words("prepositions") or not (word[0].isalnum() or word in "/+&'s"):
            return
        yield end + 1, None


def _one(found: Found) -> int | None:
    """How many papers an order or a place asks for."""
    if found.get("n"):
        return int(found["n"])
    if found.get("nth"):
        return max(int(found.get("also", found["nth"])) - int(found["nth"]), 0) + 1
    return 1 if found.get("papers", found.get("research")) == "one" else None


def _skip(found: Found) -> int | None:
    return int(found["nth"]) if "nth" in found else None


def _order(match: Match, _text: Text) -> Filters | None:
    sort, order = match.found["order"].split()
    limit = _one(match.found)
    if limit and limit > 999:
        return None
    return Filters(sort=sort, order=order, limit=limit, skip=_skip(match.found))


def _single(match: Match, _text: Text) -> Filters | None:
    """`which of them is the newest?`"""
    sort, order = match.found["order"].split()
    return Filters(sort=sort, order=order, limit=1)


def _latest(match: Match, _text: Text) -> Filters:
    """`anything new`, `the last 3 papers`"""
    return Filters(sort="date", order="desc", limit=match.found.get("n"))


def _sorted(match: Match, _text: Text) -> Filters:
    return Filters(sort=match.found["key"], order=match.found.get("direction", "desc"))


def _limit(match: Match, _text: Text) -> Filters | None:
    limit = _one(match.found)
    return Filters(limit=limit, skip=_skip(match.found)) if limit and limit < 1000 else None


def _best(match: Match, _text: Text) -> Filters | None:
    return Filters(limit=_one(match.found) or 1, skip=_skip(match.found))


def _of_number(field: str, least_of_all: int) -> Stating:
    """Bounds on a number, `field`_min and `field`_max. least_of_all: there are none less."""

    def state(match: Match, _text: Text) -> Filters | None:
        found = match.found
        least, most = _side(found.get("bound") or found.get("orso", "equal"), found.get("n"))
        if "low" in found:
            least, most = sorted((found["low"], found["high"]))
        if "second" in found:
            other = _side(found["second"], found["m"])
            least, most = (
                least if least is not None else other[0],
                most if most is not None else other[1],
            )
        if most is not None and most < max(least or 0, least_of_all):
            return None
        least = None if field == "upvotes" and most == 0 else least
        if field == "upvotes":
            return Filters(upvotes_min=least, upvotes_max=most)
        return Filters(authors_min=least, authors_max=most)

    return state


def _side(bound: str, n: int | None) -> tuple[int | None, int | None]:
    n = n or 0
    return {
        "above": (n + 1, None), "at-least": (n, None), "below": (None, n - 1), "up-to": (None, n),
    }.get(bound, (n, n))  # fmt: skip


def _recorded(match: Match, _text: Text) -> Filters:
    return Filters(recorded=(match.found["record"],))


def _unrecorded(match: Match, _text: Text) -> Filters:
    return Filters(unrecorded=(match.found["record"],))


def _always(filters: Filters) -> Stating:
    return lambda _match, _text: filters


def _form(kind: FormKind) -> Stating:
    return lambda match, _text: Form(kind=kind, count=match.found.get("n"))


_KINDS: tuple[FormKind, ...] = (
    "bullets", "table", "paragraph", "summary", "reading_order", "short"
)  # fmt: skip
STATES: dict[str, dict[str, Stating]] = {
    "dates": {"dates": publication.dates, "aged": publication.aged},
    "not_dates": {"dates": publication.dates},
    "upvotes": {"number": _of_number("upvotes", 0)},
    "author_count": {
        "number": _of_number("authors", 1),
        "single_author": _always(Filters(authors_min=1, authors_max=1)),
        "several_authors": _always(Filters(authors_min=2)),
    },
    "authors": {"sure_names": authors.sure_names, "known_names": authors.known_names},
    "recorded": {
        "recorded": _recorded,
        "dated": _always(Filters(recorded=("date",))),
        "upvoted": _always(Filters(recorded=("upvotes",))),
    },
    "unrecorded": {
        "unrecorded": _unrecorded,
        "undated": _always(Filters(unrecorded=("date",))),
        "never_upvoted": _always(Filters(unrecorded=("upvotes",))),
    },
    "order": {"sorted": _sorted, "order": _order, "latest": _latest, "single": _single},
    "limit": {"limit": _limit, "best": _best},
    "not_about": {
        "left_out": excluded.left_out,
        "kinds_of_papers": excluded.kinds_of_papers,
        "shouted": excluded.shouted,
    },
    "lacking": {"done_without": excluded.done_without},
    "papers": {},
    "form": {kind: _form(kind) for kind in _KINDS},
    "frame": {"frame": lambda _match, _text: True},
}
"""By field, and by the name of the patterns: what a match of them states."""


@cache
def phrases() -> Phrases:
    """All patterns, each with its field and what a match of it states."""
    macros: dict[str, Any] = {
        "n": (number, NUMBERS),
        "dates": (dates.periods, dates.STARTS),
        "names": (authors.names, None),
        "things": (excluded.things, None),
        "adj": (_adjectives, None),
        **table("macros"),
    }
    return Phrases(
        macros,
        [
            (pattern, (field, state))
            for field, states in STATES.items()
            for name, state in states.items()
            for pattern in table(field)[name].strip().splitlines()
        ],
    )
