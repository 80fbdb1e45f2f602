"""A model's reply on a claim, read: which papers take a stance on it, by what words.

The reply is JSON, read leniently: keys and stances may be written in many ways, and of a reply
that was cut the whole entries count. A stance without a sentence of the papers that were read is
none. What becomes of stances is not known here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

from rag.answer.batches import keys_of
from rag.answer.checks import coverage, heading_source, missing
from rag.records import Evidence, Span, Stance
from rag.storage.judgements import JudgedBatch, MatchingPaper
from rag.text.json_objects import objects
from rag.text.patterns import lazy
from rag.text.untrusted import clipped, one_line

_MOST_KEYS, _MOST_CHARS = 3, 300
"""Of one paper; of the claim and of what is told of an entry that fails."""
_ENTRY = {
    "type": "object",
    "properties": {
        "stance": {"type": "string", "enum": list(get_args(Stance))},
        "keys": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["stance", "keys"],
    "additionalProperties": False,
}
SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "claim": {"type": "string"},
        "papers": {"type": "array", "items": _ENTRY},
    },
    "required": ["claim", "papers"],
    "additionalProperties": False,
}
"""The JSON schema of a reply."""
_CLAIM = lazy(r"\"claim\"\s*:\s*(\"(?:[^\"\\]|\\.)*\")", re.IGNORECASE)
"""In an object that is cut, or not at its end yet."""
_WAYS: Mapping[Stance, re.Pattern[str]] = {
    "supports": lazy(r"(?:support|agree|confirm|affirm|yes\Z|true\Z)", re.IGNORECASE),
    "qualifies": lazy(r"(?:qualif|partial|partly|mixed|depends|both\b|conditional)", re.IGNORECASE),
    "contradicts": lazy(
        r"(?:contradict|disagree|refute|oppose|reject|den(?:y|ies)|no\Z|false\Z)", re.IGNORECASE
    ),
}
"""How models write a stance."""
_NEGATION = lazy(r"\b(?:not?|never|without|cannot|neither|nor)\b|n['’]t\b", re.IGNORECASE)
_ASKED_BY_NOT = lazy(r"\A\W*\w+n['’]t\b", re.IGNORECASE)
"""`doesn't X help?` asks whether X helps."""
_SAME = 0.25
"""The share of the question's words that the claim has at least."""
_SILENT = lazy(r"(?:silent|neutral|none|n/?a\b|unclear|unrelated|irrelevant|not?\b|unknown)", re.I)


@dataclass(frozen=True, kw_only=True, slots=True)
class StanceReply:
    """`claim` may be empty. `stances`: at most one a paper, in the order of the papers. `unknown`:
    keys that there are not; `failures`: what is wrong with entries that count for nothing, in
    words; `has_json`: whether there is an object at all. Nothing counts where the claim is another
    than the question's."""

    claim: str = ""
    stances: tuple[MatchingPaper, ...] = ()
    unknown: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    has_json: bool = False

    @property
    def is_useless(self) -> bool:
        """Whether it judges nothing, or nothing that it says counts."""
        return not self.has_json or (bool(self.failures) and not self.stances)

    def judged(self, papers: Sequence[str], *, cut: bool = False) -> JudgedBatch:
        """Of `papers`, the batch. Of a reply that was cut nothing is known of those behind the last
        one that it names."""
        if cut:
            named = {one.paper_id for one in self.stances}
            last = max((at for at, paper in enumerate(papers, 1) if paper in named), default=0)
            papers = papers[:last]
        return JudgedBatch(papers=tuple(papers), matches=self.stances, claim=self.claim)


def read_stances(reply: str, evidence: Sequence[Evidence], *, question: str) -> StanceReply:
    """What `reply` says of the papers whose sentences are `evidence`. Never raises."""
    offered = {item.key: item for item in evidence}
    claim = _claim(reply, question)
    found: dict[str, MatchingPaper] = {}
    unknown: dict[str, None] = {}
    failures: list[str] = []
    entries = list(_entries(reply))
    if claim and (why := _is_another(claim, question)):
        return StanceReply(failures=(f"{claim} ({why})",), has_json=True)
    for entry in entries:
        stance = _stance(entry.get("stance"))
        if stance is None and _SILENT.match(_bare(entry.get("stance"))):
            continue
        keys = list(dict.fromkeys(keys_of(entry.get("keys"))))
        unknown |= dict.fromkeys(f"[{key}]" for key in keys if key not in offered)
        cited = [offered[key] for key in keys if key in offered]
        if why := _why(stance, cited, f"{claim} {question}"):
            told = clipped(one_line(json.dumps(entry, ensure_ascii=False)), _MOST_CHARS)
            failures.append(f"{told} ({why})")
            continue
        for paper, spans in _by_paper(cited).items():
            one = MatchingPaper(paper_id=paper, spans=spans, stance=stance)
            found[paper] = _both(found[paper], one) if paper in found else one
    order = dict.fromkeys(item.paper.paper_id for item in evidence)
    return StanceReply(
        claim=claim,
        stances=tuple(found[paper] for paper in order if paper in found),
        unknown=tuple(unknown),
        failures=tuple(failures),
        has_json=bool(entries) or any(True for _ in objects(reply)),
    )


def _entries(reply: str) -> Iterator[Mapping[str, Any]]:
    """Of the reply's list of papers, or by themselves."""
    for found in objects(reply):
        listed = found.get("papers", [found])
        if isinstance(listed, list):
            yield from (one for one in listed if isinstance(one, dict) and "stance" in one)


def _claim(reply: str, question: str) -> str:
    """As the model has understood it; empty where it brings in what the question does not have."""
    match = _CLAIM.search(reply.rpartition("</think>")[2])
    try:
        text = clipped(one_line(str(json.loads(match[1]))), _MOST_CHARS) if match else ""
    except ValueError:
        return ""
    return "" if missing(text, heading_source((), question)) else text


def _is_another(claim: str, question: str) -> str:
    """Why a claim is not what the question asks, so that stances on it say nothing; empty where it
    may be."""
    asked = _ASKED_BY_NOT.sub("", question)
    if bool(_NEGATION.search(claim)) != bool(_NEGATION.search(asked)):
        return "the claim turns the question around: say it in the user's words, negated as there"
    if coverage(asked, claim) < _SAME and coverage(asked, asked):
        return "the claim is not what the user asks"
    return ""


def _stance(given: object) -> Stance | None:
    text = _bare(given)
    return next((stance for stance, way in _WAYS.items() if way.match(text)), None)


def _bare(given: object) -> str:
    return given.strip(" \"'.*[]") if isinstance(given, str) else ""


def _why(stance: Stance | None, cited: Sequence[Evidence], about: str) -> str:
    """Why an entry counts for nothing; empty for one that counts."""
    if not stance:
        return "its stance is none of supports, qualifies, contradicts"
    if not cited:
        return "none of its keys is there"
    said = " ".join(f"{item.paper.title} {item.quote}" for item in cited)
    if not coverage(about, said) and coverage(about, about):
        return "its sentences have no word in common with the claim"
    return ""


def _by_paper(cited: Sequence[Evidence]) -> Mapping[str, tuple[Span, ...]]:
    """More than one only where papers were mixed up."""
    spans: dict[str, tuple[Span, ...]] = {}
    for item in cited:
        before = spans.get(item.paper.paper_id, ())
        spans[item.paper.paper_id] = (*before, Span(start=item.start, end=item.end))[:_MOST_KEYS]
    return spans


def _both(one: MatchingPaper, other: MatchingPaper) -> MatchingPaper:
    """A paper that is named twice: what speaks both ways qualifies."""
    spans = tuple(dict.fromkeys((*one.spans, *other.spans)))
    stance = one.stance if one.stance == other.stance else "qualifies"
    return replace(one, spans=spans[: 2 * _MOST_KEYS], stance=stance)
