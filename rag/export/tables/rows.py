"""A table as people read it: for every paper its reference, for every cell a value and quotes in
one line each. No format is known here, and nothing is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.export.references import Reference, free, line, references_to
from rag.records import Paper, Span
from rag.table.records import Cell, Table
from rag.text.latex import readable

NOT_STATED = "not stated"
FAILED = "failed"
"""Of a cell that a model's server has left open; JSON says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownCell:
    """`quotes`: the words of each span, none for a cell that states nothing."""

    value: str = ""
    quotes: tuple[tuple[Span, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """`cells` in the order of the table's columns."""

    paper: Paper
    reference: Reference
    cells: tuple[ShownCell, ...]


def rows(table: Table) -> list[Row]:
    return [
        Row(
            paper=paper,
            reference=reference,
            cells=tuple(shown(table.cell(paper, column), paper) for column in table.columns),
        )
        for paper, reference in zip(table.papers, references_to(table.papers), strict=True)
    ]


def shown(cell: Cell | None, paper: Paper) -> ShownCell:
    if cell is None:
        return ShownCell()
    if cell.status != "stated":
        return ShownCell(value=NOT_STATED if cell.status == "not_stated" else FAILED)
    quotes = tuple((span, line(paper.abstract[span.start : span.end])) for span in cell.spans)
    value = line(cell.value)
    return ShownCell(value=readable(value) or value, quotes=quotes)


def how_made(table: Table) -> str:
    """Who filled the cells, in a few words."""
    models = ", ".join(table.models)
    quoted = any(cell.spans and not cell.model for cell in table.cells.values())
    if not models:
        return "Quoted sentences, no model"
    return f"Partly written by {models}, partly quoted" if quoted else f"Written by {models}"


def headings(table: Table) -> list[str]:
    """What stands above each column, no two alike: files are read by the names of their columns."""
    return distinct((line(column.name) for column in table.columns), taken=())


def distinct(names: Iterable[str], taken: Sequence[str]) -> list[str]:
    found = list(taken)
    for name in names:
        found.append(free([name or "column"], found))
    return found[len(taken) :]
