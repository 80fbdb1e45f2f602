"""Which papers of the answers before a turn means: `the second one`, `[2]`, `both`, `the others`,
or all that are in view.

Papers stay in view until the topic changes, also behind an answer that put none forward. A place
in a list is one in the latest list that is long enough: after a look at the second paper, `the
third one` still means that list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.corpus.lexicon import Lexicon
from rag.question.coreference import (
    BOTH,
    NTH,
    OF_SEVERAL,
    ORDINALS,
    OTHERS,
    SUPERLATIVE,
    asks_to_see_all,
    only_to_see,
    points_at_all,
    points_at_one,
    restricts,
)
from rag.question.dialogue_acts import Further
from rag.question.kinds import kind_of
from rag.question.parts import Papers, Part, papers_of
from rag.question.set_difference import TakenOut
from rag.records import Turn
from rag.text.patterns import lazy
from rag.text.phrases import count

_BOLD = lazy(r"\*\*(.{1,400}?)\*\*")


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """answers: the papers of each answer on the topic, latest first, without answers that have
    none. told: the texts of these. shown: those of all answers of the conversation. focus: of the
    papers in view, those that the question named, else all. looked_at: the same of all answers of
    the conversation, latest first."""

    answers: tuple[Papers, ...] = ()
    told: tuple[str, ...] = ()
    shown: Papers = ()
    focus: Papers = ()
    looked_at: tuple[Papers, ...] = ()

    @property
    def papers(self) -> Papers:
        """What is in view: the papers of the latest answer."""
        return self.answers[0] if self.answers else ()

    def left(self, taken: TakenOut, lexicon: Lexicon) -> tuple[Papers, Papers]:
        """What is left of the latest list that has the papers `taken` out of it, be it the list
        that those in view were picked from, and what is out; () and () where there is no such
        list."""
        owners = (paper for found in lexicon.names_in(taken.text).values() for paper in found)
        out = {*(self.picked(taken.text, lexicon) or ()), *owners}
        mine = [papers for papers in self.answers if out & set(papers) and set(papers) - out]
        whole = mine[0] if mine else ()
        return tuple(p for p in whole if p not in out), tuple(p for p in whole if p in out)

    def picked(self, question: str, lexicon: Lexicon) -> Papers | None:
        """The papers that `question` picks by their place; () where there is none at that place,
        None where it picks none."""
        found: list[Papers] = []
        for match in NTH.finditer(question):
            if match["marker"] and (cited := self._cited(match["marker"], lexicon)):
                found.append(cited)
            else:
                found.append(self._at(match))
        if BOTH.search(question):
            found.append(self._both())
        if OTHERS.search(question) and (others := self.others()):
            found.append(others)
        if not found:
            return None
        return tuple(dict.fromkeys(paper for papers in found for paper in papers))

    def others(self) -> Papers:
        """The rest of the list that the papers in view were picked from; () where they are it."""
        mine = set(self.papers)
        whole = next((papers for papers in self.answers[1:] if mine < set(papers)), ())
        return tuple(paper for paper in whole if paper not in mine)

    def pair(self) -> Papers:
        """The two papers that were looked at last, one after the other; () where it was not so."""
        last = [papers[0] for papers in self.looked_at[:2] if len(papers) == 1]
        return tuple(reversed(last)) if len(set(last)) == 2 else ()

    def _at(self, match: re.Match[str]) -> Papers:
        if not match["nth"]:
            at = int(match["number"] or match["marker"])
            return next((p[at - 1 : at] for p in self.answers if at and len(p) >= at), ())
        at, number = ORDINALS[match["nth"].lower()], count(match["n"] or "one")
        # `the first two` and `the last two`; further ordinals name one paper.
        if at > 0:
            return next((p[at : at + 1] for p in self.answers if len(p) > at), ())
        enough = max(number, 2)
        papers = next((p for p in self.answers if len(p) >= enough), self.papers)
        return papers[-number:] if at < 0 else papers[:number]

    def _both(self) -> Papers:
        """The two in view; else the two that were looked at last, one after the other; else the
        first two of the list."""
        if len(self.focus) == 2:
            return self.focus
        if pair := self.pair():
            return pair
        return next((papers[:2] for papers in self.answers if len(papers) > 1), self.papers)

    def _cited(self, marker: str, lexicon: Lexicon) -> Papers:
        """The paper whose title `[marker]` stands by, in the latest answer that has it; titles are
        bold, before the quote or, for a fact, at the end of its line."""
        # In an answer about one paper all markers are that paper's.
        several = [told for told, papers in zip(self.told, self.answers, strict=True) if papers[1:]]
        for text in (*several, *self.told):
            if (at := text.find(f"[{marker}]")) < 0:
                continue
            start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
            line = text[start : end if end >= 0 else len(text)]
            bold = _BOLD.findall(line)[:1] or _BOLD.findall(text[:at])[-1:]
            if found := lexicon.papers_in(bold[0] if bold else line):
                return found[:1]
        return ()


def view(
    history: Sequence[Turn],
    parts: Sequence[Part],
    lexicon: Lexicon,
    within: Sequence[str] | None = None,
) -> View:
    """What the answers of `history` put forward. parts: the turns of the user, as they were taken;
    empty ones changed nothing. within: papers chosen beforehand, which are in view from the start,
    and no others."""
    answers: list[Papers] = []
    told: list[str] = []
    focus: Papers = ()
    looked_at: list[Papers] = []
    shown: list[str] = []
    at, closed = len(parts) - 1, False
    for turn in reversed(history):
        part = parts[at] if at >= 0 else Part(asked="")
        if turn.role == "user":
            closed = closed or bool(part.asked and part.opens)
            at -= 1
        elif papers := papers_of(turn, lexicon, part.asked, within):
            shown[:0] = papers
            # A refusal names what came nearest, of papers that stay in view.
            if not (closed or part.aside or (part.picks and not turn.papers)):
                answers.append(papers)
                told.append(turn.content)
                focus = focus or _focus(part.asked, papers, lexicon)
            if not (part.aside or (part.picks and not turn.papers)):
                looked_at.append(_focus(part.asked, papers, lexicon))
    if chosen := tuple(paper for paper in within or () if paper in lexicon.titles):
        answers.append(chosen)
        told.append("")
        focus = focus or chosen
    return View(
        answers=tuple(answers),
        told=tuple(told),
        shown=tuple(dict.fromkeys(shown)),
        focus=focus,
        looked_at=tuple(looked_at),
    )


def _focus(asked: str, papers: Papers, lexicon: Lexicon) -> Papers:
    """Those of an answer's papers that the question named, else all of them."""
    if kind_of(asked) == "compare":
        return papers
    owners = {paper for found in lexicon.names_in(asked).values() for paper in found}
    return tuple(paper for paper in papers if paper in owners) or papers


def chosen_papers(
    question: str, before: View, lexicon: Lexicon, further: Further | None
) -> Papers | None:
    """The papers of answers before that a question is about; None if it is about no certain ones,
    () if there is nothing to choose from."""
    if further:
        fewer = before.papers[: max(1, len(before.papers) // 2)] if further.way == "fewer" else ()
        return fewer or (OTHERS.search(question) and before.others()) or None
    picked = before.picked(question, lexicon)
    if picked is not None:
        return picked
    if restricts(question):
        of_several = SUPERLATIVE.search(question) or OF_SEVERAL.search(question)
        several = bool(of_several) and len(before.papers) == 1
        lists = (papers for papers in before.answers if len(papers) > 1)
        return next(lists, before.papers) if several else before.papers
    return _named(question, before, lexicon) or _pointed_at(question, before) or None


def _named(question: str, before: View, lexicon: Lexicon) -> Papers:
    """Papers that were shown and are named again, to be seen or to be compared with `it`."""
    names = lexicon.names_in(question)
    owners = [paper for found in names.values() for paper in found[:1]]
    if kind_of(question) == "compare" and len(before.focus) == 1 and points_at_one(question):
        return tuple(dict.fromkeys((*before.focus, *owners))) if owners else ()
    shown = tuple(p for found in names.values() for p in found if p in before.shown)
    return shown if only_to_see(_without(question, names)) else ()


def _pointed_at(question: str, before: View) -> Papers:
    """Papers that `it` or `they` mean, or all that are to be seen."""
    compares, one = kind_of(question) == "compare", len(before.focus) == 1
    if asks_to_see_all(question):
        return (before.pair() if compares and one else ()) or before.papers
    pointed = points_at_all(question) or (one and not compares and points_at_one(question))
    return before.focus if pointed else ()


def _without(text: str, names: Iterable[str]) -> str:
    for name in names:
        text = re.sub(re.escape(name), " ", text, flags=re.IGNORECASE)
    return text
