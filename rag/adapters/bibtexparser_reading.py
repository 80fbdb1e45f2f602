"""BibTeX entries read with bibtexparser, and their TeX as plain text with pylatexenc, which comes
along with it. Mathematics stays as it is written, between dollars."""

from __future__ import annotations

import functools
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rag.text.latex import accents
from rag.text.patterns import lazy

# pylatexenc takes `%` for a comment and `&` for a column: in a title or an abstract neither is.
_BARE = lazy(r"(?<!\\)([%&#])", 0)
_ESCAPED = lazy(r"\\([%&#_])", 0)
_FORMULA = lazy(r"((?<!\\)\$[^$]{1,400}(?<!\\)\$)", 0)
_TYPED = (
    ("{", ""), ("}", ""), ("~", " "), ("``", "“"), ("''", "”"), ("---", "—"), ("--", "–"),
)  # fmt: skip
_SPACED = lazy(r"\\[,;:! ]|\\(?:quad|qquad|thinspace)\b", 0)
_CITED = lazy(r"[~ ]?\\cite[a-z]*\*?(?:\[[^\[\]]*\])*\{[^{}]*\}", 0)
_LINES = lazy(r"\\(?:par|newline|linebreak)\b|\\\\", 0)
_MATHS_ESCAPED = lazy(r"\\\$((?:[^$\\]|\\(?!\$)){1,200})\\\$", 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """`fields` by names in small letters, as written between their braces."""

    kind: str
    key: str
    fields: dict[str, str]


def entry(text: str, strings: str = "") -> Entry | None:
    """The entry that `text` holds, its macros resolved by the `@string` blocks in `strings`; None
    where it is none, or is broken."""
    from bibtexparser import parse_string

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # what fails is told by us
    try:
        library = parse_string(f"{strings}\n{text}" if strings else text)
    except Exception:  # noqa: BLE001 - whatever a broken entry makes it do
        return None
    found: Any = library.entries[0] if library.entries else None
    if found is None and library.failed_blocks:  # a field that is given twice, a key that is known
        found = getattr(library.failed_blocks[0], "ignore_error_block", None)
    if found is None or not hasattr(found, "fields"):
        return None
    fields: dict[str, str] = {}
    for field in found.fields:
        value = str(field.value).strip()
        fields.setdefault(field.key.lower(), value if library.entries else _unenclosed(value))
    return Entry(kind=found.entry_type.lower(), key=found.key, fields=fields)


def _unenclosed(value: str) -> str:
    """Without the braces or quotes around it, which an entry that failed keeps."""
    return value[1:-1] if value[:1] + value[-1:] in ('""', "{}") else value


def plain(text: str) -> str:
    """TeX as plain text: `M{\\"u}ller` → Müller, `37\\%` → 37%."""
    text = _CITED.sub("", _LINES.sub(" ", _SPACED.sub(" ", text)))
    return "".join(
        piece if at % 2 else _decoded(piece) for at, piece in enumerate(_FORMULA.split(text))
    )


def _decoded(text: str) -> str:
    """Without mathematics. Decoding takes milliseconds, and few texts have what needs it."""
    text = accents(_ESCAPED.sub(r"\1", text))
    if "\\" in text:
        try:
            return str(_decoder().latex_to_text(_BARE.sub(r"\\\1", text), tolerant_parsing=True))
        except Exception:  # noqa: BLE001 - whatever broken TeX makes it do
            text = text.replace("\\", "")
    for written, meant in _TYPED:
        text = text.replace(written, meant)
    return text


@functools.cache
def _decoder() -> Any:
    from pylatexenc.latex2text import LatexNodes2Text

    return LatexNodes2Text(math_mode="verbatim", strict_latex_spaces=False)


def unescape_maths(text: str) -> str:
    r"""Formulas that Zotero has escaped as text, `\$\textbackslash alpha\$`, as formulas."""

    def formula(match: Any) -> str:
        inner = match[1]
        for escaped, meant in (
            ("\\textbackslash{}", "\\"), ("{\\textbackslash}", "\\"), ("\\textbackslash ", "\\"),
            ("\\textasciicircum{}", "^"), ("{\\textasciicircum}", "^"), ("\\textasciicircum ", "^"),
            ("\\_", "_"), ("\\{", "{"), ("\\}", "}"),
        ):  # fmt: skip
            inner = inner.replace(escaped, meant)
        return f"${inner}$"

    return _MATHS_ESCAPED.sub(formula, text)


def authors(text: str) -> Sequence[dict[str, str]]:
    """The names of an `author` field in CSL's parts; a group has a `literal`, and the word
    `others` is one such."""
    from bibtexparser.middlewares.names import (
        InvalidNameError,
        parse_single_name_into_parts,
        split_multiple_persons_names,
    )

    found: list[dict[str, str]] = []
    for name in split_multiple_persons_names(" ".join(text.split())):
        try:
            parts = None if name.startswith("{") else parse_single_name_into_parts(name)
        except InvalidNameError:
            parts = None
        if parts is None or not (parts.first and parts.last):
            found.append({"literal": plain(name)})
            continue
        told = {
            "family": " ".join(parts.last),
            "given": " ".join(parts.first),
            "non-dropping-particle": " ".join(parts.von),
            "suffix": " ".join(parts.jr),
        }
        found.append({key: plain(part) for key, part in told.items() if part})
    return found
