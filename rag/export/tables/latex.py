"""A LaTeX table that breaks over pages: longtable and booktabs, a paragraph column for each of the
table's, `\\cite` with the citekeys of the BibTeX export. The quotes stand in comments."""

from __future__ import annotations

from rag.export.references import line
from rag.export.tables.rows import Row, headings, rows
from rag.table.records import Table

_PACKAGES = r"""% Needs \usepackage{array,booktabs,longtable}, and with pdfLaTeX
% \usepackage[T1]{fontenc} and \usepackage{textcomp}. Scripts other than Latin and Greek need
% LuaLaTeX or XeLaTeX, and a font that has them.
% The citekeys are those of: citewell papers -o library.bib
"""
_FIRST_SHARE = 0.2
"""Of the line that the papers take."""
_FEW = 4
"""Columns that are set in footnote size; more are set smaller."""
_LONG = 20
"""Characters of a word from which it may be too long for a column."""


def latex(table: Table) -> str:
    """Compiles with the packages that the first comment names. The `{}` in the columns is for
    pandoc, which would take the beginning of a cell for an argument."""
    names = headings(table)
    # In thousandths, rounded down: together no more than the line.
    share = int(1000 * (1 - _FIRST_SHARE)) // max(len(names), 1)
    shares = [int(1000 * _FIRST_SHARE), *([share] * len(names))]
    ragged = r"  >{\raggedright\arraybackslash{}}"
    columns = "\n".join(
        rf"{ragged}p{{\dimexpr 0.{share:03d}\linewidth-2\tabcolsep\relax}}" for share in shares
    )
    head = " & ".join(rf"\textbf{{{_set(name)}}}" for name in ("Paper", *names))
    size = r"\footnotesize" if len(names) <= _FEW else r"\scriptsize"
    asked = _set(table.asked)
    lines = [
        f"{{{size}",
        r"\begin{longtable}{",
        columns,
        "}",
        *([rf"\caption{{{asked}}} \\"] if asked else []),
        rf"\toprule {head} \\ \midrule \endfirsthead",
        rf"\toprule {head} \\ \midrule \endhead",
        r"\bottomrule \endlastfoot",
        *(line for row in rows(table) for line in _row(row, names)),
        r"\end{longtable}",
        "}",
    ]
    return _PACKAGES + "\n".join(lines) + "\n"


def _row(row: Row, names: list[str]) -> list[str]:
    """The row, and its quotes. It begins with `{}`: behind a `\\\\` LaTeX would take a title's `[`
    for a distance, and its `*` for a star."""
    r = row.reference
    title = rf"{{}}{_set(r.title)}~\cite{{{r.key}}}"
    cells = " & ".join([title, *(_set(cell.value) for cell in row.cells)])
    return [
        rf"{cells} \\",
        *(
            f"% {r.key}, {name}, characters {span.start} to {span.end}: “{quote}”"
            for name, cell in zip(names, row.cells, strict=True)
            for span, quote in cell.quotes
        ),
    ]


def _set(text: str) -> str:
    """Any text as LaTeX; addresses may break behind their slashes."""
    from rag.adapters.pylatexenc_text import escaped

    return " ".join(
        r"/\allowbreak{}".join(map(escaped, word.split("/")))
        if len(word) > _LONG
        else escaped(word)
        for word in line(text).split(" ")
    )
