"""Nobody reads or changes what is somebody else's: two people, an admin and a stranger at every
route that there is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from rag.config import Config
from tests.browser import served
from tests.ui.access.strangers import PREDICT, Browser, routes
from tests.ui.access.world import API, World, settle
from tests.ui.web.scripted import Scripted
from tests.ui.web.small_corpus import corpus, stocked
from ui.access import store
from ui.access.page_door import OPEN
from ui.access.people import People
from ui.access.tokens import Tokens
from ui.api import app as api
from ui.web import server as page
from ui.web.chat.conversations import digest

WORDS = "four unrelated words here"
MEMBERS_MAY = {
    *(f"{API}/papers/{name}" for name in ("list", "ids")),
    *(f"{API}/tables{rest}" for rest in ("", "/{table_id}/fill", "/{table_id}/stop")),
    *(f"{API}/tables/{{table_id}}/{name}" for name in ("change", "delete")),
    *(f"{API}/searches{rest}" for rest in ("", "/{search_id}/open")),
    *(f"{API}/searches/{{search_id}}/{name}" for name in ("rename", "delete")),
    *(f"{API}/{name}" for name in ("judging", "marks", "notes/papers")),
}
"""What is posted by people who are no admins. What is not in here needs one: whoever adds a route
decides."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("people")
    assistant = stocked(folder, corpus(12))
    base = store.opened(folder)
    for name in ("ada", "bert", "carla"):
        People(base).add(name, role="admin" if name == "carla" else "member", password=WORDS)
    found: list[tuple[str, str]] = []

    def made() -> Any:
        app = page.create_app(assistant)
        found.extend(routes(app.routes))
        return app

    with served(made) as where:
        world = World(folder=folder, where=where, routes=found)
        world.owner = digest(People(base).get("ada").owner) or ""
        for name in ("ada", "bert", "carla"):
            world.people[name] = Browser(where)
            world.people[name].login(name, WORDS)
        settle(world)
        yield world
        for browser in world.people.values():
            browser.close()
    base.close()


def test_every_route_is_closed_to_whoever_has_not_logged_in(world: World) -> None:
    with closing(Browser(world.where)) as nobody:
        for method, path, query, body in world.requests():
            status, text = nobody.send(method, path, query, body)
            assert "XYZZY" not in text, path
            if path not in OPEN:
                is_led = path == "/" and status == 303
                assert status in (401, 404, 405) or is_led, (method, path, status)
                assert len(text) < 500, path


def test_nobody_reads_or_changes_what_is_somebody_elses(world: World) -> None:
    before = world.kept()
    for_admins = {f"{API}/settings{rest}" for rest in ("", "/test", "/rebuild")}
    for name in ("bert", "carla"):
        browser = world.people[name]
        for method, path, query, body in world.requests():
            if path.startswith("/citewell/log"):
                continue
            if name == "carla" and method == "POST" and path in for_admins:
                continue  # what she may do, to nothing of Ada's
            _, text = browser.send(method, path, query, body)
            assert "XYZZY" not in text, (name, method, path)
    after = world.kept()
    for kind in before:
        assert after[kind] == before[kind], kind


def test_what_is_for_admins_is_refused_to_others(world: World) -> None:
    posted = {route for method, route in world.routes if method == "POST"}
    for_admins = {one for one in posted if one.startswith(API)} - MEMBERS_MAY
    assert len(for_admins) > 8
    for route in sorted(for_admins):
        body = world.body(route)
        status, text = world.people["bert"].send("POST", world.fill(route), {}, body)
        assert status == 403 and "bert" in text and "admin" in text, (route, status, text)
    bert, carla = world.people["bert"].client, world.people["carla"].client
    for path, told in (("settings", "may_change"), ("evaluation", "may_change")):
        assert bert.get(f"{API}/{path}").json()[told] is False
        assert carla.get(f"{API}/{path}").json()[told] is True
    assert [c.get(f"{API}/papers/facts").json()["adding"] for c in (bert, carla)] == [False, True]
    assert bert.get(f"{API}/settings").json()["file"] == ""
    assert carla.post(f"{API}/papers/discard", json={"token": "none"}).status_code == 200


def test_a_token_opens_nothing_of_the_page_and_shows_nothing_of_others(world: World) -> None:
    base = store.opened(world.folder)
    token = Tokens(base).add("berts", account=People(base).get("bert"), seconds=None)
    base.close()
    bearer = {"Authorization": f"Bearer {token}"}
    assert httpx.get(f"{world.where}{API}/marks", headers=bearer).status_code == 401
    found: list[tuple[str, str]] = []

    def made() -> Any:
        app = api.create_app(stocked(world.folder, []))
        found.extend(routes(app.routes))
        return app

    with served(made) as where:
        for method, route in found:
            path = world.fill(route)
            for headers in ({}, bearer):
                with httpx.Client(base_url=where, headers=headers, timeout=60) as client:
                    if path == "/mcp" and method == "GET" and headers:
                        continue  # a stream of nothing
                    reply = client.request(method, path, json=world.asked(private=False))
                assert (reply.status_code == 401) == (not headers), (method, path)
                assert "XYZZY" not in reply.text, path


def test_ada_sees_all_of_it_by_the_same_requests(world: World) -> None:
    """Last: what these requests would show and change, if they were let."""
    ada, shown = world.people["ada"], set()
    before = world.kept()
    for method, path, query, body in world.requests():
        if not path.startswith(("/citewell/log", "/gradio_api/queue", "/gradio_api/heartbeat")):
            _, text = ada.send(method, path, query, body)
            shown |= {path} if "XYZZY" in text else set()
    told = world.fill(f"{API}/tables/{{table_id}}")
    wanted = {
        *(f"{API}/{name}" for name in ("marks", "marks/paper", "searches", "tables")),
        *(f"{API}/evaluation/drafts", f"{API}/notes/papers"),
        *(told, f"{told}/fill", PREDICT),
        world.fill(f"{API}/notes/conversations/{{conversation}}"),
        world.fill(f"{API}/notes/conversations/{{conversation}}", private=True),
        world.fill(f"{API}/searches/{{search_id}}/open"),
    }
    assert wanted <= shown, wanted - shown
    after = world.kept()
    assert {kind for kind in before if before[kind] != after[kind]} >= {
        *("conversations", "tables", "marks", "searches", "turns", "judgements")
    }


def test_nobody_stops_or_hears_the_answer_of_somebody_else(tmp_path: Path) -> None:
    scripted = Scripted(config=Config(data_dir=tmp_path), pace=0)
    base = store.opened(tmp_path)
    for name in ("ada", "bert"):
        People(base).add(name, password=WORDS)
    with (
        served(lambda: page.create_app(scripted)) as where,
        closing(Browser(where)) as ada,
        closing(Browser(where)) as bert,
    ):
        ada.login("ada", WORDS)
        bert.login("bert", WORDS)
        event = ada.join("ask", "ada-page", question="stuck")
        gone = {"session_hash": "ada-page", "event_id": event, "fn_index": ada.events["ask"]}
        assert bert.client.post("/gradio_api/cancel", json=gone).status_code == 200
        bert.client.post(PREDICT, json=bert.body("stop", "ada-page"))
        _, heard = bert.send("GET", "/gradio_api/queue/data", {"session_hash": "ada-page"}, None)
        assert "stuck" not in heard and "STEER" not in heard
        scripted.released.set()
        told = ada.listen("ada-page")
        assert "The answer is ready" in told
    base.close()
