"""The nouns of a visitor's evidence table, as it is kept and shown."""

from __future__ import annotations

from dataclasses import dataclass, field

from rag.records import Answer, Paper, Usage
from rag.table.records import Cell, Column, Table

CellAt = tuple[str, str]
"""A paper's id and a column's question."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """What there is of a table besides its rows and cells."""

    columns: tuple[Column, ...]
    notices: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, kw_only=True, slots=True)
class PutCell:
    """`own`: the reader has set it. `change`: which of the table's changes brought it."""

    paper_id: str
    question: str
    cell: Cell
    own: bool = False
    change: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptTable:
    """`changes`: how many there have been."""

    id: str
    title: str
    head: Head
    papers: tuple[Paper, ...]
    cells: tuple[PutCell, ...]
    changes: int

    def table(self) -> Table:
        """As it is exported."""
        return Table(
            asked=self.title,
            papers=self.papers,
            columns=self.head.columns,
            cells={(put.paper_id, put.question): put.cell for put in self.cells},
            notices=self.head.notices,
            usage=self.head.usage,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """What has come since some change of a table."""

    head: Head
    cells: tuple[PutCell, ...]
    changes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A table in the list. `updated` in seconds since 1970."""

    id: str
    title: str
    updated: float
    papers: int
    columns: tuple[str, ...]


def shown_papers(answer: Answer) -> list[str]:
    """Ids of the papers that an answer names, in the order of their cards; none of one that found
    nothing."""
    if answer.status == "not_in_corpus":
        return []
    cited = [citation.paper_id for citation in answer.citations]
    return list(dict.fromkeys([*cited, *answer.papers]))
