"""A note for Obsidian: properties, a callout for the answer, and one for each quote.

Numbers are links to the block of their quote, so that hovering shows the very words. `[@key]` is
what the Citations, Zotero and Pandoc plug-ins understand; the property `papers` links to the
literature notes (`@key`) that they make, or that a click makes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from rag.export.markdown import WROTE, understood
from rag.export.marking import prose, text
from rag.export.references import Note, Reference, line, paper_of, reference, references, spans
from rag.text.patterns import lazy

_NO_BLOCK = lazy(r"[^A-Za-z0-9-]+")
_NO_TAG = lazy(r"[^\w/-]+")
_DAY = lazy(r"\d{4}-\d\d-\d\d")


def notes(given: Sequence[Note], title: str) -> str:
    parts = [_properties(given, title)]
    parts += [f"# {text(title)}"] if title else []
    return "\n\n".join([*parts, *answers(given, cited)]) + "\n"


def answers(given: Sequence[Note], cite: Callable[[Reference, str], str]) -> Iterator[str]:
    """Blocks: questions, answers, and the quotes with `cite` (of a reference and the paper's id)
    behind each."""
    names = {span: _NO_BLOCK.sub("-", name) for span, name in spans(given).items()}
    shown: set[str] = set()
    for note in given:
        answer = note.answer
        links = {c.n: f" [[#^{names[c.paper_id, c.start, c.end]}|{c.n}]]" for c in answer.citations}
        yield f"## {text(answer.question)}"
        yield from understood(note)
        said = _links_in_tables(prose(answer, links.__getitem__))
        yield callout("summary", WROTE[answer.mode], said)
        for c in answer.citations:
            if (name := names[c.paper_id, c.start, c.end]) not in shown:
                shown.add(name)
                r = reference(paper_of(c, note))
                quote = f"“{text(c.quote)}” {cite(r, c.paper_id)}"
                yield callout("quote", text(r.dated_title), quote)
                yield f"^{name}"


def papers(given: Sequence[Reference]) -> str:
    parts = [f"---\n{_papers(given)}---"]
    for r in given:
        tags = hashtags(r.tags)
        about = [text(", ".join(r.authors)), text(r.abstract), tags, cited(r)]
        body = "\n\n".join(part for part in about if part)
        parts.append(callout("abstract", text(r.dated_title), body))
        if r.note:
            parts.append(callout("note", "My note", "\n\n".join(map(text, r.note))))
    return "\n\n".join(parts) + "\n"


def hashtags(tags: Iterable[str]) -> str:
    return " ".join(f"#{tag}" for tag in map(_tag, tags) if tag)


def _tag(tag: str) -> str:
    """As Obsidian takes one: letters, digits, hyphens and slashes, not digits alone."""
    tag = _NO_TAG.sub("-", tag).strip("-/")
    return f"tag-{tag}" if tag.isdecimal() else tag


def callout(kind: str, title: str, body: str) -> str:
    rows = [f"[!{kind}] {title}", *body.split("\n")]
    return "\n".join(f"> {row}".rstrip() for row in rows)


def cited(r: Reference, paper_id: str = "") -> str:
    return f"[@{r.key}] <{r.url}>" if r.url else f"[@{r.key}]"


def _links_in_tables(markdown: str) -> str:
    """In a row of a table the bar of a link is escaped, or it would end the cell."""
    rows = (
        re.sub(r"(\[\[#\^[A-Za-z0-9-]+)\|", r"\1\\|", row) if row.startswith("|") else row
        for row in markdown.split("\n")
    )
    return "\n".join(rows)


def _properties(given: Sequence[Note], title: str) -> str:
    answers = [note.answer for note in given]
    properties = property_of("title", [title])
    properties += property_of("asked", (note.asked for note in given))
    properties += property_of("fingerprint", (a.fingerprint for a in answers))
    return f"---\n{properties}{_papers(references(given))}---"


def _papers(given: Sequence[Reference]) -> str:
    papers = property_of("papers", [f"[[@{r.key}]]" for r in given], listed=True)
    return papers + property_of("tags", ["citewell"], listed=True)


def property_of(name: str, values: Iterable[str], *, listed: bool = False) -> str:
    """One value, or a list; nothing where nothing is known. JSON's strings are YAML's, and days
    are days."""
    known = list(dict.fromkeys(line(value) for value in values if line(value)))
    quoted = [
        value if _DAY.fullmatch(value) else json.dumps(value, ensure_ascii=False) for value in known
    ]
    if len(quoted) == 1 and not listed:
        return f"{name}: {quoted[0]}\n"
    return f"{name}:\n" + "".join(f"  - {value}\n" for value in quoted) if quoted else ""
