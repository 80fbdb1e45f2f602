"""Evidence tables for spreadsheets, papers and notes.

Pure functions from a table to text, or to the bytes of a workbook. Values are shown as everywhere,
without TeX escapes; a quote keeps its literal words, in one line (in JSON to the character). Where
an abstract does not say, the cell says "not stated"; one that is not filled yet is empty.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rag.export.filenames import filename
from rag.export.tables import as_json, delimited, latex, markdown, workbook
from rag.table.records import Table

__all__ = ["TABLE_FORMATS", "TableFormat"]


@dataclass(frozen=True, kw_only=True, slots=True)
class TableFormat:
    """`write` gives text, to be encoded as UTF-8, or bytes where the format is `binary`."""

    name: str
    label: str
    extension: str
    media_type: str
    write: Callable[[Table], str | bytes]
    binary: bool = False

    def filename(self, title: str) -> str:
        return filename(title, self.extension)


TABLE_FORMATS = {
    kind.name: kind
    for kind in (
        TableFormat(
            name="csv",
            label="CSV",
            extension="csv",
            media_type="text/csv",
            write=delimited.csv_text,
        ),
        TableFormat(
            name="xlsx",
            label="Excel",
            extension="xlsx",
            media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            write=workbook.xlsx,
            binary=True,
        ),
        TableFormat(
            name="markdown",
            label="Markdown",
            extension="md",
            media_type="text/markdown",
            write=markdown.markdown,
        ),
        TableFormat(
            name="latex",
            label="LaTeX",
            extension="tex",
            media_type="application/x-tex",
            write=latex.latex,
        ),
        TableFormat(
            name="json",
            label="JSON",
            extension="json",
            media_type="application/json",
            write=as_json.json_text,
        ),
    )
}
