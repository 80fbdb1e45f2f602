"""What a turn does in its conversation: asks anew, asks of the papers shown, narrows or changes the
question before, wants more papers, wants another form, or asks nothing.

Learned from eval/training/dialogue.jsonl by scripts/train_question_reader.py. A pure function of
texts, vectors and the names shown. Only the last `WINDOW` turns are looked at, so that the time of
a turn does not grow with the conversation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, cast, get_args

import numpy as np

from rag.ports import Vectors
from rag.question.classifier import Classifier, is_name, load, ngram_features, tokens_of
from rag.question.pronouns import pronouns
from rag.text.words import STOPWORDS

Act = Literal["new_topic", "refers", "refines", "continues", "form_only", "nothing"]
"""refers: to papers shown; refines: the question before; continues: its list of papers; form_only:
the answer before, in another form."""

ACTS: tuple[Act, ...] = get_args(Act)
WINDOW = 3
WEIGHTS = Path(__file__).with_name("dialogue.json")
_WITHOUT_HISTORY: frozenset[Act] = frozenset({"new_topic", "nothing"})


@dataclass(frozen=True, kw_only=True)
class TurnBefore:
    """An earlier turn of the user: its text, its vector (MiniLM; None for another model), how many
    papers its answer showed, and what these are called."""

    text: str
    vector: Vectors | None = None
    papers: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ActGuess:
    act: Act
    probability: float
    acts: Mapping[Act, float]


def read_act(turn: str, vector: Vectors | None, before: Sequence[TurnBefore]) -> ActGuess:
    """`before`: the turns of the user so far, oldest first. Without any, a turn opens a topic or
    asks nothing. Vectors are (384,), of unit length."""
    plain = plain_features(turn, vector, before)
    found = _classifier().probabilities(ngram_features(turn), vector, plain)
    acts = cast("dict[Act, float]", found)
    if not before:
        acts = {act: p if act in _WITHOUT_HISTORY else 0.0 for act, p in acts.items()}
        total = sum(acts.values())
        acts = {act: p / total for act, p in acts.items()}
    act = max(acts, key=acts.__getitem__)
    return ActGuess(act=act, probability=acts[act], acts=acts)


def plain_features(turn: str, vector: Vectors | None, before: Sequence[TurnBefore]) -> list[float]:
    """How the turn stands to the last `WINDOW` of those before; each number in 0 to 1, but for
    similarities (-1 to 1)."""
    recent = before[-WINDOW:]
    last = recent[-1] if recent else TurnBefore(text="", papers=0)
    near = [_similarity(vector, earlier.vector) for earlier in reversed(recent)] or [0.0]
    lowered = turn.lower()
    shown = any(name and name.lower() in lowered for earlier in recent for name in earlier.names)
    count = len(turn.split())
    content, asked = _content(turn), _content(last.text)
    fresh = len(content - asked)
    points = pronouns(turn)
    return [
        near[0],
        max(near),
        float(shown),
        float(shown and count <= 4),
        float(not shown and any(map(is_name, tokens_of(turn)))),
        min(count, 20) / 20,
        float(count <= 1),
        float(count <= 2),
        float(count <= 4),
        float(count > 8),
        float(last.papers == 0),
        float(last.papers == 1),
        min(len(content & asked), 3) / 3,
        min(fresh, 6) / 6,
        float(fresh == 0),
        float(fresh == 1),
        float(points.several),
        float(points.several and not points.more),
        float(points.one),
        float(points.one and last.papers == 1),
        float(points.one and points.beside),
        float(points.beside),
        float(points.more),
        float(points.carries_on),
    ]


def _similarity(a: Vectors | None, b: Vectors | None) -> float:
    return 0.0 if a is None or b is None else float(np.dot(a, b))


def _content(text: str) -> set[str]:
    words = (token.lower() for token in tokens_of(text) if token[0].isalnum())
    return {word[:5] for word in words if word not in STOPWORDS}


@cache
def _classifier() -> Classifier:
    return load(WEIGHTS)["act"]
