"""Requests that no page of ours sends: each is answered with a sentence, and nothing is harmed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.browser import served
from tests.ui.web.scripted import Scripted
from tests.ui.web.small_corpus import corpus, stocked
from ui.web.chat.conversations import Conversations
from ui.web.chat.turn import ChatTurn
from ui.web.server import create_app

API = "/citewell/api"
NAMES = ["", "\0", "..", "../catalog", "/etc/passwd", "a" * 5000, "<b>", "a/b", ".", "%00"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile")


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[httpx.Client]:
    assistant = stocked(folder, corpus(12))
    (folder / "runs").mkdir()
    (folder / "kept.json").write_text("{}")
    with (
        served(lambda: create_app(assistant)) as where,
        httpx.Client(base_url=where, timeout=60) as client,
    ):
        client.get("/")
        yield client


@pytest.mark.parametrize("name", NAMES, ids=repr)
def test_a_name_is_no_path(client: httpx.Client, folder: Path, name: str) -> None:
    before = sorted(path.name for path in folder.iterdir())
    answers = [
        client.get(f"{API}/evaluation/figures", params={"run": name}),
        client.get(f"{API}/evaluation/report", params={"run": name}),
        client.post(f"{API}/evaluation/forget", json={"run": name}),
        client.post(f"{API}/evaluation/forget", json={"run": f"../{name}kept"}),
        client.post(f"{API}/evaluation/forget", json={"set": name}),
        client.post(f"{API}/evaluation/start", json={"set": name}),
        client.post(f"{API}/evaluation/start", json={"resume": name}),
    ]
    assert all(answer.status_code in (200, 400) for answer in answers)
    assert all("error" in answer.json() for answer in answers if answer.status_code == 400)
    assert sorted(path.name for path in folder.iterdir()) == before


def test_more_runs_than_can_be_compared_are_not_cut_silently(client: httpx.Client) -> None:
    answer = client.get(f"{API}/evaluation/figures", params={"run": list("abcdefg")})
    assert answer.status_code == 400
    assert (
        answer.json()["error"] == "7 runs are asked for; 6 can be compared at a time. Choose fewer."
    )


def test_a_search_of_very_many_words_is_cut(tmp_path: Path) -> None:
    kept = Conversations(tmp_path)
    kept.keep("secret", "c1", [ChatTurn(id="e1", question="a needle")])
    assert len(kept.entries("secret", "needle " * 30_000)) == 1
    kept.close()


def test_nobody_reads_or_takes_over_another_visitors_conversation(tmp_path: Path) -> None:
    """By any event of the page: opening, asking in it, renaming, deleting, judging, exporting."""
    from rag.config import Config

    scripted = Scripted(config=Config(data_dir=tmp_path), pace=0)
    kept = Conversations(tmp_path)
    kept.keep("the owner's own secret", "c1", [ChatTurn(id="e1", question="a private matter")])
    with (
        served(lambda: create_app(scripted)) as where,
        httpx.Client(base_url=where, timeout=60) as other,
    ):
        other.get("/")
        told = other.get("/config").json()["dependencies"]
        events = {each["targets"][0][1]: each["id"] for each in told}

        def send(event: str, **data: object) -> str:
            given = {
                "data": [None],
                "fn_index": events[event],
                "session_hash": "another",
                "trigger_id": 1,
                "event_data": data,
            }
            return other.post("/gradio_api/run/predict", json=given).text

        for event in ("open", "list", "rename", "forget"):
            for private in (False, True):
                said = send(event, conversation="c1", title="taken", words="", private=private)
                assert "a private matter" not in said
        send("open", conversation="c1")
        judged = other.post(
            f"{API}/judging", json={"conversation": "c1", "turn": "e1", "note": "x"}
        )
        assert judged.status_code == 400
        for part in ("", "e1"):
            shown = other.get(
                f"{API}/notes/conversations/c1", params={"kind": "markdown", "turn": part}
            )
            assert shown.status_code == 404
    assert [entry.title for entry in kept.entries(None)] == ["a private matter"]
    kept.close()
