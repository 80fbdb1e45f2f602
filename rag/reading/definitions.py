"""What a term means, in the corpus's own words: the sentences that define it, each meaning of an
acronym first.

A definition is told by its form (`X is a …`, `X refers to …`, `known as X`); a sentence that only
uses the term is none. Where none has such a form, the reader explains it as anything else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from rag.corpus.acronyms import definitions, singular
from rag.question.schema import DefinitionAsked, ParsedQuestion
from rag.reading.cues import cue
from rag.reading.features import spans_of
from rag.reading.overview import of_spans
from rag.records import Expansion, Paper, Selection, Span
from rag.retrieval.ranking import Ranking

_LOOKED_AT = 60
"""Papers, best first, in which definitions are looked for."""
_MOST, _ENOUGH = 4, 2
"""Sentences at most, and those after which no other explanation is added."""
_LONGEST = 70
"""Words of a sentence that defines."""
_FORMS = (
    r"{},?\s*(?:(?:is|are)\s+defined\s+as|refers?\s+to|means\b|denotes?)",
    r"(?:\A|[,;:]\s+)(?:an?\s+|the\s+)?{}(?:is|are)\s+(?:an?|the)\s"
    r"|(?:known\s+as|called|we\s+call|termed|referred\s+to\s+as|dubbed|so-called"
    r"|phenomen\w+\s+of)\s+{}",
    r"{}(?:,|--|—|–|:|\()\s*(?:i\.e\.|that\s+is|in\s+which|whereby|an?\s|the\s+(?:\w+\s+)?"
    r"(?:tendency"
    r"|ability|process|task|problem|phenomenon|practice))",
)
"""Surest first."""


def defined(
    parsed: ParsedQuestion, ranking: Ranking, usual: Callable[[], Selection]
) -> Selection | None:
    """None where nothing is to be defined, or no sentence does. `usual`: what explains it else."""
    if not isinstance(parsed.intent, DefinitionAsked):
        return None
    asked = parsed.intent
    found: dict[str, tuple[Paper, Span]] = {}
    for expansion in asked.expansions[:_MOST]:
        for paper, span in _expanding(expansion, ranking.of(expansion.papers[:_LOOKED_AT])):
            found.setdefault(paper.paper_id, (paper, span))
            break
    most = max(_MOST, len(found) + 1)
    for paper, span in _defining(asked.terms, ranking.papers(_LOOKED_AT)):
        if len(found) < most:
            found.setdefault(paper.paper_id, (paper, span))
    if not found:
        return None
    evidence = list(of_spans(found.values()))
    explained = usual() if len(found) < _ENOUGH and len(asked.expansions) < 2 else None
    if explained and explained.status == "answered":
        more = [e for e in explained.evidence if e.paper.paper_id not in found]
        evidence += [replace(e, key=f"E{len(evidence) + 1}") for e in more[:1]]
    put = {item.paper.paper_id: item.paper for item in evidence}
    return Selection(
        status="answered",
        papers=tuple(put.values()),
        evidence=tuple(evidence),
        near=tuple(p for p in ranking.papers(_MOST + 5) if p.paper_id not in put)[:5],
        total=len(put),
        confidence=1.0,
        searched=ranking.corpus_size,
    )


def _expanding(expansion: Expansion, papers: Sequence[Paper]) -> Iterator[tuple[Paper, Span]]:
    """The sentences that write an acronym out so, those in the very words first."""
    found = [
        (meaning != expansion.long, paper, span)
        for paper in papers
        for span in spans_of(paper)
        for name, meaning in definitions(paper.abstract[span.start : span.end])
        if singular(name) == expansion.short
    ]
    for _, paper, span in sorted(found, key=lambda one: one[0]):
        yield paper, span


def _defining(terms: Sequence[str], papers: Sequence[Paper]) -> Iterator[tuple[Paper, Span]]:
    """The sentences that define a term, by form and by the rank of their papers."""
    written = "|".join(
        r"[\s-]+".join(f"{re.escape(w.removesuffix('s'))}s?" for w in re.split(r"[\s-]+", one))
        for one in sorted(terms, key=len, reverse=True)
    )
    term = rf"[\"“'`]*(?<![\w-])(?:{written})(?![\w-])[\"”'`]*\s*(?:\([^()]{{2,40}}\)\s*)?"
    for form in _FORMS:
        pattern = re.compile(form.replace("{}", term), re.IGNORECASE)
        for paper in papers:
            for span in spans_of(paper):
                sentence = paper.abstract[span.start : span.end]
                short = len(sentence.split()) <= _LONGEST and not cue("dangles", sentence)
                if short and pattern.search(sentence):
                    yield paper, span
