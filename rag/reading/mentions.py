"""What the abstracts say of a name that is no paper's own: the sentences that mention it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.reading.features import spans_of
from rag.reading.overview import of_spans
from rag.records import Paper, Selection, Span
from rag.retrieval.ranking import Ranking

_LOOKED_AT = 100
"""Papers, best first, in which a name is looked for."""
_MOST = 3
_NEAR = 5
_BETWEEN = r"[\W_]{0,2}"
"""What may stand between the letters of a name: `Dual-Swin-L`, `Dual Swin L`."""


def mentioning(names: Sequence[str], ranking: Ranking) -> Selection:
    """No paper is known by any of `names`; the best that mention one, by that sentence."""
    looked_at = ranking.papers(_LOOKED_AT)
    found = [(paper, span) for paper in looked_at if (span := _speaking(paper, names))]
    return Selection(
        status="not_in_corpus",
        papers=(),
        evidence=of_spans(found[:_MOST]),
        near=tuple(paper for paper, _ in found[:_NEAR]),
        searched=ranking.corpus_size,
        unmet=tuple(names),
    )


def _speaking(paper: Paper, names: Sequence[str]) -> Span | None:
    """The first of the sentences that mention most of `names`; None where none mentions one."""
    counts = {
        span: sum(mentions(paper.abstract[span.start : span.end], name) for name in names)
        for span in spans_of(paper)
    }
    best = max(counts, key=lambda span: counts[span])
    return best if counts[best] else None


def mentions(source: str, name: str) -> bool:
    """Whether `name` stands in `source` as a name of its own: GPT-4 is written GPT4 as well, and is
    neither GPT-4o nor part of MiniGPT-4; Qwen is mentioned by Qwen2.5. A name with a capital is not
    mentioned by a word in small letters: no score is SCoRe."""
    letters = re.findall(r"[a-z0-9]", name.lower())
    while len(letters) > 1 and letters[-1] == "s":
        letters.pop()
    if not letters:
        return True
    ends = r"(?![A-Za-z0-9])" if letters[-1].isdigit() else r"s*(?![A-Za-z])"
    written = rf"(?<![A-Za-z0-9]){_BETWEEN.join(letters)}{ends}"
    found = (match[0] for match in re.finditer(written, source, re.IGNORECASE))
    return any(name.islower() or not one.islower() for one in found)
