"""How much a model can read: what servers tell of it, and servers that tell nothing or nonsense."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.adapters import model_context
from rag.adapters.model_context import _told, context_of
from rag.adapters.openai_chat import OpenAIChat
from rag.adapters.openai_server import Server
from tests.scripted_server import (
    ScriptedServer,
    drip,
    raw,
    refusing_url,
    scripted_server,
    server,
    stall,
    status,
)

__all__ = ["server"]


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine answers late; that is none of these tests' business."""
    monkeypatch.setattr(model_context, "WAIT_S", 60.0)


def at(url: str) -> Server:
    return Server(model="tiny", base_url=url)


def listed(**entry: Any) -> dict[str, Any]:
    return {
        "object": "list",
        "data": [{"id": "other", "max_model_len": 7}, {"id": "tiny", **entry}],
    }


@pytest.mark.parametrize(
    ("told", "tokens", "who"),
    [
        ({"/v1/models": listed(max_model_len=32_768)}, 32_768, "max_model_len"),
        ({"/v1/models": listed(context_length=131_072)}, 131_072, "context_length"),
        ({"/props": {"default_generation_settings": {"n_ctx": 8192}}}, 8192, "llama.cpp"),
        ({"/api/v0/models": listed(loaded_context_length=4096, max_context_length=131_072)},
         4096, "LM Studio"),
        ({"/api/ps": {"models": [{"name": "tiny:latest", "context_length": 12_000}]}},
         12_000, "Ollama"),
        ({"/api/show": {"parameters": "stop \"x\"\nnum_ctx    16000\n"}}, 16_000, "num_ctx"),
    ],
)  # fmt: skip
def test_what_a_server_tells_is_kept(
    server: ScriptedServer, told: dict[str, object], tokens: int, who: str
) -> None:
    server.told.update(told)
    found = context_of(at(server.url))
    assert (found.tokens, found.settled) == (tokens, True)
    assert who in found.source
    model = OpenAIChat(model="tiny", base_url=server.url)
    assert 0 < model.max_prompt_tokens < tokens
    asked = len(server.asked)
    assert model.context == found
    assert len(server.asked) == asked, "asked once"


@pytest.mark.parametrize(
    "told",
    [
        {"/api/v0/models": listed(state="not-loaded", max_context_length=131_072)},
        {"/api/show": {"model_info": {"llama.context_length": 131_072}}},
    ],
)
def test_a_model_that_is_not_loaded_gets_little_and_is_asked_about_again(
    server: ScriptedServer, told: dict[str, object]
) -> None:
    server.told.update(told)
    model = OpenAIChat(model="tiny", base_url=server.url)
    assert model.context.tokens == 4096
    server.told["/api/ps"] = {"models": [{"model": "tiny", "context_length": 40_000}]}
    server.told.pop("/api/v0/models", None)
    assert model.context.tokens == 40_000


def test_a_server_that_does_not_say(server: ScriptedServer) -> None:
    found = context_of(at(server.url))
    assert (found.tokens, found.settled) == (16_384, True)
    assert "assumed" in found.source


def test_a_set_context_is_not_asked_for(server: ScriptedServer) -> None:
    server.told["/props"] = {"default_generation_settings": {"n_ctx": 8192}}
    model = OpenAIChat(model="tiny", base_url=server.url, context_tokens=20_000)
    assert model.context.tokens == 20_000
    assert not server.asked


@pytest.mark.parametrize(
    "step",
    [stall(), drip(), raw(b"{" * 100_000, "application/json"), raw(b"\xff\xfe", "text/plain"),
     status(503), status(301, Location="http://example.org/")],
    ids=["silent", "a byte a second", "deep", "bytes", "loading", "redirect"],
)  # fmt: skip
def test_no_server_breaks_it(
    server: ScriptedServer, step: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_context, "WAIT_S", 0.3)
    server.told["/v1/models"] = server.told["/props"] = step
    found = context_of(at(server.url))
    assert found.tokens == 16_384


def test_nobody_at_home_is_asked_again() -> None:
    found = context_of(at(refusing_url()))
    assert (found.tokens, found.settled) == (16_384, False)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["data", "models", "id", "name", "max_model_len", "context_length", "parameters",
                 "default_generation_settings", "n_ctx", "model_info", "x.context_length"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)  # fmt: skip


@given(st.lists(JSON, min_size=5, max_size=5), st.sampled_from(["tiny", ""]))
def test_whatever_json_comes(replies: list[Any], model: str) -> None:
    left = list(replies)
    for found in _told(lambda *_: left.pop(0), "/v1", model):
        assert 0 < found.tokens <= 10_000_000


def test_small_contexts_leave_room_for_the_reply() -> None:
    with scripted_server() as running:
        running.told["/props"] = {"default_generation_settings": {"n_ctx": 512}}
        model = OpenAIChat(model="tiny", base_url=running.url)
        assert 0 < model.max_prompt_tokens < 384
