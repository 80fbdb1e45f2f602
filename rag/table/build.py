"""The flow of an evidence table: rows from a question or from chosen papers, then every cell.

rows → TableBegun → cells, by the model or by the reader → TableFinished
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.assistant import Assistant
from rag.errors import UsageError
from rag.filters import Filters
from rag.records import Mode, Paper
from rag.retrieval.first_stage import Retriever
from rag.table.quoted import quoted
from rag.table.records import (
    CellFilled,
    Column,
    Estimate,
    Table,
    TableBegun,
    TableEvent,
    TableFinished,
)

MOST_ROWS = 200


def rows_for(
    assistant: Assistant,
    asked: str,
    *,
    most: int | None = None,
    filters: Filters | None = None,
    within: Sequence[str] | None = None,
) -> tuple[Paper, ...]:
    """The papers of a table: those that answer `asked`, at most 20; the `most` best where that is
    given; the papers `within` in their order where nothing is asked. Raises UsageError where there
    are none, and what `Assistant.ask` raises."""
    if not asked.strip():
        ids = list(within or ())
    elif most is None:
        answer = assistant.ask(asked, filters=filters, within=within, mode="extractive")
        ids = list(answer.papers or answer.near)
    else:
        hits = assistant.search(asked, k=min(most, MOST_ROWS), filters=filters).hits
        ids = [hit.paper.paper_id for hit in hits]
    order = {paper_id: at for at, paper_id in enumerate(ids[:MOST_ROWS])}
    papers = assistant.index_manager.indexes().papers.papers(order)
    if not papers:
        raise UsageError(
            "No paper of the corpus is found for the table's rows.",
            remedy="Ask for another topic, or name papers with --id.",
        )
    return tuple(sorted(papers, key=lambda paper: order[paper.paper_id]))


class TableBuilder:
    """Fills tables over the corpus of `assistant`. Thread-safe."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def fill(
        self,
        asked: str,
        papers: Sequence[Paper],
        columns: Sequence[Column],
        *,
        mode: Mode | None = None,
        fresh: bool = False,
    ) -> Iterator[TableEvent]:
        """Every cell that is not known yet. `mode` overrides the configured one; `fresh`: as if
        none were known. Closing the iterator begins no further call; what was
        filled by then is kept. Raises what the index and the embedder raise; a model's server that
        fails leaves failed cells and a notice."""
        table = Table(asked=asked, papers=tuple(papers), columns=tuple(columns))
        yield TableBegun(table=table, estimate=Estimate())
        cells = dict(table.cells)
        for filled in self._quoted(table):
            cells[filled.paper_id, filled.column.question] = filled.cell
            yield filled
        yield TableFinished(table=replace(table, cells=cells))

    def _quoted(self, table: Table) -> Iterator[CellFilled]:
        assistant = self._assistant
        indexes = assistant.index_manager.indexes()
        retriever = Retriever(indexes.papers, indexes, assistant.embedder, assistant.weights)
        yield from quoted(table.papers, table.columns, retriever)
