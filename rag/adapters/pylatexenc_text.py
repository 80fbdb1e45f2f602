"""Any text as LaTeX that sets it, with pylatexenc: what is special is escaped, symbols, Greek and
accented letters are commands that every engine knows. What it has no command for stays as it is."""

from __future__ import annotations

from functools import cache
from typing import Any

from rag.export.references import line


def escaped(text: str) -> str:
    return str(_encoder().unicode_to_latex(line(text)))


@cache
def _encoder() -> Any:
    from pylatexenc.latexencode import UnicodeToLatexEncoder

    return UnicodeToLatexEncoder(
        unknown_char_policy="keep",
        unknown_char_warning=False,
        replacement_latex_protection="braces",
    )
