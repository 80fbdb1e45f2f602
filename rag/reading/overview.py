"""What papers put forward and find: a few sentences of each abstract in its order. For questions
that name papers and ask nothing else of them, and for those that state nothing but constraints.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.question.schema import OverviewAsked, ParsedQuestion
from rag.reading.cues import cue
from rag.reading.features import spans_of
from rag.records import Evidence, Paper, Selection, Span
from rag.retrieval.ranking import Ranking

_SENTENCES, _OF_SEVERAL = 4, 3
"""Of one paper, and of each of several."""
_NEAR = 5
_MOST_LISTED, _MOST_ALIKE = 20, 10


def overview(parsed: ParsedQuestion, ranking: Ranking) -> Selection | None:
    """None where the question asks for none."""
    if not isinstance(parsed.intent, OverviewAsked):
        return None
    papers = ranking.of(parsed.intent.papers)
    most = _SENTENCES if len(papers) == 1 else _OF_SEVERAL
    return told_of(papers, ranking, most) if papers else None


def by_constraints_alone(parsed: ParsedQuestion, ranking: Ranking) -> Selection:
    """Every paper that satisfies the constraints, in the order these ask for, each by what it
    puts forward; to explain or to compare them, by more of it."""
    first, limit = parsed.filters.skip or 0, parsed.filters.limit
    alike = parsed.related is not None
    papers = ranking.papers(first + (limit or (_MOST_ALIKE if alike else _MOST_LISTED)))[first:]
    most = {"explain": 4 if len(papers) == 1 else 2, "compare": 3}.get(parsed.kind, 1)
    return Selection(
        status="answered" if papers else "not_in_corpus",
        papers=tuple(papers),
        evidence=told(papers, most),
        total=len(papers) if limit or alike else len(ranking),
        confidence=1.0,
        searched=ranking.corpus_size,
        recorded=ranking.recorded(),
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


def told(papers: Sequence[Paper], most: int) -> tuple[Evidence, ...]:
    """What tells most of each, `most` sentences."""
    return of_spans((paper, span) for paper in papers for span in telling(paper, most))


def of_spans(spans: Iterable[tuple[Paper, Span]]) -> tuple[Evidence, ...]:
    """Sentences that are quoted without a probability, under keys `E1`, `E2`, … in this order."""
    return tuple(
        Evidence(key=f"E{n}", paper=paper, start=span.start, end=span.end, score=1.0)
        for n, (paper, span) in enumerate(spans, start=1)
    )


def telling(paper: Paper, most: int) -> list[Span]:
    """The sentences that tell most of a paper, in their order, at least one: what it puts forward,
    the last of what it finds, then what follows the first."""
    spans = spans_of(paper)
    texts = [paper.abstract[span.start : span.end] for span in spans]
    able = [at for at, text in enumerate(texts) if not cue("code", text)] or [0]
    stands = [at for at in able if not cue("dangles", texts[at])] or able[:1]
    ours = [at for at in stands if cue("we", texts[at])]
    first = next((at for at in ours if cue("puts", texts[at])), (ours or stands)[0])
    finds = [at for at in stands if at > first and cue("finds", texts[at])]
    measured = [at for at in finds if cue("share", texts[at])]
    kept = {first, *(measured or finds)[-1:][: most - 1]}
    for at in (*range(first + 1, len(texts)), *range(first)):
        if len(kept) >= most:
            break
        if at in able and (at in stands or at - 1 in kept):
            kept.add(at)
    return [spans[at] for at in sorted(kept)]
