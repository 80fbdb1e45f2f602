"""What a question wants (its intent) and, of a fact, what kind of thing answers it.

Learned from eval/training/intent.jsonl by scripts/train_question_reader.py. Works on the whole
question as on one without the words of its constraints. The conversation before is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast, get_args

from rag.ports import Vectors
from rag.question.classifier import Classifier, load, ngram_features
from rag.question.schema import AnswerType, IntentName

INTENTS: tuple[IntentName, ...] = get_args(IntentName)
ANSWER_TYPES: tuple[AnswerType, ...] = get_args(AnswerType)
_NAMED: frozenset[IntentName] = frozenset({"fact", "explain"})
"""Intents that always have an answer type other than none."""
_UNNAMED: frozenset[IntentName] = frozenset(
    {"define", "overview", "related", "synthesis", "nothing"}
)
"""Intents that never have."""
WEIGHTS = Path(__file__).with_name("intent.json")
Wording = tuple[str, Vectors | None]
"""A text and its vector."""


@dataclass(frozen=True, kw_only=True)
class IntentGuess:
    """The most probable intent, and the most probable answer type that goes with it."""

    intent: IntentName
    probability: float
    answer_type: AnswerType
    intents: Mapping[IntentName, float]
    answer_types: Mapping[str, float]


def read_intent(text: str, vector: Vectors | None = None, *others: Wording) -> IntentGuess:
    """`vector`: the text's, (384,) of unit length, of the embedded MiniLM; None where another model
    embeds, which costs some accuracy. `others`: further wordings of the same question, the mean
    over all of which is the intent; the answer type is that of the first."""
    wordings = [(text, vector), *others]
    each = [_probabilities("intent", *wording) for wording in wordings]
    intents = {name: sum(found[name] for found in each) / len(each) for name in INTENTS}
    intent = max(intents, key=intents.__getitem__)
    types = _going_with(intent, _probabilities("answer_type", text, vector))
    answer_type = cast("AnswerType", max(types, key=types.__getitem__))
    return IntentGuess(
        intent=intent,
        probability=intents[intent],
        answer_type=answer_type,
        intents=intents,
        answer_types=types,
    )


def _probabilities(name: str, text: str, vector: Vectors | None) -> dict[str, float]:
    return _classifiers()[name].probabilities(ngram_features(text), vector)


def _going_with(intent: IntentName, types: dict[str, float]) -> dict[str, float]:
    """The probabilities of the answer types, given the intent."""
    if intent in _UNNAMED:
        return {kind: float(kind == "none") for kind in types}
    total = sum(types.values()) - types["none"]
    if intent not in _NAMED or total <= 0:
        return types
    return {kind: 0.0 if kind == "none" else p / total for kind, p in types.items()}


@cache
def _classifiers() -> dict[str, Classifier]:
    return load(WEIGHTS)
