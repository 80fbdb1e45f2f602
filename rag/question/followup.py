"""A turn of a conversation made to stand on its own.

`which of those uses programs?` becomes `which of those uses programs? — about: web agents that get
better on their own`, restricted to the papers of the answer before. That is what is searched with:
the words are the user's own, from this turn and from those it leans on. What is shown is the same
as one sentence, see `sentence`.

Which turns need that is told in `pointing` and `moves`; the others open a new topic. Which papers
are meant is decided in `view`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.corpus.lexicon import Lexicon
from rag.question.coreference import (
    THINGS,
    content_of,
    depends,
    elliptical,
    is_topic,
    picks,
    points_at_all,
    points_at_one,
    topicless,
)
from rag.question.corrections import led_over, meant
from rag.question.dialogue_acts import LIKE, OPENING, Further, asks_why, goes_on
from rag.question.kinds import kind_of
from rag.question.parts import Part, parts_of
from rag.question.sentence import standing
from rag.question.set_difference import taken_out
from rag.question.view import chosen_papers, view
from rag.records import Turn
from rag.text.phrases import compiled

_LEAD = compiled(
    rf"""\A(?:(?:ok(?:ay)?|so|and|but|now|hi|hello|please)[\s,.!]+)*
    (?:(?:(?:are|is)\s+there\s+|has\s+)?(?:any(?:thing|one|body)?\s+)?{THINGS}\s+(?:on|about)\s+
      |(?:what|how)\s+about\s+|is\s+any(?:one|body)\s+(?:using|doing)\s+|(?:are|is)\s+there\s+any(?:thing\s+(?:on|about))?\s+
      |(?:show|give|find|list|recommend|tell)\s+(?:me\s+)?(?:{THINGS}\s+(?:on|about)\s+)?
      |any(?:thing\s+(?:on|about))?\s+|looking\s+for\s+)"""
)
"""What only asks for papers at the head of an earlier question; the rest is its topic."""
_TAIL = compiled(
    r"(?:\s+(?:papers?\s+)?(?:in\s+(?:here|this\s+corpus|the\s+corpus)|out\s+there|please))*[\s?.!,;]*\Z"
)


_PUT_INSTEAD = compiled(
    r"""\A(?:(?:ok(?:ay)?|so|well)[\s,.!]+)*(?:(?:and|or)(?:\s+(?:what|how)\s+about)?|(?:what|how)\s+about)\s+
    (?!what|which|how|why|who|when|where|do|does|is|are|with|without|if|only|can)"""
)
_ADJUNCT = compiled(rf"\A{OPENING}(?:only\s+)?(?P<by>for|on|in)\s")
_FOR_PAPERS = compiled(
    rf"\A{OPENING}(?:(?:is|are)\s+there|any|find|show|list|papers?|works?|who)\b"
)
_FEW = 2
"""Words of its own that a turn has at most which asks little of what it points at."""
_LONGEST = 4
"""Turns that a topic is put together from: the first, and the last ones."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Standalone:
    """`question` stands by itself, to be searched with: what was asked, and `about`, the topic
    taken from before; `sentence` is the same to be read.

    `papers` is the selection it is restricted to, None for all. `rest`: the turn without the words
    that take papers out of those in view, None where none do. `leans_on` are the positions, among
    the earlier user turns, of those it carries on (oldest first), empty for a new topic. `shown`
    are the papers that the answers before put forward, `in_view` the one that it speaks of or
    those that it picks. `further`: it carries a list on. `aspect`: it asks something of the papers
    in view without saying which; `comparing`: of each of several, side by side; `takes_up`: it asks
    on about what was asked before, in no words of its own (`why?`). `notes` say what was taken from
    where.
    """

    question: str
    sentence: str
    about: str = ""
    papers: tuple[str, ...] | None = None
    rest: str | None = None
    leans_on: tuple[int, ...] = ()
    shown: tuple[str, ...] = ()
    in_view: tuple[str, ...] = ()
    further: Further | None = None
    aspect: bool = False
    comparing: bool = False
    takes_up: bool = False
    notes: tuple[str, ...] = ()


ABOUT = " — about: "
"""Between a turn and what it leans on."""


def joined(question: str, about: str) -> str:
    """The one form in which a question and its topic are shown and searched with."""
    return f"{question}{ABOUT}{about}" if question and about else question or about


def standalone(
    question: str,
    history: Sequence[Turn],
    lexicon: Lexicon,
    *,
    asked: Sequence[str] | None = None,
    topics: Sequence[str] | None = None,
    refined: Sequence[bool] | None = None,
    refines: bool = False,
    within: Sequence[str] | None = None,
) -> Standalone:
    """Make the last turn stand alone. `history` holds the turns before it; the papers `within`,
    chosen beforehand, are in view from its start.

    `asked` are the earlier user turns as they were meant (`corrections`), and `topics` the same
    without the words of their constraints, where the caller has them; else the turns are carried
    as they are. `refines` says that the turn is a constraint and nothing else (`with at least 3
    upvotes`), which can only narrow what came before; `refined` says so of the earlier ones.
    """
    if asked is None:
        said = [turn.content for turn in history if turn.role == "user"]
        *asked, question = meant([*said, question], lexicon)
    if not (history or within) or not question.strip():
        return Standalone(question=question, sentence=question.strip())
    topics = asked if topics is None or len(topics) != len(asked) else topics
    topics = [led_over(topic) or topic for topic in topics]
    parts = parts_of(history, asked, lexicon, refined or [False] * len(asked))
    before = view(history, parts, lexicon, within)
    chain = _chain(parts)
    comparing = len(before.focus) > 1 and bool(chain) and kind_of(asked[chain[-1]]) == "compare"
    narrow = len(before.focus) == 1 or comparing
    over = led_over(question)
    taken = taken_out(question, lexicon)
    left, out = before.left(taken, lexicon) if taken else ((), ())
    if over or not (refines or left or depends(question, lexicon, narrow=narrow)):
        last = next((turn for turn in reversed(asked) if turn), "")
        shared = not over and (not last or content_of(question) & content_of(last))
        return Standalone(
            question=over or question,
            sentence=standing(over or question),
            notes=() if shared else ("Read as a new topic.",),
        )
    rest = taken.rest if taken and left else None
    question = " ".join(rest.split()) if rest is not None else question
    further = None if left else goes_on(question)
    aspect = not (refines or further or left or picks(question)) and bool(before.focus) and (
        topicless(question, lexicon, narrow=narrow)
        or (comparing and elliptical(question) and not lexicon.names_in(question))
        or (len(before.focus) == 1 and _of_it(question, lexicon))
    )  # fmt: skip
    chosen = before.focus if aspect else chosen_papers(question, before, lexicon, further)
    if left:
        picked = before.picked(question, lexicon) or left
        chosen = tuple(paper for paper in picked if paper in left) or left
    if chosen and chain and parts[chain[0]].looks and not set(chosen) <= set(before.papers):
        chain = _chain(parts[: chain[0]])  # back to the list that had more
    carried = [at for at in _not_replaced(question, asked, chain) if topics[at].strip()]
    about = [_plain(topics[at]) for at in carried]
    pointed = points_at_one(question) or points_at_all(question)
    in_view = chosen or (before.focus if points_at_one(question) else ())
    takes_up = aspect and asks_why(question) and bool(carried)
    if len(in_view) == 1 and in_view[0] in lexicon.titles:
        # One paper in view: what `it` is, so the search needs its title, and where nothing else is
        # searched, no more than that.
        title = lexicon.titles[in_view[0]]
        about = about if takes_up else [title] if chosen else [title, *about]
    if aspect and not takes_up:
        about = []  # which papers is settled: what they say of it is all that is looked for
    like = ""
    if further and LIKE.search(question) and len(before.focus) == 1:
        like = lexicon.titles[before.focus[0]]
        about = [like]
    about = [text for text in about if is_topic(text)]
    first = asked[carried[0]].strip() if carried else ""
    notes = [f"Read as a follow-up to “{led_over(first) or first}”"] if carried else []
    if chosen:
        of = "the previous answer" if before.shown else "those chosen"
        notes += [f"Restricted to {_papers(len(chosen))} of {of}."] if chosen != within else []
    elif chosen == () or (not in_view and not before.papers and pointed):
        notes.append("The previous answer puts no paper forward to ask of: all are searched.")
    return Standalone(
        question=joined(question.strip(), "; ".join(about)),
        sentence=standing(
            question,
            chain=[topics[at] for at in carried],
            titles=_titles(in_view, question, lexicon),
            further=None if further and further.way == "more" and chosen else further,
            like=like,
            without=[lexicon.titles[paper] for paper in out],
            told=asked[carried[-1]] if takes_up else "",
            adds=refines,
        ),
        about="; ".join(about),
        papers=chosen or None,
        rest=rest,
        leans_on=tuple(chain),
        shown=before.shown,
        in_view=in_view if chosen or len(in_view) == 1 else (),
        further=further,
        aspect=aspect,
        comparing=comparing and aspect,
        takes_up=takes_up,
        notes=tuple(notes),
    )


def _of_it(question: str, lexicon: Lexicon) -> bool:
    """`does it need a critic?`: little but what points at the one paper in view."""
    few = len(content_of(question)) <= _FEW and not lexicon.names_in(question)
    return (
        few
        and not _FOR_PAPERS.match(question)
        and points_at_one(question)
        and kind_of(question) != "compare"
    )


def _titles(papers: Sequence[str], question: str, lexicon: Lexicon) -> list[str]:
    """The titles of `papers` without those that the question names itself, where it does not name
    all of them."""
    named = {
        paper
        for name, found in lexicon.names_in(question).items()
        for paper in found
        if len(found) == 1 or name.lower() in lexicon.titles[paper].lower()
    }
    return [lexicon.titles[paper] for paper in papers if paper not in named]


def _chain(parts: Sequence[Part]) -> list[int]:
    """Which earlier questions make up the topic: back to the one that stood by itself, without
    those that only picked from an answer, asked of its papers or had the list go on, and of a long
    way the last few. A closer look at one paper stands by itself until there is a pick again."""
    chain: list[int] = []
    picked = False
    for at in range(len(parts) - 1, -1, -1):
        part = parts[at]
        over = part.looks and picked and not chain
        if part.asked and (part.opens or not (part.aside or part.picks or over)):
            chain.append(at)
        if part.asked and (part.opens or (part.looks and not over)):
            break
        picked = picked or part.picks
    return chain[::-1] if len(chain) <= _LONGEST else [chain[-1], *chain[: _LONGEST - 1][::-1]]


def _not_replaced(question: str, asked: Sequence[str], chain: Sequence[int]) -> Sequence[int]:
    """`and drones?` after `what about cars?` asks about drones, and no longer about cars; `for
    games?` after `for robots?` about games."""
    same = _ADJUNCT.match(question)
    if same:
        return [
            at
            for at in chain
            if not (
                (other := _ADJUNCT.match(asked[at])) and other["by"].lower() == same["by"].lower()
            )
        ]
    if not _PUT_INSTEAD.match(question):
        return chain
    return [at for at in chain if at == chain[0] or not _PUT_INSTEAD.match(asked[at])]


def _plain(question: str) -> str:
    """An earlier question as a topic: without `which papers`, `is anyone using`, `?`."""
    text = _TAIL.sub("", question.strip())
    rest = _LEAD.sub("", text, count=1)
    return rest if content_of(rest) else text


def _papers(number: int) -> str:
    return "the one paper" if number == 1 else f"the {number} papers"
