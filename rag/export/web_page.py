"""Answers and papers as one HTML page that needs nothing but itself: no script, and no font, image
or style from elsewhere.

A number in an answer leads to the words it rests on, marked in the whole abstract, and from there
back. Unlike the quotes of notes these are shown readable, as in the chat: they stand in their place
and need not be found again. All that papers, questions and models say goes through escaping.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING

from rag.answer.constraints import constraint_in_words
from rag.answer.fingerprint import read, software_version
from rag.export.marking import prose
from rag.export.references import Note, Reference, line, lines, paper_of, reference
from rag.records import Citation, Paper
from rag.text.latex import readable, readable_pieces
from rag.text.words import enumerated, number_of, when, when_told

if TYPE_CHECKING:
    from jinja2 import Template

_TITLE_CHARS = 80
_AUTHORS = 6
_NUMBER = re.compile(r'<a class="number" href="#q(\w+)-(\d+)"')


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """Words of an abstract. `opens`: the citations that begin with them."""

    text: str
    is_cited: bool = False
    opens: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """`numbers` of its citations; without any it is a paper that the answer only names."""

    title: str
    about: str
    url: str | None
    pieces: tuple[Piece, ...]
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """One answer. `name` tells the anchors of its numbers from those of others (letters and
    digits). `prose` is HTML; `understood` says how the question was read, where that is not what it
    says; `near`: sources that are no part of the answer."""

    name: str
    question: str
    understood: tuple[str, ...]
    prose: str
    made: str
    sources: tuple[Source, ...]
    near: tuple[Source, ...]


def notes(given: Sequence[Note], title: str) -> str:
    answers = [shown(str(number), note) for number, note in enumerate(given, 1)]
    question = answers[0].question if len(answers) == 1 else ""
    heading = line(title) or question or f"{len(answers)} questions and their answers"
    return _page(heading, answers=answers, only=bool(question) and not line(title))


def papers(given: Sequence[Reference]) -> str:
    sources = [source_of(r, (Piece(text=readable(r.abstract)),)) for r in given]
    heading = sources[0].title if len(sources) == 1 else number_of(len(sources), "paper")
    return _page(heading, papers=sources)


def _page(heading: str, **shown: object) -> str:
    title = heading if len(heading) <= _TITLE_CHARS else f"{heading[: _TITLE_CHARS - 1]}…"
    given = {"answers": (), "papers": (), "only": False, **shown}
    return template("web_page.html.j2").render(
        title=title, heading=heading, version=software_version(), **given
    )


@cache
def template(name: str) -> Template:
    """One of this folder, in which everything is escaped."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    folder = files("rag.export")
    environment = Environment(
        loader=FunctionLoader(lambda name: (folder / name).read_text("utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def shown(name: str, note: Note) -> Shown:
    answer = note.answer
    cited: dict[str, list[Citation]] = {}
    for c in answer.citations:
        cited.setdefault(c.paper_id, []).append(c)
    known = note.papers
    named = [one for one in answer.papers if one in known and one not in cited]
    near = [known[one] for one in answer.near if one in known and one not in cited]
    return Shown(
        name=name,
        question=line(answer.question),
        understood=tuple(_understood(note)),
        prose=_prose(name, note),
        made=_made(note),
        sources=(
            *(source(paper_of(found[0], note), found) for found in cited.values()),
            *(source(known[one]) for one in named),
        ),
        near=tuple(source(paper) for paper in near if paper.paper_id not in named),
    )


def _understood(note: Note) -> list[str]:
    read_as = line(note.answer.standalone_question)
    told = [f"Read as: {read_as}"] if read_as != line(note.answer.question) else []
    if constraint := constraint_in_words(note.answer.filters):
        told.append(f"Only papers {line(constraint)}")
    return told


def _prose(name: str, note: Note) -> str:
    from rag.adapters.markdown_text import html

    used: set[int] = set()

    def cite(n: int) -> str:
        """The first use of a number is where its source leads back to."""
        place = "" if n in used else f' id="a{name}-{n}"'
        used.add(n)
        return f'<a class="number" href="#q{name}-{n}"{place} aria-label="Source {n}">{n}</a>'

    quotes = {c.n: escape(readable(line(c.quote))) for c in note.answer.citations}
    return _with_quotes(html(prose(note.answer, cite)), quotes)


def _with_quotes(html: str, quotes: Mapping[int, str]) -> str:
    """Each number tells its quote to the mouse. It is not in the Markdown: a bar in the quote would
    end the cell of a table."""
    return _NUMBER.sub(lambda m: f'{m[0]} title="“{quotes[int(m[2])]}”"', html)


def _made(note: Note) -> str:
    answer = note.answer
    parts = ["Quoted sentences, no model"]
    if answer.mode == "llm":
        parts = [f"Written by {line(answer.model or '') or 'a model'}, checked against the quotes"]
    parts += [f"asked on {when(note.asked)}"] if note.asked else []
    if made := read(answer.fingerprint):
        parts += [f"corpus {made.corpus}", f"settings {made.settings}"]
    return " · ".join(parts)


def source(paper: Paper, citations: Sequence[Citation] = ()) -> Source:
    pieces = marked_abstract(paper.abstract, citations)
    return source_of(reference(paper), pieces, tuple(c.n for c in citations))


def source_of(r: Reference, pieces: tuple[Piece, ...], numbers: tuple[int, ...] = ()) -> Source:
    people = r.authors[:_AUTHORS]
    more = len(r.authors) - len(people)
    by = ", ".join(people) + f" and {number_of(more, 'other')}" if more else enumerated(people)
    about = [part for part in (by, _day(r)) if part]
    return Source(title=r.title, about=" · ".join(about), url=r.url, pieces=pieces, numbers=numbers)


def _day(r: Reference) -> str:
    return when_told(None, r.iso_date) if r.is_by_arxiv else when(r.iso_date)


def marked_abstract(abstract: str, citations: Sequence[Citation]) -> tuple[Piece, ...]:
    """The abstract cut where quotes begin and end; the quotes alone where it is not at hand."""
    if any(abstract[c.start : c.end] != c.quote for c in citations):
        return tuple(
            Piece(text=f"{readable(line(c.quote))} ", is_cited=True, opens=(c.n,))
            for c in citations
        )
    cuts = sorted({0, len(abstract), *(c.start for c in citations), *(c.end for c in citations)})
    return tuple(
        Piece(
            text=lines(text),
            is_cited=any(c.start <= start and end <= c.end for c in citations),
            opens=tuple(c.n for c in citations if c.start == start),
        )
        for (start, end), text in zip(pairwise(cuts), readable_pieces(abstract, cuts), strict=True)
    )
