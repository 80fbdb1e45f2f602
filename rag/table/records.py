"""The nouns of an evidence table, and what is told of one in the making.

    TableBegun → CellFilled* → TableFinished

A cell belongs to a paper and a column; how cells are filled, kept and written out is not known
here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rag.display import Displayed
from rag.records import Mode, Paper, Span, Usage

CellStatus = Literal["stated", "not_stated", "failed"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """`name` stands in the head of the table; `question` is put to each paper."""

    name: str
    question: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """What an abstract says to a column's question. `value` is short and plain text; of a quoted
    cell it is the words of its spans. `spans` of the abstract prove it, the best first; a stated
    cell has one at least. `note` says why a cell failed, or what was wrong with a model's value
    where its quote stands instead. `model`: which one filled it, None for none."""

    status: CellStatus
    value: str = ""
    spans: tuple[Span, ...] = ()
    note: str = ""
    model: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Table(Displayed):
    """`cells` by paper id and column question; one that is missing has not been filled yet.
    `asked`: the question, search or constraints that the rows come from."""

    asked: str
    papers: tuple[Paper, ...]
    columns: tuple[Column, ...]
    cells: Mapping[tuple[str, str], Cell] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)

    @property
    def models(self) -> tuple[str, ...]:
        """Those that have filled cells."""
        return tuple(sorted({cell.model for cell in self.cells.values() if cell.model}))

    @property
    def mode(self) -> Mode:
        """`llm` where a model has filled a cell, though others may be quoted."""
        return "llm" if self.models else "extractive"

    def cell(self, paper: Paper, column: Column) -> Cell | None:
        return self.cells.get((paper.paper_id, column.question))


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """What filling a table will take of the model: nothing where cells are quoted or were filled
    before. `cost` by the configured prices and replies of the usual length, None where there are no
    prices. Cells that a reply leaves out are asked for once more, which comes on top."""

    calls: int = 0
    prompt_tokens: int = 0
    cost: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TableBegun:
    """The rows and columns, with the cells that are known from before."""

    table: Table
    estimate: Estimate


@dataclass(frozen=True, kw_only=True, slots=True)
class CellFilled:
    """`usage`: of all calls by then; of those under way what was sent, and what has come."""

    paper_id: str
    column: Column
    cell: Cell
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, kw_only=True, slots=True)
class TableFinished:
    table: Table


TableEvent = TableBegun | CellFilled | TableFinished
