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
from rag.understand.constraints import Constraints, read_constraints
from rag.understand.followup import Standalone, joined, standalone
from rag.understand.kinds import kind_of
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
    within: Sequence[str] | None = None,
) -> Reading:
    """Read a question. `filters`, where given, replace all constraints read (the user edited them).
    `within`, where given, are the papers chosen beforehand, and nothing leads out of them:
    constraints narrow them further.

    `today` anchors `last year` and months without a year.
    """
    mended, changes = lexicon.mend(question[:_READ_AT_MOST])
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
    if filters is not None:
        read_filters = filters
    if within is not None:
        read_filters = replace(read_filters, paper_ids=_among(read_filters.paper_ids, within))
    topic = joined(own.topic, alone.about)
    return Reading(
        query=Query(
            question=question,
            standalone=alone.question,
            topic=topic,
            kind=_kind(mended, own.topic, asked, alone),
            filters=read_filters,
            history=tuple(history),
        ),
        mended=tuple(changes),
        expansions=tuple(lexicon.expand(topic)),
        names=tuple(lexicon.names_in(topic).items()),
        chips=own.chips + carried,
        notes=alone.notes,
    )


def _among(papers: Sequence[str] | None, within: Sequence[str]) -> tuple[str, ...]:
    """The chosen papers; fewer of them where the question is about papers of an answer before."""
    if papers is None:
        return tuple(within)
    known = set(within)
    return tuple(i for i in papers if i in known) or tuple(within)


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
