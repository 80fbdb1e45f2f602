"""A workbook: what the papers say on the sheet "Table", and where they say it on "Evidence"."""

from __future__ import annotations

from rag.export.tables.delimited import PAPER, paper_values
from rag.export.tables.rows import distinct, headings, rows
from rag.table.records import Table

EVIDENCE = ("citekey", "paper id", "title", "column", "quote", "start", "end", "url")


def xlsx(table: Table) -> bytes:
    """ "Table" holds `PAPER` and a value a column; "Evidence" a row a
    quoted span, with its place in the stored abstract."""
    from rag.adapters.openpyxl_workbook import Sheet, workbook

    names = headings(table)
    found = rows(table)
    values = [paper_values(row) + [cell.value for cell in row.cells] for row in found]
    spans: list[tuple[str | int, ...]] = []
    for row in found:
        r = row.reference
        for name, cell in zip(names, row.cells, strict=True):
            about = (r.key, row.paper.paper_id, r.title, name)
            spans += [
                (*about, quote, span.start, span.end, r.url or "") for span, quote in cell.quotes
            ]
    return workbook(
        [
            Sheet(name="Table", header=(*PAPER, *distinct(names, PAPER)), rows=values),
            Sheet(name="Evidence", header=EVIDENCE, rows=spans),
        ],
        title=table.asked,
    )
