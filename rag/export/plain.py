"""Plain text: what was said, with a list of references; for mail, a chat, a slide."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answer.citations import UNSUPPORTED
from rag.export.references import Note, Reference, line, lines, paper_of, reference


def notes(given: Sequence[Note], title: str) -> str:
    parts = [line(title)]
    for note in given:
        parts.append(line(note.answer.question))
        parts.append(_said(note))
        parts.append("\n".join(_quoted(note)))
    return "\n\n".join(part for part in parts if part) + "\n"


def papers(given: Sequence[Reference]) -> str:
    return "".join(f"{entry(r)}\n{_own(r)}" for r in given)


def _own(r: Reference) -> str:
    """Tags and note, indented below the paper."""
    tags = [f"Tags: {', '.join(r.tags)}"] if r.tags else []
    return "".join(f"  {row}\n" for row in (*tags, *r.note))


def entry(r: Reference) -> str:
    """Authors, title, date, address, as far as they are known."""
    parts = [part for part in (r.by, r.title, r.dated) if part]
    stops = [part if part.endswith((".", "?", "!")) else f"{part}." for part in parts]
    return " ".join([*stops, r.url] if r.url else stops)


def _said(note: Note) -> str:
    from rag.adapters.markdown_text import plain

    said = plain(lines(note.answer.text)).strip()
    for sentence in note.answer.sentences:
        if not sentence.supported and sentence.why:
            told = f"{UNSUPPORTED[:-1]}: {line(sentence.why)}]"
            said = said.replace(UNSUPPORTED, told, 1)
    return said


def _quoted(note: Note) -> list[str]:
    found = []
    for c in note.answer.citations:
        r = reference(paper_of(c, note))
        where = f" {r.url}" if r.url else ""
        found.append(f"[{c.n}] {r.dated_title}. “{line(c.quote)}”{where}")
    return found
