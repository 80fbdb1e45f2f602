"""A Markdown table with a footnote for each quote, named as in the notes of answers."""

from __future__ import annotations

from rag.export.markdown import footnote
from rag.export.marking import text
from rag.export.references import span_names
from rag.export.tables.rows import headings, how_made, rows
from rag.table.records import Table


def markdown(table: Table) -> str:
    found = rows(table)
    names = span_names(
        (row.paper, span) for row in found for cell in row.cells for span, _ in cell.quotes
    )
    lines = [["Paper", *(text(name) for name in headings(table))]]
    lines.append(["---"] * len(lines[0]))
    notes = {}
    for row in found:
        told = [f"{text(row.reference.title)} [@{row.reference.key}]".strip()]
        for cell in row.cells:
            said = text(cell.value)
            for span, quote in cell.quotes:
                name = names[row.paper.paper_id, span.start, span.end]
                said += f"[^{name}]"
                notes[name] = footnote(name, row.reference, quote)
            told.append(said)
        lines.append(told)
    parts = [
        f"## {text(table.asked)}" if table.asked.strip() else "",
        "\n".join(f"| {' | '.join(cells)} |" for cells in lines),
        f"*{text(how_made(table))}.*",
        "\n".join(notes.values()),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"
