"""What an acronym stands for, as the papers say that define it: a sentence a meaning."""

from __future__ import annotations

from collections.abc import Callable

from rag.corpus.acronyms import definitions, singular
from rag.question.schema import ParsedQuestion
from rag.records import Evidence, Expansion, Paper, Selection, Span
from rag.retrieval.ranking import Ranking
from rag.text.sentences import sentence_spans

_MOST = 5
"""Meanings shown of one acronym."""
_LOOKED_AT = 40
"""Papers looked at that define one meaning."""


def defined(parsed: ParsedQuestion, ranking: Ranking) -> Selection | None:
    """The defining sentence of each meaning; None where the question asks for none, or no abstract
    holds one (a title may)."""
    evidence: list[Evidence] = []
    for expansion in parsed.expansions[:_MOST]:
        item = defining(expansion, ranking, f"E{len(evidence) + 1}")
        if item is not None:
            evidence.append(item)
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


def defining(
    expansion: Expansion,
    ranking: Ranking,
    key: str,
    worth: Callable[[str], float] = lambda sentence: 0.0,
) -> Evidence | None:
    """The sentence that defines one meaning, the first of the most `worth`; None where only titles
    define it."""
    found = [
        (paper, span)
        for paper in ranking.of(expansion.papers[:_LOOKED_AT])
        if (span := _defining(paper, expansion.short, expansion.long))
    ]
    if not found:
        return None
    paper, span = max(found, key=lambda one: worth(one[0].abstract[one[1].start : one[1].end]))
    return Evidence(key=key, paper=paper, start=span.start, end=span.end, score=1.0)


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
