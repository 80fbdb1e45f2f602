"""BibTeX and BibLaTeX, as Zotero, Better BibTeX, the ACL Anthology and others write it. TeX becomes
plain text; mathematics stays."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.readers.base import Item, Lost, Options, Raw
from ingest.readers.text import Text
from rag.adapters import bibtexparser_reading as parser
from rag.text.patterns import lazy

_BEGINS = lazy(r"\s{0,8}@\s?([A-Za-z]{2,30})\s*[{(]")
_MOST_LINES = 5_000
_MOST_STRINGS = 200_000
"""Characters of macros that are kept."""
_NO_ENTRIES = ("comment", "preamble", "string")


def looks_like(head: str) -> bool:
    return any(_BEGINS.match(line) for line in head.splitlines()[:200])


def read(page: Text, options: Options) -> Iterator[Item]:
    strings = ""
    for line, kind, block in _blocks(page):
        if kind == "string" and len(strings) < _MOST_STRINGS:
            strings += block
        if kind in _NO_ENTRIES:
            continue
        used = strings if "#" in block or _uses_macro(block) else ""
        entry = parser.entry(block, used)
        if entry is None:
            yield Lost(
                line=line,
                message=f"an entry that is not BibTeX: {block.split(chr(10), 1)[0][:60].strip()}",
                remedy="Check its braces, quotation marks and commas, or export it again.",
            )
        elif entry.kind not in ("set", "xdata"):
            yield Raw(line=line, fields=_fields(entry))


def _blocks(page: Text) -> Iterator[tuple[int, str, str]]:
    """Line, kind and text of each block: from a line that begins with `@` to the next such."""
    lines: list[str] = []
    began, kind = 0, ""
    for number, line in page.lines():
        if match := _BEGINS.match(line or ""):
            if kind:
                yield began, kind, "\n".join(lines)
            lines, began, kind = [], number, match[1].lower()
        if kind and len(lines) < _MOST_LINES:
            lines.append(line or "")
    if kind:
        yield began, kind, "\n".join(lines)


_MACRO = lazy(r"=\s*[A-Za-z]", 0)


def _uses_macro(block: str) -> bool:
    return bool(_MACRO.search(block))


def _fields(entry: parser.Entry) -> dict[str, object]:
    held = entry.fields

    def plain(name: str) -> str:
        return parser.plain(parser.unescape_maths(held.get(name, "")))

    subtitle = plain("subtitle")
    title = plain("title")
    authors = parser.authors(held.get("author") or held.get("editor", ""))
    is_arxiv = "arxiv" in (held.get("archiveprefix") or held.get("eprinttype", "arxiv")).lower()
    eprint = held.get("eprint", "") if is_arxiv else ""
    journal = held.get("journal", "") or held.get("journaltitle", "") or held.get("number", "")
    year, month = plain("year"), plain("month")
    day = plain("day")
    return {
        "title": f"{title}: {subtitle}" if subtitle and title else title or plain("booktitle"),
        "abstract": plain("abstract") or plain("annote"),
        "authors": authors,
        "published": (
            *filter(None, (plain("date"),)),
            *([f"{year} {month} {day}".strip(), f"{year} {month}".strip(), year] if year else []),
        ),
        "doi": _address("doi", held),
        "arxiv_id": (eprint, *([journal] if "arxiv" in journal.lower() else [])),
        "url": _address("url", held),
    }


def _address(name: str, held: dict[str, str]) -> str:
    """An address as it is, without what BibTeX has escaped in it."""
    text = held.get(name, "").strip().strip("{}")
    if text.startswith("\\url"):
        text = text[4:].strip("{} ")
    for escaped in ("\\_", "\\%", "\\&", "\\#", "\\~", "{\\_}", "{\\textunderscore}"):
        text = text.replace(escaped, escaped.strip("{}\\")[:1] if len(escaped) < 5 else "_")
    return text
