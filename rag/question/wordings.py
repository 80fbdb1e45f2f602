"""What the wordings of `wordings.toml` state: constraints, subjects left out, forms of answer.

Whatever is not worded there is left in the topic, and searched for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from rag.filters import Filters
from rag.question import authors, dates, excluded, publication
from rag.question.counts import NUMBERS, ORDINALS, number, ordinal
from rag.question.phrases import Match, Phrases, Text
from rag.question.schema import Form, FormKind
from rag.question.vocabulary import table, words

Stating = Callable[[Match, Text], Any]
"""What a match states: Filters, an `excluded.LeftOut`, a Form; None where it states nothing."""
_MOST = 999
"""Papers that may be asked for."""


def _adjectives(text: Text, at: int) -> Iterator[tuple[int, None]]:
    """Up to four words between a number or adjective and its noun: `newest LLM agent papers`."""
    yield at, None
    for end in range(at, at + 6):
        word = text.word(end)
        if not word or word in words("prepositions") or not (word[0].isalnum() or word in "/+&'s"):
            return
        yield end + 1, None


def _ranked(match: Match, _text: Text) -> Filters | None:
    """An order, and how many papers in it are asked for, from which place on."""
    found = match.found
    nth, limit = found.get("nth"), found.get("n")
    if nth is not None and not limit:
        limit = max(found.get("also", nth) - nth, 0) + 1
    elif found.get("papers", found.get("research")) == "one":
        limit = limit or 1
    sort, order = found["order"].split() if "order" in found else (None, None)
    return Filters(sort=sort, order=order, limit=limit, skip=nth) if (limit or 1) <= _MOST else None


def _sorted(match: Match, _text: Text) -> Filters:
    return Filters(sort=match.found["key"], order=match.found.get("direction", "desc"))


def _number(match: Match, _text: Text) -> Filters | None:
    found = match.found
    least, most = _side(found.get("bound") or found.get("orso", "equal"), found.get("n", 0))
    if "low" in found:
        least, most = sorted((found["low"], found["high"]))
    upvotes = found["counted"] == "upvotes"
    if most is not None and most < max(least or 0, not upvotes):
        return None
    if upvotes:
        return Filters(upvotes_min=None if most == 0 else least, upvotes_max=most)
    return Filters(authors_min=least, authors_max=most)


def _side(bound: str, n: int) -> tuple[int | None, int | None]:
    return {
        "above": (n + 1, None), "at-least": (n, None), "below": (None, n - 1), "up-to": (None, n),
    }.get(bound, (n, n))  # fmt: skip


def _form(kind: FormKind) -> Stating:
    return lambda match, _text: Form(kind=kind, count=match.found.get("n"))


_KINDS: tuple[FormKind, ...] = (
    "bullets", "table", "paragraph", "summary", "reading_order", "short"
)  # fmt: skip
STATES: dict[str, dict[str, Stating]] = {
    "dates": {"dates": publication.published, "aged": publication.aged},
    "not_dates": {"dates": publication.published},
    "numbers": {"number": _number},
    "authors": {"names": authors.authors},
    "recorded": {"recorded": lambda match, _: Filters(recorded=(match.found["record"],))},
    "unrecorded": {"unrecorded": lambda match, _: Filters(unrecorded=(match.found["record"],))},
    "order": {"sorted": _sorted, "order": _ranked},
    "limit": {"limit": _ranked},
    "not_about": {
        "left_out": excluded.left_out,
        "kinds_of_papers": excluded.kinds_of_papers,
        "shouted": excluded.shouted,
    },
    "lacking": {"done_without": excluded.done_without},
    "form": {kind: _form(kind) for kind in _KINDS},
    "frame": {"frame": lambda _match, _text: True},
}
"""By table, and by the name of the patterns: what a match of them states."""


@cache
def phrases() -> Phrases:
    """All patterns, each with what a match of it states."""
    macros: dict[str, Any] = {
        "n": (number, NUMBERS),
        "nth": (ordinal, ORDINALS),
        "dates": (dates.periods, dates.STARTS),
        "names": (authors.names, None),
        "things": (excluded.things, None),
        "adj": (_adjectives, None),
        **table("macros"),
    }
    return Phrases(
        macros,
        [
            (pattern, state)
            for name, states in STATES.items()
            for key, state in states.items()
            for pattern in table(name)[key].strip().splitlines()
        ],
    )
