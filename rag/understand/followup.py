"""A turn of a conversation made to stand on its own.

`which of those uses programs?` becomes `which of those uses programs? — about: web agents that get
better on their own`, restricted to the papers of the answer before. Nothing is rephrased: the words
are the user's own, from this turn and from those it leans on, so it can be shown and searched with.

Which turns need that is told in `pointing`; the others open a new topic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.records import Turn
from rag.understand.chips import compiled, count
from rag.understand.lexicon import Lexicon
from rag.understand.pointing import (
    NTH,
    ORDINALS,
    THINGS,
    asks_to_see_all,
    content_of,
    depends,
    is_topic,
    only_to_see,
    picks,
    points_at_one,
    restricts,
)

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
_LONGEST = 4
"""Turns that a topic is put together from: the first, and the last ones."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Standalone:
    """`question` stands by itself: what was asked, and `about`, the topic taken from before.

    `papers` is the selection it is restricted to, None for all. `leans_on` are the positions, among
    the earlier user turns, of those it carries on (oldest first), empty for a new topic. `shown`
    are the papers that the answers before put forward, `in_view` the one that it speaks of or
    those that it picks. `notes` say what was taken from where.
    """

    question: str
    about: str = ""
    papers: tuple[str, ...] | None = None
    leans_on: tuple[int, ...] = ()
    shown: tuple[str, ...] = ()
    in_view: tuple[str, ...] = ()
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
    topics: Sequence[str] | None = None,
    refined: Sequence[bool] | None = None,
    refines: bool = False,
) -> Standalone:
    """Make the last turn stand alone. `history` holds the turns before it.

    `topics` are the earlier user turns without the words of their constraints, where the caller
    has them; else the turns are carried as they are. `refines` says that the turn is a constraint
    and nothing else (`with at least 3 upvotes`), which can only narrow what came before; `refined`
    says so of the earlier ones.
    """
    asked = [turn.content for turn in history if turn.role == "user"]
    if not history or not question.strip():
        return Standalone(question=question)
    topics = asked if topics is None or len(topics) != len(asked) else topics
    if not refines and not depends(question, lexicon):
        shared = not asked or content_of(question) & content_of(asked[-1])
        return Standalone(question=question, notes=() if shared else ("Read as a new topic.",))
    previous = _previous_papers(history, lexicon)
    chosen = _chosen(question, previous)
    leans_on = _chain(asked, lexicon, refined or [False] * len(asked))
    carried = [at for at in _not_replaced(question, asked, leans_on) if topics[at].strip()]
    notes = []
    if chosen:
        notes.append(f"Restricted to {_papers(len(chosen))} of the previous answer.")
    elif chosen == ():
        notes.append("The previous answer names no paper to choose from, so all are searched.")
    about = [_plain(topics[at]) for at in carried]
    # One paper in view: what `it` is, so the search needs its title.
    in_view = chosen or (previous if points_at_one(question) else ())
    if len(in_view) == 1 and in_view[0] in lexicon.titles:
        about.insert(0, lexicon.titles[in_view[0]])
    about = [text for text in about if is_topic(text)]
    if carried:
        notes.insert(0, f"Read as a follow-up to “{asked[carried[0]].strip()}”")
    return Standalone(
        question=joined(question.strip(), "; ".join(about)),
        about="; ".join(about),
        papers=chosen or None,
        leans_on=tuple(leans_on),
        shown=_shown(history, lexicon),
        in_view=in_view if chosen or len(in_view) == 1 else (),
        notes=tuple(notes),
    )


def _chosen(question: str, previous: tuple[str, ...]) -> tuple[str, ...] | None:
    """The papers a question picks from the previous answer; None if it does not pick, () if there
    is nothing to pick from."""
    picked: list[str] = []
    for match in NTH.finditer(question):
        if match["nth"]:
            at, number = ORDINALS[match["nth"].lower()], count(match["n"] or "one")
            # `the first two` and `the last two`; further ordinals name one paper.
            part = previous[-number:] if at < 0 else previous[at : at + (1 if at else number)]
        else:
            at = int(match["number"] or match["marker"])
            part = previous[at - 1 : at] if at else ()
        picked += [paper for paper in part if paper not in picked]
    if picked:
        return tuple(picked)
    if restricts(question):
        return previous
    one = len(previous) == 1 and points_at_one(question) and only_to_see(question)
    return previous or None if one or asks_to_see_all(question) else None


def _previous_papers(history: Sequence[Turn], lexicon: Lexicon) -> tuple[str, ...]:
    """What the last answer put forward: as recorded, else as its text names them."""
    for turn in reversed(history):
        if turn.role == "assistant":
            return _papers_of(turn, lexicon)
    return ()


def _papers_of(turn: Turn, lexicon: Lexicon) -> tuple[str, ...]:
    """Papers that an answer put forward and that are still there."""
    known = tuple(paper for paper in turn.papers if paper in lexicon.titles)
    return known or lexicon.papers_in(turn.content)


def _shown(history: Sequence[Turn], lexicon: Lexicon) -> tuple[str, ...]:
    answers = (turn for turn in history if turn.role == "assistant")
    papers = [paper for turn in answers for paper in _papers_of(turn, lexicon)]
    return tuple(dict.fromkeys(papers))


def _chain(asked: Sequence[str], lexicon: Lexicon, refined: Sequence[bool]) -> list[int]:
    """Which earlier questions make up the topic: back to the one that stood by itself, without
    those that only picked from an answer, and of a long way the last few."""
    chain: list[int] = []
    for at in range(len(asked) - 1, -1, -1):
        root = at == 0 or not (refined[at] or depends(asked[at], lexicon))
        if root or not picks(asked[at]):
            chain.append(at)
        if root:
            break
    return chain[::-1] if len(chain) <= _LONGEST else [chain[-1], *chain[: _LONGEST - 1][::-1]]


def _not_replaced(question: str, asked: Sequence[str], chain: Sequence[int]) -> Sequence[int]:
    """`and drones?` after `what about cars?` asks about drones, and no longer about cars."""
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
