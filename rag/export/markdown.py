"""Markdown with footnotes: a note for each quote, under a name that stays the same wherever the
quote is used (`rag.export.references.spans`)."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answer.constraints import constraint_in_words
from rag.export.marking import prose, text
from rag.export.references import Note, Reference, paper_of, reference, spans
from rag.records import Mode

WROTE: dict[Mode, str] = {
    "extractive": "Quoted sentences, no model",
    "llm": "Written by a model, checked against the quotes",
}


def notes(given: Sequence[Note], title: str) -> str:
    names = spans(given)
    parts = [f"# {text(title)}"] if title else []
    for note in given:
        named = {c.n: names[c.paper_id, c.start, c.end] for c in note.answer.citations}
        parts += [f"## {text(note.answer.question)}", *understood(note)]
        parts.append(prose(note.answer, lambda n, named=named: f"[^{named[n]}]"))  # type: ignore[misc]
        parts.append(f"*{text(provenance(note))}*")
    parts.append("\n".join(_footnotes(given, names)))
    return "\n\n".join(part for part in parts if part) + "\n"


def papers(given: Sequence[Reference]) -> str:
    return "".join(f"- {source(r)} [@{r.key}]\n{_own(r)}" for r in given)


def _own(r: Reference) -> str:
    """Tags and note, as paragraphs within the paper's item."""
    tags = [f"Tags: {text(', '.join(r.tags))}"] if r.tags else []
    return "".join(f"\n  {paragraph}\n" for paragraph in (*tags, *map(text, r.note)))


def source(r: Reference) -> str:
    """Authors, title, date and address, as far as they are known."""
    parts = [text(r.by), f"*{text(r.title)}*", r.dated and f"({r.dated})"]
    return " ".join(part for part in (*parts, r.url and f"<{r.url}>") if part)


def understood(note: Note) -> list[str]:
    """How the question was read, where that is not what it says."""
    read = []
    if note.answer.standalone_question.strip() != note.answer.question.strip():
        read.append(f"*Read as: {text(note.answer.standalone_question)}*")
    if constraint := constraint_in_words(note.answer.filters):
        read.append(f"*Only papers {text(constraint)}*")
    return read


def provenance(note: Note) -> str:
    asked = f"Asked on {note.asked}. " if note.asked else ""
    mark = f" Fingerprint {note.answer.fingerprint}." if note.answer.fingerprint else ""
    return f"{asked}{WROTE[note.answer.mode]}.{mark}"


def _footnotes(given: Sequence[Note], names: dict[tuple[str, int, int], str]) -> list[str]:
    found = {}
    for note in given:
        for c in note.answer.citations:
            r = reference(paper_of(c, note))
            name = names[c.paper_id, c.start, c.end]
            found[name] = footnote(name, r, c.quote)
    return list(found.values())


def footnote(name: str, r: Reference, quote: str) -> str:
    return f"[^{name}]: {source(r)} “{text(quote)}”"
