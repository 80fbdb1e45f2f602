"""Which papers a question about records is on: those that it names, or the one it describes.
Their abstracts tell which they are; what their records hold, the answer says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from rag.ranking import Ranking
from rag.records import Paper, Query, RecordAsked, Selection
from rag.select.overview import told_of


def recorded(query: Query, ranking: Ranking, found: Callable[[], Selection]) -> Selection | None:
    """None where the question asks for no record, or for that of a paper which is not there.
    `found` tells what its description finds. Where no record has what is asked for, the papers
    are near and none is put forward."""
    asked = query.record
    if asked is None:
        return None
    if asked.papers:
        papers = ranking.of(asked.papers)
    elif query.topic:
        first = found()
        if first.status != "answered":
            return replace(first, status="not_in_corpus")
        papers = list(first.papers[:1])
    else:
        papers = ranking.papers(query.filters.limit or 1)
    if not papers:
        return None
    told = told_of(papers, ranking, 1)
    if any(has(paper, asked) for paper in papers):
        return told
    near = (*papers, *told.near)[: len(papers) + len(told.near)]
    return replace(told, status="not_stated", papers=(), near=near)


def has(paper: Paper, asked: RecordAsked) -> bool:
    """Whether a record holds any of the fields."""
    values = {
        "date": paper.published,
        "upvotes": paper.upvotes is not None,
        "source": paper.sources,
        "link": paper.url or paper.doi or paper.arxiv_id,
        "authors": paper.authors,
        "author_count": paper.author_count is not None or paper.authors,
    }
    return any(values[name] for name in asked.fields)
