"""Which constraints hold for a turn: its own, those of earlier turns, those that the user edited.

How constraints are read off a wording is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.corpus.genres import is_genre
from rag.corpus.lexicon import Lexicon
from rag.corpus.names import normal
from rag.filters import Filters
from rag.question.chips import Chip
from rag.question.constraints import Constraints


def carried(own: Constraints, earlier: Sequence[Constraints]) -> tuple[Chip, ...]:
    """Constraints of earlier turns that still hold: on dates, upvotes, authors and what is on
    record, where this turn says nothing of these. Order and number belonged to the answer of their
    own turn."""
    said = set(_on(own.filters))
    kept: list[Chip] = []
    for read in reversed(earlier):
        kept += [chip for chip in read.chips if set(_on(chip.filters)) - said]
        # Votes of several turns bound each other; of dates and names the later ones count.
        said |= {on for chip in kept for on in _on(chip.filters)} - {"upvotes"}
    return tuple(kept)


def _on(filters: Filters) -> Iterator[str]:
    """What constraints are about that hold beyond their turn."""
    yield from ["date"] * filters.dated + ["upvotes"] * filters.voted
    yield from ["authors"] * bool(filters.authors) + ["author_count"] * filters.manned
    yield from ["record"] * bool(filters.recorded or filters.unrecorded)


def edited(read: Filters, given: Filters | None) -> Filters:
    """What the user has `given`, where it was; what they say nothing of is read all the same."""
    if given is None:
        return read
    not_about = read.not_about if given.not_about is None else given.not_about
    lacking = read.lacking if given.lacking is None else given.lacking
    return replace(given, not_about=not_about, lacking=lacking)


def out_wordings(term: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The wordings of what is left out; a kind of papers is its own."""
    return (term,) if is_genre(term) else tuple(lexicon.wordings(term))


def unused_wordings(terms: Sequence[str], lexicon: Lexicon) -> tuple[str, ...]:
    """Every form in which the corpus speaks of what papers are not to use: other wordings, and
    acronyms in whose long form it stands (`RLHF` for `RL`)."""
    forms = dict.fromkeys(form for term in terms for form in lexicon.wordings(term))
    plain = [f" {normal(form)} " for form in forms]
    within = (
        short
        for short, meanings in lexicon.acronyms.items()
        if any(one in f" {normal(meaning.long)} " for meaning in meanings for one in plain)
    )
    return tuple(dict.fromkeys((*forms, *within))) if forms else ()
