"""The Settings view: over HTTP, and in a real Chromium."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.browser import Visitor, served
from tests.scripted_server import (
    ScriptedServer,
    quote_evidence,
    refusing_url,
    say,
    status,
    write_with,
)
from tests.scripted_server import server as server  # noqa: PLC0414 - a fixture
from tests.ui.web.contrast import low_contrast
from tests.ui.web.world import small
from ui.settings import Settings
from ui.web.current_assistant import CurrentAssistant
from ui.web.server import create_app

Visit = Callable[..., Visitor]
KEY = "sk-test-9876543210-secret"
API = "/citewell/api/settings"


@pytest.fixture
def where(tmp_path: Path) -> Iterator[str]:
    assistant = small(tmp_path / "data")
    held = Settings(tmp_path / "data", environ={})
    with served(lambda: create_app(assistant, settings=held)) as address:
        yield address


@pytest.fixture
def client(where: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=where, timeout=60) as client:
        yield client


def test_a_model_is_used_from_the_next_question_on(
    where: str, server: ScriptedServer, visit: Visit
) -> None:
    server.models = ["tiny", "large"]
    server.script(write_with(quote_evidence))
    visitor = visit(where)
    page = visitor.page
    visitor.ask("which papers propose a method for robots?")
    assert "Quoted sentences, no model" in visitor.text("status")
    page.get_by_role("link", name="Settings").click()
    page.get_by_label("Address").fill(server.url)
    page.get_by_label("Key").fill(KEY)
    page.get_by_role("button", name="Test the connection").click()
    page.get_by_text("answers and has 2 models").wait_for()
    page.get_by_label("Model", exact=True).fill("tiny")
    page.get_by_role("button", name="Test the connection").click()
    page.get_by_text("answers and has tiny").wait_for()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("The next question is answered with these settings").wait_for()
    assert "127.0.0.1" in page.inner_text("[data-slot=leaves]")
    assert page.get_by_label("Key").input_value() == ""
    visitor.picture("settings")
    page.get_by_role("link", name="Chat").click()
    page.get_by_label("Written by tiny").wait_for()
    assert page.get_by_label("Written by tiny").is_checked()
    assert "127.0.0.1" in page.inner_text(".cw-head")
    visitor.ask("which papers propose a method for graphs?")
    assert "Written by" in visitor.text("status")
    assert KEY not in page.content()
    asked = [r for r in server.requests if "chat" in r.path]
    assert asked[-1].headers["Authorization"] == f"Bearer {KEY}"


def test_a_page_that_is_loaded_later_says_where_questions_go_now(
    where: str, client: httpx.Client, visit: Visit
) -> None:
    before = visit(where).page
    assert "Nothing leaves this machine" in before.inner_text(".cw-head")
    saved = {"base_url": "http://models.example/v1", "model": "far", "mode": "llm"}
    assert client.post(API, json=saved).status_code == 200
    other = visit(where).page
    before.reload()
    for page in (before, other):
        page.wait_for_selector(".cw-hello")
        assert "models.example" in page.inner_text(".cw-head")
        assert "Nothing leaves" not in page.inner_text(".cw-leaves:visible")
        assert page.get_by_label("Written by far").is_checked()
        assert "not here" not in page.inner_text(".cw-intro")


def test_the_key_goes_in_and_never_comes_out(
    client: httpx.Client, server: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.script(status(401, f"wrong key {KEY}"))
    saved = client.post(API, json={"base_url": server.url, "model": "m", "api_key": KEY})
    assert saved.status_code == 200
    tested = client.post(f"{API}/test", json={})
    refused = client.post(API, json={"api_key": f"{KEY} with spaces"})
    assert refused.status_code == 400
    texts = [saved.text, tested.text, refused.text, client.get(API).text, client.get("/").text]
    texts += [client.get(f"{API}/index").text, client.get("/config").text, caplog.text]
    for text in texts:
        assert KEY not in text
    assert client.get(API).json()["fields"]["api_key"] == {
        "is_set": True, "origin": "file", "set_by": "", "fixed_by": "",
    }  # fmt: skip


def test_a_test_takes_the_old_key_to_no_new_address(
    client: httpx.Client, server: ScriptedServer
) -> None:
    client.post(API, json={"base_url": refusing_url(), "model": "m", "api_key": KEY})
    server.models = ["m"]
    assert client.post(f"{API}/test", json={"base_url": server.url}).json()["ok"]
    assert KEY not in json.dumps([dict(r.headers) for r in server.requests])


@pytest.mark.parametrize(
    ("listed", "model", "ok", "says"),
    [
        (["m", "n"], "m", True, "has m"),
        (["m:latest"], "m", True, "has m"),
        (["n"], "m", False, "has no model m. It has n."),
        ([], "", False, "no model"),
        (None, "m", True, "m writes"),
    ],
)
def test_the_connection_is_tested_in_words(
    client: httpx.Client,
    server: ScriptedServer,
    listed: list[str] | None,
    model: str,
    ok: bool,
    says: str,
) -> None:
    server.models = listed
    server.script(say("ready"))
    found = client.post(f"{API}/test", json={"base_url": server.url, "model": model}).json()
    assert found["ok"] is ok
    assert says in found["says"]


def test_a_server_that_is_not_there_is_told(client: httpx.Client) -> None:
    found = client.post(f"{API}/test", json={"base_url": refusing_url(), "model": "m"}).json()
    assert not found["ok"]
    assert "cannot be reached" in found["says"]
    assert client.post(f"{API}/test", json={}).status_code == 400


def test_a_file_that_is_not_there_is_told(client: httpx.Client, tmp_path: Path) -> None:
    found = client.post(f"{API}/test", json={"model": str(tmp_path / "none.gguf")}).json()
    assert not found["ok"]
    assert "none.gguf cannot be read" in found["says"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"context_tokens": "much"}, "The context takes a whole number from 1 to 10,000,000."),
        ({"context_tokens": "0"}, "The context takes a whole number from 1 to 10,000,000."),
        ({"price_prompt": "-1"}, "The price of reading takes a number from 0 up"),
    ],
)
def test_what_a_field_takes_is_told_in_its_own_words(
    client: httpx.Client, changes: dict[str, str], told: str
) -> None:
    answered = client.post(API, json=changes)
    assert answered.status_code == 400
    assert answered.json()["error"].startswith(told)


def test_an_answer_on_its_way_ends_with_the_model_it_began_with(
    where: str, client: httpx.Client, server: ScriptedServer, visit: Visit
) -> None:
    server.script(lambda h: say(quote_evidence(h.scripted.requests[-1]), pause_s=0.05)(h))
    client.post(API, json={"base_url": server.url, "model": "m"})
    visitor = visit(where)
    visitor.ask("which papers propose a method for robots?", until="writing")
    assert client.post(API, json={"mode": "extractive"}).status_code == 200
    visitor.wait("done")
    assert "Written by" in visitor.text("status")
    visitor.page.get_by_role("button", name="New conversation").click()
    visitor.page.wait_for_selector(".cw-hello")
    visitor.ask("which papers propose a method for robots?")
    assert "Quoted sentences, no model" in visitor.text("status")


def test_the_embedder_stays_whatever_the_file_says_by_now(tmp_path: Path) -> None:
    before = small(tmp_path)
    assistant = CurrentAssistant(before)
    other = replace(before.config, embed_model="other", context_tokens=9000)
    assistant.settle(other)
    assert assistant.embedder is before.embedder
    assert assistant.index_manager is before.index_manager
    assert (assistant.config.embed_model, assistant.config.context_tokens) == (None, 9000)


@pytest.mark.parametrize("body", ["[]", "no", '{"model": ["x"]}', '{"model": {}}'])
def test_what_is_no_change_is_refused(client: httpx.Client, body: str) -> None:
    answer = client.post(API, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)


@pytest.mark.parametrize("path", ["", "/test", "/rebuild"])
def test_another_site_changes_nothing(client: httpx.Client, path: str) -> None:
    for headers in ({"Origin": "http://evil.test"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = client.post(f"{API}{path}", json={"model": "evil"}, headers=headers)
        assert answer.status_code == 403
    assert client.get(API).json()["fields"]["model"]["value"] is None


def test_from_other_machines_settings_are_only_shown(tmp_path: Path, visit: Visit) -> None:
    assistant = small(tmp_path / "data")
    with served(lambda: create_app(assistant, local=False)) as address:
        with httpx.Client(base_url=address) as client:
            for path in ("", "/test", "/rebuild"):
                assert client.post(f"{API}{path}", json={"model": "x"}).status_code == 403
            assert str(tmp_path) not in client.get(API).text + client.get(f"{API}/index").text
        visitor = visit(address)
        visitor.page.get_by_role("link", name="Settings").click()
        visitor.page.get_by_text("so it only shows them").wait_for()
        assert not visitor.page.get_by_role("button", name="Save").is_visible()
        assert not visitor.page.get_by_label("Address").is_editable()


def test_what_comes_from_the_environment_is_named_and_read_only(
    tmp_path: Path, visit: Visit
) -> None:
    held = Settings(tmp_path / "data", environ={"CITEWELL_CONTEXT_TOKENS": "4096"})
    assistant = small(tmp_path / "data", context_tokens=4096)
    with served(lambda: create_app(assistant, settings=held)) as address:
        visitor = visit(f"{address}/#/settings", at=".cw-settings")
        field = visitor.page.get_by_label("Context, in tokens")
        assert not field.is_editable()
        assert field.input_value() == "4096"
        assert "CITEWELL_CONTEXT_TOKENS" in visitor.page.inner_text("[data-field=context_tokens]")


def test_indexes_are_shown_and_rebuilt(where: str, visit: Visit, tmp_path: Path) -> None:
    visitor = visit(f"{where}/#/settings", at=".cw-settings")
    page = visitor.page
    page.get_by_text("sound (30 passages").wait_for()
    before = {path.name for path in (tmp_path / "data" / "index").iterdir()}
    page.get_by_role("button", name="Rebuild the indexes").click()
    page.get_by_text("The indexes of 30 papers are new.").wait_for()
    assert {path.name for path in (tmp_path / "data" / "index").iterdir()} != before
    page.get_by_role("link", name="Chat").click()
    visitor.ask("which papers propose a method for robots?")
    assert visitor.page.locator(".cw-card").count()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_and_small_screens(where: str, visit: Visit, scheme: str) -> None:
    visitor = visit(
        f"{where}/#/settings",
        at=".cw-settings",
        viewport={"width": 390, "height": 844},
        color_scheme=scheme,
    )
    visitor.page.get_by_text("sound (30 passages").wait_for()
    visitor.page.get_by_role("button", name="Test the connection").click()
    visitor.page.get_by_text("Name a server or a model first").wait_for()
    assert low_contrast(visitor, "#citewell-settings") == []
    visitor.picture(f"settings-{scheme}")
    visitor.faults.clear()  # the browser notes the 400
