"""OpenAIChat over real HTTP: what it sends, how a reply is read, and settings that cannot work."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from rag.adapters.openai_chat import OpenAIChat
from rag.adapters.tiktoken_count import _encoding, count_text
from rag.errors import ConfigError
from rag.ports import Delta
from tests.adapters.openai_calls import ASKED, KEY, chat, deltas, failure, text
from tests.scripted_server import ScriptedServer, refusing_url, say, server, status

__all__ = ["server"]


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
    small = OpenAIChat(model="m", base_url="http://x/v1", context_tokens=4096)
    assert 2000 < small.max_prompt_tokens < 4096 - 1000
    large = OpenAIChat(model="m", base_url="http://x/v1", context_tokens=32_768, reply_tokens=4000)
    assert 24_000 < large.max_prompt_tokens < 32_768 - 4000


def test_a_reply_stays_within_what_the_context_leaves(server: ScriptedServer) -> None:
    model = chat(server, context_tokens=4096, reply_tokens=3000)
    text(list(model.stream(ASKED, max_tokens=3000)))
    assert server.requests[-1].body["max_tokens"] == 1024


@pytest.mark.parametrize(
    "hostile", [" " * 1_000_000, "a" * 1_000_000, "^" * 300_000, "\t \n" * 300_000, "漢" * 300_000]
)
def test_no_text_breaks_the_counter(hostile: str) -> None:
    assert 0 < count_text(hostile) < len(hostile) * 3


def test_long_prose_counts_as_one_piece_would() -> None:
    prose = "It's 1,234 words; naïve “quotes” (of 3.5 GHz)\n\n  and  code_x = [1, 2]. " * 400
    with_pieces = count_text(prose)
    assert with_pieces == len(_encoding("cl100k_base").encode_ordinary(prose))


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
