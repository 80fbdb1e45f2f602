"""What an acronym stands for, as the papers say that define it: a sentence a meaning."""

from __future__ import annotations

from rag.ranking import Ranking
from rag.records import Evidence, Paper, Query, Selection, Span
from rag.sentences import sentence_spans
from rag.understand.acronyms import definitions, singular

_MOST = 5
"""Meanings shown of one acronym."""


def defined(query: Query, ranking: Ranking) -> Selection | None:
    """The defining sentence of each meaning; None where the question asks for none, or no abstract
    holds one (a title may)."""
    evidence: list[Evidence] = []
    for expansion in query.expansions[:_MOST]:
        for paper in ranking.of(expansion.papers):
            span = _defining(paper, expansion.short, expansion.long)
            if span:
                key = f"E{len(evidence) + 1}"
                evidence.append(
                    Evidence(key=key, paper=paper, start=span.start, end=span.end, score=1.0)
                )
                break
    if not evidence:
        return None
    papers = {item.paper.paper_id: item.paper for item in evidence}
    return Selection(
        status="answered",
        papers=tuple(papers.values()),
        evidence=tuple(evidence),
        total=len(papers),
        confidence=1.0,
        searched=ranking.corpus_size,
    )


def _defining(paper: Paper, short: str, long: str) -> Span | None:
    """The first sentence that defines it so, else one that defines it in other words."""
    found = [
        (span, meaning)
        for span in sentence_spans(paper.abstract)
        for name, meaning in definitions(paper.abstract[span.start : span.end])
        if singular(name) == short
    ]
    exact = [span for span, meaning in found if meaning == long]
    return exact[0] if exact else next((span for span, _ in found), None)
