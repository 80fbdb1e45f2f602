"""Workbooks with openpyxl. Every text stays text: it would take one that begins with `=` for a
formula and `#N/A` for an error."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rag.export.references import line

_LONGEST = 32_767
"""Characters that Excel takes in one cell."""
_NARROWEST, _WIDEST = 10, 56
"""Of columns, in characters."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """`rows` as wide as the `header`."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[str | int]]


def workbook(sheets: Sequence[Sheet], *, title: str) -> bytes:
    """The bytes of an .xlsx file."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    book.properties.creator, book.properties.title = "Citewell", line(title)[:255]
    for sheet in sheets:
        _write(book.create_sheet(sheet.name), sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write(page: Any, sheet: Sheet) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    wrapped, bold = Alignment(wrap_text=True, vertical="top"), Font(bold=True)
    for at, row in enumerate((sheet.header, *sheet.rows), 1):
        for column, value in enumerate(row, 1):
            cell = page.cell(at, column)
            _put(cell, value)
            cell.alignment = wrapped
            if at == 1:
                cell.font = bold
    for at, name in enumerate(sheet.header):
        longest = max((len(str(row[at])) for row in sheet.rows), default=0)
        # Three more for the button of the filter.
        width = min(max(longest, len(name) + 3, _NARROWEST), _WIDEST)
        page.column_dimensions[get_column_letter(at + 1)].width = width
    page.freeze_panes = "B2"
    page.auto_filter.ref = page.dimensions


def _put(cell: Any, value: str | int) -> None:
    if isinstance(value, int):
        cell.value = value
        return
    text = line(value)
    cell.value = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    cell.data_type = "s"
    # What Excel shows as an apostrophe: the text stays one when somebody edits the cell.
    cell.quotePrefix = text[:1] in ("=", "+", "-", "@")
