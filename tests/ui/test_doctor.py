"""`citewell doctor` and the servers that are set: real requests to a server on loopback."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rag.config import load
from tests.real_model import weights
from tests.scripted_server import (
    Handler,
    ScriptedServer,
    Step,
    raw,
    refusing_url,
    server,
    stall,
    status,
)
from tests.ui.commands import Run
from ui import servers

__all__ = ["server", "weights"]

KEY = "sk-test-0123456789"
Examine = Callable[..., tuple[int, dict[str, Any], str]]


@pytest.fixture
def examine(run: Run, bundled_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Examine:
    """Exit code, the rows about servers, and all that was printed."""

    def examined(*options: str, **environ: str) -> tuple[int, dict[str, Any], str]:
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        code, out, err = run("doctor", "--json", *options, "--data-dir", bundled_dir)
        return code, json.loads(out).get("Servers", {}), out + err

    return examined


def _gives(value: object) -> Step:
    return raw(json.dumps(value).encode(), "application/json")


REPLY = {"choices": [{"index": 0, "message": {"role": "assistant", "content": "Yes"}}]}


def _asked(url: str, **more: str) -> dict[str, str]:
    return {"CITEWELL_MODEL": "tiny", "CITEWELL_BASE_URL": url, "CITEWELL_API_KEY": KEY, **more}


def test_without_a_server_none_is_asked(examine: Examine) -> None:
    assert examine()[:2] == (0, {})


@pytest.mark.parametrize(
    ("models", "step", "fine", "said"),
    [
        (["tiny"], status(500), True, "is reachable and has tiny"),
        (["tiny:latest"], status(500), True, "is reachable and has tiny"),
        (["other"], _gives(REPLY), True, "tiny answers, though the server does not list it"),
        (None, _gives(REPLY), True, "tiny answers, though the server lists no models"),
        (None, status(400, "max_tokens is not supported"), True, "tiny answers"),
        (["big", "tiny-3b"], status(404), False, "Set CITEWELL_MODEL to one that it has: tiny-3b"),
        (None, status(404), False, "Set CITEWELL_MODEL to a model it has; CITEWELL_BASE_URL"),
        (None, status(401), False, "refused the key (401). Set CITEWELL_API_KEY"),
        (None, status(503, "loading"), False, "is busy or failing (503), saying “loading”"),
        (None, raw(b"<html>Router", "text/html"), False, "sent what is no reply of a model"),
    ],
)
def test_what_came_back_is_told(
    examine: Examine,
    server: ScriptedServer,
    models: list[str] | None,
    step: Step,
    fine: bool,
    said: str,
) -> None:
    server.models = models
    server.script(step)
    code, rows, printed = examine(**_asked(server.url))
    assert said in rows["answers"]["value"]
    assert (code, rows["answers"]["fine"]) == (0 if fine else 1, fine)
    assert KEY not in printed
    assert "citewell doctor" not in rows["answers"]["value"]


def test_the_context_is_told_and_where_it_comes_from(
    examine: Examine, server: ScriptedServer
) -> None:
    server.models = ["tiny"]
    _, rows, _ = examine(**_asked(server.url))
    assert rows["context"]["value"] == "16,384 tokens, assumed, as the server does not say"
    server.told["/props"] = {"default_generation_settings": {"n_ctx": 32_768}}
    _, rows, _ = examine(**_asked(server.url))
    assert rows["context"]["value"] == "32,768 tokens, told by llama.cpp (/props)"
    _, rows, _ = examine(**_asked(server.url), CITEWELL_CONTEXT_TOKENS="9000")
    assert rows["context"]["value"] == "9,000 tokens, set by CITEWELL_CONTEXT_TOKENS"


def test_a_key_that_the_list_wants_is_told(
    examine: Examine, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Handler, "do_GET", status(403))
    code, rows, _ = examine(**_asked(server.url))
    assert "refused the key (403). Set CITEWELL_API_KEY" in rows["answers"]["value"]
    assert code == 1


def test_nobody_at_home(examine: Examine) -> None:
    code, rows, _ = examine(**_asked(refusing_url()))
    assert "cannot be reached" in rows["answers"]["value"]
    assert "Start the server, or set CITEWELL_BASE_URL to its address." in rows["answers"]["value"]
    assert code == 1


def test_a_silent_server_is_given_up(
    examine: Examine, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "_READ_S", 0.3)
    server.script(stall())
    code, rows, _ = examine(**_asked(server.url))
    assert "sent nothing for 0.3 s" in rows["answers"]["value"]
    assert code == 1


def test_settings_that_cannot_work_are_told_without_asking(examine: Examine) -> None:
    code, rows, _ = examine(CITEWELL_MODEL="gpt-x")
    assert "OpenAI's service wants a key." in rows["answers"]["value"]
    assert "Set OPENAI_API_KEY" in rows["answers"]["value"]
    code, rows, printed = examine(CITEWELL_API_KEY="two words")
    assert "Copy the key into CITEWELL_API_KEY again" in rows["answers"]["value"]
    assert (code, "two words" in printed) == (1, False)


def test_embeddings_and_reranking_are_asked_too(examine: Examine, server: ScriptedServer) -> None:
    scores = [{"index": 0, "relevance_score": 1.0}, {"index": 1, "relevance_score": 0.0}]
    server.script(
        _gives({"data": [{"index": 0, "embedding": [0.5, 0.5, 0.5]}], "model": "e"}),
        _gives({"results": scores}),
    )
    set_up = {"CITEWELL_EMBED_MODEL": "e", "CITEWELL_EMBED_BASE_URL": server.url}
    _, rows, _ = examine(**set_up, CITEWELL_RERANK_BASE_URL=server.url)
    assert rows["embeddings"]["value"].endswith("is reachable; e gives 3 dimensions")
    assert rows["reranking"]["value"].endswith("is reachable and scores passages")
    server.script(status(404, "no such model"), _gives({"results": scores[:1]}))
    code, rows, _ = examine()
    assert "Set CITEWELL_EMBED_MODEL to a model it has" in rows["embeddings"]["value"]
    assert "CITEWELL_RERANK_BASE_URL must lead to a reranking model" in rows["reranking"]["value"]
    assert code == 1


def test_offline_asks_nobody(examine: Examine, server: ScriptedServer) -> None:
    assert examine("--offline", **_asked(server.url))[:2] == (0, {})
    assert not server.requests


def answering(model: Path, folder: Path) -> tuple[str, str, bool]:
    """The row about a model whose context is to hold 2,048 tokens."""
    environ = {"CITEWELL_MODEL": str(model), "CITEWELL_CONTEXT_TOKENS": "2048"}
    (row,) = servers.tried(load(data_dir=folder, environ=environ))
    return row


def test_a_file_on_this_machine_is_loaded(weights: Path, tmp_path: Path) -> None:
    told = f"{weights.name} runs here, with a context of 2,048 tokens"
    assert answering(weights, tmp_path) == ("answers", told, True)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    _, told, fine = answering(tmp_path / "none.gguf", tmp_path)
    assert not fine
    assert "none.gguf cannot be read" in told
