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

from rag.records import Turn
from rag.understand.chips import count
from rag.understand.corrections import led_over
from rag.understand.kinds import kind_of
from rag.understand.lexicon import Lexicon
from rag.understand.moves import Further, goes_on
from rag.understand.pointing import (
    BOTH,
    NTH,
    ORDINALS,
    OTHERS,
    SUPERLATIVE,
    asks_to_see_all,
    depends,
    only_to_see,
    picks,
    points_at_all,
    points_at_one,
    restricts,
    topicless,
)
from rag.understand.remainder import TakenOut, taken_out

Papers = tuple[str, ...]
NEAREST = "What comes nearest:"
"""With these words a refusal shows papers that are not its answer."""
_FEW = 2
"""Papers at most that a name of theirs points at."""
_BOLD = re.compile(r"\*\*(.{1,400}?)\*\*")


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

    def left(self, taken: TakenOut, lexicon: Lexicon) -> Papers:
        """What is left of the latest list that has the papers `taken` out of it, be it the list
        that those in view were picked from; () where there is no such list."""
        owners = (paper for found in lexicon.names_in(taken.text).values() for paper in found)
        out = {*(self.picked(taken.text, lexicon) or ()), *owners}
        mine = [papers for papers in self.answers if out & set(papers) and set(papers) - out]
        return tuple(paper for paper in mine[0] if paper not in out) if mine else ()

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


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """What a turn of the user was in its conversation. opens: it began a topic. aside: it asked
    something of the papers in view, which its answer leaves there. picks: it picked from these."""

    asked: str
    opens: bool = False
    aside: bool = False
    picks: bool = False


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
        elif papers := _papers_of(turn, lexicon, part.asked, within):
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


def _papers_of(
    turn: Turn, lexicon: Lexicon, asked: str, within: Sequence[str] | None = None
) -> Papers:
    """Papers that an answer put forward and that are still there: as recorded, else as its text
    names them. Where it names none, and of a refusal, which only shows what came nearest, those
    that were `asked` about by name. () where some are not `within` what is chosen now."""
    known = tuple(paper for paper in turn.papers or () if paper in lexicon.titles)
    found = known or lexicon.papers_in(turn.content)
    if not found or turn.papers == () or (turn.papers is None and NEAREST in turn.content):
        names = (named for named in lexicon.names_in(asked).values() if len(named) <= _FEW)
        found = tuple(dict.fromkeys(paper for named in names for paper in named))
    return found if within is None or set(found) <= set(within) else ()


def parts_of(
    history: Sequence[Turn], asked: Sequence[str], lexicon: Lexicon, refined: Sequence[bool]
) -> list[Part]:
    """What each of the user's turns before was in the conversation."""
    answered = [0] * len(asked)
    at = -1
    for turn in history:
        at += turn.role == "user"
        if turn.role == "assistant" and at >= 0:
            answered[at] = len(_papers_of(turn, lexicon, asked[at]))
    parts: list[Part] = []
    for at, said in enumerate(asked):
        last = parts[-1] if parts else Part(asked="")
        narrow = bool(at) and (answered[at - 1] == 1 or kind_of(last.asked) == "compare")
        leans = (
            refined[at] or bool(taken_out(said, lexicon)) or depends(said, lexicon, narrow=narrow)
        )
        opens = not at or bool(led_over(said)) or not leans
        asks = topicless(said, lexicon, narrow=narrow)
        by_pick = bool(picks(said) or goes_on(said) or taken_out(said, lexicon))
        pointed = points_at_all(said) or (narrow and points_at_one(said))
        pointed = pointed and kind_of(said) != "compare"
        parts.append(
            Part(
                asked=said,
                opens=opens,
                aside=not (opens or by_pick) and (asks or pointed),
                picks=not opens and by_pick,
            )
        )
    return parts


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
        several = SUPERLATIVE.search(question) and len(before.papers) == 1
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
