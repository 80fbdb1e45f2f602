"""What the abstracts say of a name that is no paper's own: the sentences that mention it."""

from __future__ import annotations

from collections.abc import Sequence

from rag.reading.question_features import mentions
from rag.reading.rhetoric import points_elsewhere, standing
from rag.records import Evidence, Paper, Selection
from rag.retrieval.ranking import Ranking
from rag.text.sentences import sentence_spans

_LOOKED_AT = 100
"""Papers, best first, in which a name is looked for."""
_MOST = 3
_NEAR = 5


def mentioning(names: Sequence[str], ranking: Ranking) -> Selection:
    """No paper is known by any of `names`; the best that mention one, by that sentence."""
    looked_at = ranking.papers(_LOOKED_AT)
    found = [(paper, spans[0]) for paper in looked_at if (spans := spoken_of(paper, names))]
    return Selection(
        status="not_in_corpus",
        papers=(),
        evidence=tuple(
            Evidence(key=f"E{n}", paper=paper, start=start, end=end, score=1.0)
            for n, (paper, (start, end)) in enumerate(found[:_MOST], start=1)
        ),
        near=tuple(paper for paper, _ in found[:_NEAR]),
        searched=ranking.corpus_size,
        unmet=tuple(names),
    )


def spoken_of(paper: Paper, names: Sequence[str]) -> list[tuple[int, int]]:
    """Spans of the sentences that mention one of `names`, those that mention most of them first."""
    if not any(mentions(paper.abstract, name) for name in names):
        return []
    found = []
    for span in sentence_spans(paper.abstract):
        sentence = paper.abstract[span.start : span.end]
        start, end = standing(sentence)
        held = sum(mentions(sentence[start:end], name) for name in names)
        if held and not points_elsewhere(sentence):
            found.append((-held, span.start + start, span.start + end))
    return [(start, end) for _, start, end in sorted(found)]
