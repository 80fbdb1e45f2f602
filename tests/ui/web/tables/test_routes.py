"""Tables over HTTP: what is made, changed and kept, and for whom."""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from ingest.dedupe import paper_id
from rag.assistant import Assistant
from rag.config import Config
from rag.errors import ServerUnreachable
from rag.export.tables import TABLE_FORMATS
from tests.browser import served
from tests.rag.table.filling import Asked, FillingModel
from tests.ui.web.chat.test_conversations import answered_turn
from tests.ui.web.small_corpus import corpus, paper, stocked
from ui.web.chat.conversations import Conversations
from ui.web.guard import VISITOR
from ui.web.server import create_app

ANNA, BERT = "anna-has-a-secret-cookie", "bert-has-a-secret-cookie"
IDS = [paper_id(paper(at).title) for at in (3, 1, 2)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tables")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    held = stocked(folder, corpus(8))
    with served(lambda: create_app(held)) as where:
        yield where


@pytest.fixture
def anna(address: str) -> Iterator[httpx.Client]:
    with client(address, ANNA) as found:
        yield found


def client(address: str, owner: str | None) -> httpx.Client:
    cookies = {VISITOR: owner} if owner else {}
    return httpx.Client(base_url=f"{address}/citewell/api/", cookies=cookies, timeout=30)


def made(client: httpx.Client, **asked: Any) -> str:
    reply = client.post("tables", json=asked or {"ids": IDS})
    assert reply.status_code == 200, reply.text
    return str(reply.json()["id"])


def changed(client: httpx.Client, table_id: str, do: str, **asked: Any) -> dict[str, Any]:
    reply = client.post(f"tables/{table_id}/change", json={"do": do, **asked})
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


def finished(client: httpx.Client, table_id: str) -> dict[str, Any]:
    """The table, once nobody fills it any more."""
    for _ in range(600):
        found: dict[str, Any] = client.get(f"tables/{table_id}").json()
        if not found["running"]:
            return found
        time.sleep(0.05)
    raise AssertionError("It is still being filled.")


def cell_of(table: dict[str, Any], paper_id: str, question: str) -> dict[str, Any] | None:
    return next(
        (c for c in table["cells"] if (c["paper"], c["question"]) == (paper_id, question)), None
    )


def test_a_table_of_chosen_papers_is_filled_and_told_bit_by_bit(anna: httpx.Client) -> None:
    table_id = made(anna, ids=IDS, title="Three of them")
    table = finished(anna, table_id)
    assert [row["id"] for row in table["rows"]] == IDS
    assert [column["name"] for column in table["columns"]] == [
        "method", "data sets", "result", "limitation",
    ]  # fmt: skip
    assert len(table["cells"]) == 12 and not table["private"]
    since = anna.get(f"tables/{table_id}/news", params={"since": table["changes"]}).json()
    assert since["cells"] == []
    added = changed(anna, table_id, "add_column", name="  how many\nplaces? ")
    assert added["columns"][-1] == {"name": "how many places?", "question": "how many places?"}
    finished(anna, table_id)
    since = anna.get(f"tables/{table_id}/news", params={"since": table["changes"]}).json()
    assert {c["question"] for c in since["cells"]} == {"how many places?"}
    entry = anna.get("tables").json()["tables"][0]
    assert (entry["title"], entry["papers"], len(entry["columns"])) == ("Three of them", 3, 5)


def test_a_table_of_a_question(anna: httpx.Client) -> None:
    table = finished(anna, made(anna, asked="violin making", most=2))
    assert len(table["rows"]) == 2 and table["title"] == "violin making"
    assert anna.post("tables", json={"asked": " "}).status_code == 400


def test_cells_rest_on_words_of_the_abstract_and_can_be_set_to_others(anna: httpx.Client) -> None:
    table_id = made(anna)
    table = finished(anna, table_id)
    question = table["columns"][0]["question"]
    at = {"paper": IDS[0], "question": question}
    told = anna.get(f"tables/{table_id}/abstract", params=at).json()
    assert len(told["sentences"]) == 3
    third = told["sentences"][2]
    set_ = changed(anna, table_id, "set_cell", **at, start=third["start"], end=third["end"])
    cell = cell_of(set_, **{"paper_id": IDS[0], "question": question})
    assert cell and cell["own"] and cell["text"].startswith("The finding on")
    marked = anna.get(f"tables/{table_id}/abstract", params=at).json()["sentences"]
    assert [all(p["marked"] for p in s["pieces"]) for s in marked] == [False, False, True]
    again = anna.post(f"tables/{table_id}/fill", json={}).json()
    assert cell_of(again, IDS[0], question) == cell  # what the reader has set stays
    silent = changed(anna, table_id, "set_cell", **at)
    assert (cell_of(silent, IDS[0], question) or {})["status"] == "not_stated"
    refused = anna.post(
        f"tables/{table_id}/change", json={"do": "set_cell", **at, "start": 5, "end": 5000}
    )
    assert refused.status_code == 400
    changed(anna, table_id, "clear_cell", **at)
    found = cell_of(finished(anna, table_id), IDS[0], question)
    assert found and not found["own"]


def test_columns_and_rows_are_renamed_and_removed(anna: httpx.Client) -> None:
    table_id = made(anna)
    before = finished(anna, table_id)
    question = before["columns"][0]["question"]
    table = changed(anna, table_id, "rename_column", question=question, name="how")
    assert table["columns"][0] == {"name": "how", "question": question}
    assert (
        anna.post(
            f"tables/{table_id}/change", json={"do": "add_column", "name": "method"}
        ).status_code
        == 400
    )  # it is there, by another name
    table = changed(anna, table_id, "remove_column", question=question)
    assert len(table["columns"]) == 3
    assert all(cell["question"] != question for cell in table["cells"])
    table = changed(anna, table_id, "remove_row", paper=IDS[0])
    assert len(table["rows"]) == 2 and len(table["cells"]) == 6
    changed(anna, table_id, "add_rows", ids=[IDS[0], IDS[1]])
    table = finished(anna, table_id)
    assert [row["id"] for row in table["rows"]] == [IDS[1], IDS[2], IDS[0]]
    assert len(table["cells"]) == 9
    table = changed(anna, table_id, "rename", name="  How\n fish sleep ")
    assert table["title"] == "How fish sleep"
    assert changed(anna, table_id, "rename", name=" ")["title"] == "How fish sleep"


def test_what_was_removed_comes_back_as_it_was(anna: httpx.Client) -> None:
    table_id = made(anna)
    question = finished(anna, table_id)["columns"][1]["question"]
    changed(anna, table_id, "rename_column", question=question, name="how")
    before = changed(anna, table_id, "set_cell", paper=IDS[1], question=question, start=0, end=2)
    assert len(changed(anna, table_id, "remove_row", paper=IDS[1])["cells"]) == 8
    assert len(changed(anna, table_id, "remove_column", question=question)["cells"]) == 6
    assert anna.get("tables").json()["tables"][0]["papers"] == 2
    changed(anna, table_id, "put_back_row", paper=IDS[1])
    after = changed(anna, table_id, "put_back_column", question=question, name="how", at=1)
    for part in ("rows", "columns"):
        assert after[part] == before[part]
    key = lambda cell: (cell["paper"], cell["question"])  # noqa: E731
    assert sorted(after["cells"], key=key) == sorted(before["cells"], key=key)


@pytest.mark.parametrize("kind", TABLE_FORMATS)
def test_exports_are_those_of_the_registry(anna: httpx.Client, kind: str) -> None:
    table_id = made(anna, ids=IDS, title="a/b: c")
    finished(anna, table_id)
    reply = anna.get(f"tables/{table_id}/export", params={"format": kind})
    assert reply.status_code == 200
    assert reply.headers["content-type"].split(";")[0] == TABLE_FORMATS[kind].media_type
    assert f"a-b-c.{TABLE_FORMATS[kind].extension}" in reply.headers["content-disposition"]
    assert anna.get(f"tables/{table_id}/export", params={"format": "doc"}).status_code == 400


def test_nobody_sees_or_changes_what_is_another_s(anna: httpx.Client, address: str) -> None:
    table_id = made(anna)
    before = finished(anna, table_id)
    for owner in (BERT, None):
        with client(address, owner) as other:
            assert table_id not in other.get("tables").text
            for path in ("", "/news?since=-1", "/export?format=csv"):
                assert other.get(f"tables/{table_id}{path}").status_code == 404
            for path, asked in (
                ("change", {"do": "remove_row", "paper": IDS[0]}),
                ("fill", {}), ("stop", {}), ("delete", {}),
            ):  # fmt: skip
                assert other.post(f"tables/{table_id}/{path}", json=asked).status_code == 404
    assert anna.get(f"tables/{table_id}").json() == before
    assert anna.post(f"tables/{table_id}/delete").status_code == 200
    assert anna.get(f"tables/{table_id}").status_code == 404


def test_what_is_private_is_in_memory_alone(anna: httpx.Client, folder: Path, address: str) -> None:
    table_id = made(anna, asked="tidal turbines xylophonic", most=2, private=True)
    assert finished(anna, table_id)["private"]
    with client(address, None) as nobody:  # takes no cookies, so nothing can be kept for it
        own = made(nobody, asked="tidal turbines xylophonic", most=2)
        assert finished(nobody, own)["private"]
        assert nobody.get("tables").json()["tables"] == []
    for file in folder.glob("conversations*"):
        assert b"xylophonic" not in file.read_bytes()


def test_a_table_goes_with_its_conversation(tmp_path: Path) -> None:
    turn = answered_turn("plain")
    assert turn.answer
    turn.answer = replace(turn.answer, papers=tuple(IDS), citations=())
    held = stocked(tmp_path, corpus(8))
    kept = Conversations(tmp_path)
    kept.keep(ANNA, "c1", [turn])
    with served(lambda: create_app(held)) as address, client(address, ANNA) as anna:
        table_id = made(anna, conversation="c1", turn=turn.id)
        table = finished(anna, table_id)
        assert [row["id"] for row in table["rows"]] == IDS
        with client(address, BERT) as bert:
            asked = {"conversation": "c1", "turn": turn.id}
            assert bert.post("tables", json=asked).status_code == 404
        kept.forget(ANNA, "c1")
        assert anna.get(f"tables/{table_id}").status_code == 404
    kept.close()
    rows = sqlite3.connect(tmp_path / "conversations.sqlite3")
    for name in ("tables", "table_rows", "table_cells"):
        assert rows.execute(f"SELECT count(*) FROM {name}").fetchone() == (0,)


def test_tables_outlive_the_server_and_changes_of_the_corpus(tmp_path: Path) -> None:
    held = stocked(tmp_path, corpus(8))
    with served(lambda: create_app(held)) as address, client(address, ANNA) as anna:
        table_id = made(anna)
        before = finished(anna, table_id)
    other = tmp_path / "other"
    gone = {paper(at).title for at in (3, 1)}
    new = paper(3, abstract="All of it is new. Nothing stands where it stood.")
    changed_corpus = stocked(other, [new, *(p for p in corpus(8) if p.title not in gone)])
    for file in tmp_path.glob("conversations.sqlite3*"):
        shutil.copy(file, other)
    with served(lambda: create_app(changed_corpus)) as address, client(address, ANNA) as anna:
        table = finished(anna, table_id)
        assert [row["stale"] for row in table["rows"]] == ["changed", "gone", ""]
        assert table["cells"] == before["cells"]
        changed(anna, table_id, "add_column", name="code")
        filled = {c["paper"] for c in finished(anna, table_id)["cells"] if "code" in c["question"]}
        assert filled == {IDS[2]}
        changed(anna, table_id, "renew_row", paper=IDS[0])
        table = finished(anna, table_id)
        assert [row["stale"] for row in table["rows"]] == ["", "gone", ""]
        told = anna.get(
            f"tables/{table_id}/abstract",
            params={"paper": IDS[0], "question": table["columns"][0]["question"]},
        ).json()
        assert len(told["sentences"]) == 2


def with_model(folder: Path, model: FillingModel, **settings: Any) -> Assistant:
    quoted = stocked(folder, corpus(8))
    return Assistant(
        index_manager=quoted.index_manager,
        embedder=quoted.embedder,
        config=Config(
            data_dir=folder, model="a-model", price_prompt=2.0, price_completion=2.0, **settings
        ),
        model=model,
    )


def test_a_model_is_asked_when_its_estimate_has_been_seen(tmp_path: Path) -> None:
    model = FillingModel()
    held = with_model(tmp_path, model)
    with served(lambda: create_app(held)) as address, client(address, ANNA) as anna:
        table_id = made(anna)
        assert anna.get(f"tables/{table_id}").json()["cells"] == []
        told = anna.post(f"tables/{table_id}/fill", json={}).json()
        assert "call of the model" in told["expected"] and "cost" in told["expected"]
        assert not told["running"] and not model.asked
        anna.post(f"tables/{table_id}/fill", json={"go": True})
        table = finished(anna, table_id)
        assert model.asked and writers(table) == ["scripted"] * 12
        told = anna.post(f"tables/{table_id}/fill", json={}).json()
        assert told["expected"] == ""  # nothing is left to do
        asked = len(model.asked)
        second = made(anna)
        quoted = anna.post(f"tables/{second}/fill", json={"mode": "extractive"}).json()
        assert quoted["expected"] == ""
        assert writers(finished(anna, second)) == [None] * 12 and len(model.asked) == asked
        exported = anna.get(f"tables/{table_id}/export", params={"format": "json"})
        assert json.loads(exported.text)["usage"]["calls"] == asked


def until(is_so: Callable[[], bool]) -> None:
    for _ in range(600):
        if is_so():
            return
        time.sleep(0.05)
    raise AssertionError("it has not come to that")


def writers(table: dict[str, Any]) -> list[str | None]:
    return [cell["model"] for cell in table["cells"]]


def test_each_cell_tells_who_filled_it_after_a_stop(tmp_path: Path) -> None:
    """The second call waits until it is stopped; the rest is quoted then."""
    stopped = threading.Event()

    def answered(asked: Asked) -> str:
        if len(model.asked) > 1:
            stopped.wait(20)
        return asked.reply()

    model = FillingModel(answered)
    held = with_model(tmp_path, model, read_papers=1, thorough_calls=1)
    with served(lambda: create_app(held)) as address, client(address, ANNA) as anna:
        table_id = made(anna)
        anna.post(f"tables/{table_id}/fill", json={"go": True})
        until(lambda: len(anna.get(f"tables/{table_id}").json()["cells"]) == 4)
        anna.post(f"tables/{table_id}/stop", json={})
        stopped.set()
        finished(anna, table_id)
        anna.post(f"tables/{table_id}/fill", json={"mode": "extractive"})
        found = writers(finished(anna, table_id))
        assert len(found) == 12 and 4 <= found.count("scripted") < 12
        assert found.count("scripted") + found.count(None) == 12
        exported = anna.get(f"tables/{table_id}/export", params={"format": "json"}).json()
        assert exported["models"] == ["scripted"] and exported["usage"]["calls"] == 2
        notes = anna.get(f"tables/{table_id}/export", params={"format": "markdown"}).text
        assert "*Partly written by scripted, partly quoted.*" in notes


def test_a_model_s_server_that_fails_leaves_quoted_cells_and_a_sentence(tmp_path: Path) -> None:
    gone = ServerUnreachable("The server cannot be reached.", remedy="Start it.")
    held = with_model(tmp_path, FillingModel(lambda asked: gone))
    with served(lambda: create_app(held)) as address, client(address, ANNA) as anna:
        table_id = made(anna)
        anna.post(f"tables/{table_id}/fill", json={"go": True})
        table = finished(anna, table_id)
        assert "cannot be reached" in table["notices"][0]
        assert {c["status"] for c in table["cells"]} <= {"stated", "not_stated"}
        assert len(table["cells"]) == 12


def test_what_is_added_meanwhile_is_filled_as_well(tmp_path: Path) -> None:
    """A model that is asked for the second part not before the table has grown."""
    grown = threading.Event()

    def answered(asked: Asked) -> str:
        grown.wait(20)
        return asked.reply()

    held = with_model(tmp_path, FillingModel(answered))
    with served(lambda: create_app(held)) as address, client(address, ANNA) as anna:
        table_id = made(anna)
        anna.post(f"tables/{table_id}/fill", json={"go": True})
        changed(anna, table_id, "add_column", name="code")
        told = anna.post(f"tables/{table_id}/fill", json={"go": True}).json()
        assert told["running"] and told["cells"] == []
        grown.set()
        assert len(finished(anna, table_id)["cells"]) == 15


def test_a_model_is_stopped_and_gone_on_with(tmp_path: Path) -> None:
    halted, seen = threading.Event(), threading.Event()

    def answered(asked: Asked) -> str:
        seen.set()
        halted.wait(20)
        return asked.reply()

    held = with_model(tmp_path, FillingModel(answered))
    with served(lambda: create_app(held)) as address, client(address, ANNA) as anna:
        table_id = made(anna)
        anna.post(f"tables/{table_id}/fill", json={"go": True})
        assert seen.wait(20)
        assert anna.post(f"tables/{table_id}/stop").json()["stopping"]
        halted.set()
        before = finished(anna, table_id)
        assert len(before["cells"]) < 12
        assert anna.post(f"tables/{table_id}/fill", json={}).json()["expected"]
        anna.post(f"tables/{table_id}/fill", json={"go": True})
        assert len(finished(anna, table_id)["cells"]) == 12
