"""What Citewell says in a note that lives in an Obsidian vault: of a paper, or of an answer.

A note begins with properties, which are written once and belong to the vault from then on; by
`citewell-paper` or `citewell-answer` among them it is found again wherever it is moved. What stands
below is `paper` or `answer`, written anew at each sync. No file is known here.
"""

from __future__ import annotations

from collections.abc import Mapping

from rag.export.markdown import provenance
from rag.export.marking import text
from rag.export.obsidian import answers, callout, cited, hashtags, property_of
from rag.export.references import Note, Reference, paper_of, references_to
from rag.text.patterns import lazy

_UNLINKABLE = lazy(r"[\[\]#^|\\%\r\n]")


def paper_properties(paper_id: str, r: Reference) -> str:
    told = f'citewell-paper: "{paper_id}"\n'
    told += property_of("citekey", [r.key]) + property_of("title", [r.title])
    told += property_of("authors", r.authors, listed=True)
    told += f"year: {r.date[0]}\n" if r.date else ""
    told += property_of("url", [r.url or ""]) + property_of("aliases", [r.title], listed=True)
    return f"---\n{told}---\n"


def paper(r: Reference, reading: str) -> str:
    """`reading`: its place on the reading list in words (`to read`), empty for none."""
    by = " · ".join(filter(None, [text(", ".join(r.authors)), text(r.dated), cited(r)]))
    place = [f"citewell/{reading.replace(' ', '-')}"] if reading else []
    parts = [f"# {text(r.title)}", by, hashtags([*place, *r.tags])]
    parts += [callout("abstract", "Abstract", text(r.abstract))] if r.abstract else []
    parts += [own(r.note)] if r.note else []
    return "\n\n".join(filter(None, parts))


def own(paragraphs: tuple[str, ...]) -> str:
    return callout("note", "My note", "\n\n".join(map(text, paragraphs)))


def answer_properties(answer_id: str, note: Note) -> str:
    told = f'citewell-answer: "{answer_id}"\n'
    told += property_of("title", [note.answer.question]) + property_of("asked", [note.asked])
    told += property_of("fingerprint", [note.answer.fingerprint])
    return f"---\n{told}---\n"


def answer(note: Note, links: Mapping[str, str], remark: tuple[str, ...] = ()) -> str:
    """`links`: names of the notes about papers, by the paper's id; other papers are named by
    citekey and address. `remark`: paragraphs of somebody's own on the answer."""

    def cite(r: Reference, paper_id: str) -> str:
        return linked(links.get(paper_id, ""), r.key) or cited(r)

    parts = [*answers([note], cite), f"*{text(provenance(note))}*"]
    papers = {c.paper_id: paper_of(c, note) for c in note.answer.citations}
    papers |= {one: note.papers[one] for one in note.answer.papers if one in note.papers}
    named = [
        f"{cite(r, one)} {text(r.dated_title)}"
        for one, r in zip(papers, references_to(papers.values()), strict=True)
    ]
    parts += ["Papers:\n" + "\n".join(f"- {one}" for one in named)] if named else []
    parts += [own(remark)] if remark else []
    return "\n\n".join(parts)


def linked(name: str, shown: str) -> str:
    """A link to the note of this name; empty for a name that no link can hold."""
    if not name or _UNLINKABLE.search(name):
        return ""
    return f"[[{name}|{shown}]]"
