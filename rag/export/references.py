"""What a note says of a paper, in every format the same: a frozen key, a readable title, the stored
abstract in one line, and the words that were quoted. What is not known stays empty.

No format is known here, and nothing is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count
from urllib.parse import quote

from rag.records import Answer, Citation, Paper, Span
from rag.text.arxiv import normalise_arxiv
from rag.text.latex import readable
from rag.text.patterns import lazy

_LOST = lazy(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u200b\u2060\ufeff\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
"""What no format can hold or no reader can see: controls, lone surrogates, zero widths."""
_NO_KEY = lazy(r"[^A-Za-z0-9.:-]+")
_MOST_NAMED, _NAMED = 6, 3
DATED_BY_ARXIV = "Year and month by the arXiv id."
_IN_ADDRESSES = "%/:?#[]@!$&'()*+,;=~"


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """An answer, the papers that it names (by id), and the ISO day on which it was asked."""

    answer: Answer
    papers: Mapping[str, Paper]
    asked: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Annotation:
    """What somebody has put on a paper: tags, and a note of their own."""

    tags: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """A paper as a bibliography holds it. Texts are single lines."""

    key: str
    title: str
    """Without TeX escapes, as everywhere where a title is shown."""
    abstract: str
    """The stored words: `quotes` are found in it."""
    authors: tuple[str, ...] = ()
    date: tuple[int, ...] = ()
    """Year, month, day, as far as they are known."""
    is_by_arxiv: bool = False
    """Whether year and month are those that its arXiv id tells, for want of a stated date."""
    doi: str | None = None
    arxiv_id: str | None = None
    url: str | None = None
    quotes: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    note: tuple[str, ...] = ()
    """Paragraphs of the exporter's own note."""

    @property
    def iso_date(self) -> str:
        return "-".join(f"{part:02d}" if at else f"{part:04d}" for at, part in enumerate(self.date))

    @property
    def dated(self) -> str:
        """As `Paper.dated`."""
        return f"arXiv {self.iso_date}" if self.is_by_arxiv else self.iso_date

    @property
    def by(self) -> str:
        """The authors as a note names them: the first of many."""
        is_long = len(self.authors) > _MOST_NAMED
        return f"{', '.join(self.authors[:_NAMED])} et al." if is_long else ", ".join(self.authors)

    @property
    def dated_title(self) -> str:
        return f"{self.title} ({self.dated})" if self.date else self.title

    @property
    def remarks(self) -> tuple[str, ...]:
        """What bibliographies say of the entry itself."""
        return (DATED_BY_ARXIV,) if self.is_by_arxiv else ()


def line(text: str) -> str:
    """`text` in one line: runs of white space are one space, what cannot be seen is left out."""
    return " ".join(_LOST.sub("", text).split())


def lines(text: str) -> str:
    """The same, where line breaks and indents stay."""
    rows = re.split(r"\r\n?|\n", _LOST.sub("", text))
    return "\n".join(re.sub(r"[^\S ]", " ", row) for row in rows)


def address(paper: Paper) -> str | None:
    """Where the paper can be opened, safe between `<` and `>`; None where that is not known."""
    return safe(paper.address)


def safe(url: str | None) -> str | None:
    """A web address in characters that every format and terminal takes as one; None for others."""
    if not url or not re.match(r"https?://\S", url, re.IGNORECASE):
        return None
    return quote(line(url), safe=_IN_ADDRESSES)


def key(paper: Paper) -> str:
    """The paper's frozen citekey, which every format and file system can hold."""
    return _NO_KEY.sub("-", paper.citekey or paper.paper_id).strip("-") or "paper"


def reference(
    paper: Paper, citations: Iterable[Citation] = (), own: Annotation | None = None
) -> Reference:
    own = own or Annotation()
    date = (paper.date or "").split("-")
    return Reference(
        key=key(paper),
        title=readable(line(paper.title)) or line(paper.title),
        abstract=line(paper.abstract),
        authors=tuple(name for author in paper.authors if (name := line(author))),
        date=tuple(map(int, date)) if all(map(str.isdecimal, date)) else (),
        is_by_arxiv=paper.published is None and paper.date is not None,
        doi=paper.doi and line(paper.doi),
        arxiv_id=paper.arxiv_id and line(paper.arxiv_id),
        url=address(paper),
        quotes=tuple(dict.fromkeys(line(c.quote) for c in citations)),
        tags=tuple(filter(None, map(line, own.tags))),
        note=tuple(filter(None, map(line, own.note.splitlines()))),
    )


def references(notes: Sequence[Note]) -> list[Reference]:
    """The papers of all `notes`, each once with everything quoted from it: those that are cited
    in the order of their first citation, then those put forward without a quote."""
    papers: dict[str, Paper] = {}
    quoted: dict[str, list[Citation]] = {}
    for note in notes:
        for citation in note.answer.citations:
            papers.setdefault(citation.paper_id, paper_of(citation, note))
            quoted.setdefault(citation.paper_id, []).append(citation)
    for note in notes:
        for name in note.answer.papers:
            if name in note.papers:
                papers.setdefault(name, note.papers[name])
    return _distinct(reference(paper, quoted.get(name, ())) for name, paper in papers.items())


def references_to(
    papers: Iterable[Paper], own: Mapping[str, Annotation] | None = None
) -> list[Reference]:
    """`own`: what the exporter has put on papers, by id."""
    return _distinct(reference(paper, own=(own or {}).get(paper.paper_id)) for paper in papers)


def _distinct(found: Iterable[Reference]) -> list[Reference]:
    """With keys that differ: a catalog's do, those of papers from elsewhere may not."""
    held: dict[str, Reference] = {}
    for r in found:
        name = free([r.key], held)
        held[name] = replace(r, key=name)
    return list(held.values())


def paper_of(citation: Citation, note: Note) -> Paper:
    """The cited paper; where it is not at hand, what the citation says of it."""
    return note.papers.get(citation.paper_id) or Paper(
        paper_id=citation.paper_id,
        title=citation.title,
        abstract="",
        published=citation.published,
        arxiv_id=normalise_arxiv(citation.url or ""),
        url=citation.url,
    )


def spans(notes: Sequence[Note]) -> dict[tuple[str, int, int], str]:
    """A name for every cited span (paper's id, start, end): the paper's key and where the quote
    begins in its abstract, so that the same quote has the same name in every note."""
    return span_names(
        (paper_of(c, note), Span(start=c.start, end=c.end))
        for note in notes
        for c in note.answer.citations
    )


def span_names(found: Iterable[tuple[Paper, Span]]) -> dict[tuple[str, int, int], str]:
    """The same for any spans of papers' abstracts."""
    names: dict[tuple[str, int, int], str] = {}
    for paper, span in found:
        name = f"{key(paper)}-{span.start}"
        if (named := (paper.paper_id, span.start, span.end)) not in names:
            names[named] = free((name, f"{name}-{span.end}"), names.values())
    return names


def free(wanted: Iterable[str], taken: Collection[str]) -> str:
    """The first of `wanted` that is not taken, else the last with a number behind it."""
    *_, last = wanted = tuple(wanted)
    numbered = (f"{last}-{number}" for number in count(2))
    return next(name for name in chain(wanted, numbered) if name not in taken)
