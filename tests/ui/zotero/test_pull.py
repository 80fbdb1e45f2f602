"""`citewell zotero pull`, against a Zotero on loopback."""

from __future__ import annotations

import json
import socket
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.adapters.zotero import Zotero
from rag.errors import ZoteroError
from tests.ui.commands import Run, loaded
from tests.zotero_server import Answer, Handler, ScriptedZotero, says, zotero
from ui.zotero import fetched
from ui.zotero.fetched import State, Wish

__all__ = ["zotero"]
GLOW = "Glow-worms pulse in step. We measure how fast a swarm agrees, and find that it is slow."
TOP = "/api/users/0/items/top"


def paper(zotero: ScriptedZotero, key: str, title: str, **data: object) -> None:
    zotero.add(key, title=title, **{"abstractNote": f"{title}. {GLOW}", **data})  # type: ignore[arg-type]


def nothing(done: int, total: int) -> None:
    pass


NEVER = State()


def fetch(zotero: ScriptedZotero, last: State = NEVER, **wish: object) -> tuple[list[str], State]:
    wanted = Wish(url=zotero.url, library="users/0", **wish)  # type: ignore[arg-type]
    items, reached = fetched.new(Zotero(zotero.url), wanted, last, nothing)
    return [item["key"] for item in items], reached


def test_a_library_becomes_papers_and_the_second_pull_takes_what_is_new(
    run: Run, zotero: ScriptedZotero, tmp_path: Path
) -> None:
    where = ("--url", zotero.url, "--data-dir", tmp_path / "data", "--json")
    paper(zotero, "K1", "The pulse of glow-worms", DOI="10.5555/glow.1", synced=4)
    paper(zotero, "K2", "A swarm agrees", creators=[{"firstName": "Zsófia", "lastName": "Nagy"}])
    zotero.add("K3", title="A page without an abstract", itemType="webpage")
    zotero.add("K4", title="Scan.pdf", itemType="attachment")
    dry = loaded(run, "zotero", "pull", "--dry-run", *where)
    assert (dry["new"], dry["file"]) == (2, None) and not (tmp_path / "data/zotero").exists()
    first = loaded(run, "zotero", "pull", *where)
    assert first["items"] == 4 and first["others"] == 1 and first["new"] == 2
    assert first["losses"] == {"without an abstract": 1}
    assert "A page without an abstract" in " ".join(first["problems"])
    papers = loaded(run, "papers", "--json", "--data-dir", tmp_path / "data")
    assert {p["title"] for p in papers} == {"The pulse of glow-worms", "A swarm agrees"}
    assert papers[0]["sources"] == [Path(first["file"]).name]
    second = loaded(run, "zotero", "pull", *where)
    assert second["items"] == 0 and second["file"] is None
    paper(zotero, "K5", "Added since", modified="2024-02-01T00:00:00Z")
    third = loaded(run, "zotero", "pull", *where)
    assert (third["items"], third["new"]) == (1, 1) and third["file"] == first["file"]
    everything = loaded(run, "zotero", "pull", "--all", *where)
    assert (everything["items"], everything["unchanged"]) == (5, 3)
    kept = [json.loads(line) for line in Path(first["file"]).read_text("utf-8").splitlines()]
    assert [one["key"] for one in kept] == ["K3", "K2", "K1", "K5"]
    zotero.items[1]["data"] |= {"title": "A swarm agrees at last", "dateModified": "2024-03"}
    fourth = loaded(run, "zotero", "pull", *where)
    assert (fourth["items"], fourth["new"]) == (1, 1)
    assert loaded(run, "papers", "--json", *where[2:4])[-1]["sources"] == ["zotero.jsonl"]
    code, out, err = run("zotero", "pull", "--all", *where[:-1])
    assert code == 0 and "4 records read: 3 in, 1 without an abstract" in out
    assert "1 item is a note or an attachment" in err
    assert "A page without an abstract" in err


def test_what_is_new_is_known_by_version_and_by_time(zotero: ScriptedZotero) -> None:
    for number in range(250):
        paper(
            *(zotero, f"K{number}", f"Paper {number}"),
            synced=number + 1,
            modified=f"2024-01-{number // 24 + 1:02d}T{number % 24:02d}:00:00Z",
        )
    keys, reached = fetch(zotero)
    assert sorted(keys) == sorted(f"K{number}" for number in range(250))
    assert [path for path in zotero.asked if "start=200" in path]
    assert reached == State(version=250, modified="2024-01-11T09:00:00Z", latest=("K249",))
    zotero.asked.clear()
    assert fetch(zotero, reached) == ([], reached)
    assert len(zotero.asked) == 2  # one page, and a 304
    # Synced from another machine, modified there long ago; and added here, not synced yet.
    zotero.items[3]["version"] = zotero.version = 251
    paper(zotero, "N1", "New here", modified="2024-02-01T00:00:00Z")
    paper(zotero, "N2", "New at the same time", modified=reached.modified)
    keys, later = fetch(zotero, reached)
    assert sorted(keys) == ["K3", "N1", "N2"]
    assert later == State(version=251, modified="2024-02-01T00:00:00Z", latest=("N1",))
    # Versions that begin anew are those of another database: all is asked for.
    zotero.version = 5
    keys, again = fetch(zotero, later)
    assert len(keys) == 252 and again.version == 5


def test_collections_and_tags_narrow_a_pull(
    run: Run, zotero: ScriptedZotero, tmp_path: Path
) -> None:
    zotero.collections = {"ABCD1234": "To read", "B1": "Twice", "B2": "twice"}
    paper(zotero, "K1", "In it", collection="ABCD1234", tags=["a", "b"])
    paper(zotero, "K2", "In it, otherwise tagged", collection="ABCD1234", tags=["a"])
    paper(zotero, "K3", "Elsewhere", tags=["a", "b"])
    assert sorted(fetch(zotero, collection="ABCD1234")[0]) == ["K1", "K2"]
    assert fetch(zotero, collection="ABCD1234", tags=("a", "b"))[0] == ["K1"]
    where = ("--url", zotero.url, "--data-dir", tmp_path / "data", "--json")
    named = loaded(run, "zotero", "pull", "--collection", "to READ", "--tag", "b", *where)
    assert named["items"] == 1
    assert loaded(run, "zotero", "pull", *where)["items"] == 3  # how far it got is another's
    for name, told in (("nope", "To read"), ("Twice", "B1, B2")):
        code, _, err = run("zotero", "pull", "--collection", name, *where)
        assert code == 2 and told in " ".join(err.split())
    zotero.answers["/api/groups/7/items/top"] = says(404, "Not found")
    code, _, err = run("zotero", "pull", "--group", 7, *where)
    assert code == 1 and "no such group" in err


def stalls(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n[")


def loops(handler: Handler) -> None:
    handler.send(200, "[]", Link=f'<{handler.path}>; rel="next"')


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (says(403, "Local API is not enabled"), "Allow other applications on this computer"),
        (says(404, "No endpoint found\n"), "no local API"),
        (says(501, "API version not implemented: 3"), "no local API"),
        (says(500, "An error occurred\n"), "answers 500, saying “An error occurred”"),
        (says(302, Location="http://elsewhere.invalid/"), "answers 302"),
        (says(200, "<html>"), "no JSON"),
        (says(200, "[" * 100_000), "no JSON"),
        (says(200, '{"a": 1}'), "no list of items"),
        (says(200, "[1]"), "no list of items"),
        (says(200, "[]", **{"Content-Encoding": "gzip"}), "sends too much"),
        (stalls, "breaks off the connection"),
        (loops, "back to one before"),
    ],
)
def test_what_is_wrong_is_said(
    run: Run, zotero: ScriptedZotero, tmp_path: Path, answer: Answer, told: str
) -> None:
    zotero.answers[TOP] = answer
    folder = tmp_path / "data"
    code, _, err = run("zotero", "pull", "--url", zotero.url, "--data-dir", folder)
    assert code == 1 and told in err and "→" in err
    assert not (folder / "zotero").exists()


def test_a_zotero_that_does_not_run_and_one_that_hangs(run: Run, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        code, _, err = run("zotero", "pull", "--url", url, "--data-dir", tmp_path / "data")
        assert code == 1 and "Start Zotero" in err
        taken.listen()
        with pytest.raises(ZoteroError, match="in time"):
            list(Zotero(url, read_s=0.1).pages("users/0/items/top", []))
    for wrong in ("zotero", "ftp://localhost", "http://localhost:23119/library"):
        assert run("zotero", "pull", "--url", wrong, "--data-dir", tmp_path / "data")[0] == 2


def test_a_clock_that_is_ahead_hides_nothing(zotero: ScriptedZotero) -> None:
    paper(zotero, "K1", "From the future", modified="2999-01-01T00:00:00Z")
    keys, reached = fetch(zotero)
    assert keys == ["K1"] and reached.modified < "2999"
    paper(zotero, "K2", "Of today", modified=reached.modified)
    assert "K2" in fetch(zotero, reached)[0]


KEYS = st.sampled_from(["K1", "K2", "K3", "K4"])


@given(st.lists(st.dictionaries(KEYS, st.text() | st.integers(), max_size=4), max_size=5))
def test_an_item_keeps_its_line(pulls: list[dict[str, object]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "zotero.jsonl")
        lines: dict[str, int] = {}
        held: dict[str, object] = {}
        for pulled in pulls:
            items = [{"key": key, "data": {"title": title}} for key, title in pulled.items()]
            whole, new = fetched.merged(file, items)
            file.write_bytes(whole)
            held |= pulled
            for at, line in enumerate(whole.decode().splitlines()):
                item = json.loads(line)
                assert lines.setdefault(item["key"], at) == at
                assert held[item["key"]] == item["data"]["title"]
                assert (new.decode().split("\n")[at] == line) == (item["key"] in pulled)
        assert lines.keys() == held.keys()
