"""What the sentences of an abstract are there for: to state the problem, the method, the result.

A logistic regression a role over the sentence's vector and the reader's features of it, and for
some roles another over its word pieces, which says where in a long sentence the clause is that
matters. Both are learned from labelled cells (scripts/train_columns.py, `columns.npz`).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

import numpy as np

from rag.ports import Vectors
from rag.reading.features import SENTENCE, Views
from rag.records import Span
from rag.storage.token_vectors import Offsets
from rag.text.patterns import lazy

_OF_OTHERS = (
    "cover_overall",
    "late_overall",
    "paper_at",
    "paper_score",
    "paper_cover",
    "paper_late",
)
"""Features that tell how other papers do: a cell depends on its own paper alone."""
OWN_QUESTION = "own question"
"""In place of a role: a question of the user's own. By the reader's features alone: what a sentence
looks like tells nothing of whether it answers."""
_OWN = [at for at, name in enumerate(SENTENCE) if name not in _OF_OTHERS]
LONG = 20
"""Words beyond which a sentence is cut to the clause that matters."""
_PAUSE = lazy(r"[,;:(—–]")
_OPENS = lazy(
    r"[,;:]\s|—|\s–\s|\b(?:that|which)\b|\b(?:on|propose|introduce|present|achieves?|by)\s*$",
    re.IGNORECASE,
)
_CLOSES = lazy(
    r"[,;:]\s|—|\s–\s|^\s*(?:show|demonstrate|while|that|which|to|with|in|on|for)\b", re.IGNORECASE
)
"""What stands between two word pieces where a clause may begin, and where it may end. Brackets do
not part, as half of a pair would be left, nor do the marks within `2.5`, `1,000` and `10–20`."""
_UNENDED = lazy(
    r"\b(?:that|which|who|and|or|but|the|an?|of|to|by|with|on|in|for|from|as|than|i\.e|e\.g|et al)"
    r"\W*\Z",
    re.IGNORECASE,
)
"""The end of a clause that something must follow."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A linear model: `weights` (F,), `bias`, and the probability or score it is cut at."""

    weights: Vectors
    bias: float
    cut: float


@dataclass(frozen=True, kw_only=True, slots=True)
class RoleModel:
    """`sentences`: by role, over `sentence_features`. `clauses`: by role, for those of which a
    clause is cut out, over `token_features`."""

    sentences: Mapping[str, Line]
    clauses: Mapping[str, Line]


@functools.cache
def load() -> RoleModel:
    with (files("rag.table") / "columns.npz").open("rb") as file:
        held = {name: array.astype(np.float32) for name, array in np.load(file).items()}

    def lines(kind: str) -> dict[str, Line]:
        """`kind/role` → weights, then bias and cut."""
        return {
            name.partition("/")[2]: Line(
                weights=array[:-2], bias=float(array[-2]), cut=float(array[-1])
            )
            for name, array in held.items()
            if name.startswith(f"{kind}/")
        }

    return RoleModel(sentences=lines("sentence"), clauses=lines("clause"))


def sentence_features(role: str, views: Views, answers: Vectors) -> Vectors:
    """(S, F) of the sentences of `views`; answers: (S,) the reader's probabilities that each
    answers the question."""
    odds = np.log(answers / (1 - answers))
    first = np.searchsorted(views.owner, np.arange(len(views.papers)))
    counts = np.bincount(views.owner)
    mean = (np.add.reduceat(views.vectors, first) / counts[:, None])[views.owner]
    best = np.maximum.reduceat(odds, first)[views.owner]
    place = np.arange(len(views.owner)) - first[views.owner]
    behind = counts[views.owner] - 1 - place
    share = place / np.maximum(counts[views.owner] - 1, 1)
    at = np.stack([share**2, place == 0, place == 1, behind == 0, behind <= 1], axis=1)
    own = views.sentence[:, _OWN]
    scores = np.stack([odds, odds - best], axis=1)
    parts = (
        (own, scores)
        if role == OWN_QUESTION
        else (views.vectors, views.vectors - mean, at, own, scores)
    )
    return np.concatenate(parts, axis=1).astype(np.float32)


def token_features(text: str, vectors: Vectors, spans: Offsets) -> Vectors:
    """(t, F) of the word pieces of a sentence. vectors: (t, 128); spans: (t, 2) within `text`."""
    count = len(vectors)
    none = np.zeros((1, vectors.shape[1]), np.float32)
    at = np.arange(count) / max(1, count - 1)
    paused = [bool(_PAUSE.search(gap)) for gap in _gaps(text, spans)]
    places = np.stack([at, at**2, paused[:-1], paused[1:]], axis=1)
    before, behind = np.vstack([none, vectors[:-1]]), np.vstack([vectors[1:], none])
    return np.concatenate([vectors, before, behind, places], axis=1).astype(np.float32)


def _gaps(text: str, spans: Offsets) -> list[str]:
    """(t + 1,) what stands before each word piece, and behind the last."""
    ends = [0, *(int(end) for end in spans[:, 1])]
    starts = [*(int(start) for start in spans[:, 0]), len(text)]
    return [text[a:b] for a, b in zip(ends, starts, strict=True)]


def clause(role: str, text: str, vectors: Vectors, spans: Offsets) -> Span:
    """The part of a sentence that states `role`, between two places where clauses part; all of a
    short one, and where nothing was learned for the role. Arguments as of `token_features`."""
    whole = Span(start=0, end=len(text))
    line = load().clauses.get(role)
    if line is None or len(text.split()) <= LONG or not len(vectors):
        return whole
    scores = token_features(text, vectors, spans) @ line.weights + (line.bias - line.cut)
    return best_run(text, spans, scores)


def best_run(text: str, spans: Offsets, scores: Vectors) -> Span:
    """From one place where a clause may begin to one where it may end, with the greatest sum of
    `scores`, (t,)."""
    gaps = _gaps(text, spans)
    count = len(scores)
    # Of a last piece what is written to it belongs to it: "30\\%", "(STEER)".
    closed = ((at, _CLOSES.search(gaps[at + 1])) for at in range(count - 1))
    ends = {at: int(spans[at, 1]) + match.start() for at, match in closed if match}
    starts = {at: int(spans[at, 0]) if at else 0 for at in range(count)}
    opens = [at for at in range(count) if not at or _OPENS.search(gaps[at])]
    total = np.append(0.0, np.cumsum(scores))
    runs = [
        (total[last + 1] - total[first], starts[first], end)
        for first in opens
        for last, end in (ends | {count - 1: len(text)}).items()
        if last >= first
    ]
    for _, start, end in sorted(runs, key=lambda run: -run[0]):
        if stands_alone(text[start:end]):
            return Span(start=start, end=end)
    return Span(start=0, end=len(text))


def stands_alone(text: str) -> bool:
    """Whether a clause has both halves of its brackets, and no end that something must follow."""
    halves = all(text.count(a) == text.count(b) for a, b in ("()", "[]", "{}"))
    return halves and not _UNENDED.search(text)
