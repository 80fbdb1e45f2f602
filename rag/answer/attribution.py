"""Whose work a sentence names: a claim about one paper that rests on the words of another is what
that other says, and is shown as such.

An abstract may say anything of a paper that is not its own (`CURE was retracted`). Whether it is
true nobody can tell from it; who says so can be told. What the sentence claims is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from rag.answer.markers import MARKER
from rag.corpus.lexicon import Lexicon
from rag.corpus.names import distinctive, introduced, normal, owns
from rag.corpus.owners import puts_forward
from rag.records import Paper
from rag.text.latex import readable
from rag.text.patterns import lazy
from rag.text.words import enumerated

Attribute = Callable[[str, Sequence[Paper]], str]
"""(sentence, papers that it cites) → `according to …`; empty where it speaks of no other paper."""

_HEAD_WORDS = 4
"""Longest head of a title, in words, that a paper is called by."""
_TAIL = lazy(rf"(?:[\s.!?…|*_]|{MARKER.pattern})*\Z")
_TOLD = lazy(
    r"\baccording to\b|\b(?:argue|claim|describe|find|note|report|say|show|state|write)s? that\b",
    re.IGNORECASE,
)


def attribution(lexicon: Lexicon, lookup: Callable[[Iterable[str]], Sequence[Paper]]) -> Attribute:
    """`lookup`: papers by id."""

    def told(sentence: str, cited: Sequence[Paper]) -> str:
        if _TOLD.search(sentence):
            return ""
        own = {paper.paper_id for paper in cited}
        for name, ids in lexicon.names_in(sentence).items():
            others = [paper for paper in lookup(ids) if paper.paper_id not in own]
            if any(normal(paper.title) == normal(name) for paper in others):
                return _according_to(cited)
            if _is_phrase(name, lexicon) or any(puts_forward(paper, name) for paper in cited):
                continue
            if any(_is_headed(paper, name) for paper in others):
                return _according_to(cited)
            if any(owns(paper, name) for paper in cited):  # others spell it out as well
                continue
            if any(name in introduced(paper) and puts_forward(paper, name) for paper in others):
                return _according_to(cited)
        return ""

    return told


def attributed(text: str, told: str) -> str:
    """`text` with `told` in brackets behind its last word, before its full stop and its markers."""
    at = _TAIL.search(text)
    end = at.start() if at else len(text)
    return f"{text[:end]} ({told}){text[end:]}"


def _is_phrase(name: str, lexicon: Lexicon) -> bool:
    """Whether a name is made of ordinary words, which mean nothing by being capitals: `Beyond`."""
    words = name.split()
    return not any(map(distinctive, words)) and all(lexicon.ordinary(w.lower()) for w in words)


def _is_headed(paper: Paper, name: str) -> bool:
    """Whether the title begins with the name and a colon, as those do that name their work."""
    head, colon, _ = paper.title.partition(":")
    return bool(colon) and head.strip() == name


def _according_to(papers: Sequence[Paper]) -> str:
    return f"according to {enumerated([_called(paper) for paper in papers])}"


def _called(paper: Paper) -> str:
    head, colon, _ = readable(paper.title).partition(":")
    return head if colon and len(head.split()) <= _HEAD_WORDS else f"“{head}”"
