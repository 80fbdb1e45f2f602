"""Whole abstracts → sentences under keys, as many as a prompt holds.

Papers come in the order of their rank, and the last ones lose their sentences first. An abstract
of unusual length gives way as well: what it says beyond a few pages comes after all other papers.
How long a prompt is, the caller measures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.records import Evidence, Paper, Span
from rag.text.sentences import sentence_spans

_USUAL_CHARS, _USUAL_SENTENCES = 6000, 40
"""Of an abstract, at most; hardly one in ten thousand has more."""
_SENTENCE_CHARS = 1500
"""Longer sentences are cut between words, so that one of them never decides whether any fit."""
_MOST_KEYS = 999
"""Keys have three digits at most (`rag.answer.markers`)."""
_CHARS_PER_TOKEN = 20
"""More than any prose has: what is beyond it need not be measured."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PackedEvidence:
    """`evidence` has keys E1, E2, … in the order of papers and sentences. `total`: how many papers
    have an abstract; `read`: of how many of them something is there; `cut`: not all of it."""

    evidence: tuple[Evidence, ...]
    total: int = 0
    read: int = 0
    cut: int = 0


def pack(
    papers: Sequence[Paper], size: Callable[[Sequence[Evidence]], int], limit: int
) -> PackedEvidence:
    """As many sentences of `papers` as `size`, in tokens, keeps within `limit`."""
    usual: list[tuple[int, Span]] = []
    beyond: list[tuple[int, Span]] = []
    for place, paper in enumerate(papers):
        for number, span in enumerate(_spans(paper)):
            fits = span.end <= _USUAL_CHARS and number < _USUAL_SENTENCES
            (usual if fits else beyond).append((place, span))
    queue = usual + beyond

    def kept(most: int) -> tuple[Evidence, ...]:
        chosen = sorted(queue[:most], key=lambda piece: (piece[0], piece[1].start))
        return tuple(
            Evidence(
                key=f"E{number}",
                paper=papers[place],
                start=span.start,
                end=span.end,
                score=1 / (1 + place),
            )
            for number, (place, span) in enumerate(chosen, 1)
        )

    low, high = 0, _worth_measuring(queue, limit)
    if high and size(kept(high)) <= limit:  # mostly all of it fits
        low = high
    while low < high:
        middle = (low + high + 1) // 2
        if size(kept(middle)) <= limit:
            low = middle
        else:
            high = middle - 1
    read = {place for place, _ in queue[:low]}
    return PackedEvidence(
        evidence=kept(low),
        total=len({place for place, _ in queue}),
        read=len(read),
        cut=len(read & {place for place, _ in queue[low:]}),
    )


def _worth_measuring(queue: Sequence[tuple[int, Span]], limit: int) -> int:
    chars = 0
    for count, (_, span) in enumerate(queue[:_MOST_KEYS]):
        chars += span.end - span.start
        if chars > _CHARS_PER_TOKEN * max(limit, 0):
            return count
    return min(len(queue), _MOST_KEYS)


def _spans(paper: Paper) -> list[Span]:
    """The sentences of an abstract, long ones in pieces. None of them is blank."""
    found = []
    for span in sentence_spans(paper.abstract):
        start = span.start
        while span.end - start > _SENTENCE_CHARS:
            space = paper.abstract.rfind(" ", start, start + _SENTENCE_CHARS)
            end = space + 1 if space > start else start + _SENTENCE_CHARS
            found.append(Span(start=start, end=end))
            start = end
        found.append(Span(start=start, end=span.end))
    return [span for span in found if paper.abstract[span.start : span.end].strip()]
