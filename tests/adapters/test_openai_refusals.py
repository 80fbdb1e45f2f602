"""Servers as they are: what they refuse is left out, once, and remembered."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rag.adapters.openai_server import SettingNames
from rag.errors import ServerBusy, ServerRejected, ServerTimeout
from rag.ports import Delta
from tests.adapters.openai_calls import ASKED, chat, deltas, failure, text
from tests.scripted_server import Handler, ScriptedServer, Step, raw, say, server, stall, status

__all__ = ["server"]
PLAIN: dict[str, Any] = {
    "object": "chat.completion",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Yes."}}],
    "usage": {"prompt_tokens": 7, "completion_tokens": 2},
}


def refuses(*names: str, code: int = 400, wording: str = "Unknown parameter: '{}'.") -> Step:
    """Objects to the first of `names` in a request, and else replies, whole where no stream is
    asked for."""

    def step(handler: Handler) -> None:
        body = handler.request_body
        roles = {message["role"] for message in body["messages"]}
        for name in names:
            if name in body or name in roles:
                status(code, wording.format(name))(handler)
                return
        whole = raw(json.dumps(PLAIN).encode(), "application/json")
        (say("Yes.") if body.get("stream") else whole)(handler)

    return step


@pytest.mark.parametrize(
    "wording",
    [
        "System role not supported",
        "'system' is not a valid role for messages",
        "Only user and assistant roles are supported!",
        "Conversation roles must alternate user/assistant/user/assistant/...",
        "Developer instruction is not enabled for models/gemma-3-4b-it",
    ],
)
def test_without_a_system_role_the_user_says_it(server: ScriptedServer, wording: str) -> None:
    server.script(refuses("system", wording=wording))
    model = chat(server)
    assert text(deltas(model)) == text(deltas(model)) == "Yes."
    assert [len(r.body["messages"]) for r in server.requests] == [2, 1, 1]
    (message,) = server.requests[-1].body["messages"]
    assert message == {"role": "user", "content": f"{ASKED[0].content}\n\n{ASKED[1].content}"}
    assert "stream_options" in server.requests[-1].body, "nothing else was refused"


def test_all_that_can_be_left_out_is(server: ScriptedServer) -> None:
    names = ("stream", "stream_options", "temperature", "max_tokens", "max_completion_tokens")
    server.script(refuses(*names))
    model = chat(server)
    assert text(deltas(model)) == "Yes."
    first = len(server.requests)
    assert text(deltas(model)) == "Yes."
    assert len(server.requests) == first + 1, "what is refused is remembered"
    assert set(server.requests[-1].body) == {"model", "messages"}


def test_a_refusal_may_stand_in_any_part_of_the_body(server: ScriptedServer) -> None:
    def details(handler: Handler) -> None:
        if "temperature" not in handler.request_body:
            say("Yes.")(handler)
            return
        handler.head(422, "application/json")
        detail = [{"loc": ["body", "temperature"], "msg": "Extra inputs are not permitted"}]
        handler.write(json.dumps({"detail": detail}).encode())

    server.script(details)
    assert text(deltas(chat(server))) == "Yes."
    assert "stream_options" in server.requests[-1].body


def test_a_prompt_that_is_too_long_costs_no_parameter(server: ScriptedServer) -> None:
    server.script(
        status(400, "'max_tokens' is too large: 1500. The maximum context length is 4096 tokens."),
        say("Yes."),
    )
    model = chat(server)
    _, error = failure(model)
    assert isinstance(error, ServerRejected)
    assert text(deltas(model)) == "Yes."
    assert "max_tokens" in server.requests[-1].body


def test_what_helped_nothing_is_not_remembered(server: ScriptedServer) -> None:
    server.script(status(400, "no"))
    model = chat(server)
    failure(model)
    server.script(say("Yes."))
    assert text(deltas(model)) == "Yes."
    assert "stream_options" in server.requests[-1].body


@pytest.mark.parametrize("content_type", ["application/json", "text/event-stream", "text/plain"])
def test_a_whole_reply_is_as_good_as_a_stream(server: ScriptedServer, content_type: str) -> None:
    server.script(raw(b"\n " + json.dumps(PLAIN, indent=2).encode(), content_type))
    found = deltas(chat(server))
    assert text(found) == "Yes."
    assert found[-1] == Delta(prompt_tokens=7, completion_tokens=2, cut=False)


def test_a_model_that_is_being_loaded_is_waited_for(server: ScriptedServer) -> None:
    loading = status(503, "Loading model")
    server.script(*[loading] * 6, say("Yes."))
    assert text(deltas(chat(server, read_s=30.0))) == "Yes."
    server.script(loading)
    assert isinstance(failure(chat(server))[1], ServerBusy)


def test_a_silent_server_names_the_setting(server: ScriptedServer) -> None:
    server.script(stall())
    names = SettingNames(timeout="CITEWELL_MODEL_TIMEOUT")
    _, error = failure(chat(server, settings=names))
    assert isinstance(error, ServerTimeout)
    assert "CITEWELL_MODEL_TIMEOUT" in error.remedy
    _, error = failure(chat(server, settings=names, read_s=30.0, deadline_s=0.6))
    assert isinstance(error, ServerTimeout)
    assert "CITEWELL_MODEL_TIMEOUT" in error.remedy
