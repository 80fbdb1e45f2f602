"""What a conversation has shown, as far as a turn can point at it: the papers of its answers, and
the places, numbers and names by which a turn picks some of them.

Only the last turns are looked at, so that a turn costs the same however long the conversation is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.corpus.lexicon import Lexicon
from rag.records import Turn
from rag.text.patterns import lazy
from rag.text.phrases import COUNT, count
from rag.text.words import content

Papers = tuple[str, ...]

LOOKED_AT = 12
"""Messages before a turn that it may point at."""
_ORDINALS = {
    word: at
    for at, words in enumerate(
        ("first 1st former", "second 2nd", "third 3rd", "fourth 4th", "fifth 5th", "sixth 6th",
         "seventh 7th", "eighth 8th", "ninth 9th", "tenth 10th")
    )
    for word in words.split()
} | {"last": -1, "latter": -1, "final": -1}  # fmt: skip
_THING = (
    r"(?:ones?|papers?|works?|methods?|approach(?:es)?|stud(?:y|ies)|articles?|models?|results?)"
)
_PLACE = lazy(
    rf"\b(?:the\s+)?(?P<nth>{'|'.join(_ORDINALS)})(?:\s+(?P<n>{COUNT}))?(?:\s+(?P<thing>{_THING}))?\b"
    rf"(?!-)|(?<!\w)(?:paper|number|no\.|nr\.?|\#)\s*(?P<number>\d\d?)\b|(?<!\w)\[(?P<marker>\d\d?)\]",
    re.IGNORECASE,
)
_BARE = lazy(r"\bthe\s+\w+\Z", re.IGNORECASE)
_ENDS = lazy(
    r"\s*(?:[?.!,;]|\Z)|\s+(?:and|or|vs\.?|versus|with|do|does|did|is|are|was|were|has|have|can|use[sd]?"
    r"|need[s]?|differ|compare[sd]?|of\s+(?:those|these|them))\b",
    re.IGNORECASE,
)
"""`what about the second?`: a place counts without a noun where none that it could have follows."""
_EXCEPT = lazy(r"\b(?:except|but(?:\s+not)?|without|not|other\s+than|besides)\s+\Z", re.IGNORECASE)
_BOTH = lazy(r"\b(?:both|the\s+two)\b", re.IGNORECASE)
_OTHERS = lazy(r"\bthe\s+(?:others?|rest|remaining)\b(?:\s+(?:ones?|papers?))?", re.IGNORECASE)
POINTED = lazy(
    rf"\b(?:(?:(?:one|ones|some)\s+)?of\s+(?:all\s+)?(?:them|those|these)(?:\s+{COUNT})?(?:\s+{_THING})?"
    r"|(?<=which\s)ones?|(?<=there\s)one|(?<=the\s)ones?|(?<=and\s)ones?|(?<=any\s)ones?)\b",
    re.IGNORECASE,
)
"""Words that stand for papers: `which [of those]`, `is there [one] on robots?`"""
_AMONG = lazy(r"\bof\s+(?:all\s+)?(?P<them>them|those|these)\b", re.IGNORECASE)
_MARKED_TITLE = lazy(r"\*\*(.{1,400}?)\*\*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """answers: the papers of each answer, latest first, without answers that put none forward.
    texts: of these answers."""

    answers: tuple[Papers, ...] = ()
    texts: tuple[str, ...] = ()

    @property
    def last(self) -> Papers:
        return self.answers[0] if self.answers else ()

    @property
    def all(self) -> Papers:
        return tuple(dict.fromkeys(paper for papers in self.answers for paper in papers))


@dataclass(frozen=True, kw_only=True, slots=True)
class Picked:
    """The papers that a turn picks by their place, and the turn without the words that do so."""

    papers: Papers
    rest: str


def shown(history: Sequence[Turn], lexicon: Lexicon) -> Shown:
    """What the last answers put forward: the papers noted with them, else those that they name."""
    answers: list[Papers] = []
    texts: list[str] = []
    for turn in reversed(history[-LOOKED_AT:]):
        if turn.role == "assistant" and (papers := _papers_of(turn, lexicon)):
            answers.append(papers)
            texts.append(turn.content)
    return Shown(answers=tuple(answers), texts=tuple(texts))


def _papers_of(turn: Turn, lexicon: Lexicon) -> Papers:
    if turn.papers is None:
        return lexicon.papers_in(turn.content)
    return tuple(paper for paper in turn.papers if paper in lexicon.titles)


def picked(text: str, before: Shown, lexicon: Lexicon) -> Picked | None:
    """None where `text` picks none by place; papers are () where there is none at that place."""
    found: list[Papers] = []
    out: list[Papers] = []
    rest = text
    for match in _PLACE.finditer(text):
        counted = match["n"] and _BARE.search(text[: match.end("nth")])
        if match["nth"] and not (match["thing"] or counted or _ENDS.match(text, match.end())):
            continue  # `first-order methods`, `last year`
        papers = _cited(match["marker"], before, lexicon) if match["marker"] else ()
        papers = papers or _at(match, before)
        excepted = bool(_EXCEPT.search(text[: match.start()]))
        (out if excepted else found).append(papers)
        rest = rest.replace(match[0], " ", 1)
    if others := _OTHERS.search(text):
        found.append(_others(before))
        rest = rest.replace(others[0], " ", 1)
    elif (both := _BOTH.search(text)) and len(before.last) >= 2:
        found.append(before.last[:2])
        rest = rest.replace(both[0], " ", 1)
    if out:
        taken = {paper for papers in out for paper in papers}
        whole = _flat(found) or next((p for p in before.answers if taken & set(p)), before.last)
        return Picked(papers=tuple(p for p in whole if p not in taken), rest=" ".join(rest.split()))
    return Picked(papers=_flat(found), rest=" ".join(rest.split())) if found else None


def meant(
    place: Picked | None, named: Papers, before: Shown, *, compared: bool, one: bool, several: bool
) -> Papers:
    """The papers that a turn is about: those that it picks by `place`, those `named` that were
    shown (`compared`: all of them, with the paper shown last where there is but one or the turn
    points at `one`), else the last ones, or the last list where it points at `several`."""
    if place is not None:
        return tuple(dict.fromkeys((*place.papers, *named)))
    if compared and len(named) > 1 and not one:
        return named
    if compared and named:
        return tuple(dict.fromkeys((*before.last[:1], *named)))
    if named:
        return tuple(paper for paper in named if paper in before.all)
    lists = (papers for papers in before.answers if len(papers) > 1)
    return next(lists, before.last) if several else before.last


def _flat(found: Sequence[Papers]) -> Papers:
    return tuple(dict.fromkeys(paper for papers in found for paper in papers))


def _at(match: re.Match[str], before: Shown) -> Papers:
    """The papers at a place of the latest list that is long enough: after a look at the second
    paper, `the third one` still means the list."""
    if not match["nth"]:
        at = int(match["number"] or match["marker"])
        return next((p[at - 1 : at] for p in before.answers if 0 < at <= len(p)), ())
    at, number = _ORDINALS[match["nth"].lower()], count(match["n"] or "one")
    enough = max(number, at + 1, 2)
    papers = next((p for p in before.answers if len(p) >= enough), before.last)
    if at < 0:
        return papers[-number:]
    return papers[at : at + number]


def _others(before: Shown) -> Papers:
    """The rest of the list that the papers shown last were picked from."""
    mine = set(before.last)
    whole = next((papers for papers in before.answers[1:] if mine < set(papers)), ())
    return tuple(paper for paper in whole if paper not in mine)


def _cited(marker: str, before: Shown, lexicon: Lexicon) -> Papers:
    """The paper whose title `[marker]` stands by in the latest answer that has it."""
    for text in before.texts:
        at = text.find(f"[{marker}]")
        if at < 0:
            continue
        start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
        line = text[start : end if end >= 0 else len(text)]
        titles = _MARKED_TITLE.findall(line)[:1] or _MARKED_TITLE.findall(text[:at])[-1:]
        if found := lexicon.papers_in(titles[0] if titles else line):
            return found[:1]
    return ()


def passed_over(papers: int) -> tuple[str, ...]:
    """What to tell of papers left out since they were shown."""
    count = "the paper" if papers == 1 else f"the {papers} papers"
    return (f"Left out: {count} already shown.",) if papers else ()


def restricted(papers: int) -> str:
    """What to tell where no others are looked at."""
    count = "the one paper" if papers == 1 else f"{papers} papers"
    return f"Restricted to {count} of the previous answer."


def dangling(text: str) -> tuple[str, ...]:
    """What to tell of `of these` where no answer before, and no word before in the question, names
    papers that it could mean."""
    match = _AMONG.search(text)
    if not match or content(text[: match.start()]):
        return ()
    return (f"No papers were shown before that “{match['them']}” could mean: all were searched.",)
