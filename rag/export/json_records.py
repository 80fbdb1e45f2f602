"""The machine-readable doors: records as the JSON objects that other tools rely on.

Names and fields are a contract (docs/architecture.md); what is added later comes behind them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rag.answer.diff import Changes
from rag.assistant import SearchResult
from rag.errors import BadInput
from rag.events import (
    Event,
    Fallback,
    Finished,
    Progress,
    Retrieved,
    Selected,
    TextDelta,
    Understood,
)
from rag.export.references import references_to
from rag.filters import Filters
from rag.records import Answer, Paper, Turn
from rag.storage.frozen import thaw
from rag.table.records import Cell, Table

_EVENTS: dict[type, str] = {
    Understood: "understood",
    Retrieved: "retrieved",
    Progress: "progress",
    Selected: "selected",
    TextDelta: "text_delta",
    Fallback: "fallback",
    Finished: "finished",
}


def filters(value: Filters) -> dict[str, Any]:
    """Stated constraints alone."""
    return {k: v for k, v in asdict(value).items() if v is not None}


def answer(value: Answer) -> dict[str, Any]:
    return {**asdict(value), "filters": filters(value.filters)}


def search(value: SearchResult) -> dict[str, Any]:
    return {
        "query": value.parsed.question,
        "hits": [
            {
                "rank": hit.rank,
                "paper_id": hit.paper.paper_id,
                "title": hit.paper.title,
                "score": round(hit.score, 6),
                "published": hit.paper.published,
                "upvotes": hit.paper.upvotes,
                "quote": hit.quote,
                "start": hit.start,
                "end": hit.end,
                "parts": {k: round(v, 6) for k, v in hit.parts.items()},
                "arxiv_month": hit.paper.arxiv_month,
                "url": hit.paper.address,
            }
            for hit in value.hits
        ],
        "timings_ms": dict(value.timings_ms),
        "filters": filters(value.parsed.filters),
        "notices": list(value.notices),
    }


def paper(value: Paper) -> dict[str, Any]:
    return {
        "paper_id": value.paper_id,
        "title": value.title,
        "abstract": value.abstract,
        "published": value.published,
        "date_precision": value.date_precision,
        "author_count": value.author_count,
        "authors": list(value.authors),
        "upvotes": value.upvotes,
        "sources": [source.name for source in value.sources],
        "doi": value.doi,
        "arxiv_id": value.arxiv_id,
        "url": value.url,
        "citekey": value.citekey,
        "arxiv_month": value.arxiv_month,
    }


def table(value: Table) -> dict[str, Any]:
    """An evidence table: `asked`, `mode` (`llm` where a model has filled a cell, else
    `extractive`), `models` (which ones), `columns` (`name`, `question`) and `rows`, then `notices`
    and `usage` as of an answer.

    A row has `citekey`, `paper_id`, `title`, `published`, `url`, `cells` in the order of the
    columns, and `arxiv_month`. A cell has `column` (its name), `status` (`stated`, `not_stated`,
    `failed`; null where it is not filled yet), `value`, `spans` (`start`, `end`, `quote`: `quote ==
    abstract[start:end]`, the best first), `note` (why it failed, or what was wrong with a model's
    value) and `model` (which filled it, null for none)."""
    return {
        "asked": value.asked,
        "mode": value.mode,
        "models": list(value.models),
        "columns": [asdict(column) for column in value.columns],
        "rows": [
            {
                "citekey": reference.key,
                "paper_id": paper.paper_id,
                "title": paper.title,
                "published": paper.published,
                "url": reference.url,
                "cells": [
                    {"column": column.name, **_cell(value.cell(paper, column), paper)}
                    for column in value.columns
                ],
                "arxiv_month": paper.arxiv_month,
            }
            for paper, reference in zip(value.papers, references_to(value.papers), strict=True)
        ],
        "notices": list(value.notices),
        "usage": asdict(value.usage),
    }


def _cell(cell: Cell | None, paper: Paper) -> dict[str, Any]:
    spans = cell.spans if cell else ()
    return {
        "status": cell.status if cell else None,
        "value": cell.value if cell else "",
        "spans": [
            {**asdict(span), "quote": paper.abstract[span.start : span.end]} for span in spans
        ],
        "note": cell.note if cell else "",
        "model": cell.model if cell else None,
    }


def event(value: Event) -> dict[str, Any]:
    """What an answer in the making tells, under its `type`."""
    fields: dict[str, Any]
    match value:
        case Understood(parsed=parsed):
            fields = {
                "standalone_question": parsed.standalone,
                "kind": parsed.kind,
                "filters": filters(parsed.filters),
            }
        case Retrieved(papers=ids):
            fields = {"papers": list(ids)}
        case Selected(papers=papers, near=near):
            fields = {"papers": _named(papers), "near": _named(near)}
        case Finished(answer=finished):
            fields = {"answer": answer(finished)}
        case Progress() | TextDelta() | Fallback():
            fields = asdict(value)
    return {"type": _EVENTS[type(value)], **fields}


def _named(papers: Iterable[Paper]) -> list[dict[str, Any]]:
    return [{"paper_id": paper.paper_id, "title": paper.title} for paper in papers]


def changes(value: Changes) -> dict[str, Any]:
    return {**asdict(value), "same": value.same}


def read_answer(path: Path) -> Answer:
    """An answer from what `citewell ask --json` printed. Raises BadInput."""
    value = _read(path)
    remedy = 'Such a file is made by: citewell ask "…" --json > answer.json'
    if not isinstance(value, dict) or not value.get("question"):
        raise BadInput("is no answer of Citewell's", path=path, remedy=remedy)
    try:
        return thaw(Answer, value)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise BadInput(f"is no whole answer: {error}", path=path, remedy=remedy) from error


def read_history(path: Path) -> tuple[Turn, ...]:
    """Turns from a JSON list of `{"role", "content"}` (and `"papers"`, ids). Raises BadInput."""
    turns = _read(path)
    example = 'A history looks like [{"role": "user", "content": "…"}, …].'
    if not isinstance(turns, list):
        raise BadInput("is not a JSON list", path=path, remedy=example)
    read = []
    for number, turn in enumerate(turns, 1):
        if (
            not isinstance(turn, dict)
            or turn.get("role") not in ("user", "assistant")
            or not isinstance(turn.get("content"), str)
            or not isinstance(turn.get("papers") or [], list)
            or not all(isinstance(p, str) for p in turn.get("papers") or ())
        ):
            raise BadInput(f"turn {number} is not one", path=path, remedy=example)
        papers = turn.get("papers")
        read.append(
            Turn(
                role=turn["role"],
                content=turn["content"],
                papers=None if papers is None else tuple(papers),
            )
        )
    return tuple(read)


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}", path=path) from error
    except UnicodeDecodeError as error:
        raise BadInput("is not UTF-8 text", path=path) from error
    except json.JSONDecodeError as error:
        raise BadInput(f"is not JSON: {error.msg}", path=path, line=error.lineno) from error
    except RecursionError as error:
        raise BadInput("is nested too deeply", path=path) from error
    except ValueError as error:
        raise BadInput("holds a number of thousands of digits", path=path) from error
