"""Papers side by side: which, when two subjects are compared, and the same aspects of each."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

import numpy as np

from rag.alternatives import sides
from rag.asked import Asked, mentions
from rag.select import quotes
from rag.select.outcome import Lines
from rag.select.quotes import Taste
from rag.select.views import View, Words
from rag.understand.names import owns

_OF_EACH = 3
_SPOKEN_OF = 0.75
"""Cosine from which a paper speaks of a word."""
_DISTINCTIVE = re.compile(r"\w*[a-z]\w*[A-Z]\w*|[A-Z]{3,}\w*|[A-Za-z]+-?\d[\w.]*")
"""A word that is written like a name and nothing else."""


def lines(views: Sequence[View], taste: Taste) -> Lines:
    """What each puts forward, then what it says on each aspect that is asked about; where none is,
    how it works and what came of it."""
    return [(view, quotes.aspects(view, _OF_EACH, taste)) for view in views]


def missing(asked: Asked, known: Container[str], views: Sequence[View]) -> list[str]:
    """Sides of a comparison that are a name, neither `known` nor that of a paper looked at."""
    found = []
    for start, end in sides(asked.text):
        name = asked.text[start:end]
        papers = [view.paper for view in views]
        held = any(owns(paper, name) or mentions(paper.title, name) for paper in papers)
        if _DISTINCTIVE.fullmatch(name) and name not in known and not held:
            found.append(name)
    return found


def speaking_of_both(asked: Asked, words: Words, views: Sequence[View]) -> list[View]:
    """`views`, those that speak of both sides of a comparison first (`RL vs SFT for reasoning`)."""
    meets = np.array([view.meets for view in views])
    masks = [(words.begins >= start) & (words.begins < end) for start, end in sides(asked.text)]
    if not meets.size or len(masks) < 2 or not all(mask.any() for mask in masks):
        return list(views)
    both = np.min([meets[:, mask].mean(axis=1) for mask in masks], axis=0) >= _SPOKEN_OF
    return [views[at] for at in np.argsort(~both, kind="stable")]
