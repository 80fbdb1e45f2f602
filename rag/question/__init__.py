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

from rag.corpus.acronyms import Meaning
from rag.corpus.lexicon import Lexicon
from rag.corpus.respelling import respelt
from rag.fields import merge
from rag.filters import Filters
from rag.question.constraints import Constraints, Stated, read_constraints
from rag.question.coreference import NTH, ONE_OF_THEM, only_to_see, without_picks
from rag.question.corrections import led_over, meant
from rag.question.dialogue_acts import Further
from rag.question.exclusions import asks_for_others, taken_back, turned_down
from rag.question.followup import Standalone, joined, standalone
from rag.question.holding import carried, edited, out_wordings, unused_wordings
from rag.question.kinds import kind_of
from rag.question.named import with_named
from rag.question.topic import asks_nothing, is_filler, subject
from rag.question.turn_kinds import kind_of_turn, kind_to_see
from rag.question.wishes import Wish, wished
from rag.question.wordings import Form
from rag.records import Query, Turn
from rag.text.patterns import lazy
from rag.text.phrases import DOCUMENT

__all__ = [
    "Constraints", "Lexicon", "Meaning", "Reading", "Standalone", "Stated",
    "kind_of", "read_constraints", "standalone", "understand",
]  # fmt: skip

_TLDR = lazy(r"\btl;\s?dr\b[:;]?", re.IGNORECASE)
_YES_OR_NO = lazy(
    r"\s*(?:(?:and|but|so|ok(?:ay)?)[\s,]+)*(?:does|do|did|can|could|is|was|has|will|would)\s+(?!there\b|any|you\b|i\b|we\b)",
    re.IGNORECASE,
)
"""`does CURE need a critic?`: of a method that one paper has, one sentence of it tells."""
_WHICH_THING = lazy(
    rf"\s*(?:(?:and|but|so|on|in|with|for)[\s,]+)*(?:which|what)\s+(?!(?:of|ones?|{DOCUMENT})\b)"
    r"(?:[\w-]+\s+){0,3}?(?P<noun>[\w-]+)\s+(?:does|do|did|is|are|was|were|has|have)\b",
    re.IGNORECASE,
)
"""`which data sets does CURE use?`, `on which robots did they try it?`: things in one paper."""
_METHOD = lazy(
    r"(?:method|approach|technique|algorithm|model|framework|system|way)(?:s|es)?", re.IGNORECASE
)
_MEASURE = lazy(
    r"\b(?:accuracy|rate|score|size|number|gain|improvement|increase|drop|reduction|speed-?up|cost"
    r"|share|percentage|length|duration)s?\s+(?:of|for|by|with)\b",
    re.IGNORECASE,
)
"""`success rate of BiDexHD on unseen tasks`: a fact, if one that is asked for in few words."""
_COMPLETE = lazy(rf"\b(?:what|which|{DOCUMENT})\b", re.IGNORECASE)
"""`the top 3 papers` asks by itself; `top 3` narrows what was asked before."""
_CLAIM = lazy(
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
    chips: tuple[Stated, ...] = ()
    notes: tuple[str, ...] = ()
    form: Form | None = None
    """The form of answer that the question wishes for."""
    reader: str = ""
    """The model that read the question; empty for these rules."""
    further: Further | None = None
    """The list of the answer before goes on; nothing else is asked."""


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
    named, renamed = respelt(_TLDR.sub("tldr", question[:_READ_AT_MOST]), lexicon)
    mended, changes = lexicon.mend(named)
    said = _said(history, lexicon)
    wish = wished(mended)
    if wish and said and not wish.asking:
        again = understand(
            said[-1],
            lexicon=lexicon,
            today=today,
            history=history[: max(at for at, t in enumerate(history) if t.role == "user")],
            filters=filters,
            within=within,
        )
        return _once_more(again, wish, question, history)
    mended = (wish and wish.asking) or mended
    *asked, mended = meant([*said, mended], lexicon) if said else (mended,)
    own = read_constraints(mended, today=today, people=lexicon.people)
    if not (filters or own.filters) and asks_nothing(mended, first=not (history or within)):
        return Reading(
            query=Query(
                question=question,
                standalone=question,
                topic="",
                history=tuple(history),
                nothing_asked=True,
            )
        )
    earlier = [read_constraints(text, today=today, people=lexicon.people) for text in asked]
    alone = standalone(
        mended,
        history,
        lexicon,
        asked=asked,
        topics=[read.asked for read in earlier],
        refined=[_refines(read, text) for read, text in zip(earlier, asked, strict=True)],
        refines=_refines(own, mended),
        within=within,
    )
    if alone.rest is not None:
        mended, own = alone.rest, read_constraints(alone.rest, today=today)
    earlier_chips = () if alone.papers else carried(own, [earlier[at] for at in alone.leans_on])
    read_filters = replace(
        merge(one.filters for one in own.stated + earlier_chips),
        sort=own.filters.sort,
        order=own.filters.order,
        limit=_limit(own, alone, mended),
        skip=own.filters.skip,
        paper_ids=alone.papers,
    )
    # A bare `top 3` means the best liked ones, unless the topic comes from the turns before.
    ranked = any(chip.filters.sort for chip in own.stated)
    if alone.about and not ranked:
        read_filters = replace(read_filters, sort=None, order=None)
    kind = kind_of_turn(mended.strip(), own.asked, asked, alone, ranked=ranked)
    if kind == "list" and _asks_one_paper(mended, _names_one(lexicon, own.asked), alone):
        kind = "fact"
    unused = {
        term for read in (own, *(earlier[at] for at in alone.leans_on)) for term in read.unused
    }
    if kind != "list":
        read_filters = replace(read_filters, not_about=None, lacking=None)
    stands = edited(read_filters, filters)
    without = tuple(w for term in stands.not_about or () for w in out_wordings(term, lexicon))
    whole = kind != "list" and own.filters.not_about
    rest, refused = turned_down(own.asked, alone.about)
    asking = _asking(own, rest, mended if whole else "") if not alone.further else ""
    about = taken_back(alone.about, (*without, *refused))
    to_see = bool(alone.leans_on or alone.papers) and not alone.takes_up
    to_see = to_see and (is_filler(asking) or only_to_see(asking))
    if to_see and alone.papers:
        # Papers that were picked, and nothing asked of them but to see them.
        topic, kind = "", kind_to_see(kind, len(alone.papers), ranked=ranked)
    else:
        if alone.papers and NTH.search(asking):
            asking = without_picks(asking)
        topic = joined(
            "" if to_see or (is_filler(asking) and not alone.takes_up) else asking, about
        )
    # A fact, and a claim to be looked up, are found by their own words; for the rest the long
    # forms of acronyms find more.
    widens = kind in ("list", "explain") and not _CLAIM.search(mended)
    spelt = lexicon.spelt_out(topic) if widens else topic
    goes_on = bool(alone.further) or asks_for_others(mended)
    seen = alone.shown if alone.papers is None and goes_on else ()
    reading = Reading(
        query=Query(
            question=question,
            standalone=alone.sentence,
            topic=topic,
            search=spelt if spelt != topic else "",
            kind=kind,
            filters=stands,
            without=without,
            unused=unused_wordings([t for t in stands.not_about or () if t in unused], lexicon),
            lacking=tuple(w for term in stands.lacking or () for w in lexicon.wordings(term)),
            seen=seen,
            aspect=alone.aspect and not alone.takes_up,
            expansions=lexicon.expansions(mended) if kind == "fact" else (),
            history=tuple(history),
        ),
        mended=(*renamed, *changes),
        expansions=tuple(lexicon.expand(topic)),
        names=tuple(lexicon.names_in(topic).items()),
        chips=own.stated + earlier_chips,
        form=own.form,
        notes=(*alone.notes, *_left_out_notes(len(seen)), *([wish.note] if wish else [])),
        further=alone.further,
    )
    picked = alone.papers or alone.in_view
    query = with_named(reading.query, mended, lexicon, picked=picked, constrained=filters)
    return confined(replace(reading, query=query), within)


def _asking(own: Constraints, rest: str, whole: str) -> str:
    """What a turn asks, in its own words. rest: what is left of it where it takes words back;
    whole: the turn, where what it leaves out is part of what it asks."""
    over = led_over(own.asked)
    if over or rest != own.asked:
        return subject(over or rest)
    return subject(whole) if whole else own.topic


def _said(history: Sequence[Turn], lexicon: Lexicon) -> list[str]:
    """What the user said before, mended."""
    turns = (turn.content[:_READ_AT_MOST] for turn in history if turn.role == "user")
    return [lexicon.mend(text)[0] for text in turns]


def _once_more(again: Reading, wish: Wish, question: str, history: Sequence[Turn]) -> Reading:
    """What was asked before, again, for a turn that wants something of its answer."""
    query = replace(again.query, question=question, history=tuple(history))
    return replace(again, query=query, notes=(wish.note,) if wish.note else again.notes)


def _limit(own: Constraints, alone: Standalone, text: str) -> int | None:
    """How many papers are wanted at most, where that is said."""
    if alone.further and alone.further.limit:
        return alone.further.limit
    of_them = alone.papers and ONE_OF_THEM.search(text)
    return own.filters.limit or (1 if of_them else None)


def _left_out_notes(seen: int) -> tuple[str, ...]:
    if not seen:
        return ()
    shown = "the paper" if seen == 1 else f"the {seen} papers"
    return (f"Left out: {shown} already shown.",)


def confined(reading: Reading, within: Sequence[str] | None) -> Reading:
    """`reading`, about none but the papers `within`, or fewer of these where it is about papers of
    an answer before; None leaves it as it is."""
    if within is None:
        return reading
    meant = set(reading.query.filters.paper_ids or within)
    papers = tuple(i for i in within if i in meant) or tuple(within)
    filters = replace(reading.query.filters, paper_ids=papers)
    return replace(reading, query=replace(reading.query, filters=filters))


def _names_one(lexicon: Lexicon, topic: str) -> bool:
    return any(len(papers) == 1 for papers in lexicon.names_in(topic).values())


def _asks_one_paper(text: str, names_one: bool, alone: Standalone) -> bool:
    """Whether what sounds like a list is of things within one paper, which a sentence tells."""
    thing = _WHICH_THING.match(text)
    if names_one:
        return bool(thing or _YES_OR_NO.match(text) or _MEASURE.search(text))
    one = len(alone.in_view) == 1
    # Of several papers, each is asked what `they` use.
    shape = r"\bit\b" if len(alone.in_view) > 1 else r"\b(?:it|they)\b"
    pointed = alone.leans_on and re.search(shape, text, re.IGNORECASE)
    if one and _YES_OR_NO.match(text):
        return True
    return bool(thing and (pointed or one) and not _METHOD.fullmatch(thing["noun"]))


def _refines(read: Constraints, text: str) -> bool:
    """Whether a turn states constraints and asks nothing by itself."""
    only = [one for one in read.stated if not (one.filters.not_about or one.filters.lacking)]
    return bool(only) and not read.topic and not _COMPLETE.search(text)
