"""What a model is asked of a batch of papers, and its judgement, read: which of them answer, or
what they say on a claim (`rag.answer.stance_replies`), by what words.

The reply is JSON, read leniently: a key may be written in many ways, and of a reply that was cut
the whole entries count. Whether what it says of a paper holds is not judged here, nor how many
batches there are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from rag.answer import stance_replies
from rag.answer.batches import Batch, keys_of
from rag.answer.citations import says_nothing_found
from rag.answer.prompts import to_judge, to_judge_claim
from rag.answer.stance_replies import read_stances
from rag.errors import BadReply
from rag.model_calls import LATER, ModelReply
from rag.ports import Message
from rag.question.schema import ParsedQuestion
from rag.records import Evidence, Span
from rag.storage.judgements import JudgedBatch, MatchingPaper
from rag.text.json_objects import objects
from rag.text.untrusted import clipped, one_line

_MOST_KEYS, _MOST_CHARS = 3, 400
"""Of one match."""
_MATCH = {
    "type": "object",
    "properties": {
        "keys": {"type": "array", "items": {"type": "string"}},
        "says": {"type": "string"},
    },
    "required": ["keys", "says"],
    "additionalProperties": False,
}
SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {"matches": {"type": "array", "items": _MATCH}},
    "required": ["matches"],
    "additionalProperties": False,
}
"""The JSON schema of a reply."""


@dataclass(frozen=True, kw_only=True, slots=True)
class JudgingTask:
    """What is asked of each batch. `write`: the messages; `read`: what a reply judges, and the keys
    in it that there are not; raises BadReply."""

    write: Callable[[Sequence[Evidence]], Sequence[Message]]
    schema: Mapping[str, Any]
    read: Callable[[ModelReply, Batch], tuple[JudgedBatch, tuple[str, ...]]]


def task_of(parsed: ParsedQuestion, *, model: str) -> JudgingTask:
    """Which papers answer, or, of a claim, what they say on it."""
    if parsed.agreement:
        return JudgingTask(
            write=partial(to_judge_claim, parsed),
            schema=stance_replies.SCHEMA,
            read=partial(_read_stances, question=parsed.standalone, model=model),
        )
    return JudgingTask(
        write=partial(to_judge, parsed),
        schema=SCHEMA,
        read=lambda said, batch: read_reply(said.text, batch, model=model),
    )


def judgement_key(parsed: ParsedQuestion, *, corpus: str, model: str) -> str:
    """What judgements of papers depend on: question, constraints, corpus, model and prompt."""
    prompt = [message.content for message in task_of(parsed, model=model).write(())]
    what = [prompt, asdict(parsed.filters), corpus, model]
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:32]


def read_reply(reply: str, batch: Batch, *, model: str) -> tuple[JudgedBatch, tuple[str, ...]]:
    """What a reply judges, the papers in the order of the batch, and the keys in it that there are
    not. Raises BadReply for one that is no judgement."""
    offered = {item.key: item for item in batch.evidence}
    matches: dict[str, MatchingPaper] = {}
    unknown: dict[str, None] = {}
    for entry in _entries(reply, model):
        keys = list(keys_of(entry.get("keys")))
        unknown |= dict.fromkeys(f"[{key}]" for key in keys if key not in offered)
        says = entry.get("says")
        said = clipped(one_line(says), _MOST_CHARS) if isinstance(says, str) else ""
        if says_nothing_found(said):  # no match, then
            continue
        spans: dict[str, list[Span]] = {}
        for item in (offered[key] for key in dict.fromkeys(keys) if key in offered):
            spans.setdefault(item.paper.paper_id, []).append(Span(start=item.start, end=item.end))
        for paper, found in spans.items():  # more than one only where papers were mixed up
            match = MatchingPaper(paper_id=paper, spans=tuple(found[:_MOST_KEYS]), says=said)
            matches.setdefault(paper, match)
    in_order = tuple(matches[paper] for paper in batch.papers if paper in matches)
    return JudgedBatch(papers=batch.papers, matches=in_order), tuple(unknown)


def _read_stances(
    said: ModelReply, batch: Batch, *, question: str, model: str
) -> tuple[JudgedBatch, tuple[str, ...]]:
    found = read_stances(said.text, batch.evidence, question=question)
    judged = found.judged(batch.papers, cut=said.cut)
    if found.is_useless or not judged.papers:
        raise BadReply(f"{model} did not say which papers agree.", remedy=LATER)
    return judged, found.unknown


def _entries(reply: str, model: str) -> Iterator[Mapping[str, Any]]:
    """The entries of a reply: of its list of matches, or by themselves. Raises BadReply."""
    found = list(objects(reply))
    if not found and reply.strip() != "[]":
        raise BadReply(f"{model} wrote no list of papers.", remedy=LATER)
    for entry in found:
        listed = entry.get("matches", [entry])
        if isinstance(listed, list):
            yield from (one for one in listed if isinstance(one, dict))
