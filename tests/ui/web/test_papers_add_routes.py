"""The routes that add papers: what is previewed, written and refused. No browser."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from rag.assistant import Assistant
from rag.storage.catalog import Catalog
from tests.browser import served
from tests.ui.web.papers_api import API, post
from tests.ui.web.small_corpus import corpus, lines, paper, stocked
from ui.web import server


@pytest.fixture
def own(tmp_path: Path) -> Iterator[tuple[Assistant, httpx.Client]]:
    """A corpus that may be changed."""
    assistant = stocked(tmp_path / "own", corpus(8))
    with (
        served(lambda: server.create_app(assistant)) as where,
        httpx.Client(base_url=where + API, timeout=60) as client,
    ):
        yield assistant, client


def test_adding_writes_what_was_shown_and_only_then(
    own: tuple[Assistant, httpx.Client],
) -> None:
    assistant, client = own
    known = assistant.index_manager.catalog.papers()[0]
    fresh = [paper(100), paper(101)]
    dated = paper(1, published="2024-02-03")
    files = [
        ("files", ("one.jsonl", lines(*fresh, dated) + b"{broken\n")),
        ("files", ("../../two.jsonl", lines(fresh[0]))),
        ("files", ("picture.png", b"\x89PNG")),
    ]
    before = len(assistant.index_manager.catalog)
    told = client.post("/preview", files=files).json()
    one, two, picture = told["files"]
    assert (one["new"], one["updated"], one["problems"][0]["line"]) == (2, 1, 4)
    assert (two["name"], two["new"], two["records"]) == ("two.jsonl", 0, 1)
    assert picture["new"] == 0 and "format" in picture["problems"][0]["message"]
    assert (
        len(assistant.index_manager.catalog) == before
        and not assistant.index_manager.catalog.unfinished
    )

    post(client, "/add", token=told["token"])
    done = finished(client)
    assert done["state"] == "done" and done["rejected"] == 2
    assert (done["summary"]["new"], done["summary"]["updated"]) == (2, 1)
    assert done["papers"] == before + 2 == post(client, "/list")["papers"]
    assert post(client, "/list", words="number 101")["total"] == 1
    answer = assistant.ask("what about tidal turbines, glaciers melting, number 101?")
    assert fresh[1].title in answer.text or answer.papers
    assert known.paper_id in post(client, "/ids")["ids"]
    assert client.post("/add", json={"token": told["token"]}).status_code >= 400  # once


def finished(client: httpx.Client) -> Any:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        told = client.get("/progress").json()
        if told["state"] in ("done", "failed"):
            return told
        time.sleep(0.1)
    raise AssertionError("still adding")


def test_another_writer_is_told_and_nothing_is_lost(
    own: tuple[Assistant, httpx.Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant, client = own
    told = client.post("/preview", files=[("files", ("n.jsonl", lines(paper(200))))]).json()
    other = Catalog(assistant.index_manager.catalog.folder)
    monkeypatch.setattr(Catalog.lock, "__defaults__", (0.2,))
    with other.lock():
        post(client, "/add", token=told["token"])
        done = finished(client)
    assert done["state"] == "failed" and "Another Citewell process" in done["error"]
    assert post(client, "/list", words="number 200")["total"] == 0


def test_a_full_disk_is_told(
    own: tuple[Assistant, httpx.Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    import sqlite3

    _, client = own
    told = client.post("/preview", files=[("files", ("n.jsonl", lines(paper(201))))]).json()

    def full(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(Catalog, "put", full)
    post(client, "/add", token=told["token"])
    done = finished(client)
    assert done["state"] == "failed" and "disk is full" in done["error"]
    assert "free space" in done["error"]


def test_a_preview_can_be_discarded(own: tuple[Assistant, httpx.Client]) -> None:
    _, client = own
    told = client.post("/preview", files=[("files", ("n.jsonl", lines(paper(300))))]).json()
    post(client, "/discard", token=told["token"])
    refused = client.post("/add", json={"token": told["token"]})
    assert refused.status_code == 500 and "Choose the files again" in refused.json()["error"]


def test_a_year_is_given_to_dates_that_state_none(own: tuple[Assistant, httpx.Client]) -> None:
    _, client = own
    page = "Snow on roofs\n\nWe weigh snow on roofs in winter.\n\n  • 2 authors\n\n·\n\nMay 30\n\n"
    page += "Rain on roofs\n\nWe weigh rain on roofs in spring.\n\n  • 3 authors\n\n·\n\nMay 31\n"
    files = [("files", ("daily.txt", ("Daily Papers\n\n" + page).encode()))]
    without = client.post("/preview", files=files).json()["files"][0]
    assert any("--year" in problem["remedy"] for problem in without["problems"])
    told = client.post("/preview", files=files, data={"year": "2024"}).json()["files"][0]
    assert told["new"] == 2 and not told["problems"]
    wrong = client.post("/preview", files=files, data={"year": "3"})
    assert wrong.status_code == 400 and "not a year" in wrong.json()["error"]


def test_beyond_this_machine_nothing_is_added(assistant: Assistant) -> None:
    with (
        served(lambda: server.create_app(assistant, local=False)) as where,
        httpx.Client(base_url=where + API, timeout=60) as client,
    ):
        assert client.get("/facts").json()["adding"] is False
        for path, sent in (
            ("/preview", {"files": [("files", ("n.jsonl", lines(paper(400))))]}),
            ("/add", {"json": {"token": "x"}}),
        ):
            refused = client.post(path, **sent)  # type: ignore[arg-type]
            assert refused.status_code == 403 and "citewell ingest" in refused.json()["error"]
