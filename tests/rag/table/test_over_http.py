"""Tables filled by a server over HTTP: a reply, a stop in mid-reply, a refusal, a stall."""

from __future__ import annotations

import pytest

from rag.adapters.openai_chat import OpenAIChat
from rag.table.records import CellFilled, TableBegun
from tests.rag.table.filling import Asked, World, cells, checked
from tests.scripted_server import (
    Handler,
    Request,
    ScriptedServer,
    Step,
    cut,
    garbage,
    hang_up,
    refusing_url,
    say,
    server,
    stall,
    status,
    web_page,
    write_with,
)

__all__ = ["server"]


def chat(url: str) -> OpenAIChat:
    return OpenAIChat(
        model="m", base_url=url, api_key="k", context_tokens=16_000, max_retries=0, read_s=5
    )


def fill(request: Request) -> str:
    return Asked.of(request.prompt).reply()


def test_a_table_over_http(world: World, server: ScriptedServer) -> None:
    server.script(write_with(fill))
    table = world.table(chat(server.url), world.papers[:12])
    assert (table.models, table.notices) == (("m",), ())
    assert {cell.status for cell in table.cells.values()} == {"stated"}
    assert table.usage.calls == len(server.requests) == 2
    assert not table.usage.estimated
    schema = server.requests[0].body["response_format"]["json_schema"]["schema"]
    assert schema["properties"]["cells"]["items"]["required"][:2] == ["paper", "column"]


def test_nothing_is_asked_before_the_table_has_begun(world: World, server: ScriptedServer) -> None:
    events = world.events(chat(server.url), world.papers)
    begun = next(events)
    assert isinstance(begun, TableBegun)
    assert begun.estimate.calls == 4
    events.close()  # type: ignore[attr-defined]
    assert server.requests == []


def test_what_came_before_a_reset_counts(world: World, server: ScriptedServer) -> None:
    def broken(handler: Handler) -> None:
        text = fill(server.requests[-1])
        cut(text[: text.index('"paper": 3')])(handler)

    server.script(broken, write_with(fill))
    table = world.table(chat(server.url), world.papers[:4])
    statuses = [[cell and cell.status for cell in row] for row in cells(table)]
    assert statuses == [["stated"] * 2] * 4
    assert len(server.requests) == 2
    assert Asked.of(server.requests[1].prompt).titles == [one.title for one in world.papers[2:4]]


def test_a_stall_costs_its_own_cells(world: World, server: ScriptedServer) -> None:
    server.script(write_with(fill), stall('{"cells": ['))
    model = OpenAIChat(
        model="m", base_url=server.url, api_key="k", context_tokens=16_000, read_s=0.3
    )
    table = world.table(model, world.papers[:10])
    failed = [cell for cell in table.cells.values() if cell.status == "failed"]
    assert len(failed) == 4
    assert all("m" in cell.note for cell in failed)


@pytest.mark.parametrize(
    "step",
    [status(401), status(429, Retry_After="0"), web_page(), garbage(), hang_up(), cut(""), say("")],
    ids=["key", "busy", "page", "garbage", "hang up", "reset", "empty"],
)
def test_where_the_server_fails_quotes_stand(
    world: World, server: ScriptedServer, step: Step
) -> None:
    server.script(step)
    table = world.table(chat(server.url), world.papers[:9])
    assert (table.mode, len(table.cells)) == ("extractive", 18)
    assert table.notices[0].endswith("Quoted sentences stand in its place.")


def test_nobody_there_is_told_with_its_remedy(world: World) -> None:
    table = world.table(chat(refusing_url()), world.papers[:3])
    assert table.mode == "extractive"
    assert "127.0.0.1" in table.notices[0]


def test_closing_it_breaks_off_what_is_under_way(world: World, server: ScriptedServer) -> None:
    def slowly(handler: Handler) -> None:
        say(fill(server.requests[-1]), pause_s=0.02)(handler)

    server.script(slowly)
    events = world.events(chat(server.url), world.papers)
    next(event for event in events if isinstance(event, CellFilled))
    events.close()  # type: ignore[attr-defined]
    assert len(server.requests) == 1
    server.script(write_with(fill))
    table = checked(list(world.events(chat(server.url), world.papers[:8])))
    assert {cell.status for cell in table.cells.values()} == {"stated"}
