"""How an evidence table looks in a terminal: drawn where it is wide enough, else a block a paper;
Markdown, a line a row, where nobody watches."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich import box
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from rag.export.tables import TABLE_FORMATS
from rag.export.tables.rows import (
    FAILED,
    NOT_STATED,
    Row,
    ShownCell,
    headings,
    how_made,
    rows,
)
from rag.table.records import Estimate, Table
from rag.text.latex import readable, seen
from rag.text.words import number_of
from ui import words
from ui.terminal import console, errors, notice

_NARROWEST = 22
"""A column of fewer characters breaks every line after two or three words."""


def estimate(expected: Estimate) -> None:
    errors.print(
        Text(f"This takes {words.expected(expected)}.", style="dim"),
        soft_wrap=not errors.is_terminal,
    )


def draw(table: Table) -> None:
    if not console.is_terminal:
        sys.stdout.write(str(TABLE_FORMATS["markdown"].write(table)))
        return
    found, names = rows(table), [seen(name) for name in headings(table)]
    if console.width < _NARROWEST * (len(names) + 1):
        for row in found:
            _block(row, names)
    else:
        _grid(found, names)


def told(table: Table) -> None:
    """What went wrong, and what it took."""
    for text in table.notices:
        notice(text)
    stated = sum(cell.status == "stated" for cell in table.cells.values())
    size = f"{words.papers_in_words(len(table.papers))}, {number_of(len(table.columns), 'column')}"
    parts = [size, f"{number_of(stated, 'cell')} stated", *words.spent(table.usage)]
    errors.print(
        Text(" · ".join([*parts, seen(how_made(table))]), style="dim"),
        soft_wrap=not errors.is_terminal,
    )


def _grid(found: Sequence[Row], names: Sequence[str]) -> None:
    grid = Grid(box=box.HORIZONTALS, show_lines=True, header_style="bold", border_style="dim")
    for name in ("paper", *names):
        grid.add_column(Text(name), ratio=1, overflow="fold")
    for row in found:
        grid.add_row(_paper(row, "\n"), *(_value(cell) for cell in row.cells))
    console.print(grid)


def _block(row: Row, names: Sequence[str]) -> None:
    console.print(_paper(row, "  "))
    grid = Grid.grid(padding=(0, 2))
    grid.add_column(style="cyan", max_width=max(8, console.width // 4))
    grid.add_column(overflow="fold")
    for name, cell in zip(names, row.cells, strict=True):
        value = _value(cell)
        for _, quote in cell.quotes:
            if readable(quote) != cell.value:
                value.append(f"\n“{readable(quote)}”", style="dim italic")
        grid.add_row(Text(name), value)
    console.print(Padding(grid, (0, 0, 1, 2)))


def _paper(row: Row, between: str) -> Text:
    r = row.reference
    about = " · ".join(part for part in (r.dated, r.key) if part)
    return Text.assemble((seen(r.title), "bold"), (f"{between}{about}", "dim"))


def _value(cell: ShownCell) -> Text:
    styles = {NOT_STATED: "dim", FAILED: "red"}
    return Text(seen(cell.value), style="" if cell.quotes else styles.get(cell.value, ""))
