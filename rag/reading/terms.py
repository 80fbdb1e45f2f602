"""What a term means, in the corpus's own words: the sentences that define or introduce it, each
meaning of an acronym first.

A definition is told by its form (`X is a …`, `X refers to …`, `known as X`, `X, in which …`); a
sentence that only uses the term is none. Where none has such a form, the selection goes the way of
any other explanation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from rag.question.schema import DefinitionAsked, ParsedQuestion
from rag.reading.definitions import defining
from rag.reading.rhetoric import dangles, standing
from rag.records import Evidence, Paper, Selection
from rag.retrieval.ranking import Ranking
from rag.text.sentences import sentence_spans

_LOOKED_AT = 60
"""Papers, best first, in which definitions are looked for."""
_MOST = 4
_ENOUGH = 2
"""Sentences after which no other explanation is added."""
_LONGEST = 70
"""Words of a sentence that defines."""
_PRAISED = (
    r"(?!(?:an?|the|one\s+of\s+the)\s+(?:\w+[\s-]){0,3}?(?:challenge|problem|issue|concern|tool"
    r"|approach|paradigm|technique|way|direction|topic|obstacle|area|capability|bottleneck)s?\b"
    r"(?!\s+(?:in\s+which|where|of|that|which|for)\b))"
)
"""`X is a key challenge` defines nothing, `X is a technique that …` does."""
_X = r"TERM\s*(?:phenomenon|problem|effect|setting|paradigm)?\s*(?:\([^()]{2,40}\)\s*)?"
_BEGINS = r"(?:\A|[,;:]\s+)"
_DOES = (
    r"(?:aims?\s+to|seeks?\s+to|(?:occurs?|arises?|happens)\s+when|(?:\w+ly\s+)?(?:trains?|learns?|uses?"
    r"|combines?|enables?|allows?|transfers?|describes?|consists?|involves?|leverages?))"
)
_FORMS: tuple[tuple[float, str], ...] = (
    (4.0, rf"{_X},?\s+(?:(?:is|are)\s+defined\s+as|refers?\s+to|means\b|denotes?)"),
    (3.5, rf"{_BEGINS}(?:an?\s+|the\s+)?{_X}(?:is|are)\s+{_PRAISED}(?:an?|the|one\s+of)\s"),
    (
        3.5,
        r"(?:known\s+as|called|we\s+call|termed|referred\s+to\s+as|dubbed|so-called"
        r"|phenomen\w+\s+of)\s+[\"“'`]*TERM",
    ),
    (
        3.0,
        rf"{_X}(?:,|--|—|–|:|\()\s*(?:i\.e\.|that\s+is|which|where|in\s+which|whereby|an?\s"
        r"|the\s+(?:\w+\s+){0,2}(?:tendency|ability|process|task|problem|phenomenon|practice))",
    ),
    (2.5, rf"{_BEGINS}{_X}(?:,[^,]{{3,60}},\s*)?{_DOES}\b"),
)


def explained(
    parsed: ParsedQuestion, ranking: Ranking, usual: Callable[[], Selection]
) -> Selection | None:
    """None where nothing is to be defined, or no sentence does. `usual`: what explains it else."""
    if not isinstance(parsed.intent, DefinitionAsked):
        return None
    asked = parsed.intent
    found: list[Evidence] = []
    forms = _forms(asked.terms)
    for expansion in asked.expansions[:_MOST]:
        item = defining(expansion, ranking, f"E{len(found) + 1}", lambda told: _worth(told, forms))
        if item is not None:
            found.append(item)
    papers = ranking.papers(_LOOKED_AT)
    ranked = sorted(
        (
            (-worth, at, paper, start, end)
            for at, paper in enumerate(papers)
            for worth, start, end in _definitions(paper, forms)
        ),
        key=lambda one: one[:2],
    )
    for _, _, paper, start, end in ranked:
        if len(found) >= max(_MOST, len(asked.expansions[:_MOST]) + 1):
            break
        if all(e.paper.paper_id != paper.paper_id for e in found):
            key = f"E{len(found) + 1}"
            found.append(Evidence(key=key, paper=paper, start=start, end=end, score=1.0))
    if not found:
        return None
    if len(asked.expansions) < 2:
        found += _more(found, usual(), re.compile(_written(asked.terms), re.IGNORECASE))
    put = {item.paper.paper_id: item.paper for item in found}
    return Selection(
        status="answered",
        papers=tuple(put.values()),
        evidence=tuple(found),
        near=tuple(p for p in papers if p.paper_id not in put)[:5],
        total=len(put),
        confidence=1.0,
        searched=ranking.corpus_size,
    )


def _more(found: Sequence[Evidence], usual: Selection, term: re.Pattern[str]) -> Iterator[Evidence]:
    """What explains the term besides, where it is defined in few sentences: one a paper, in which
    the term stands."""
    known = {item.paper.paper_id for item in found}
    for paper in usual.papers if usual.status == "answered" else ():
        if len(known) >= _ENOUGH:
            break
        items = [
            item
            for item in usual.evidence
            if item.paper == paper and term.search(paper.abstract, item.start, item.end)
        ]
        if items and paper.paper_id not in known:
            known.add(paper.paper_id)
            best = max(items, key=lambda item: item.score)
            yield replace(best, key=f"E{len(known)}")


def _worth(sentence: str, forms: Sequence[tuple[float, re.Pattern[str]]]) -> float:
    return max((worth for worth, form in forms if form.search(sentence)), default=0.0)


def _forms(wordings: Sequence[str]) -> list[tuple[float, re.Pattern[str]]]:
    """The forms of a definition, with the term in any of its wordings."""
    term = rf"[\"“'`]*{_written(wordings)}[\"”'`]*"
    return [
        (worth, re.compile(form.replace("TERM", term), re.IGNORECASE)) for worth, form in _FORMS
    ]


def _written(wordings: Sequence[str]) -> str:
    """A pattern of a term in any of its wordings."""
    written = "|".join(
        r"[\s-]+".join(f"{re.escape(w.removesuffix('s'))}s?" for w in re.split(r"[\s-]+", one))
        for one in sorted(wordings, key=len, reverse=True)
    )
    return rf"(?<![\w-])(?:{written})(?![\w-])"


def _definitions(
    paper: Paper, forms: Sequence[tuple[float, re.Pattern[str]]]
) -> Iterator[tuple[float, int, int]]:
    for span in sentence_spans(paper.abstract):
        sentence = paper.abstract[span.start : span.end]
        start, end = standing(sentence)
        told = sentence[start:end]
        if dangles(told) == 1.0 or len(told.split()) > _LONGEST:
            continue
        if worth := _worth(told, forms):
            yield worth, span.start + start, span.start + end
