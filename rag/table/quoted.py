"""Cells without a model: the sentence of each abstract that answers a column's question best, by
the reader, or "not stated".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.filters import Filters
from rag.question.schema import FactAsked, ParsedQuestion, Topic
from rag.reading import read
from rag.reading.reader import CONSIDERED, Read
from rag.records import Paper, Span
from rag.retrieval.first_stage import Retriever
from rag.table.records import Cell, CellFilled, Column

_STATED = 0.3
"""The probability that the best sentence answers from which the abstract states it."""


def quoted(
    papers: Sequence[Paper], columns: Sequence[Column], retriever: Retriever
) -> Iterator[CellFilled]:
    """Every cell, column by column. Raises what the index and the embedder raise."""
    for column in columns:
        for first in range(0, len(papers), CONSIDERED):
            some = papers[first : first + CONSIDERED]
            ids = tuple(paper.paper_id for paper in some)
            topic = Topic(own=column.question)
            parsed = ParsedQuestion(
                question=column.question,
                standalone=column.question,
                intent=FactAsked(),
                topic=topic,
                search=topic,
                filters=Filters(paper_ids=ids),
                among_shown=True,
            )
            found = {one.paper.paper_id: one for one in read(parsed, retriever.rank(parsed)).papers}
            for paper_id in ids:
                yield CellFilled(paper_id=paper_id, column=column, cell=_cell(found.get(paper_id)))


def _cell(read: Read | None) -> Cell:
    if read is None or read.best.answers < _STATED:
        return Cell(status="not_stated")
    span = Span(start=read.best.start, end=read.best.end)
    return Cell(status="stated", value=read.paper.abstract[span.start : span.end], spans=(span,))
