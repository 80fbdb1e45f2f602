"""What a language model made of a question, judged to be possible.

Constraints that are not as their schema says count as not stated. Whatever else is odd refuses the
whole: the offline reading serves then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args

from rag.errors import BadReply
from rag.fields import json_schema
from rag.filters import Filters
from rag.question.schema import Form, FormKind, IntentName, ParsedQuestion
from rag.text.json_objects import objects
from rag.text.patterns import lazy
from rag.text.untrusted import clipped
from rag.text.words import STOPWORDS

_MOST_CHARS, _MOST_SEARCHES = 320, 4
_FOREIGN = lazy(r"https?:|www\.|[{}<>`|]|\[(?:E?\d+|/?INST)", re.IGNORECASE)
_NUMBER = lazy(r"\d[\d.,]*")
_WORD = lazy(r"[^\W\d_]{3,}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """What a model made of a question, judged to be possible."""

    question: str
    intent: IntentName | None
    searches: tuple[str, ...]
    papers: tuple[int, ...]
    constraints: Filters
    form: Form | None


def answer_schema() -> dict[str, Any]:
    """The JSON schema of a reply, in the subset that servers with structured output take."""
    texts = {"type": "array", "items": {"type": "string"}, "maxItems": _MOST_SEARCHES}
    fields = {
        "question": {"type": "string"},
        "intent": {"type": "string", "enum": list(get_args(IntentName))},
        "searches": texts,
        "papers": {"type": "array", "items": {"type": "integer"}},
        "constraints": _strict(json_schema()),
        "form": {"type": ["string", "null"], "enum": [*get_args(FormKind), None]},
        "count": {"type": ["integer", "null"]},
    }
    return {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }


def _strict(schema: Mapping[str, Any]) -> dict[str, Any]:
    """An object schema as strict servers take it: every property required, each may be null."""
    properties = {
        name: {"anyOf": [dict(one), {"type": "null"}]} for name, one in schema["properties"].items()
    }
    return {**schema, "properties": properties, "required": list(properties)}


def _filters(found: object) -> Filters:
    """The constraints of a reply; what is not as its schema says counts as not stated."""
    if not isinstance(found, dict):
        return Filters()
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, schema in json_schema()["properties"].items()
        if _fits(value := found.get(name), schema)
    }
    pairs = (("not_from", "not_to"), ("sort", "order"))
    halves = {name for pair in pairs if len(values.keys() & set(pair)) == 1 for name in pair}
    return Filters(**{name: value for name, value in values.items() if name not in halves})


def _fits(value: object, schema: Mapping[str, Any]) -> bool:
    if "enum" in schema:
        return value in schema["enum"]
    if schema["type"] == "array":
        items = schema["items"]
        return isinstance(value, list) and bool(value) and all(_fits(v, items) for v in value)
    if schema["type"] == "integer":
        return type(value) is int and value >= schema.get("minimum", 0)
    return isinstance(value, str) and (schema.get("format") != "date" or _is_day(value))


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def proposal(reply: str, offline: ParsedQuestion, titles: Sequence[str]) -> Proposal:
    """Raises BadReply, saying why it cannot be taken."""
    found = _object(reply)
    question = found.get("question")
    if why := next(_objections(question, offline, titles), ""):
        raise BadReply(why)
    numbers = found.get("papers") or []
    if not isinstance(numbers, list) or not all(
        type(n) is int and 1 <= n <= len(titles) for n in numbers
    ):
        raise BadReply("it names papers that there are not")
    searches = found.get("searches") or []
    if not isinstance(searches, list) or not all(isinstance(one, str) for one in searches):
        raise BadReply("its searches are no texts")
    form, count = found.get("form"), found.get("count")
    intent = found.get("intent")
    known = next((kind for kind in get_args(FormKind) if kind == form), None)
    return Proposal(
        question=" ".join(str(question).split()),
        intent=next((name for name in get_args(IntentName) if name == intent), None),
        searches=tuple(
            clipped(" ".join(one.split()), _MOST_CHARS) for one in searches[:_MOST_SEARCHES] if one
        ),
        papers=tuple(numbers),
        constraints=_filters(found.get("constraints")),
        form=Form(kind=known, count=count if type(count) is int else None) if known else None,
    )


def _objections(wording: object, offline: ParsedQuestion, titles: Sequence[str]) -> Iterator[str]:
    """What speaks against a wording of the question."""
    if not isinstance(wording, str) or not _stems(wording):
        yield "it wrote no question"
        return
    said = [offline.question, *(turn.content for turn in offline.history), *titles]
    if len(wording) > max(_MOST_CHARS, 2 * len(offline.question)):
        yield "what it wrote is too long"
    if not wording.isprintable() or (
        _FOREIGN.search(wording) and not _FOREIGN.search(offline.question)
    ):
        yield "what it wrote is no plain question"
    heard = set(_NUMBER.findall(" ".join(said)))
    if new := [number for number in _NUMBER.findall(wording) if number not in heard]:
        yield f"“{new[0]}” is not in the conversation"
    own, written = _stems(offline.question), _stems(wording)
    if len(own & written) < 0.5 * len(own) or not written & _stems(" ".join(said)):
        yield "it asks for something else"


def _object(reply: str) -> Mapping[str, Any]:
    """The first JSON object in a reply. Raises BadReply."""
    found = next(objects(reply), None)
    if found is None:
        raise BadReply("it wrote no JSON")
    return found


def _stems(text: str) -> set[str]:
    words = (word for word in _WORD.findall(text.casefold()) if word not in STOPWORDS)
    return {word[:5] for word in words}
