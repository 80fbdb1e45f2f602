"""Questions that state nothing but constraints: every paper that satisfies them, and what it puts
forward. Nothing is judged here; the ranking has these papers alone, in the order asked for.
"""

from __future__ import annotations

from rag.question.schema import ParsedQuestion
from rag.reading.overview import told
from rag.reading.thresholds import Cuts
from rag.records import Selection
from rag.retrieval.ranking import Ranking


def by_constraints_alone(parsed: ParsedQuestion, ranking: Ranking, cuts: Cuts) -> Selection:
    """Every paper that satisfies the constraints, in the order these ask for, each by what it
    puts forward; to explain or to compare them, by more of it."""
    first = parsed.filters.skip or 0
    alike = parsed.related is not None
    most_listed = cuts.most_alike if alike else cuts.most_listed
    papers = ranking.papers(first + (parsed.filters.limit or most_listed))[first:]
    most = {"explain": 4 if len(papers) == 1 else 2, "compare": 3}.get(parsed.kind, 1)
    return Selection(
        status="answered" if papers else "not_in_corpus",
        papers=tuple(papers),
        evidence=told(papers, most),
        total=len(papers) if parsed.filters.limit or alike else len(ranking),
        confidence=1.0,
        searched=ranking.corpus_size,
        recorded=ranking.recorded(),
    )
