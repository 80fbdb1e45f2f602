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
from tests.browser import served
from tests.ui.web.papers_api import API, post
from tests.ui.web.small_corpus import stocked
from ui.web import server
from ui.web.papers import routes
from ui.web.papers.asked import RANKED


@pytest.fixture(scope="module")
def client(assistant: Assistant) -> Iterator[httpx.Client]:
    with (
        served(lambda: server.create_app(assistant)) as where,
        httpx.Client(base_url=where + API, timeout=60) as client,
    ):
        yield client


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
    assert dated == [i for i in ranked[:RANKED] if i in dated] and dated


def test_a_selection_can_be_listed(client: httpx.Client) -> None:
    chosen = post(client, "/ids", words="violin")["ids"][:3]
    assert sorted(post(client, "/ids", among=[*chosen, "unknown"])["ids"]) == sorted(chosen)
    assert post(client, "/ids", among=[])["ids"] == []


def test_a_paper_with_its_nearest(client: httpx.Client, assistant: Assistant) -> None:
    wanted = post(client, "/ids", words="turbines")["ids"][0]
    found = client.get("/paper", params={"id": wanted}).json()
    assert found["places"] and found["abstract"].startswith("We look at tidal turbines")
    indexes = assistant.index_manager.indexes()
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
        {"date_from": "2025-02-30"},
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


def test_an_empty_corpus_has_an_empty_list(tmp_path: Path) -> None:
    with (
        served(lambda: server.create_app(stocked(tmp_path / "empty", []))) as where,
        httpx.Client(base_url=where + API, timeout=60) as client,
    ):
        assert post(client, "/list") == {
            "papers": 0, "total": 0, "offset": 0, "page": routes.PAGE, "rows": [],
        }  # fmt: skip
        assert client.get("/facts").json()["months"] == []
