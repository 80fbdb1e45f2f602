"""`citewell ask --depth thorough`: progress, cost, what is kept, and what it takes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from rag import wiring
from rag.adapters.fakes import HashEmbedder
from tests.corpus import filled
from tests.scripted_server import Request, ScriptedServer, server, status, write_with
from tests.ui.commands import Run

__all__ = ["server"]

QUESTION = "which papers propose a method for robots?"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: ScriptedServer) -> Path:
    """Thirty papers, and a model that finds those on robots."""
    monkeypatch.setattr(wiring, "make_embedder", lambda config, **_: HashEmbedder())
    monkeypatch.setenv("CITEWELL_MODEL", "tiny")
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    monkeypatch.setenv("CITEWELL_READ_PAPERS", "5")
    monkeypatch.setenv("CITEWELL_THOROUGH_CALLS", "1")
    filled(tmp_path / "data").close()
    server.script(write_with(robots))
    return tmp_path / "data"


def asked(server: ScriptedServer) -> list[Request]:
    """The requests for an answer; the others ask which models it has."""
    return [request for request in server.requests if request.body]


def robots(request: Request) -> str:
    found = re.findall(r"\[(E\d+)\] (We propose method M\d+ for robots.*)", request.prompt)
    return json.dumps({"matches": [{"keys": [key], "says": says} for key, says in found]})


def test_a_list_with_progress_and_cost(run: Run, folder: Path, server: ScriptedServer) -> None:
    code, out, err = run("ask", QUESTION, "--depth", "thorough")
    assert code == 0, err
    assert len(re.findall(r"^- \*\*Paper \d+ on robots", out, re.MULTILINE)) == 5
    assert "Read the 15 best of 30 papers: 5 match; the last 10 held none." in " ".join(out.split())
    assert "Read 5 of 30 papers, 5 match …\nRead 10 of 30 papers, 5 match …\n" in err
    assert "tokens in 3 calls" in err
    form = asked(server)[0].body["response_format"]
    assert form["json_schema"]["schema"]["required"] == ["matches"]


def test_again_costs_nothing_and_fresh_judges_anew(
    run: Run, folder: Path, server: ScriptedServer
) -> None:
    first = json.loads(run("ask", QUESTION, "--depth", "thorough", "--json")[1])
    before = len(server.requests)
    again = json.loads(run("ask", QUESTION, "--depth", "thorough", "--json")[1])
    assert len(server.requests) == before, "the server need not even be there"
    assert len(asked(server)) == 3
    assert (again["text"], again["usage"]["calls"]) == (first["text"], 0)
    assert again["notices"] == ["15 papers had been judged before, by the same model."]
    fresh = json.loads(run("ask", QUESTION, "--depth", "thorough", "--fresh", "--json")[1])
    assert len(asked(server)) == 6
    assert (fresh["text"], fresh["notices"]) == (first["text"], [])
    assert (
        fresh.keys() == json.loads(run("ask", QUESTION, "--mode", "extractive", "--json")[1]).keys()
    )


def test_it_is_written_out_as_any_answer(run: Run, folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "list.bib"
    code, _, err = run("ask", QUESTION, "--depth", "thorough", "-o", file)
    assert code == 0, err
    assert file.read_text().count("@misc{") == 5


def test_a_server_that_fails_is_told_and_quotes_answer(
    run: Run, folder: Path, server: ScriptedServer
) -> None:
    server.script(status(401))
    code, _, err = run("ask", QUESTION, "--depth", "thorough")
    assert code == 0
    assert "wants a key (401)" in err
    assert "put together from quoted sentences instead" in " ".join(err.split())


@pytest.mark.parametrize(
    ("options", "message", "remedy"),
    [
        (["--depth", "thorough", "--mode", "extractive"], "it takes a model", "--depth thorough"),
        (["--fresh"], "--fresh has no meaning", "Add --depth thorough"),
        (["--depth", "deep"], "deep", "thorough"),
    ],
)
def test_what_cannot_be_is_refused(
    run: Run, folder: Path, options: list[str], message: str, remedy: str
) -> None:
    code, _, err = run("ask", QUESTION, *options)
    told = " ".join(err.split())
    assert (code, message in told, remedy in told) == (2, True, True)


def test_without_a_model_it_says_what_it_takes(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CITEWELL_MODEL")
    code, _, err = run("ask", QUESTION, "--depth", "thorough")
    assert code == 2
    assert "No model is configured to look through all papers." in err
    assert "Set CITEWELL_MODEL" in err
