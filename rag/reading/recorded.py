"""Which papers a question about records is on: those that it names, or the one it describes.
Their abstracts tell which they are; what their records hold, the answer says.

A name asks for the record of the paper whose own it is. Where it is nobody's, papers that mention
it are shown as such, and no record is told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from rag.question.schema import ParsedQuestion, RecordAsked
from rag.reading.mentions import mentioning
from rag.reading.overview import told_of
from rag.records import Paper, Selection
from rag.retrieval.ranking import Ranking


def recorded(
    parsed: ParsedQuestion, ranking: Ranking, found: Callable[[], Selection]
) -> Selection | None:
    """None where the question asks for no record, or for that of a paper which is not there.
    `found` tells what its description finds. Where no record has what is asked for, the papers
    are near and none is put forward."""
    asked = parsed.record
    if asked is None:
        return None
    if asked.papers:
        papers = ranking.of(asked.papers)
    elif asked.strange:
        return mentioning(asked.strange, ranking)
    elif parsed.topic:
        first = found()
        if first.status != "answered":
            return replace(first, status="not_in_corpus")
        papers = list(first.papers[:1])
    else:
        papers = ranking.papers(parsed.filters.limit or 1)
    if not papers:
        return None
    told = replace(told_of(papers, ranking, 1), unmet=asked.strange)
    if any(has(paper, asked) for paper in papers):
        return told
    near = (*papers, *told.near)[: len(papers) + len(told.near)]
    return replace(told, status="not_stated", papers=(), near=near)


def has(paper: Paper, asked: RecordAsked) -> bool:
    """Whether a record holds any of the fields."""
    values = {
        "date": paper.date,
        "upvotes": paper.upvotes is not None,
        "source": paper.sources,
        "link": paper.url or paper.doi or paper.arxiv_id,
        "authors": paper.authors,
        "author_count": paper.author_count is not None or paper.authors,
    }
    return any(values[name] for name in asked.fields)
