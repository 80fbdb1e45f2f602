"""`/v1/search`, `/v1/ask`, `/v1/papers`, `/v1/tables`: the records that the terminal prints with
`--json`, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from rag.assistant import Assistant
from rag.errors import UnknownPaper
from rag.events import Event, Finished
from rag.export import json_records as jsons
from rag.pipeline import MAX_QUESTION_CHARS
from rag.records import Answer, Depth, Mode, Turn
from rag.table.build import MOST_ROWS, TableBuilder, rows_for
from rag.table.columns import columns_of
from rag.table.records import CellFilled, TableBegun, TableEvent, TableFinished
from ui.api.faults import Json
from ui.api.gate import MAX_MESSAGES
from ui.api.replies import PaperReply, PapersReply, SearchReply, TableReply, replies
from ui.api.work import Work, server_sent
from ui.exporting import chosen, named

Text = Annotated[str, Field(max_length=MAX_QUESTION_CHARS)]
Ids = Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=1000)]


_ASK_EVENTS = (
    "understood, retrieved, progress, selected, text_delta, fallback, finished (with the answer),"
    " error"
)
_TABLE_EVENTS = "begun, cell, finished (with the table), error"


class TurnGiven(BaseModel):
    role: Literal["user", "assistant"]
    content: Annotated[str, Field(max_length=100_000)]
    papers: Ids | None = None


class AskBody(BaseModel):
    """`papers`: ids of the only papers that may be used. `stream`: events instead of the answer."""

    question: Annotated[Text, Field(min_length=1)]
    history: Annotated[list[TurnGiven], Field(max_length=MAX_MESSAGES)] = []
    papers: Ids | None = None
    mode: Mode | None = None
    depth: Depth = "normal"
    stream: bool = False


class TableBody(BaseModel):
    """As `citewell table`: rows are the papers that answer `about`, the `k` best, or `papers`."""

    about: Text = ""
    columns: Annotated[list[Text], Field(max_length=12)] = []
    papers: Ids | None = None
    k: Annotated[int, Field(ge=1, le=MOST_ROWS)] | None = None
    mode: Mode | None = None
    stream: bool = False


def router(assistant: Assistant, answers: Work, lookups: Work) -> APIRouter:
    """`answers` and `lookups`: who works on what takes long, and on what does not."""
    api = APIRouter(prefix="/v1")
    catalog = assistant.index_manager.catalog

    @api.get("/search", responses=replies(SearchReply))
    async def search(
        request: Request,
        question: Annotated[str, Query(min_length=1, max_length=MAX_QUESTION_CHARS)],
        k: Annotated[int, Query(ge=1, le=1000)] = 10,
    ) -> Response:
        """Papers ranked for a question, without an answer; as `citewell search --json`."""
        found = await answers.result(request, lambda: assistant.search(question, k=k))
        return Json(jsons.search(found))

    @api.post("/ask", responses=replies(Answer, streamed=_ASK_EVENTS))
    async def ask(request: Request, asked: AskBody) -> Response:
        """An answer with checked citations; as `citewell ask --json`. With `stream`, server-sent
        events."""

        def events() -> Iterator[Event]:
            return assistant.stream(
                asked.question,
                history=[
                    Turn(
                        role=turn.role,
                        content=turn.content,
                        papers=None if turn.papers is None else tuple(turn.papers),
                    )
                    for turn in asked.history
                ],
                within=named(catalog, asked.papers),
                mode=asked.mode,
                depth=asked.depth,
            )

        if asked.stream:
            return await answers.streamed(request, events, _event, _failed)
        finished = await answers.last(request, events, Finished)
        return Json(jsons.answer(finished.answer))

    @api.get("/papers", responses=replies(PapersReply))
    async def papers(
        request: Request,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    ) -> Response:
        """Papers of the catalog in the order of their ids, and how many there are in all."""
        found = await lookups.result(request, catalog.papers)
        shown = found[offset : offset + limit]
        return Json({"papers": [jsons.paper(paper) for paper in shown], "total": len(found)})

    @api.get("/papers/{paper_id}", responses=replies(PaperReply))
    async def paper(request: Request, paper_id: str) -> Response:
        """One paper; as `citewell papers --json`."""
        found = await lookups.result(request, lambda: catalog.papers([paper_id]))
        if not found:
            raise UnknownPaper(paper_id)
        return Json(jsons.paper(found[0]))

    @api.post("/tables", responses=replies(TableReply, streamed=_TABLE_EVENTS))
    async def tables(request: Request, asked: TableBody) -> Response:
        """An evidence table; as `citewell table --json`. With `stream`, server-sent events."""

        def events() -> Iterator[TableEvent]:
            wanted = columns_of(asked.columns)
            if asked.papers:
                chosen(catalog, asked.papers)
            rows = rows_for(assistant, asked.about, most=asked.k, within=asked.papers or None)
            yield from TableBuilder(assistant).fill(asked.about, rows, wanted, mode=asked.mode)

        if asked.stream:
            return await answers.streamed(request, events, _table_event, _failed)
        finished = await answers.last(request, events, TableFinished)
        return Json(jsons.table(finished.table))

    return api


def _event(event: Event) -> Iterator[bytes]:
    told = jsons.event(event)
    yield server_sent(told, told["type"])


def _table_event(event: TableEvent) -> Iterator[bytes]:
    told: dict[str, Any]
    match event:
        case TableBegun(table=table, estimate=estimate):
            told = {"type": "begun", "table": jsons.table(table), "estimate": asdict(estimate)}
        case CellFilled(paper_id=paper_id, column=column, cell=cell):
            told = {
                "type": "cell",
                "paper_id": paper_id,
                "column": column.name,
                "status": cell.status,
                "value": cell.value,
                "spans": [asdict(span) for span in cell.spans],
                "note": cell.note,
                "model": cell.model,
            }
        case TableFinished(table=table):
            told = {"type": "finished", "table": jsons.table(table)}
    yield server_sent(told, told["type"])


def _failed(body: dict[str, Any]) -> bytes:
    return server_sent({"type": "error", **body}, "error")
