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
from rag.understand.frame import subject
from rag.understand.kinds import COUNTS_PAPERS, kind_of
from rag.understand.lexicon import Lexicon
from rag.understand.pointing import NTH, only_to_see, without_picks
from rag.understand.respelling import respelt

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
_WHICH_DO = re.compile(
    r"(?:(?:and|but|ok(?:ay)?|so)[\s,]+)*which\s+(?:ones?\s+)?(?!(?:is|are|was|were)\b|\S+\s+(?:does|do|did)\b)",
    re.IGNORECASE,
)
"""`and which use ensembles?`, among several papers"""
_WHICH_IS_BETTER = re.compile(
    r"(?:(?:and|but|ok(?:ay)?|so)[\s,]+)*which\s+(?:one\s+)?(?:is|are|works?|performs?)\s+(?:the\s+)?"
    r"(?:best|better|worse|worst|\w+(?:er|est)|more|less|most|least)\b",
    re.IGNORECASE,
)
_ASKS_AT_LAST = re.compile(
    r"\A(?:(?:and|ok(?:ay)?|so)[\s,]+)*(?:what|how)\s+about\b[^,?;:]*[,?;:]\s*(?:and\s+)?"
    r"((?:how|why|what|which|who|when|where)\b.*)",
    re.IGNORECASE,
)
"""`what about the first one, how does it work?`"""
_YES_OR_NO = re.compile(
    r"\s*(?:(?:and|but|so|ok(?:ay)?)[\s,]+)*(?:does|do|did|can|could|is|was|has|will|would)\s+(?!there\b|any|you\b|i\b|we\b)",
    re.IGNORECASE,
)
"""`does CURE need a critic?`: of a method that one paper has, one sentence of it tells."""
_WHICH_THING = re.compile(
    rf"\s*(?:(?:and|but|so|on|in|with|for)[\s,]+)*(?:which|what)\s+(?!(?:of|ones?|{DOCUMENT})\b)"
    r"(?:[\w-]+\s+){0,3}?(?P<noun>[\w-]+)\s+(?:does|do|did|is|are|was|were|has|have)\b",
    re.IGNORECASE,
)
"""`which data sets does CURE use?`, `on which robots did they try it?`: things in one paper."""
_METHOD = re.compile(
    r"(?:method|approach|technique|algorithm|model|framework|system|way)(?:s|es)?", re.IGNORECASE
)
_MEASURE = re.compile(
    r"\b(?:accuracy|rate|score|size|number|gain|improvement|increase|drop|reduction|speed-?up|cost"
    r"|share|percentage|length|duration)s?\s+(?:of|for|by|with)\b",
    re.IGNORECASE,
)
"""`success rate of BiDexHD on unseen tasks`: a fact, if one that is asked for in few words."""
_ASIDE = re.compile(
    r"\A(?:(?:no|sorry|oops|actually|wait|ok(?:ay)?|and)[\s,.!]+)*(?:i\s+meant?\s+|let['’]?s\s+talk\s+about\s+"
    r"|now\s+(?:for\s+)?something\s+(?:completely\s+)?(?:else|different)\s*[:,.–-]\s*"
    r"|(?:another|a\s+different|new|next)\s+(?:question|topic)\s*[:,.–-]\s*)",
    re.IGNORECASE,
)
"""What leads over to a subject and is none."""
_COMPLETE = re.compile(rf"\b(?:what|which|{DOCUMENT})\b", re.IGNORECASE)
"""`the top 3 papers` asks by itself; `top 3` narrows what was asked before."""
_CLAIM = re.compile(
    rf"\A(?!.*(?:\?|\b{DOCUMENT}\b))(?!\s*(?:show|find|list|give|explain|describe|tell|compare)\b)"
    r".*\w[^?]*\.\s*\Z",
    re.IGNORECASE | re.DOTALL,
)
"""`PGE2 is inhibited by aspirin.`: a sentence that asks nothing."""
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
    reader: str = ""
    """The model that read the question; empty for these rules."""


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
    named, renamed = respelt(question[:_READ_AT_MOST], lexicon)
    mended, changes = lexicon.mend(named)
    own = read_constraints(mended, today=today)
    if not (filters or own.filters) and asks_nothing(mended, first=not history):
        return Reading(
            query=Query(
                question=question,
                standalone=question,
                topic="",
                history=tuple(history),
                nothing_asked=True,
            )
        )
    asked = [turn.content[:_READ_AT_MOST] for turn in history if turn.role == "user"]
    earlier = [read_constraints(text, today=today) for text in asked]
    alone = standalone(
        mended,
        history,
        lexicon,
        topics=[read_exclusions(read.topic).topic for read in earlier],
        refined=[_refines(read, text) for read, text in zip(earlier, asked, strict=True)],
        refines=_refines(own, mended),
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
    ranked = any(chip.filters.sort for chip in own.chips)
    if alone.about and not ranked:
        read_filters = replace(read_filters, sort=None, order=None)
    kind = _kind(mended, own.topic, asked, alone, ranked=ranked)
    if kind == "list" and _asks_one_paper(mended, _names_one(lexicon, own.topic), alone):
        kind = "fact"
    left_out = read_exclusions(own.topic) if kind == "list" else Exclusions(topic=own.topic)
    terms = dict.fromkeys(left_out.terms)
    if not alone.papers:
        terms |= dict.fromkeys(
            term for at in alone.leans_on for term in read_exclusions(earlier[at].topic).terms
        )
    without = tuple(w for term in terms for w in lexicon.wordings(term))
    stated = subject(COUNTS_PAPERS.sub("", _ASIDE.sub("", left_out.topic)))
    asking, refused = turned_down(stated, alone.about)
    about = taken_back(alone.about, (*without, *refused))
    to_see = bool(alone.leans_on) and (is_filler(asking) or only_to_see(asking))
    if to_see and alone.papers:
        # Papers that were picked, and nothing asked of them but to see them.
        topic, kind = "", _to_see(kind, len(alone.papers), ranked=ranked)
    else:
        if alone.papers and NTH.search(asking):
            asking = without_picks(asking)
        topic = joined("" if to_see or is_filler(asking) else asking, about)
    # A fact, and a claim to be looked up, are found by their own words; for the rest the long
    # forms of acronyms find more.
    widens = kind in ("list", "explain") and not _CLAIM.search(mended)
    spelt = lexicon.spelt_out(topic) if widens else topic
    seen = alone.shown if alone.papers is None and asks_for_others(mended) else ()
    reading = Reading(
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
        mended=(*renamed, *changes),
        expansions=tuple(lexicon.expand(topic)),
        names=tuple(lexicon.names_in(topic).items()),
        chips=own.chips + carried,
        notes=(*alone.notes, *_left_out_notes(tuple(terms), len(seen))),
    )
    return confined(reading, within)


def _left_out_notes(terms: Sequence[str], seen: int) -> tuple[str, ...]:
    quoted = " or ".join(f"“{term}”" for term in terms)
    notes = [f"Left out: papers about {quoted}."] if terms else []
    if seen:
        shown = "the paper" if seen == 1 else f"the {seen} papers"
        notes.append(f"Left out: {shown} already shown.")
    return tuple(notes)


def confined(reading: Reading, within: Sequence[str] | None) -> Reading:
    """`reading`, about none but the papers `within`, or fewer of these where it is about papers of
    an answer before; None leaves it as it is."""
    if within is None:
        return reading
    meant = set(reading.query.filters.paper_ids or within)
    papers = tuple(i for i in within if i in meant) or tuple(within)
    filters = replace(reading.query.filters, paper_ids=papers)
    return replace(reading, query=replace(reading.query, filters=filters))


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


def _names_one(lexicon: Lexicon, topic: str) -> bool:
    return any(len(papers) == 1 for papers in lexicon.names_in(topic).values())


def _asks_one_paper(text: str, names_one: bool, alone: Standalone) -> bool:
    """Whether what sounds like a list is of things within one paper, which a sentence tells."""
    thing = _WHICH_THING.match(text)
    if names_one:
        return bool(thing or _YES_OR_NO.match(text) or _MEASURE.search(text))
    pointed = bool(alone.leans_on) and re.search(r"\b(?:it|they)\b", text, re.IGNORECASE)
    one = len(alone.in_view) == 1
    if one and _YES_OR_NO.match(text):
        return True
    return bool(thing and (pointed or one) and not _METHOD.fullmatch(thing["noun"]))


def _to_see(kind: Kind, papers: int, *, ranked: bool) -> Kind:
    """How papers are shown of which nothing else is asked."""
    if kind == "compare" and papers > 1:
        return "compare"
    return "list" if ranked or (kind == "list" and papers > 1) else "explain"


def _refines(read: Constraints, text: str) -> bool:
    """Whether a turn states constraints and asks nothing by itself."""
    return bool(read.chips) and not read.topic and not _COMPLETE.search(text)


def _kind(text: str, topic: str, asked: Sequence[str], alone: Standalone, *, ranked: bool) -> Kind:
    """The kind of a turn; of one that leaves the question to a turn before, that one's."""
    if alone.papers and len(alone.papers) > 1:
        if _WHICH_DO.match(text):
            return "list"
        if _WHICH_IS_BETTER.match(text) and not ranked:
            return "compare"
    if alone.leans_on and (asking := _ASKS_AT_LAST.search(text)):
        return kind_of(asking[1])
    turns = [text, *(asked[at] for at in reversed(alone.leans_on))]
    for turn in turns if alone.leans_on else ():
        if not _ELLIPTICAL.match(turn.strip()):
            return kind_of(turn) if turn != text else kind_of(topic) if topic else "list"
    return kind_of(topic) if topic else "list"
