"""What the papers that a question names do, how, and what they find: a few sentences of each
abstract in its order, and no other paper.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.question.schema import OverviewAsked, ParsedQuestion
from rag.reading.question_features import measures
from rag.reading.rhetoric import dangles, introduces, own_work, points_elsewhere, proposes, standing
from rag.records import Evidence, Paper, Selection, Span
from rag.retrieval.ranking import Ranking
from rag.text.patterns import lazy
from rag.text.sentences import sentence_spans

_SENTENCES, _OF_SEVERAL = 4, 3
"""Of one paper, and of each of several."""
_NEAR = 5
_FINDS = lazy(
    r"\b(?:results?|experiments?|experimental(?:ly)?|empirical(?:ly)?|evaluations?|outperform\w*|surpass\w*"
    r"|achiev(?:es?|ing)|state-of-the-art|improvements?|significantly"
    r"|we\s+(?:\w+ly\s+|also\s+)?(?:find|show|demonstrate|observe|discover|conclude|prove|reveal)"
    r"|findings?|reveals?|demonstrates?)\b",
    re.IGNORECASE,
)


def overview(parsed: ParsedQuestion, ranking: Ranking) -> Selection | None:
    """None where the question asks for none, or names what papers only mention."""
    if not isinstance(parsed.intent, OverviewAsked):
        return None
    papers = ranking.of(parsed.intent.papers)
    most = _SENTENCES if len(papers) == 1 else _OF_SEVERAL
    return told_of(papers, ranking, most) if papers else None


def told(papers: Sequence[Paper], most: int) -> tuple[Evidence, ...]:
    """What tells most of each, `most` sentences."""
    spans = [(paper, span) for paper in papers for span in telling(paper.abstract, most)]
    return tuple(
        Evidence(key=f"E{n}", paper=paper, start=span.start, end=span.end, score=1.0)
        for n, (paper, span) in enumerate(spans, start=1)
    )


def told_of(papers: Sequence[Paper], ranking: Ranking, most: int) -> Selection:
    """`papers` alone, `most` sentences each."""
    ids = {paper.paper_id for paper in papers}
    return Selection(
        status="answered",
        papers=tuple(papers),
        evidence=told(papers, most),
        near=tuple(p for p in ranking.papers(_NEAR + len(ids)) if p.paper_id not in ids)[:_NEAR],
        total=len(papers),
        confidence=1.0,
        searched=ranking.corpus_size,
    )


def telling(abstract: str, most: int) -> list[Span]:
    """The sentences that tell most of a paper, in their order, at least one: what it puts forward,
    what it finds, then what it says of its own work behind the first."""
    spans = sentence_spans(abstract) or (Span(start=0, end=len(abstract)),)
    texts = [abstract[span.start : span.end] for span in spans]
    elsewhere = [points_elsewhere(text[: standing(text)[1]]) for text in texts]
    own = own_work(texts)
    stands = [at for at in range(len(texts)) if not at or not _leans(texts[at])]
    able = [at for at in stands if own[at] and not elsewhere[at]] or [0]
    first = next(
        (at for test in (proposes, introduces) for at in able if test(texts[at])),
        able[0],
    )
    finds = [at for at in able if at > first and (_FINDS.search(texts[at]) or measures(texts[at]))]
    measured = [at for at in finds if measures(texts[at])]
    kept = {first, *(measured or finds)[-1:][: most - 1]}
    before = sorted(range(first), key=lambda at: not own[at])
    for at in (*range(first + 1, len(texts)), *before):
        if len(kept) >= most:
            break
        follows = at in stands or at - 1 in kept
        if follows and not elsewhere[at]:
            kept.add(at)
    found = []
    for at in sorted(kept):
        start, end = standing(texts[at])
        begins = spans[at].start + (0 if at - 1 in kept else start)
        found.append(Span(start=begins, end=spans[at].start + end))
    return found


def _leans(sentence: str) -> bool:
    return dangles(sentence[standing(sentence)[0] :]) == 1.0
