"""The Evaluation view: over HTTP, and in a real Chromium."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from rag.assistant import Assistant
from rag.events import Event
from tests.browser import Visitor, served
from tests.corpus import paper
from tests.ui.web.contrast import low_contrast
from tests.ui.web.world import small
from ui.web.server import create_app

Visit = Callable[..., Visitor]
API = "/citewell/api/evaluation"
HOSTILE = "<img src=x onerror='window.pwned=1'> robots?"


class Held(Assistant):
    """Waits at the third question until it is let go."""

    reached = threading.Event()
    released = threading.Event()

    def stream(self, question: str, **given: Any) -> Iterator[Event]:
        if "M2?" in question:
            self.reached.set()
            self.released.wait(20)
        return super().stream(question, **given)


def questions(count: int) -> str:
    entries = [
        {"id": f"q{n}", "type": "topic", "question": f"which papers are about M{n}?",
         "relevant": [paper(n).title], "partial": [], "answer": [], "nuggets": []}
        for n in range(count)
    ]  # fmt: skip
    entries[0]["question"] = HOSTILE
    return "".join(json.dumps(entry) + "\n" for entry in entries)


@pytest.fixture
def where(tmp_path: Path) -> Iterator[str]:
    assistant = small(tmp_path)
    with served(lambda: create_app(assistant)) as address:
        yield address


@pytest.fixture
def client(where: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=where, timeout=60) as client:
        yield client


def finished(client: httpx.Client, **wanted: object) -> dict[str, Any]:
    assert client.post(f"{API}/start", json=wanted).status_code == 200
    return ended(client)


def ended(client: httpx.Client) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        state = client.get(f"{API}/work").json()
        if state["state"] != "running":
            return dict(state)
        time.sleep(0.05)
    raise AssertionError("the run does not end")


def add(client: httpx.Client, text: str, name: str = "mine") -> dict[str, Any]:
    return dict(client.post(f"{API}/sets", json={"name": name, "text": text}).json())


def test_a_set_is_checked_kept_run_and_compared(client: httpx.Client, tmp_path: Path) -> None:
    assert add(client, questions(6))["file"] == "mine.jsonl"
    first = finished(client, set="mine.jsonl")
    assert (first["state"], first["message"]) == ("done", "6 questions asked.")
    second = finished(client, set="mine.jsonl", ranking="bm25")
    listed = client.get(API).json()["runs"]
    assert [run["name"] for run in listed] == [second["name"], first["name"]]
    assert listed[0]["about"] == {"set": "mine", "writer": "quoted sentences", "ranking": "bm25"}
    assert 0 <= listed[1]["figures"]["ndcg@10"]["value"] <= 1
    assert listed[1]["fingerprint"].startswith("extractive-")
    both = client.get(f"{API}/figures", params={"run": [first["name"], second["name"]]}).json()
    assert [run["name"] for run in both["runs"]] == [first["name"], second["name"]]
    assert all(len(line["cells"]) == 2 and len(line["changes"]) == 1 for line in both["lines"])
    assert both["plots"][0]["svg"].startswith("<svg")
    assert (tmp_path / "runs" / f"{first['name']}.json").exists()
    client.post(f"{API}/forget", json={"run": first["name"]})
    assert [run["name"] for run in client.get(API).json()["runs"]] == [second["name"]]


def test_faults_come_with_their_lines_and_nothing_is_kept(client: httpx.Client) -> None:
    found = add(client, questions(1) + '{"id": "x"}\nno json\n')
    assert found["file"] == ""
    assert {fault["line"] for fault in found["faults"]} == {2, 3}
    assert "is not JSON" in found["faults"][-1]["text"]
    assert add(client, "")["faults"][0]["text"] == "has no questions"
    assert [one["own"] for one in client.get(API).json()["sets"]] == [False]


@pytest.mark.parametrize("name", ["../../etc/passwd", "dev", "a/b\\c", "", "x" * 300])
def test_names_stay_in_their_folder(client: httpx.Client, tmp_path: Path, name: str) -> None:
    file = add(client, questions(2), name)["file"]
    assert (tmp_path / "question-sets" / file).exists()
    assert file != "dev.jsonl"
    for path in (f"{API}/figures?run=../config", f"{API}/report?run=../catalog"):
        assert client.get(path).status_code == 400
    assert client.post(f"{API}/start", json={"resume": "../x"}).status_code == 400
    assert client.post(f"{API}/start", json={"set": "../../x.jsonl"}).status_code == 400


def test_a_large_set_fits_and_a_larger_one_is_refused(client: httpx.Client) -> None:
    assert "faults" in add(client, "x\n" * 100_000)
    much = json.dumps({"text": "x" * (9 * 1024 * 1024)})
    headers = {"Content-Type": "application/json"}
    assert client.post(f"{API}/sets", content=much, headers=headers).status_code == 413


def test_stopped_gone_on_with_and_one_at_a_time(tmp_path: Path) -> None:
    before = small(tmp_path, mode="extractive")
    assistant = Held(
        index_manager=before.index_manager, embedder=before.embedder, config=before.config
    )
    with (
        served(lambda: create_app(assistant)) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        add(client, questions(8))
        assert client.post(f"{API}/start", json={"set": "mine.jsonl"}).json()["state"] == "running"
        again = client.post(f"{API}/start", json={"set": "mine.jsonl"})
        assert again.status_code == 400
        assert "at work already" in again.json()["error"]
        assert Held.reached.wait(20)
        assert client.get(f"{API}/work").json()["done"] == 2
        assert client.post(f"{API}/stop").json()["stopping"]
        Held.released.set()
        assert ended(client)["state"] == "stopped"
        (begun,) = client.get(API).json()["runs"]
        assert begun["begun"] == 3
        assert finished(client, resume=begun["name"])["state"] == "done"
        (whole,) = client.get(API).json()["runs"]
        assert (whole["name"], whole["questions"]) == (begun["name"], 8)


def test_a_run_that_breaks_off_says_why(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from eval import session

    def crash(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret detail")

    add(client, questions(2))
    monkeypatch.setattr(session, "answer_all", crash)
    state = finished(client, set="mine.jsonl")
    assert state["state"] == "failed"
    assert "our fault" in state["message"]
    assert "secret detail" not in state["message"]
    assert "secret detail" in caplog.text
    monkeypatch.undo()
    (begun,) = client.get(API).json()["runs"]
    assert finished(client, resume=begun["name"])["state"] == "done"


def test_files_that_are_no_runs_are_told_and_harm_nothing(
    client: httpx.Client, tmp_path: Path
) -> None:
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "broken.json").write_text("{")
    (tmp_path / "runs" / "half.json.rows.jsonl").write_text("")
    listed = client.get(API).json()["runs"]
    assert {run["name"] for run in listed} == {"broken", "half"}
    assert all(run["error"] for run in listed)
    assert client.get(f"{API}/figures", params={"run": "broken"}).status_code == 400


def test_the_report_comes_without_any_rights(client: httpx.Client) -> None:
    add(client, questions(2))
    name = finished(client, set="mine.jsonl")["name"]
    report = client.get(f"{API}/report", params={"run": name})
    policy = report.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts;")
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy
    assert "set-cookie" not in report.headers
    assert report.headers["x-frame-options"] == "DENY"
    assert "<img src=x" not in report.text
    page = client.get("/").headers["content-security-policy"]
    assert "'unsafe-inline'" not in page.split("style-src")[0]


@pytest.mark.parametrize("path", ["start", "stop", "sets", "forget"])
def test_neither_other_sites_nor_other_machines_start_anything(
    client: httpx.Client, tmp_path: Path, path: str
) -> None:
    evil = {"Origin": "http://evil.test"}
    assert client.post(f"{API}/{path}", json={}, headers=evil).status_code == 403
    assistant = small(tmp_path / "other")
    with (
        served(lambda: create_app(assistant, local=False)) as address,
        httpx.Client(base_url=address) as other,
    ):
        assert other.post(f"{API}/{path}", json={}).status_code == 403


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_runs_a_set_and_shows_what_came_of_it(
    where: str, visit: Visit, scheme: str
) -> None:
    visitor = visit(f"{where}/#/evaluation", at=".cw-run", color_scheme=scheme)
    page = visitor.page
    page.get_by_text("No run yet").wait_for()
    page.get_by_role("button", name="Add a question set").click()
    page.get_by_label("Questions, a JSON object a line").fill('{"id": 3}')
    page.get_by_role("button", name="Check and keep").click()
    page.get_by_text("Line 1").first.wait_for()
    visitor.picture(f"evaluation-faults-{scheme}")
    page.get_by_label("Questions, a JSON object a line").fill(questions(5))
    page.get_by_role("textbox", name="Name").fill("mine")
    page.get_by_role("button", name="Check and keep").click()
    page.get_by_text("5 questions, without fault").wait_for()
    for ranking in ("default", "bm25"):
        page.get_by_label("Ranking").select_option(ranking)
        page.get_by_role("button", name="Start", exact=True).click()
        page.wait_for_selector(f".cw-list tbody tr:nth-child({1 if ranking == 'default' else 2})")
        page.get_by_text("5 questions asked.").wait_for()
    assert page.get_by_role("button", name="Compare", exact=True).is_disabled()
    for box in page.get_by_role("checkbox").all():
        box.check()
    assert low_contrast(visitor, "#citewell-evaluation") == []
    visitor.picture(f"evaluation-{scheme}")
    page.get_by_role("button", name="Compare", exact=True).click()
    page.wait_for_selector(".cw-plots svg")
    # By what tells them apart, and the difference in the cell of the run that it is of.
    assert page.locator(".cw-figures thead th").all_inner_texts()[1:3] == [
        "BM25 alone",
        "All ingredients",
    ]
    assert page.locator(".cw-figures tbody tr").first.locator(".cw-change").count() == 1
    assert page.locator(".cw-turned h3").count() == 1
    assert low_contrast(visitor, "#citewell-evaluation") == []
    visitor.picture(f"compared-{scheme}")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="The whole report").click()
    report = opened.value
    report.wait_for_selector("h1")
    assert report.evaluate("self.origin") == "null"
    assert HOSTILE in report.content().replace("&lt;", "<").replace("&gt;", ">")
    assert report.evaluate("window.pwned") is None
    page.go_back()
    page.get_by_role("heading", name="Runs").wait_for()


@pytest.mark.browser
def test_a_request_that_fails_is_told(where: str, visit: Visit) -> None:
    visitor = visit(f"{where}/#/evaluation", at="[data-form=run]")
    page = visitor.page
    said = {"error": "No room is left on the disk."}
    page.route("**/evaluation/start", lambda route: route.fulfill(status=500, json=said))
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_selector("[data-slot=told] >> text=No room is left")
    running = {"state": "running", "name": "r", "done": 0, "total": 3, "seconds": 1}
    page.route("**/evaluation/start", lambda route: route.fulfill(json=running))
    page.route(
        "**/api/evaluation",
        lambda route: route.fulfill(json={**route.fetch().json(), "work": running}),
    )
    page.route("**/evaluation/work", lambda route: route.abort())
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_selector("[data-slot=told] >> text=Citewell does not answer")
    visitor.faults.clear()  # the browser notes what failed
