"""Answers, papers, search results and tables as a notebook shows them: HTML, Markdown or text.

The HTML is that of the page to share (`web_page.py`) without the page around it: no script, nothing
from elsewhere, everything foreign escaped. Its style holds within it alone, and takes ink and
ground from the notebook, so that it is legible on light and dark ones. Where a notebook that is not
trusted leaves out the style, it reads as plain HTML.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from rag.assistant import SearchResult
from rag.display import Displayed
from rag.export import FORMATS, Note
from rag.export import plain as plain_text
from rag.export.markdown import source as source_in_markdown
from rag.export.marking import text
from rag.export.references import line, reference
from rag.export.tables.markdown import markdown as table_in_markdown
from rag.export.tables.rows import Row, headings, how_made, rows
from rag.export.web_page import Source, shown, source, template
from rag.records import Answer, Citation, Hit, Paper
from rag.table.records import Table
from rag.text.latex import readable
from rag.text.words import number_of

_OPEN_SOURCES = 5
"""So many sources are shown at once; more are folded."""


def html(record: Displayed) -> str:
    """Raises TypeError for what is not shown."""
    match record:
        case Answer():
            parts = _answer(record)
        case Table():
            parts = _table(record)
        case SearchResult():
            told = [_hit(hit) for hit in record.hits]
            parts = {"heading": _found(record), "notices": record.notices, "papers": told}
        case Paper():
            parts = {"papers": [source(record)]}
        case _:
            raise TypeError(f"{type(record).__name__} is not shown in notebooks")
    nothing = {"heading": "", "notices": (), "answer": None, "table": None, "papers": ()}
    given = {**nothing, "open_sources": _OPEN_SOURCES, **parts}
    return template("notebook.html.j2").render(**given)


def markdown(record: Displayed) -> str:
    """Raises TypeError for what is not shown."""
    match record:
        case Answer():
            return FORMATS["markdown"].of_answers([_note(record)])
        case Table():
            return table_in_markdown(record)
        case SearchResult():
            return FORMATS["markdown"].of_papers(hit.paper for hit in record.hits)
        case Paper():
            return f"{source_in_markdown(reference(record))}\n\n{text(record.abstract)}\n"
    raise TypeError(f"{type(record).__name__} is not shown in notebooks")


def plain(record: Displayed) -> str:
    """Raises TypeError for what is not shown."""
    match record:
        case Answer():
            return FORMATS["plain"].of_answers([_note(record)])
        case SearchResult():
            return FORMATS["plain"].of_papers(hit.paper for hit in record.hits)
        case Paper():
            return plain_text.entry(reference(record))
    return markdown(record)


def _note(answer: Answer) -> Note:
    return Note(answer=answer, papers={paper.paper_id: paper for paper in answer.named_papers})


def _answer(answer: Answer) -> dict[str, object]:
    told = shown(_name(answer.question, answer.text), _note(answer))
    return {"heading": told.question, "notices": answer.notices, "answer": told}


def _found(result: SearchResult) -> str:
    return f"{number_of(len(result.hits), 'paper')}: {line(result.parsed.question)}"


def _hit(hit: Hit) -> Source:
    """Under its rank, the best passage marked."""
    passage = Citation(
        n=hit.rank,
        paper_id=hit.paper.paper_id,
        title=hit.paper.title,
        quote=hit.quote,
        start=hit.start,
        end=hit.end,
    )
    told = source(hit.paper, [passage])
    return replace(told, pieces=tuple(replace(piece, opens=()) for piece in told.pieces))


def _name(*parts: str) -> str:
    """Anchors of the same record are the same in every run, those of others differ."""
    return blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=5).hexdigest()


# Tables


@dataclass(frozen=True, kw_only=True, slots=True)
class _Cell:
    """`numbers`: of its quotes, with each quote, and whether its number stands here first."""

    value: str
    numbers: tuple[tuple[int, str, bool], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Row:
    title: str
    url: str | None
    dated: str
    cells: tuple[_Cell, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Table:
    name: str
    headings: Sequence[str]
    rows: Sequence[_Row]
    made: str
    sources: Sequence[Source]


def _table(table: Table) -> dict[str, object]:
    told: list[_Row] = []
    sources: list[Source] = []
    first = 1
    for row in rows(table):
        quotes = list(_quotes(row, first))
        first += len(quotes)
        told.append(_row(row, quotes))
        if quotes:
            sources.append(source(row.paper, quotes))
    name = _name(
        table.asked,
        *(paper.paper_id for paper in table.papers),
        *(column.question for column in table.columns),
    )
    made = _Table(
        name=name, headings=headings(table), rows=told, made=how_made(table), sources=sources
    )
    return {"heading": line(table.asked), "notices": table.notices, "table": made}


def _quotes(row: Row, first: int) -> Iterator[Citation]:
    """The spans of a row, each once, numbered from `first` on."""
    spans = dict.fromkeys((span.start, span.end) for cell in row.cells for span, _ in cell.quotes)
    for n, (start, end) in enumerate(spans, first):
        yield Citation(
            n=n,
            paper_id=row.paper.paper_id,
            title=row.paper.title,
            quote=row.paper.abstract[start:end],
            start=start,
            end=end,
        )


def _row(row: Row, quotes: Sequence[Citation]) -> _Row:
    numbers = {(c.start, c.end): c.n for c in quotes}
    cells, used = [], set()
    for cell in row.cells:
        told = []
        for span, quote in cell.quotes:
            n = numbers[span.start, span.end]
            told.append((n, readable(quote), n not in used))
            used.add(n)
        cells.append(_Cell(value=cell.value, numbers=tuple(told)))
    r = row.reference
    return _Row(title=r.title, url=r.url, dated=r.dated, cells=tuple(cells))
