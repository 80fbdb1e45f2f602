"""What an answer in the making tells whoever watches: typed events, in this order.

    Understood → Retrieved → Progress* → Selected → TextDelta*
               → (Fallback → Selected → TextDelta*)? → Finished

A failed model server is not an error here: `Fallback` says what happened, what was streamed
before it is void, and the extractive answer follows, made from papers of its own. Everything
else that goes wrong is raised.
"""

from __future__ import annotations

from dataclasses import dataclass

from rag.question.schema import ParsedQuestion
from rag.records import Answer, Paper


@dataclass(frozen=True, kw_only=True, slots=True)
class Understood:
    """How the question was read."""

    parsed: ParsedQuestion


@dataclass(frozen=True, kw_only=True, slots=True)
class Retrieved:
    """Ids of the best papers, best first; of a compound question, those of its parts in turn."""

    papers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """Of looking through the ranking (`rag.answer.exhaustive`): how many of its papers were judged,
    of how many, and how many of them match."""

    read: int
    total: int
    matched: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Selected:
    """The answer is about to be made from `papers`, the best first. `near` may be named beside."""

    papers: tuple[Paper, ...]
    near: tuple[Paper, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class TextDelta:
    """The next piece of the answer as it is being written. Model replies still carry their
    evidence keys (`[E1]`); `Finished` carries the numbered, checked text."""

    delta: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Fallback:
    """The model server failed; forget the text so far. `remedy` may be empty."""

    message: str
    remedy: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Finished:
    """The answer, checked and numbered. Nothing follows."""

    answer: Answer


Event = Understood | Retrieved | Progress | Selected | TextDelta | Fallback | Finished
