"""What the tools return, as agents read it: short, and with what is needed to check and to cite.

The text beside it says the same in words, for clients that show no structured output.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel, Field

from rag.assistant import SearchResult
from rag.export.references import Reference, references_to
from rag.records import Answer, Citation, Paper
from rag.table.records import Table


class Quote(BaseModel):
    """Words of an abstract: `quote == abstract[start:end]` of the paper, in characters."""

    n: int = Field(description="Its number in the text: [n].")
    paper_id: str
    title: str
    quote: str
    start: int
    end: int
    published: str | None = None
    url: str | None = None


class PaperNamed(BaseModel):
    paper_id: str
    citekey: str
    title: str
    published: str | None = None
    url: str | None = None


class PaperInFull(PaperNamed):
    abstract: str
    authors: list[str]
    doi: str | None = None
    arxiv_id: str | None = None


class AnswerGiven(BaseModel):
    status: str = Field(description="answered, partial or declined: the abstracts may not say.")
    text: str = Field(description="Cites as [n].")
    sources: list[Quote]
    papers: list[PaperNamed] = Field(description="What the answer puts forward, the best first.")
    may_match: list[str] = Field(
        default=[], description="Ids of those among `papers` that only may match."
    )
    unsupported: list[str] = Field(
        default=[], description="Sentences that a model wrote and no quote was found to carry."
    )
    notices: list[str] = []


class PaperFound(PaperNamed):
    rank: int
    quote: str = Field(description="The passage that suits the question best.")
    start: int
    end: int


class SearchDone(BaseModel):
    papers: list[PaperFound]
    notices: list[str] = []


class CellFilled(BaseModel):
    column: str
    status: Literal["stated", "not_stated", "failed"] | None
    value: str
    quotes: list[str]


class TableRow(PaperNamed):
    cells: list[CellFilled]


class TableMade(BaseModel):
    columns: list[str]
    rows: list[TableRow]
    notices: list[str] = []


class Citations(BaseModel):
    format: str
    text: str


def named(papers: Iterable[Paper]) -> list[PaperNamed]:
    held = list(papers)
    return [PaperNamed(**_names(*one)) for one in zip(held, references_to(held), strict=True)]


def in_full(paper: Paper) -> PaperInFull:
    return PaperInFull(
        **_names(paper, references_to([paper])[0]),
        abstract=paper.abstract,
        authors=list(paper.authors),
        doi=paper.doi,
        arxiv_id=paper.arxiv_id,
    )


def answer(value: Answer, papers: Iterable[Paper]) -> AnswerGiven:
    """`papers`: those that the answer puts forward, from the catalog."""
    return AnswerGiven(
        status=value.status,
        text=value.text,
        sources=[_quote(citation) for citation in value.citations],
        papers=named(papers),
        may_match=list(value.may_match),
        unsupported=[s.text for s in value.sentences if not s.supported],
        notices=list(value.notices),
    )


def search(value: SearchResult) -> SearchDone:
    names = named(hit.paper for hit in value.hits)
    return SearchDone(
        papers=[
            PaperFound(
                **name.model_dump(), rank=hit.rank, quote=hit.quote, start=hit.start, end=hit.end
            )
            for name, hit in zip(names, value.hits, strict=True)
        ],
        notices=list(value.notices),
    )


def table(value: Table) -> TableMade:
    rows = []
    for name, paper in zip(named(value.papers), value.papers, strict=True):
        cells = []
        for column in value.columns:
            cell = value.cell(paper, column)
            cells.append(
                CellFilled(
                    column=column.name,
                    status=cell.status if cell else None,
                    value=cell.value if cell else "",
                    quotes=[paper.abstract[s.start : s.end] for s in cell.spans] if cell else [],
                )
            )
        rows.append(TableRow(**name.model_dump(), cells=cells))
    return TableMade(
        columns=[column.name for column in value.columns], rows=rows, notices=list(value.notices)
    )


def _names(paper: Paper, reference: Reference) -> dict[str, Any]:
    return {
        "paper_id": paper.paper_id,
        "citekey": reference.key,
        "title": reference.title,
        "published": paper.published,
        "url": reference.url,
    }


def _quote(citation: Citation) -> Quote:
    return Quote(
        n=citation.n,
        paper_id=citation.paper_id,
        title=citation.title,
        quote=citation.quote,
        start=citation.start,
        end=citation.end,
        published=citation.published,
        url=citation.url,
    )
