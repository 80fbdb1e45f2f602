"""CSV in UTF-8: a row a paper, for each column its value and the words that it rests on."""

from __future__ import annotations

import csv
import io

from rag.export.tables.rows import Row, distinct, headings, rows
from rag.table.records import Table
from rag.text.patterns import lazy

PAPER = ("citekey", "title", "authors", "published", "arxiv_month", "url")
_FORMULA = lazy(r"'*[=+\-@＝＋－＠]")


def csv_text(table: Table) -> str:
    """The header is `PAPER`, and for each column NAME and `NAME (quote)`;
    several quotes of a cell are parted by `…`. A text that a spreadsheet would take for a formula
    has an apostrophe in front."""
    names = [name for own in headings(table) for name in (own, f"{own} (quote)")]
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow([_text(name) for name in (*PAPER, *distinct(names, PAPER))])
    for row in rows(table):
        told = paper_values(row)
        for cell in row.cells:
            told += [cell.value, " … ".join(quote for _, quote in cell.quotes)]
        writer.writerow([_text(value) for value in told])
    return out.getvalue()


def paper_values(row: Row) -> list[str]:
    """The values of `PAPER`: the date as it is stated, and the month that an arXiv id tells."""
    r, paper = row.reference, row.paper
    authors = "; ".join(r.authors)
    return [r.key, r.title, authors, paper.published or "", paper.arxiv_month or "", r.url or ""]


def _text(value: str) -> str:
    """Text that stays text. One that begins with an apostrophe and then so gets another, so that
    taking the first away gives back every value."""
    return f"'{value}" if _FORMULA.match(value) else value
