"""What the view `tables` asks of the server."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from rag.errors import NotFound, UsageError
from rag.export import named
from rag.export.tables import TABLE_FORMATS
from rag.records import Mode, Span
from rag.table.build import MOST_ROWS
from rag.table.columns import KNOWN, MOST_COLUMNS
from rag.table.records import Estimate
from ui.access import person
from ui.web import failures, paper_facts
from ui.web.tables import shown
from ui.web.tables.desk import Desk
from ui.web.views import Site
from ui.words import expected

Text = Annotated[str, Field(max_length=300)]
Ids = Annotated[list[Text], Field(max_length=MOST_ROWS)]


class NewTable(BaseModel):
    """Of an answer (`conversation`, `turn`), of chosen papers (`ids`), or of what is `asked`."""

    conversation: Text = ""
    turn: Text = ""
    ids: Ids = []
    title: Text = ""
    asked: Annotated[str, Field(max_length=4000)] = ""
    most: Annotated[int | None, Field(ge=1, le=MOST_ROWS)] = None
    private: bool = False


class Filling(BaseModel):
    """`go`: begin also where it takes calls of a model. `paper` and `question`: of one cell."""

    mode: Literal["llm", "extractive"] | None = None
    go: bool = False
    paper: Text = ""
    question: Text = ""


class Change(BaseModel):
    """What is to be done: the fields that it needs are said in `_change`."""

    do: Literal[
        "rename", "add_column", "rename_column", "remove_column", "put_back_column", "add_rows",
        "remove_row", "put_back_row", "renew_row", "set_cell", "clear_cell",
    ]  # fmt: skip
    paper: Text = ""
    question: Text = ""
    name: Annotated[str, Field(max_length=200)] = ""
    ids: Ids = []
    start: int | None = None
    end: int | None = None
    at: Annotated[int, Field(ge=0)] = 0


def routes(site: Site) -> APIRouter:
    router = failures.router("tables")
    desk = Desk(site)

    @router.get("")
    def listed(request: Request) -> dict[str, Any]:
        owner = person.of(request).owner
        tables = [
            {**shown.entry(entry), "private": place.private}
            for place in desk.places(owner)
            if place.owner
            for entry in place.tables.entries(place.owner)
        ]
        return {"tables": tables, "most": MOST_ROWS}

    @router.post("")
    def begin(request: Request, asked: NewTable) -> dict[str, Any]:
        owner = person.of(request).owner
        if asked.turn:
            table_id = desk.of_answer(owner, asked.conversation, asked.turn)
        elif asked.ids:
            table_id = desk.of_papers(owner, asked.title, asked.ids, private=asked.private)
        else:
            table_id = desk.of_question(owner, asked.asked, asked.most, private=asked.private)
        if desk.mode == "extractive":
            desk.fill(owner, table_id, "extractive", go=True)
        return {"id": table_id}

    @router.get("/{table_id}")
    def whole(request: Request, table_id: str) -> dict[str, Any]:
        return _whole(desk, person.of(request).owner, table_id)

    @router.get("/{table_id}/news")
    def news(request: Request, table_id: str, since: int) -> dict[str, Any]:
        """The cells that have come since; whether more will."""
        state = desk.fillings.state(table_id)  # first: what comes between is told the next time
        for place in desk.places(person.of(request).owner):
            if found := place.tables.news(place.owner, table_id, since):
                return {
                    **shown.head(found.head),
                    **state,
                    "cells": shown.cells(found.cells),
                    "changes": found.changes,
                }
        raise NotFound("This table was deleted.")

    @router.get("/{table_id}/abstract")
    def abstract(request: Request, table_id: str, paper: str, question: str) -> dict[str, Any]:
        """What a cell rests on."""
        _, table = desk.find(person.of(request).owner, table_id)
        found = desk.paper(table, paper)
        cell = table.table().cells.get((paper, question))
        where, what = paper_facts.address(found)
        return {
            **shown.rows([found], desk.now(table))[0],
            "by": paper_facts.people(found),
            "sentences": shown.abstract(found, cell),
            "address": where,
            "opens": what,
        }

    @router.get("/{table_id}/export")
    def export(request: Request, table_id: str, format: str) -> Response:  # noqa: A002
        form = named(format, TABLE_FORMATS)
        _, table = desk.find(person.of(request).owner, table_id)
        name = quote(form.filename(table.title))
        return Response(
            form.write(table.table()),
            media_type=form.media_type,
            headers={
                "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
                "Cache-Control": "no-store",
            },
        )

    @router.post("/{table_id}/fill")
    def fill(request: Request, table_id: str, asked: Filling) -> dict[str, Any]:
        """`expected`: what it takes, in words, where it waits for a `go`."""
        owner = person.of(request).owner
        mode: Mode = asked.mode or desk.mode
        only = (asked.paper, asked.question) if asked.paper else None
        estimate: Estimate | None = desk.fill(owner, table_id, mode, go=asked.go, only=only)
        told = {"expected": expected(estimate) if estimate else ""}
        return {**_whole(desk, owner, table_id), **told}

    @router.post("/{table_id}/stop")
    def stop(request: Request, table_id: str) -> dict[str, Any]:
        desk.find(person.of(request).owner, table_id)
        desk.fillings.stop(table_id)
        return desk.fillings.state(table_id)

    @router.post("/{table_id}/change")
    def change(request: Request, table_id: str, asked: Change) -> dict[str, Any]:
        owner = person.of(request).owner
        _change(desk, owner, table_id, asked)
        is_filled = asked.do in ("add_column", "add_rows", "renew_row", "clear_cell")
        if is_filled and desk.mode == "extractive":
            desk.fill(owner, table_id, "extractive", go=True)
        return _whole(desk, owner, table_id)

    @router.post("/{table_id}/delete")
    def delete(request: Request, table_id: str) -> dict[str, Any]:
        desk.forget(person.of(request).owner, table_id)
        return {}

    return router


def _change(desk: Desk, owner: str | None, table_id: str, asked: Change) -> None:
    at = (asked.paper, asked.question)
    match asked.do:
        case "rename":
            desk.rename(owner, table_id, asked.name)
        case "add_column":
            desk.add_column(owner, table_id, asked.name)
        case "rename_column":
            desk.rename_column(owner, table_id, asked.question, asked.name)
        case "remove_column":
            desk.remove_column(owner, table_id, asked.question)
        case "put_back_column":
            desk.put_back_column(owner, table_id, asked.question, asked.name, asked.at)
        case "add_rows":
            desk.add_rows(owner, table_id, asked.ids)
        case "remove_row":
            desk.remove_row(owner, table_id, asked.paper)
        case "put_back_row":
            desk.put_back_row(owner, table_id, asked.paper)
        case "renew_row":
            desk.renew_row(owner, table_id, asked.paper)
        case "set_cell":
            is_span = asked.start is not None and asked.end is not None
            if not is_span and (asked.start, asked.end) != (None, None):
                raise UsageError("Words have a beginning and an end.")
            span = Span(start=asked.start or 0, end=asked.end or 0) if is_span else None
            desk.set_cell(owner, table_id, at, span)
        case "clear_cell":
            desk.clear_cell(owner, table_id, at)


def _whole(desk: Desk, owner: str | None, table_id: str) -> dict[str, Any]:
    state = desk.fillings.state(table_id)
    place, table = desk.find(owner, table_id)
    return {
        **shown.head(table.head),
        **state,
        "id": table.id,
        "title": table.title,
        "private": place.private,
        "rows": shown.rows(table.papers, desk.now(table)),
        "cells": shown.cells(table.cells),
        "changes": table.changes,
        "by_model": desk.mode == "llm" and desk.assistant.config.model,
        "known": list(KNOWN),
        "formats": [{"name": f.name, "label": f.label} for f in TABLE_FORMATS.values()],
        "most_columns": MOST_COLUMNS,
        "most_rows": MOST_ROWS,
    }
