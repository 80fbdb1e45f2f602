"""OpenAIChat over real HTTP, against a server on loopback that streams, fails and cuts as told."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

import pytest

from rag.adapters.openai_chat import OpenAIChat
from rag.errors import (
    BadReply,
    ConfigError,
    ModelServerError,
    ServerBusy,
    ServerRejected,
    ServerTimeout,
    ServerUnreachable,
)
from rag.ports import Delta, Message
from tests.scripted_server import (
    ScriptedServer,
    Step,
    cut,
    drip,
    garbage,
    hang_up,
    raw,
    refusing_url,
    say,
    server,
    stall,
    status,
    web_page,
)

__all__ = ["server"]

KEY = "sk-very-secret-0123456789"
ASKED = [Message(role="system", content="Be brief."), Message(role="user", content="Why?")]


def chat(server: ScriptedServer, **settings: Any) -> OpenAIChat:
    quick = {"connect_s": 1.0, "read_s": 0.4, "deadline_s": 5.0, "backoff_s": 0.01}
    return OpenAIChat(
        **{"model": "tiny", "api_key": KEY, "base_url": server.url, **quick, **settings}
    )


def deltas(model: OpenAIChat, max_tokens: int = 50) -> list[Delta]:
    return list(model.stream(ASKED, max_tokens=max_tokens))


def text(found: list[Delta]) -> str:
    return "".join(delta.text for delta in found)


def failure(model: OpenAIChat) -> tuple[str, ModelServerError]:
    """What came before the error, and the error."""
    came = ""
    with pytest.raises(ModelServerError) as caught:
        for delta in model.stream(ASKED, max_tokens=50):
            came += delta.text
    return came, caught.value


def test_a_reply_is_streamed_with_its_usage(server: ScriptedServer) -> None:
    server.script(say("Entropie fällt – “schnell” 🙂.", usage=(120, 9)))
    found = deltas(chat(server))
    assert text(found) == "Entropie fällt – “schnell” 🙂."
    assert len(found) > 3
    assert (found[-1].prompt_tokens, found[-1].completion_tokens) == (120, 9)
    asked = server.requests[0]
    assert asked.path == "/v1/chat/completions"
    assert asked.headers["Authorization"] == f"Bearer {KEY}"
    assert asked.body["model"] == "tiny"
    assert asked.body["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Why?"},
    ]
    assert asked.body["max_tokens"] == 50


@pytest.mark.parametrize("done", [True, False])
def test_usage_and_the_done_mark_are_optional(server: ScriptedServer, done: bool) -> None:
    server.script(say("Yes.", usage=None, done=done))
    found = deltas(chat(server))
    assert text(found) == "Yes."
    assert found[-1] == Delta()


def test_without_a_key_a_dummy_is_sent_and_nothing_of_the_environment(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "OPENAI_API_KEY": "sk-of-another-service",
        "OPENAI_ADMIN_KEY": "sk-admin",
        "OPENAI_ORG_ID": "org-other",
        "OPENAI_PROJECT_ID": "proj-other",
        "OPENAI_CUSTOM_HEADERS": "X-Gateway-Token: hush",
        "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "ALL_PROXY": "http://127.0.0.1:9",
    }.items():
        monkeypatch.setenv(name, value)
    assert text(deltas(chat(server, api_key=None))) == "Fine."
    sent = str(server.requests[0].headers).casefold()
    for word in ("another-service", "admin", "org-other", "proj-other", "hush", "x-gateway"):
        assert word not in sent
    assert server.requests[0].headers["Authorization"] == "Bearer none"


FAULTS: list[tuple[str, Step, type[ModelServerError], str]] = [
    ("wrong key", status(401, f"Incorrect API key: {KEY}"), ServerRejected, "OPENAI_API_KEY"),
    ("forbidden", status(403), ServerRejected, "OPENAI_API_KEY"),
    ("unknown model", status(404, "model 'tiny' not found"), ServerRejected, "CITEWELL_MODEL"),
    ("bad request", status(400, f"no {KEY}"), ServerRejected, "citewell doctor"),
    ("moved", status(307, Location="/elsewhere"), ServerRejected, "OPENAI_BASE_URL"),
    ("no credit", status(429, "insufficient_quota"), ServerRejected, "credit"),
    ("busy", status(429, f"slow down, {KEY}"), ServerBusy, "extractive"),
    ("failing", status(500), ServerBusy, "extractive"),
    ("gateway", web_page(502), ServerBusy, "extractive"),
    ("silent", stall(), ServerTimeout, "extractive"),
    ("web page", web_page(), BadReply, "/v1"),
    ("hung up", hang_up(), BadReply, "citewell doctor"),
    ("no events", raw(b'{"choices": []}', "application/json"), BadReply, "citewell doctor"),
    ("not an object", raw(b"data: 42\n\n"), BadReply, "citewell doctor"),
    ("deep nesting", raw(b"data: " + b"[" * 200_000 + b"\n\n"), BadReply, "citewell doctor"),
    ("endless line", raw(b"data: " + b"x" * 3_000_000), BadReply, "citewell doctor"),
    ("not UTF-8", raw(b'data: {"choices": "\xff\xfe"}\n\n'), BadReply, "citewell doctor"),
    ("strange types", raw(b'data: {"choices": [{"delta": 7}]}\n\n'), BadReply, "citewell doctor"),
    ("no bytes", raw(b""), BadReply, "citewell doctor"),
    ("no text", say(""), BadReply, "citewell doctor"),
    ("white space", say(" \n \n"), BadReply, "citewell doctor"),
    ("error event", raw(b'data: {"error": {"message": "no memory"}}\n\n'), BadReply, "doctor"),
]


@pytest.mark.parametrize(
    ("step", "kind", "remedy"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS]
)
def test_a_fault_is_told_in_our_words(
    server: ScriptedServer, step: Step, kind: type[ModelServerError], remedy: str
) -> None:
    server.script(step)
    _, error = failure(chat(server))
    assert type(error).__mro__.index(kind) <= 1
    assert "127.0.0.1" in str(error) or "tiny" in str(error) or "account" in str(error)
    assert remedy in error.remedy
    shown = f"{error!r} {error} {error.remedy} {error.__cause__!r}"
    assert KEY not in shown
    assert error.__suppress_context__ or error.__context__ is None


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        (cut("The first half"), BadReply),
        (say("The first half", finish=None, done=False), BadReply),
        (say("The first half", finish=None), BadReply),
        (say("The first half", finish="content_filter"), BadReply),
        (stall("The first half"), ServerTimeout),
        (
            raw(b'data: {"choices":[{"delta":{"content":"The first half"}}]}\n\ndata: {"cho'),
            BadReply,
        ),
        (
            raw(
                b'data: {"choices":[{"delta":{"content":"The first half"}}]}\n\n'
                b'data: {"error": {"message": "worker died"}}\n\n'
            ),
            BadReply,
        ),
    ],
    ids=["cut", "no finish reason", "done only", "filtered", "stalled", "torn", "error event"],
)
def test_a_fault_in_mid_stream_is_raised_behind_the_text(
    server: ScriptedServer, step: Step, kind: type[ModelServerError]
) -> None:
    server.script(step, say("never asked for"))
    came, error = failure(chat(server))
    assert came == "The first half"
    assert isinstance(error, kind)
    assert len(server.requests) == 1, "once text has come, nothing is tried again"


def test_an_unknown_model_names_those_that_the_server_has(server: ScriptedServer) -> None:
    server.script(status(404, "model 'tiny' not found"))
    server.models = [f"other-{n}" for n in range(30)] + ["tiny-3b"]
    _, error = failure(chat(server))
    assert "has no model 'tiny'" in str(error)
    assert error.remedy.startswith("Set CITEWELL_MODEL to one that it has: tiny-3b, other-")
    assert error.remedy.endswith("and 19 more.")


@pytest.mark.parametrize("models", [None, [], ["tiny"]])
def test_where_the_model_is_not_what_is_wrong_the_address_is_named(
    server: ScriptedServer, models: list[str] | None
) -> None:
    server.script(status(404))
    server.models = models
    _, error = failure(chat(server))
    assert "OPENAI_BASE_URL mostly ends in /v1" in error.remedy


def test_usage_comes_before_a_fault_at_the_end(server: ScriptedServer) -> None:
    server.script(say("", usage=(700, 0)))
    found = []
    with pytest.raises(BadReply):
        for delta in chat(server).stream(ASKED, max_tokens=50):
            found.append(delta)
    assert found[-1].prompt_tokens == 700


def test_garbage_in_mid_stream(server: ScriptedServer) -> None:
    server.script(garbage())
    assert isinstance(failure(chat(server))[1], BadReply)


def test_a_refused_connection() -> None:
    model = OpenAIChat(model="tiny", base_url=refusing_url(), connect_s=1)
    _, error = failure(model)
    assert isinstance(error, ServerUnreachable)
    assert "OPENAI_BASE_URL" in error.remedy


def test_a_host_that_does_not_exist() -> None:
    model = OpenAIChat(model="tiny", base_url="http://nowhere.invalid/v1", connect_s=2)
    assert isinstance(failure(model)[1], ServerUnreachable | ServerTimeout)


def test_a_busy_server_is_asked_again(server: ScriptedServer) -> None:
    server.script(status(429, Retry_After="0"), status(503), say("Now."))
    assert text(deltas(chat(server))) == "Now."
    assert len(server.requests) == 3


def test_retries_end(server: ScriptedServer) -> None:
    server.script(status(429))
    failure(chat(server, max_retries=2))
    assert len(server.requests) == 3


@pytest.mark.parametrize("after", ["120", "Fri, 31 Dec 2099 23:59:59 GMT"])
def test_a_long_retry_after_is_not_waited_for(server: ScriptedServer, after: str) -> None:
    server.script(status(429, Retry_After=after))
    start = time.monotonic()
    _, error = failure(chat(server))
    assert time.monotonic() - start < 2
    assert len(server.requests) == 1
    assert isinstance(error, ServerBusy)
    assert "asks to wait" in str(error)


def test_the_deadline_ends_what_only_keeps_the_connection_alive(server: ScriptedServer) -> None:
    server.script(drip())
    _, error = failure(chat(server, deadline_s=0.3))
    assert isinstance(error, ServerTimeout)
    assert "CITEWELL_MODEL" in error.remedy


def test_a_slow_stream_is_no_fault(server: ScriptedServer) -> None:
    server.script(say("Slow but sure.", pause_s=0.05))
    assert text(deltas(chat(server))) == "Slow but sure."


@pytest.mark.parametrize("piece", [1, 3, 50])
def test_thinking_is_no_answer(server: ScriptedServer, piece: int) -> None:
    server.script(say("<think>\nE9 says… so <b>\n</think>\n\nYes <think> [E1].", piece=piece))
    assert text(deltas(chat(server))) == "Yes <think> [E1]."
    server.script(say("Yes.", before="Let me think."))
    assert text(deltas(chat(server))) == "Yes."
    server.script(say("<thin", piece=piece))
    assert text(deltas(chat(server))) == "<thin"


def test_a_model_that_only_thinks_has_not_answered(server: ScriptedServer) -> None:
    server.script(say("<think> and on and on", finish="length"))
    _, error = failure(chat(server))
    assert isinstance(error, BadReply)
    assert "CITEWELL_MAX_ANSWER_TOKENS" in error.remedy


def test_a_reply_cut_at_the_limit_says_so(server: ScriptedServer) -> None:
    server.script(say("And so it", finish="length", usage=None))
    assert deltas(chat(server), 50)[-1] == Delta(cut=True)
    server.script(say("And so it", finish="length", usage=(4000, 10)))
    _, error = failure(chat(server))
    assert "CITEWELL_CONTEXT_TOKENS" in error.remedy, "the context was full long before the limit"


def test_parameters_that_a_server_does_not_know_are_left_out(server: ScriptedServer) -> None:
    server.script(status(400, "extra fields not permitted"), say("Yes."))
    model = chat(server)
    assert text(deltas(model)) == "Yes."
    assert text(deltas(model)) == "Yes."
    assert ["stream_options" in r.body for r in server.requests] == [True, False, False]


def test_reasoning_models_get_their_own_parameters(server: ScriptedServer) -> None:
    server.script(
        status(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."),
        status(400, "Unsupported value: 'temperature' does not support 0."),
        say("Yes."),
    )
    assert text(deltas(chat(server))) == "Yes."
    last = server.requests[-1].body
    assert "max_tokens" not in last
    assert "temperature" not in last
    assert last["max_completion_tokens"] > 50


def test_an_abandoned_stream_is_closed(server: ScriptedServer) -> None:
    server.script(say("word " * 500, pause_s=0.01))
    stream = chat(server).stream(ASKED, max_tokens=50)
    assert next(stream).text
    stream.close()  # type: ignore[attr-defined]
    server.script(say("Next."))
    assert text(deltas(chat(server))) == "Next."


@pytest.mark.parametrize(
    ("settings", "remedy"),
    [
        ({"base_url": None}, "OPENAI_API_KEY"),
        ({"base_url": "localhost:11434"}, "http://localhost:11434/v1"),
        ({"base_url": "http://"}, "http://localhost:11434/v1"),
        ({"base_url": "http://a:port/v1"}, "http://localhost:11434/v1"),
        ({"base_url": None, "api_key": "“sk-quoted”"}, "OPENAI_API_KEY"),
        ({"base_url": None, "api_key": "sk-\nX-Evil: 1"}, "OPENAI_API_KEY"),
        ({"base_url": "http://x/v1", "context_tokens": 1024}, "CITEWELL_CONTEXT_TOKENS"),
    ],
)
def test_settings_that_cannot_work_are_told_at_once(settings: dict[str, Any], remedy: str) -> None:
    with pytest.raises(ConfigError) as caught:
        OpenAIChat(model="tiny", **settings)
    assert remedy in caught.value.remedy
    assert "sk-" not in f"{caught.value} {caught.value.remedy}"


def test_the_prompt_budget_fits_the_context() -> None:
    assert OpenAIChat(model="m", base_url="http://x/v1").max_prompt_tokens == 6000
    small = OpenAIChat(model="m", base_url="http://x/v1", context_tokens=4096)
    assert 2000 < small.max_prompt_tokens < 4096 - 1024


def test_a_password_in_the_address_is_not_told() -> None:
    model = OpenAIChat(model="m", base_url=refusing_url().replace("//", "//me:hunter2@"))
    assert "hunter2" not in str(failure(model)[1])


@pytest.mark.parametrize("model", ["gpt-4o-mini", "llama3.2:3b"])
def test_tokens_are_counted_without_network_and_without_llama_index(model: str) -> None:
    """In a process of its own: a socket is a failure, llama_index must not be imported."""
    script = f"""
import os, socket, sys
os.environ.pop("TIKTOKEN_CACHE_DIR", None)
def refuse(*a, **k): raise AssertionError("network")
socket.socket.connect = refuse
from rag.adapters.openai_chat import OpenAIChat
assert "openai" not in sys.modules and "tiktoken" not in sys.modules
from rag.ports import Message
model = OpenAIChat(model={model!r}, base_url="http://x/v1")
one = model.count_tokens([Message(role="user", content="Hello, world! <|endoftext|>")])
assert 8 < one < 30, one
assert "TIKTOKEN_CACHE_DIR" not in os.environ
assert not any(name.startswith(("llama_index", "openai")) for name in sys.modules)
"""
    subprocess.run([sys.executable, "-c", script], check=True)
