"""The flow of an evidence table: rows from a question or from chosen papers, then every cell.

rows → TableBegun → cells, by the model or by the reader → TableFinished
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from rag.assistant import Assistant
from rag.errors import ModelServerError, UsageError
from rag.filters import Filters
from rag.model_calls import NOTHING
from rag.ports import ChatModel
from rag.records import Mode, Paper, Usage
from rag.retrieval.first_stage import Retriever
from rag.storage.kept_cells import FOLDER
from rag.table.calls import CellLimits
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
from rag.table.written import CellsByModel

MOST_ROWS = 200
MOST_AT_ONCE = 8
"""Papers that a model reads in one call, at most: of more it mixes up what is whose."""


def rows_for(
    assistant: Assistant,
    asked: str,
    *,
    most: int | None = None,
    within: Sequence[str] | None = None,
) -> tuple[Paper, ...]:
    """The papers of a table: those that answer `asked`, at most 20, or the `most` best where that
    is given, of the papers `within` alone where these are; all of these, in their order, where
    nothing is asked. Raises UsageError where there are none, and what `Assistant.ask` raises."""
    if not asked.strip():
        ids = list(within or ())
    elif most is None:
        answer = assistant.ask(asked, within=within, mode="extractive")
        ids = list(answer.papers)
    else:
        only = Filters(paper_ids=tuple(within)) if within else None
        hits = assistant.search(asked, k=min(most, MOST_ROWS), filters=only).hits
        ids = [hit.paper.paper_id for hit in hits]
    order = {paper_id: at for at, paper_id in enumerate(ids[:MOST_ROWS])}
    papers = assistant.index_manager.indexes().papers.papers(order)
    if not papers:
        raise UsageError(
            "No paper clearly answers this, so the table would have no rows.",
            remedy="Take the nearest ones with -k 10, or name papers with --id.",
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
        private: bool = False,
    ) -> Iterator[TableEvent]:
        """Every cell that is not known yet, by a model or quoted; `mode` overrides the configured
        one. What a model fills is kept, unless `private`, and not asked for again, unless `fresh`.
        No call is made before `TableBegun` is taken. Closing the iterator begins no further call
        and breaks off those under way; what was filled by then is kept.

        Raises ConfigError where there is no model to do it, and what the index and the embedder
        raise; a model's server that fails leaves failed cells and a notice, or, where nothing
        comes of it, quoted cells."""
        table = Table(asked=asked, papers=tuple(papers), columns=tuple(columns))
        if (model := self._assistant.model_for(mode, "fill in a table")) is not None:
            folder = None if private else self._assistant.config.data_dir / FOLDER
            yield from self._written(table, model, folder, fresh=fresh)
            return
        yield TableBegun(table=table, estimate=Estimate())
        cells = dict(table.cells)
        for filled in self._quoted(table):
            cells[filled.paper_id, filled.column.question] = filled.cell
            yield filled
        yield TableFinished(table=replace(table, cells=cells))

    def _written(
        self, table: Table, model: ChatModel, folder: Path | None, *, fresh: bool
    ) -> Iterator[TableEvent]:
        writer = CellsByModel(
            papers=table.papers,
            columns=table.columns,
            model=model,
            limits=self._limits(),
            folder=folder,
            fresh=fresh,
        )
        table = replace(table, cells=dict(writer.cells))
        failure, expected = None, NOTHING
        try:
            expected = writer.plan()
        except ModelServerError as error:
            failure = error
        yield TableBegun(table=table, estimate=self._estimate(expected))
        if failure is None:
            try:
                for filled in writer.fill():
                    yield replace(filled, usage=self._assistant.priced(filled.usage))
                table = replace(table, notices=tuple(writer.notices()))
            except ModelServerError as error:
                failure = error
        cells, usage = dict(writer.cells), writer.usage
        if failure is not None:
            for filled in self._quoted(replace(table, cells=cells)):
                cells[filled.paper_id, filled.column.question] = filled.cell
                yield replace(filled, usage=usage)
            told = f"{failure} {failure.remedy}".strip()
            table = replace(table, notices=(f"{told} Quoted sentences stand in its place.",))
        priced = self._assistant.priced(usage)
        yield TableFinished(table=replace(table, cells=cells, usage=priced))

    def _limits(self) -> CellLimits:
        config = self._assistant.config
        return CellLimits(
            batch=min(MOST_AT_ONCE, config.read_papers),
            at_once=config.thorough_calls,
            prompt_tokens=config.max_thorough_tokens,
            answer_tokens=config.max_answer_tokens,
        )

    def _estimate(self, expected: Usage) -> Estimate:
        cost = self._assistant.priced(expected).cost
        return Estimate(calls=expected.calls, prompt_tokens=expected.prompt_tokens, cost=cost)

    def _quoted(self, table: Table) -> Iterator[CellFilled]:
        """Those that the table has not yet."""
        assistant = self._assistant
        indexes = assistant.index_manager.indexes()
        retriever = Retriever(indexes.papers, indexes, assistant.embedder, assistant.weights)
        for paper in table.papers:
            lacking = [column for column in table.columns if table.cell(paper, column) is None]
            yield from quoted(paper, lacking, retriever)
