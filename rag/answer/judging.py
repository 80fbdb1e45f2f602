"""A model's judgement of a batch of papers, read: which of them answer, by what words.

The reply is JSON, read leniently: a key may be written in many ways, and of a reply that was cut
the whole entries count. Whether what it says of a paper holds is not judged here, nor how many
batches there are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from rag.answer.batches import Batch, keys_of
from rag.answer.citations import says_nothing_found
from rag.answer.prompts import to_judge
from rag.errors import BadReply
from rag.model_calls import LATER
from rag.question.schema import ParsedQuestion
from rag.records import Span
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


def judgement_key(parsed: ParsedQuestion, *, corpus: str, model: str) -> str:
    """What judgements of papers depend on: question, constraints, corpus, model and prompt."""
    prompt = [message.content for message in to_judge(parsed, ())]
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


def _entries(reply: str, model: str) -> Iterator[Mapping[str, Any]]:
    """The entries of a reply: of its list of matches, or by themselves. Raises BadReply."""
    found = list(objects(reply))
    if not found and reply.strip() != "[]":
        raise BadReply(f"{model} wrote no list of papers.", remedy=LATER)
    for entry in found:
        listed = entry.get("matches", [entry])
        if isinstance(listed, list):
            yield from (one for one in listed if isinstance(one, dict))
