"""The routes of the papers view: what they answer, and what they refuse. No browser."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from rag.assistant import Assistant
from rag.catalog import Catalog
from tests.ui.web.browser import served
from tests.ui.web.shelf import corpus, lines, paper, stocked
from ui.web import server
from ui.web.papers import routes

API = "/citewell/api/papers"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return stocked(tmp_path_factory.mktemp("papers"))


@pytest.fixture(scope="module")
def client(assistant: Assistant) -> Iterator[httpx.Client]:
    with (
        served(lambda: server.create_app(assistant)) as where,
        httpx.Client(base_url=where + API, timeout=60) as client,
    ):
        yield client


@pytest.fixture
def own(tmp_path: Path) -> Iterator[tuple[Assistant, httpx.Client]]:
    """A corpus that may be changed."""
    assistant = stocked(tmp_path / "own", corpus(8))
    with (
        served(lambda: server.create_app(assistant)) as where,
        httpx.Client(base_url=where + API, timeout=60) as client,
    ):
        yield assistant, client


def post(client: httpx.Client, path: str, **asked: object) -> Any:
    answer = client.post(path, json=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_pages_hold_all_papers_once(client: httpx.Client) -> None:
    first = post(client, "/list")
    assert (first["total"], first["papers"], len(first["rows"])) == (65, 65, routes.PAGE)
    second = post(client, "/list", offset=routes.PAGE)
    ids = [row["id"] for row in (*first["rows"], *second["rows"])]
    assert sorted(ids) == sorted(post(client, "/ids")["ids"])
    assert len(set(ids)) == 65


@pytest.mark.parametrize(
    ("asked", "holds"),
    [
        ({"words": "violin"}, lambda row: "violin" in row["title"]),
        ({"words": "VIOL mak"}, lambda row: "violin" in row["title"]),
        ({"source": "page-b.txt"}, lambda row: row["sources"] == ["page-b.txt"]),
        ({"upvotes_min": 20}, lambda row: (row["upvotes"] or 0) >= 20),
        (
            {"date_from": "2025-03-01", "date_to": "2025-04-30"},
            lambda row: (row["published"] or "") in ("2025-04-11", "2025-03-11"),
        ),
        ({"dated": False}, lambda row: row["published"] is None),
        ({"words": "violin", "dated": True}, lambda row: "violin" in row["title"]),
    ],
)
def test_filters_keep_what_they_say_and_lose_nothing(
    client: httpx.Client, asked: dict[str, Any], holds: Any
) -> None:
    everything = [*post(client, "/list")["rows"], *post(client, "/list", offset=50)["rows"]]
    found = post(client, "/list", **asked)
    assert found["rows"] and all(holds(row) for row in found["rows"])
    expected = [row["id"] for row in everything if holds(row)]
    if asked.get("dated"):
        expected = [r["id"] for r in everything if holds(r) and r["published"]]
    assert sorted(expected) == sorted(post(client, "/ids", **asked)["ids"])
    assert found["total"] == len(expected)


@pytest.mark.parametrize(("sort", "key"), [("date", "published"), ("upvotes", "upvotes")])
def test_what_has_no_value_stands_last_either_way(
    client: httpx.Client, sort: str, key: str
) -> None:
    for descending in (False, True):
        rows = post(client, "/list", sort=sort, descending=descending)["rows"]
        values = [row[key] for row in rows]
        known = [value for value in values if value is not None]
        assert known == sorted(known, reverse=descending)
        assert all(value is None for value in values[len(known) :])


def test_meaning_ranks_as_the_assistant_does(client: httpx.Client, assistant: Assistant) -> None:
    question = "how is bread fermented?"
    ranked = [paper_id for paper_id, _ in assistant.rank(question)]
    found = post(client, "/list", ranked=question)
    assert [row["id"] for row in found["rows"]] == ranked[: routes.PAGE]
    dated = post(client, "/ids", ranked=question, dated=True)["ids"]
    assert dated == [i for i in ranked[: routes.RANKED] if i in dated] and dated


def test_a_selection_can_be_listed(client: httpx.Client) -> None:
    chosen = post(client, "/ids", words="violin")["ids"][:3]
    assert sorted(post(client, "/ids", among=[*chosen, "unknown"])["ids"]) == sorted(chosen)
    assert post(client, "/ids", among=[])["ids"] == []


def test_a_paper_with_its_nearest(client: httpx.Client, assistant: Assistant) -> None:
    wanted = post(client, "/ids", words="turbines")["ids"][0]
    found = client.get("/paper", params={"id": wanted}).json()
    assert found["places"] and found["abstract"].startswith("We look at tidal turbines")
    indexes = assistant.shelf.indexes()
    vectors = np.asarray(indexes.paper_vectors)
    cosines = vectors @ vectors[indexes.row_of[wanted]]
    best = sorted((-float(c), indexes.paper_ids[row]) for row, c in enumerate(cosines))
    told = [(n["cosine"], n["id"]) for n in found["nearest"]]
    assert wanted not in [i for _, i in told]
    expected = [round(-c, 3) for c, i in best if i != wanted][: len(told)]
    assert [c for c, _ in told] == pytest.approx(expected, abs=0.0011)


def test_what_is_not_there_is_told(client: httpx.Client) -> None:
    answer = client.get("/paper", params={"id": "<script>"})
    assert answer.status_code == 404 and "No paper has the id" in answer.json()["error"]
    for asked in (
        {"offset": -1},
        {"sort": "luck"},
        {"date_from": "yesterday"},
        {"words": "x" * 501},
    ):
        refused = client.post("/list", json=asked)
        assert refused.status_code == 400 and refused.json()["error"]


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.test"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_other_sites_are_refused(client: httpx.Client, headers: dict[str, str]) -> None:
    for path in ("/preview", "/add", "/list", "/discard"):
        assert client.post(path, json={}, headers=headers).status_code == 403
    for path in ("/facts", "/map", "/progress"):
        assert client.get(path, headers=headers).status_code == 403


def test_each_route_has_its_own_limit(client: httpx.Client) -> None:
    much = b"x" * (server.MAX_BODY + 1)
    assert client.post("/add", content=much).status_code == 413
    assert client.post("/list", content=much).status_code != 413
    most = server.LARGER[f"{API}/preview"]
    under = client.post("/preview", files=[("files", ("n.txt", b"x" * (most // 2)))])
    assert under.status_code == 200
    over = client.post("/preview", files=[("files", ("n.txt", b"x" * most))])
    assert over.status_code == 413


def drawn(client: httpx.Client) -> Any:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        told = client.get("/map").json()
        assert "error" not in told, told
        if "ids" in told:
            return told
        assert told["papers"] == 65
        time.sleep(0.3)
    raise AssertionError("no map")


def test_the_map_places_every_paper_and_its_groups_filter(client: httpx.Client) -> None:
    told = drawn(client)
    assert len(told["ids"]) == 65 and len(told["places"]) == 130
    assert all(0 <= place <= 1 for place in told["places"])
    names = [label["text"] for label in told["labels"]]
    assert len(set(names)) == len(names) and sum(g["papers"] for g in told["labels"]) == 65
    for group, label in enumerate(told["labels"]):
        ids = post(client, "/ids", cluster=group)["ids"]
        assert len(ids) == label["papers"]


def test_adding_writes_what_was_shown_and_only_then(
    own: tuple[Assistant, httpx.Client],
) -> None:
    assistant, client = own
    known = assistant.shelf.catalog.papers()[0]
    fresh = [paper(100), paper(101)]
    dated = paper(1, published="2024-02-03")
    files = [
        ("files", ("one.jsonl", lines(*fresh, dated) + b"{broken\n")),
        ("files", ("../../two.jsonl", lines(fresh[0]))),
        ("files", ("picture.png", b"\x89PNG")),
    ]
    before = len(assistant.shelf.catalog)
    told = client.post("/preview", files=files).json()
    one, two, picture = told["files"]
    assert (one["new"], one["updated"], one["problems"][0]["line"]) == (2, 1, 4)
    assert (two["name"], two["new"], two["records"]) == ("two.jsonl", 0, 1)
    assert picture["new"] == 0 and "format" in picture["problems"][0]["message"]
    assert len(assistant.shelf.catalog) == before and not assistant.shelf.catalog.unfinished

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
    other = Catalog(assistant.shelf.catalog.folder)
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


def test_an_empty_corpus_has_an_empty_list(tmp_path: Path) -> None:
    with (
        served(lambda: server.create_app(stocked(tmp_path / "empty", []))) as where,
        httpx.Client(base_url=where + API, timeout=60) as client,
    ):
        assert post(client, "/list") == {
            "papers": 0, "total": 0, "offset": 0, "page": routes.PAGE, "rows": [],
        }  # fmt: skip
        assert client.get("/facts").json()["months"] == []
