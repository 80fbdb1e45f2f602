"""Papers side by side: which, when two subjects are compared, and the same aspects of each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rag.reading import quotes
from rag.reading.outcome import Lines
from rag.reading.question_features import Asked, mentions
from rag.reading.quotes import Taste
from rag.reading.views import Line, View, Words
from rag.retrieval.alternatives import sides
from rag.retrieval.ranking import Ranking
from rag.text.patterns import lazy

_OF_EACH = 3
_MOST = 3
"""Papers, where one side is nobody's."""
_SPOKEN_OF = 0.75
"""Cosine from which a paper speaks of a word."""
_DISTINCTIVE = lazy(r"\w*[a-z]\w*[A-Z]\w*|[A-Z]{3,}\w*|[A-Za-z]+-?\d[\w.]*")
"""A word that is written like a name and nothing else."""


def lines(views: Sequence[View], taste: Taste) -> Lines:
    """What each puts forward, then what it says on each aspect that is asked about; where none is,
    how it works and what came of it."""
    return [(view, quotes.aspects(view, _OF_EACH, taste)) for view in views]


def missing(asked: Asked, ranking: Ranking) -> list[str]:
    """Sides of a comparison that are a name, and that of no paper."""
    names = (asked.text[start:end] for start, end in sides(asked.text))
    return [
        name
        for name in names
        if _DISTINCTIVE.fullmatch(name) and not (ranking.titled(name) or ranking.owners(name))
    ]


def of_nobodys(
    asked: Asked, names: Sequence[str], named: Sequence[View], views: Sequence[View], taste: Taste
) -> tuple[Lines, bool]:
    """What the abstracts say of `names`, which are no paper's own: those `named` by the other side
    first, with what they put forward, then those that mention most of what is compared. And whether
    that compares them: one abstract speaks of them all."""
    chosen: list[tuple[View, list[Line]]] = []
    for view in named[:_MOST]:
        lines = quotes.aspects(view, _OF_EACH, taste)
        speaking = [line for line, _ in _mentioning(view, names) if line not in lines][:1]
        chosen.append((view, [*lines[: _OF_EACH - len(speaking)], *speaking]))
    compares = bool(named) and any(_mentioning(view, names) for view in named)
    both = [asked.text[start:end] for start, end in sides(asked.text)]
    others = [(view, _mentioning(view, both)) for view in views if _mentioning(view, names)]
    others.sort(key=lambda pair: -pair[1][0][1])
    if not named:
        compares = any(
            all(mentions(view.paper.abstract, name) for name in names) for view, _ in others
        )
    for view, found in others:
        if len(chosen) >= _MOST:
            break
        if view not in named:
            chosen.append((view, [line for line, _ in found[:2]]))
    return chosen, compares


def _mentioning(view: View, names: Sequence[str]) -> list[tuple[Line, int]]:
    """The sentences of a paper that mention any of `names`, each with how many: most first."""
    text = view.paper.abstract
    held = ((x, sum(mentions(text[x.stands : x.end], name) for name in names)) for x in view.lines)
    return sorted((pair for pair in held if pair[1]), key=lambda pair: -pair[1])


def speaking_of_both(asked: Asked, words: Words, views: Sequence[View]) -> list[View]:
    """`views`, those that speak of both sides of a comparison first (`RL vs SFT for reasoning`)."""
    meets = np.array([view.meets for view in views])
    masks = [(words.begins >= start) & (words.begins < end) for start, end in sides(asked.text)]
    if not meets.size or len(masks) < 2 or not all(mask.any() for mask in masks):
        return list(views)
    both = np.min([meets[:, mask].mean(axis=1) for mask in masks], axis=0) >= _SPOKEN_OF
    return [views[at] for at in np.argsort(~both, kind="stable")]
