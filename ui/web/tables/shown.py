"""Tables as the page is told of them: JSON, its texts readable and not escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from rag import export
from rag.records import Paper, Span
from rag.table.records import Cell
from rag.text.latex import readable, readable_pieces, seen
from rag.text.sentences import sentence_spans
from ui.web.remedies import on_page
from ui.web.tables.records import Entry, Head, PutCell


def entry(table: Entry) -> dict[str, Any]:
    return {
        "id": table.id,
        "title": table.title,
        "papers": table.papers,
        "columns": list(table.columns),
        "updated": table.updated,
    }


def head(value: Head) -> dict[str, Any]:
    return {
        "columns": [{"name": seen(c.name), "question": c.question} for c in value.columns],
        "notices": [on_page(notice) for notice in value.notices],
    }


def rows(papers: Sequence[Paper], now: Mapping[str, Paper]) -> list[dict[str, Any]]:
    """`now`: the papers as the corpus has them, by their ids."""
    return [
        {
            "id": paper.paper_id,
            "title": readable(paper.title),
            "published": paper.dated,
            "known_at": export.address(paper) or "",
            "stale": stale(paper, now),
        }
        for paper in papers
    ]


def stale(paper: Paper, now: Mapping[str, Paper]) -> str:
    """`gone` from the corpus, `changed` in its text; empty for as it was."""
    found = now.get(paper.paper_id)
    return "gone" if found is None else "changed" if found.abstract != paper.abstract else ""


def cells(put: Iterable[PutCell]) -> list[dict[str, Any]]:
    return [
        {
            "paper": one.paper_id,
            "question": one.question,
            "status": one.cell.status,
            "text": readable(one.cell.value) or one.cell.value.strip(),
            "note": on_page(one.cell.note),
            "model": one.cell.model,
            "own": one.own,
        }
        for one in put
    ]


def abstract(paper: Paper, cell: Cell | None) -> list[dict[str, Any]]:
    """Its sentences, with their places in the stored text, each cut where the cell's spans begin
    and end: `marked` pieces are within one."""
    spans = [s for s in cell.spans if 0 <= s.start < s.end <= len(paper.abstract)] if cell else []
    return [
        {"start": s.start, "end": s.end, "pieces": _pieces(paper.abstract, s, spans)}
        for s in sentence_spans(paper.abstract)
    ]


def _pieces(text: str, sentence: Span, spans: Sequence[Span]) -> list[dict[str, Any]]:
    own = text[sentence.start : sentence.end]
    cuts = {0, len(own)}
    for span in spans:
        cuts |= {min(max(at - sentence.start, 0), len(own)) for at in (span.start, span.end)}
    ordered = sorted(cuts)
    return [
        {
            "text": shown,
            "marked": any(
                s.start <= sentence.start + start and sentence.start + end <= s.end for s in spans
            ),
        }
        for (start, end), shown in zip(
            pairwise(ordered), readable_pieces(own, ordered), strict=True
        )
    ]
