"""What a user of the terminal reads when a model answers, and when its server fails."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.scripted_server import (
    ScriptedServer,
    Step,
    cut,
    garbage,
    quote_evidence,
    raw,
    refusing_url,
    say,
    server,
    stall,
    status,
    web_page,
    write_with,
)
from ui.cli import main

__all__ = ["server"]

QUESTION = "which papers mitigate entropy collapse in RLVR?"
Ask = Callable[..., tuple[str, str]]


@pytest.fixture
def ask(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, bundled_dir: Path
) -> Ask:
    """Ask a server; what is printed, and what is said beside it, on one line each."""

    def asked(url: str, *options: str, **settings: str) -> tuple[str, str]:
        monkeypatch.setenv("CITEWELL_MODEL", "tiny")
        monkeypatch.setenv("OPENAI_BASE_URL", url)
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit) as ended:
            main(["ask", *(options or [QUESTION]), "--data-dir", str(bundled_dir)])
        out, err = capsys.readouterr()
        assert ended.value.code == 0, err
        assert "Traceback" not in err
        return out if "--json" in options else " ".join(out.split()), " ".join(err.split())

    return asked


def test_who_wrote_what_it_took_and_what_it_cost(ask: Ask, server: ScriptedServer) -> None:
    server.script(write_with(quote_evidence))
    out, err = ask(server.url, CITEWELL_PRICE_PROMPT="1000", CITEWELL_PRICE_COMPLETION="2000")
    assert "entropy collapse" in out
    assert "tokens in one call · cost " in err
    assert " · tiny · llm-" in err


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (status(401), "wants a key (401). Set OPENAI_API_KEY"),
        (status(404, "model 'tiny' not found"), "to one that it has: tiny-3b."),
        (status(429, Retry_After="120"), "busy or failing (429) and asks to wait 120 s"),
        (status(500, "out of memory"), "busy or failing (500), saying “out of memory”"),
        (cut(), "broke off the connection"),
        (say("STEER works [E1].", finish=None), "the stream ended before the reply did"),
        (say(""), "sent an empty reply"),
        (garbage(), "sent what is no reply of a model"),
        (raw(b'{"choices": []}', "application/json"), "broke off"),
        (web_page(), "answered with a web page. OPENAI_BASE_URL mostly ends in /v1"),
        (say("<think>hm, let me see", finish="length"), "before it wrote an answer"),
        (say("I think 7 7 7."), "wrote nothing that the abstracts support"),
    ],
    ids=["401", "404", "429", "500", "cut", "no finish", "empty", "garbage", "json", "web page",
         "thinking", "unsupported"],
)  # fmt: skip
def test_a_failing_server_is_told_once_and_quotes_answer(
    ask: Ask, server: ScriptedServer, step: Step, said: str
) -> None:
    server.script(step)
    server.models = ["tiny-3b"]
    out, err = ask(server.url)
    assert said in err
    assert err.count(said) == 1
    assert "put together from quoted sentences instead" in err
    assert "Sources" in out
    assert "· extractive ·" in err


def test_nobody_at_home(ask: Ask) -> None:
    out, err = ask(refusing_url())
    assert "cannot be reached" in err
    assert "Start the server, or set OPENAI_BASE_URL" in err
    assert "Sources" in out


def test_a_cut_answer_says_so_and_ends_with_a_whole_sentence(
    ask: Ask, server: ScriptedServer
) -> None:
    def halved(request: object) -> str:
        return quote_evidence(request) + "\n- And the rest of it is that"  # type: ignore[arg-type]

    def step(handler: object) -> None:
        say(halved(handler.scripted.requests[-1]), finish="length", usage=None)(handler)  # type: ignore[attr-defined, arg-type]

    server.script(step)
    out, err = ask(server.url)
    assert "The answer was cut after " in err
    assert "And the rest" not in out


@pytest.mark.parametrize("thinking", ["", "Let me think about E7."])
def test_thinking_is_not_the_answer(ask: Ask, server: ScriptedServer, thinking: str) -> None:
    def step(handler: object) -> None:
        text = quote_evidence(handler.scripted.requests[-1])  # type: ignore[attr-defined]
        head = "" if thinking else "<think>Let me think about E7.</think>"
        say(head + text, before=thinking)(handler)  # type: ignore[arg-type]

    server.script(step)
    out, err = ask(server.url)
    assert "Let me think" not in out + err
    assert "entropy collapse" in out


def test_a_follow_up_shows_how_it_was_read(
    ask: Ask, server: ScriptedServer, tmp_path: Path
) -> None:
    history = tmp_path / "history.json"
    history.write_text(
        json.dumps(
            [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": "STEER does."}]
        )
    )
    wording = "Which papers that mitigate entropy collapse in RLVR branch off at uncertain tokens?"
    server.script(say(json.dumps({"question": wording})), write_with(quote_evidence))
    follow_up = "which of them branches off at uncertain tokens?"
    out, err = ask(server.url, follow_up, "--history", str(history))
    assert f"Understood as: {wording}" in err
    assert "Put into one question by tiny." in err
    assert "tokens in 2 calls" in err
    server.script(say("Sorry."), write_with(quote_evidence))
    out, err = ask(server.url, follow_up, "--history", str(history))
    assert "tiny did not read this question, so it was read offline: it wrote no JSON." in err
    assert "Sources" in out


def test_usage_of_a_failed_model_is_in_the_json(ask: Ask, server: ScriptedServer) -> None:
    server.script(cut("STEER works"))
    out, _ = ask(server.url, QUESTION, "--json", CITEWELL_PRICE_PROMPT="1")
    answer = json.loads(out)
    assert (answer["mode"], answer["model"]) == ("extractive", None)
    assert answer["usage"]["calls"] == 1
    assert answer["usage"]["prompt_tokens"] > 200
    assert answer["usage"]["completion_tokens"] > 0
    assert answer["usage"]["estimated"]
    assert answer["usage"]["cost"] > 0
    assert "broke off" in answer["notices"][0]


def test_again_shows_what_has_changed(ask: Ask, server: ScriptedServer, tmp_path: Path) -> None:
    server.script(write_with(quote_evidence))
    file = tmp_path / "answer.json"
    file.write_text(ask(server.url, QUESTION, "--json")[0])
    out, _ = ask(server.url, "--again", str(file))
    assert "What has changed" in out
    assert "• The answer is the same. • The corpus is the same." in out
    out, _ = ask(server.url, "--again", str(file), "--mode", "extractive")
    assert "Written by tiny before, by quotes alone now." in out
    found = json.loads(ask(server.url, "--again", str(file), "--json")[0])
    assert found["changes"]["same"]
    assert found["question"] == QUESTION


def test_a_silent_server_is_given_up(ask: Ask, server: ScriptedServer) -> None:
    server.script(stall())
    _, err = ask(server.url, CITEWELL_MODEL_TIMEOUT="1")
    assert "sent nothing for 1 s" in err
    assert "CITEWELL_MODEL_TIMEOUT" in err
    assert "about " in err


def test_who_agrees_in_words(ask: Ask, server: ScriptedServer) -> None:
    claim = "Entropy collapse ends exploration."
    reply = {"claim": claim, "papers": [{"stance": "supports", "keys": ["E1", "E2"]}]}
    server.script(say(json.dumps(reply)))
    out, err = ask(server.url, "does entropy collapse end exploration in RL?")
    assert re.search(r"Of \d+ papers read, 1 supports the claim, none qualifies it, none con", out)
    assert f"The claim: {claim}" in out
    assert "Supports it (1)" in out
    assert "Traceback" not in err
