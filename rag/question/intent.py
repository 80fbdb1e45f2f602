"""What a question wants (its intent) and, of a fact, what kind of thing answers it.

Learned from eval/training/intent.jsonl by scripts/train_question_reader.py. Works on the whole
question as on one without the words of its constraints. The conversation before is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, cast, get_args

from rag.ports import Vectors
from rag.question.classifier import Classifier, load, ngram_features

Intent = Literal[
    "list", "fact", "compare", "explain", "define", "record", "overview", "related", "synthesis",
    "nothing",
]  # fmt: skip
"""list: papers on a topic; fact: one statement of one abstract; define: a term; record: what is
known of a paper beside its abstract (authors, date, link, upvotes); overview: what one paper is
about; related: papers like one; synthesis: the state of a topic over several papers; nothing:
thanks, greetings and the like."""
AnswerType = Literal[
    "percent", "factor", "count", "amount", "model", "dataset", "method", "entity", "yes_no",
    "reason", "manner", "condition", "finding", "none",
]  # fmt: skip
"""none: not answered by one thing. amount: a quantity other than a share, a ratio or a count."""

INTENTS: tuple[Intent, ...] = get_args(Intent)
ANSWER_TYPES: tuple[AnswerType, ...] = get_args(AnswerType)
_NAMED: frozenset[Intent] = frozenset({"fact", "explain"})
"""Intents that always have an answer type other than none."""
_UNNAMED: frozenset[Intent] = frozenset({"define", "overview", "related", "synthesis", "nothing"})
"""Intents that never have."""
WEIGHTS = Path(__file__).with_name("intent.json")
Wording = tuple[str, Vectors | None]
"""A text and its vector."""


@dataclass(frozen=True, kw_only=True)
class IntentGuess:
    """The most probable intent, and the most probable answer type that goes with it."""

    intent: Intent
    probability: float
    answer_type: AnswerType
    answer_probability: float
    intents: Mapping[Intent, float]
    answer_types: Mapping[AnswerType, float]


def read_intent(text: str, vector: Vectors | None = None, *others: Wording) -> IntentGuess:
    """`vector`: the text's, (384,) of unit length, of the embedded MiniLM; None where another model
    embeds, which costs some accuracy. `others`: further wordings of the same question, the mean
    over all of which is the intent; the answer type is that of the first."""
    wordings = [(text, vector), *others]
    each = [_probabilities("intent", *wording) for wording in wordings]
    intents = {name: sum(found[name] for found in each) / len(each) for name in INTENTS}
    intent = max(intents, key=intents.__getitem__)
    found = _probabilities("answer_type", text, vector)
    types = _going_with(intent, cast("dict[AnswerType, float]", found))
    answer_type = max(types, key=types.__getitem__)
    return IntentGuess(
        intent=intent,
        probability=intents[intent],
        answer_type=answer_type,
        answer_probability=types[answer_type],
        intents=intents,
        answer_types=types,
    )


def _probabilities(name: str, text: str, vector: Vectors | None) -> dict[str, float]:
    return _classifiers()[name].probabilities(ngram_features(text), vector)


def _going_with(intent: Intent, types: dict[AnswerType, float]) -> dict[AnswerType, float]:
    """The probabilities of the answer types, given the intent."""
    if intent in _UNNAMED:
        return {kind: float(kind == "none") for kind in types}
    if intent not in _NAMED:
        return types
    total = sum(types.values()) - types["none"]
    if total <= 0:
        return types
    return {kind: 0.0 if kind == "none" else p / total for kind, p in types.items()}


@cache
def _classifiers() -> dict[str, Classifier]:
    return load(WEIGHTS)
