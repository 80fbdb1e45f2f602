"""Which constraints hold for a turn: its own, those of earlier turns, those that the user edited.

How constraints are read off a wording is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.corpus.genres import is_genre
from rag.corpus.lexicon import Lexicon
from rag.corpus.names import normal
from rag.fields import FIELDS
from rag.filters import Filters
from rag.question.constraints import Constraints, Stated


def carried(own: Constraints, earlier: Sequence[Constraints]) -> tuple[Stated, ...]:
    """Constraints of earlier turns that still hold, where later ones say nothing of the same; what
    is left out adds up. Order and number belonged to the answer of their own turn."""
    said = _lasting(own.filters)
    kept: list[Stated] = []
    for read in reversed(earlier):
        new = [one for one in read.stated if _lasting(one.filters) - said or _adds(one.filters)]
        kept += new
        said = said.union(*(_lasting(one.filters) for one in new))
    return tuple(kept)


def _lasting(filters: Filters) -> set[str]:
    return {name for name, field in FIELDS.items() if field.lasts and field.stated(filters)}


def _adds(filters: Filters) -> bool:
    return bool(filters.not_about)


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
