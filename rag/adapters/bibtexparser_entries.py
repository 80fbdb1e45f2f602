"""BibTeX with bibtexparser, which writes what it is given: everything is escaped here first.

A paper's text is text. Nothing in it reaches LaTeX as a command, nor as mathematics: what does not
compile in one title would keep a whole bibliography from compiling. Files are UTF-8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from rag.export.references import Reference
from rag.text.patterns import lazy

# A brace without its partner goes by name: BibTeX counts braces, with a backslash or without.
_ESCAPES = str.maketrans(
    {
        **{character: f"\\{character}" for character in "%&#$_"},
        "\\": r"{\textbackslash}",
        "{": r"{\textbraceleft}",
        "}": r"{\textbraceright}",
        "^": r"{\textasciicircum}",
        "~": r"{\textasciitilde}",
        "<": r"{\textless}",
        ">": r"{\textgreater}",
    }
)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_NO_PERSON = lazy(r"[{}\\]|\band\b|,.*,.*,", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Name:
    """An author's name in BibTeX's parts. What is no person's has a `family` alone."""

    family: str
    given: str = ""
    particle: str = ""
    suffix: str = ""

    def __str__(self) -> str:
        """`von Family, Jr, Given`."""
        parts = (f"{self.particle} {self.family}".strip(), self.suffix, self.given)
        return ", ".join(part for part in parts if part)

    def as_csl(self) -> dict[str, str]:
        if not self.given:
            return {"literal": self.family}
        parts = {
            "family": self.family,
            "given": self.given,
            "non-dropping-particle": self.particle,
            "suffix": self.suffix,
        }
        return {name: part for name, part in parts.items() if part}


def name_parts(name: str) -> Name:
    """By BibTeX's rules; a group, or a name that they cannot read, stays whole."""
    from bibtexparser.middlewares.names import InvalidNameError, parse_single_name_into_parts

    try:
        parts = None if _NO_PERSON.search(name) else parse_single_name_into_parts(name)
    except InvalidNameError:
        parts = None
    if parts is None or not (parts.first and parts.last):
        return Name(family=name)
    return Name(
        family=" ".join(parts.last),
        given=" ".join(parts.first),
        particle=" ".join(parts.von),
        suffix=" ".join(parts.jr),
    )


def bibtex(references: Sequence[Reference]) -> str:
    """Entries of type `misc`: that a paper stands in a journal or a book is not known."""
    from bibtexparser import write_string
    from bibtexparser.library import Library
    from bibtexparser.model import Entry, Field
    from bibtexparser.writer import BibtexFormat

    style = BibtexFormat()
    style.indent, style.block_separator, style.trailing_comma = "  ", "\n", True
    entries = [
        Entry("misc", r.key, [Field(name, value) for name, value in _fields(r)]) for r in references
    ]
    return str(write_string(Library(entries), unparse_stack=[], bibtex_format=style))


def _fields(r: Reference) -> Iterator[tuple[str, str]]:
    """Names and enclosed values. Styles turn titles to lower case: theirs are protected."""
    yield "title", f"{{{{{_escaped(r.title)}}}}}"
    if r.authors:
        yield "author", f"{{{' and '.join(_author(name_parts(name)) for name in r.authors)}}}"
    if r.date:
        yield "year", f"{{{r.date[0]:04d}}}"
    if len(r.date) > 1:
        yield "month", _MONTHS[r.date[1] - 1]
    if len(r.date) > 2:
        yield "day", f"{{{r.date[2]}}}"
    if r.arxiv_id:
        yield "eprint", f"{{{_verbatim(r.arxiv_id)}}}"
        yield "archivePrefix", "{arXiv}"
    if r.doi:
        yield "doi", f"{{{_verbatim(r.doi)}}}"
    if r.url:
        yield "url", f"{{{_verbatim(r.url)}}}"
    if r.abstract:
        yield "abstract", f"{{{_escaped(r.abstract)}}}"
    if r.tags:
        yield "keywords", f"{{{_escaped(', '.join(r.tags))}}}"
    # Not `note`: styles print that in the bibliography.
    if told := [
        *r.remarks,
        *map(_escaped, r.note),
        *(f"“{_escaped(quote)}”" for quote in r.quotes),
    ]:
        yield "annote", f"{{{' '.join(told)}}}"


def _escaped(text: str) -> str:
    """`text` for LaTeX, its braces balanced whatever they were."""
    paired: set[int] = set()
    opened: list[int] = []
    for at, character in enumerate(text):
        if character == "{":
            opened.append(at)
        elif character == "}" and opened:
            paired |= {opened.pop(), at}
    return "".join(
        f"\\{character}" if at in paired else character.translate(_ESCAPES)
        for at, character in enumerate(text)
    )


def _author(name: Name) -> str:
    return _escaped(str(name)) if name.given else f"{{{_escaped(name.family)}}}"


def _verbatim(address: str) -> str:
    """For fields that LaTeX takes as they are: `%` and `_` stay, braces are coded."""
    return quote(address, safe="%/:?#[]@!$&'()*+,;=~<>|^`\"")
