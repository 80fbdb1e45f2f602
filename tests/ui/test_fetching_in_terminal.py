"""`citewell fetch` and `citewell enrich`, against a server that answers as the services do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.replay import Replay, papers, replaying
from tests.scripted_server import refusing_url
from tests.ui.commands import Run, loaded


@pytest.fixture
def replay(monkeypatch: pytest.MonkeyPatch) -> Iterator[Replay]:
    with replaying(papers(40)) as server:
        monkeypatch.setenv("CITEWELL_FETCH_URL", server.url)
        monkeypatch.setenv("CITEWELL_CONTACT", "ann@example.org")
        yield server


def titles(run: Run, folder: Path) -> list[str]:
    return [paper["title"] for paper in loaded(run, "papers", "--json", "--data-dir", folder)]


def test_what_is_fetched_is_ingested(run: Run, replay: Replay, tmp_path: Path) -> None:
    given = ("fetch", "arxiv", "all:lanterns", "--since", "2025-01-01", "--max", "12")
    code, out, err = run(*given, "--data-dir", tmp_path)
    assert code == 0
    assert "12 records in one reply, of 40 that match" in out
    assert "stopped at --max 12" in out
    assert "new 12" in out
    assert "What leaves this machine: the query, with your address ann@example.org." in err
    assert len(titles(run, tmp_path)) == 12  # and not the bundled ones
    code, out, err = run(*given, "--data-dir", tmp_path)
    assert (code, len(replay.asked)) == (0, 1)
    assert "nothing is asked" in err
    assert "unchanged 12" in out


def test_a_dry_run_asks_and_writes_nothing(run: Run, replay: Replay, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    given = ("fetch", "openalex", "lanterns & tides", "--max", "250", "--data-dir", folder)
    code, out, _ = run(*given, "--dry-run")
    assert code == 0
    assert f"{replay.url}/openalex/works?search=lanterns+%26+tides&" in out
    assert "250 records in 3 requests, 0.2 s apart" in out
    plan = loaded(run, *given, "--dry-run", "--json")
    assert plan["fetches"][0]["kept"] == 0
    assert replay.asked == []
    assert not folder.exists()


def test_raw_pages_alone_and_json_alone(run: Run, replay: Replay, tmp_path: Path) -> None:
    told = loaded(
        run, "fetch", "crossref", "lanterns", "--no-ingest", "--json", "--data-dir", tmp_path
    )
    (fetch,) = told["fetches"]
    assert (fetch["records"], fetch["complete"], told["ingest"]) == (40, True, None)
    assert not (tmp_path / "catalog.sqlite3").exists()
    assert run("ingest", fetch["folder"], "--data-dir", tmp_path)[0] == 0
    assert len(titles(run, tmp_path)) == 40


def test_what_a_service_knows_without_an_abstract_is_counted(
    run: Run, replay: Replay, tmp_path: Path
) -> None:
    given = ("fetch", "semanticscholar", "lanterns", "--max", "7", "--data-dir", tmp_path)
    code, out, err = run(*given)
    assert code == 0
    assert "20 without an abstract" in out
    assert "✗" not in err
    assert len(titles(run, tmp_path)) == 7


def test_a_list_of_papers(run: Run, replay: Replay, tmp_path: Path) -> None:
    mine = tmp_path / "list.txt"
    mine.write_text("10.5555/lantern.3\nhttps://arxiv.org/abs/2501.00007v2\nhm\n10.5555/none\n")
    code, _, err = run("fetch", "doi", mine, "--data-dir", tmp_path / "data")
    assert code == 2
    assert f"{mine}:3" in err
    assert "line 4: 10.5555/none was asked for and did not come" in err
    assert len(titles(run, tmp_path / "data")) == 2


def test_a_failure_says_what_is_kept_and_how_it_goes_in(
    run: Run, replay: Replay, tmp_path: Path
) -> None:
    given = ("fetch", "openalex", "lanterns", "--data-dir", tmp_path)
    assert run(*given, "--max", "5", "--no-ingest")[0] == 0
    replay.faults += [(403, b"", {})]
    code, _, err = run(*given, "--max", "9")
    assert code == 1
    assert "does not allow it (403)" in err
    assert "5 records came before and are kept" in err
    assert f"citewell ingest {tmp_path}" in err
    assert "CITEWELL_OPENALEX_API_KEY" in err
    code, out, _ = run(*given, "--max", "9")
    assert code == 0
    assert "new 9" in out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("arixv", "x"), "Did you mean arxiv?"),
        (("arxiv",), "There is no query."),
        (("doi",), "citewell fetch doi list.txt"),
        (("doi", "gone.txt"), "gone.txt"),
        (("hf-daily",), "--from 2025-10-01"),
        (("arxiv", "x", "--since", "soon"), "soon"),
    ],
)
def test_wrong_usage(
    run: Run, replay: Replay, arguments: tuple[str, ...], told: str, tmp_path: Path
) -> None:
    code, _, err = run("fetch", *arguments, "--data-dir", tmp_path)
    assert code == 2
    assert told in err
    assert replay.asked == []


def test_offline(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITEWELL_FETCH_URL", refusing_url())
    code, _, err = run("fetch", "openalex", "x", "--data-dir", tmp_path)
    assert code == 1
    assert "cannot be reached: Connection refused" in err
    assert "CITEWELL_CONTACT" in err


LACKING = [
    {"title": "Tidal lanterns, number 5, for patient readers", "abstract": "We light lanterns."},
    {"title": "Nobody Knows This Paper", "abstract": "We wrote it for nobody at all."},
    {
        "title": "Tidal Lanterns Number 8 for Patient Readers",
        "abstract": "We light lanterns. They burn.",
        "arxiv_id": "2501.00008",
        "year": 2025,
    },
]


@pytest.fixture
def lacking(run: Run, tmp_path: Path) -> Path:
    page = tmp_path / "page.jsonl"
    page.write_text("".join(json.dumps(one) + "\n" for one in LACKING))
    assert run("ingest", page, "--data-dir", tmp_path / "data")[0] == 0
    return tmp_path / "data"


@pytest.mark.parametrize("through", ["openalex", "crossref"])
def test_records_are_completed_when_it_is_said_and_taken_back(
    run: Run, replay: Replay, lacking: Path, through: str
) -> None:
    before = loaded(run, "papers", "--json", "--data-dir", lacking)
    given = ("enrich", "--through", through, "--data-dir", lacking)
    code, out, err = run(*given)
    assert code == 0
    assert "— → 10.5555/lantern.5" in out
    assert "2025 → 2025-09-09" in out
    assert "3 papers looked up, 2 can be completed: 2 author lists, 2 dates, 2 DOIs" in out
    assert "What leaves this machine: 2 titles" in err
    assert loaded(run, "papers", "--json", "--data-dir", lacking) == before
    asked = len(replay.asked)
    code, out, err = run(*given, "--yes")
    assert code == 0
    assert len(replay.asked) == asked
    assert "2 papers completed." in out
    after = {p["title"]: p for p in loaded(run, "papers", "--json", "--data-dir", lacking)}
    assert after[LACKING[0]["title"]]["authors"] == ["Ada Quillf", "Bo Marsh"]
    assert after[LACKING[2]["title"]]["published"] == "2025-09-09"
    answer = loaded(run, "search", "papers by Ada Quillf", "--json", "--data-dir", lacking)
    assert [hit["title"] for hit in answer["hits"]] == [LACKING[0]["title"]]
    assert run("enrich", "--undo", "--data-dir", lacking)[0] == 0
    assert loaded(run, "papers", "--json", "--data-dir", lacking) == before
    code, _, err = run("enrich", "--undo", "--data-dir", lacking)
    assert code == 2
    assert "→" in err


def test_enriching_in_json(run: Run, replay: Replay, lacking: Path) -> None:
    given = ("enrich", "--id", "arxiv-2501.00008", "--json", "--data-dir", lacking)
    told = loaded(run, *given)
    assert (told["asked"], told["written"]) == (1, 0)
    assert {c["field"]: c["source"] for c in told["changes"]} == {
        "authors": "arXiv",
        "author_count": "arXiv",
        "published": "arXiv",
        "doi": "arXiv",
    }
    told = loaded(run, *given, "--yes")
    assert told["written"] == 1
    assert Path(told["file"]).exists()
    assert loaded(run, "enrich", "--undo", "--json", "--data-dir", lacking)["taken_back"] == 1


def test_enriching_can_be_looked_at_first(run: Run, replay: Replay, lacking: Path) -> None:
    code, out, _ = run("enrich", "--dry-run", "--data-dir", lacking)
    assert code == 0
    assert replay.asked == []
    assert f"{replay.url}/arxiv/api/query?id_list=2501.00008&max_results=1" in out
    assert "2 records in 2 requests" in out
