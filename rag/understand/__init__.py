"""What a question means, read without a model: kind, constraints, place in a conversation.

    text ─mend→ own constraints ─lean on earlier turns→ standalone question ─→ Query

Everything is read off the wording and the lexicon of the corpus. What was read can be shown, and
the constraints can be replaced by those that the user edited.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from rag.records import Filters, Kind, Query, Turn
from rag.understand.acronyms import Meaning
from rag.understand.chips import DOCUMENT, Chip, merge
from rag.understand.constraints import Constraints, asks_nothing, is_filler, read_constraints
from rag.understand.exclusions import (
    Exclusions,
    asks_for_others,
    read_exclusions,
    taken_back,
    turned_down,
)
from rag.understand.followup import Standalone, joined, standalone
from rag.understand.kinds import COUNTS_PAPERS, kind_of
from rag.understand.lexicon import Lexicon

__all__ = [
    "Chip", "Constraints", "Lexicon", "Meaning", "Reading", "Standalone",
    "kind_of", "read_constraints", "standalone", "understand",
]  # fmt: skip

_ELLIPTICAL = re.compile(
    r"(?:(?:ok(?:ay)?|so|well)[\s,]+)*(?:(?:and|or|but)\b"
    r"(?!\s+(?:what|which|how|why|who|when|where|does|do|is)\b)"
    r"|what\s+about|how\s+about|only|just|more|others?|any\s+others?|same)\b",
    re.IGNORECASE,
)
"""A turn that names a change and leaves the question itself to the turn before."""
_COMPLETE = re.compile(rf"\b(?:what|which|{DOCUMENT})\b", re.IGNORECASE)
"""`the top 3 papers` asks by itself; `top 3` narrows what was asked before."""
_READ_AT_MOST = 4000
"""Characters of a question that are read for meaning: beyond that it is a pasted document."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """A query with what led to it, to be shown.

    mended: (as typed, as read). expansions: other wordings worth searching with. names: method
    and data-set names, with the papers they belong to. chips: the words that state constraints,
    those of earlier turns that still hold included. notes: sentences for the user.
    """

    query: Query
    mended: tuple[tuple[str, str], ...] = ()
    expansions: tuple[str, ...] = ()
    names: tuple[tuple[str, tuple[str, ...]], ...] = ()
    chips: tuple[Chip, ...] = ()
    notes: tuple[str, ...] = ()


def understand(
    question: str,
    *,
    lexicon: Lexicon,
    today: date,
    history: Sequence[Turn] = (),
    filters: Filters | None = None,
) -> Reading:
    """Read a question. `filters`, where given, replace all constraints read (the user edited them).

    `today` anchors `last year` and months without a year.
    """
    mended, changes = lexicon.mend(question[:_READ_AT_MOST])
    if not filters and asks_nothing(mended, first=not history):
        return Reading(
            query=Query(
                question=question,
                standalone=question,
                topic="",
                history=tuple(history),
                nothing_asked=True,
            )
        )
    own = read_constraints(mended, today=today)
    asked = [turn.content[:_READ_AT_MOST] for turn in history if turn.role == "user"]
    earlier = [read_constraints(text, today=today) for text in asked]
    alone = standalone(
        mended,
        history,
        lexicon,
        topics=[read.topic for read in earlier],
        refines=bool(own.chips) and not own.topic and not _COMPLETE.search(mended),
    )
    carried = () if alone.papers else _carried(own, [earlier[at] for at in alone.leans_on])
    read_filters = replace(
        merge(own.chips + carried),
        sort=own.filters.sort,
        order=own.filters.order,
        limit=own.filters.limit,
        paper_ids=alone.papers,
    )
    # A bare `top 3` means the best liked ones, unless the topic comes from the turns before.
    if alone.about and not any(chip.filters.sort for chip in own.chips):
        read_filters = replace(read_filters, sort=None, order=None)
    kind = _kind(mended, own.topic, asked, alone)
    left_out = read_exclusions(own.topic) if kind == "list" else Exclusions(topic=own.topic)
    without = tuple(w for term in left_out.terms for w in lexicon.wordings(term))
    asking, refused = turned_down(COUNTS_PAPERS.sub("", left_out.topic), alone.about)
    about = taken_back(alone.about, (*without, *refused))
    topic = joined("" if is_filler(asking) else asking, about)
    # A fact is found by its own words; for the rest the long forms of acronyms find more.
    spelt = lexicon.spelt_out(topic) if kind in ("list", "explain") else topic
    seen = alone.shown if alone.papers is None and asks_for_others(mended) else ()
    return Reading(
        query=Query(
            question=question,
            standalone=joined(mended.strip(), about) if alone.about else alone.question,
            topic=topic,
            search=spelt if spelt != topic else "",
            kind=kind,
            filters=read_filters if filters is None else filters,
            without=without,
            seen=seen,
            expansions=lexicon.expansions(mended) if kind == "fact" else (),
            history=tuple(history),
        ),
        mended=tuple(changes),
        expansions=tuple(lexicon.expand(topic)),
        names=tuple(lexicon.names_in(topic).items()),
        chips=own.chips + carried,
        notes=(*alone.notes, *_left_out_notes(left_out.terms, len(seen))),
    )


def _left_out_notes(terms: Sequence[str], seen: int) -> tuple[str, ...]:
    notes = [f"Left out: what is about {' or '.join(terms)}."] if terms else []
    if seen:
        shown = "the paper" if seen == 1 else f"the {seen} papers"
        notes.append(f"Left out: {shown} already shown.")
    return tuple(notes)


def _carried(own: Constraints, earlier: Sequence[Constraints]) -> tuple[Chip, ...]:
    """Constraints of earlier turns that still hold: dates and upvotes that this turn leaves alone.
    Order and number belonged to the answer of their own turn."""
    dated = bool(own.filters.date_from or own.filters.date_to)
    kept: list[Chip] = []
    for read in reversed(earlier):
        for chip in read.chips:
            rule = chip.filters
            is_date = bool(rule.date_from or rule.date_to)
            if (is_date and not dated) or (rule.upvotes_min and own.filters.upvotes_min is None):
                kept.append(chip)
        dated = dated or any(chip.filters.date_from or chip.filters.date_to for chip in kept)
    return tuple(kept)


def _kind(text: str, topic: str, asked: Sequence[str], alone: Standalone) -> Kind:
    if alone.leans_on and _ELLIPTICAL.match(text.strip()):
        return kind_of(asked[alone.leans_on[-1]])
    return kind_of(topic) if topic else "list"
