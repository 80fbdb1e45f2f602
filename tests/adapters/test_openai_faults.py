"""OpenAIChat over real HTTP, against a server on loopback that fails, cuts and stalls as told."""

from __future__ import annotations

import gzip
import tracemalloc

import pytest

from rag.adapters.openai_chat import OpenAIChat
from rag.errors import (
    BadReply,
    ModelServerError,
    ServerBusy,
    ServerRejected,
    ServerTimeout,
    ServerUnreachable,
)
from tests.adapters.openai_calls import ASKED, KEY, chat, deltas, failure, text
from tests.scripted_server import (
    ScriptedServer,
    Step,
    cut,
    drip,
    flood,
    garbage,
    hang_up,
    raw,
    refusing_url,
    say,
    server,
    stall,
    status,
    trickle,
    web_page,
)

__all__ = ["server"]
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


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ALL_PROXY", "socks4://user:hidden@127.0.0.1:1080"),
        ("all_proxy", "socks://127.0.0.1:1080/"),
        ("SSL_CERT_FILE", "/gone/ca.pem"),
    ],
)
def test_what_the_environment_names_and_is_of_no_use_is_told(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    _, error = failure(OpenAIChat(model="tiny", base_url="https://nowhere.invalid/v1"))
    assert isinstance(error, ServerUnreachable)
    assert variable.upper() in error.remedy
    assert "hidden" not in f"{error} {error.remedy}"


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
    _, error = failure(chat(server))
    assert len(server.requests) == 1
    assert isinstance(error, ServerBusy)
    assert "asks to wait" in str(error)


def test_the_deadline_ends_what_only_keeps_the_connection_alive(server: ScriptedServer) -> None:
    server.script(drip())
    _, error = failure(chat(server, deadline_s=0.3))
    assert isinstance(error, ServerTimeout)
    assert "CITEWELL_MODEL" in error.remedy


@pytest.mark.parametrize(
    "bytes_sent",
    [
        b"HTTP/1.1 200 " + b"O" * 60_000,
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n" + b"X-More: yes\r\n" * 5000,
        b"HTTP/1.1 103 Early Hints\r\n\r\n",
        b"HTTP/1.1 500 Oh\r\nContent-Length: 60000\r\n\r\n" + b"x" * 60_000,
    ],
    ids=["status line", "headers", "endless 1xx", "error body"],
)
def test_the_deadline_holds_before_the_first_byte_of_a_reply(
    server: ScriptedServer, bytes_sent: bytes
) -> None:
    server.script(trickle(bytes_sent, every_s=0.002))
    _, error = failure(chat(server, deadline_s=0.5, read_s=20))
    assert isinstance(error, ServerTimeout)
    assert "CITEWELL_MODEL" in error.remedy


@pytest.mark.parametrize("code", [200, 500])
def test_what_is_sent_is_bounded(server: ScriptedServer, code: int) -> None:
    server.script(flood(code, b"x" * (1 << 20), 200))
    _, error = failure(chat(server))
    assert isinstance(error, BadReply)
    assert "far more" in str(error) or code == 200, "a stream has a bound of its own for lines"


@pytest.mark.parametrize("code", [200, 500])
def test_a_compressed_reply_is_not_unpacked(server: ScriptedServer, code: int) -> None:
    bomb = gzip.compress(b" " * (100 << 20))
    server.script(flood(code, bomb, 1, Content_Encoding="gzip"))
    tracemalloc.start()
    _, error = failure(chat(server))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(error, BadReply)
    assert server.requests[-1].headers["Accept-Encoding"] == "identity"
    assert most < 20 << 20


def test_a_model_that_only_thinks_has_not_answered(server: ScriptedServer) -> None:
    server.script(say("<think> and on and on", finish="length"))
    _, error = failure(chat(server))
    assert isinstance(error, BadReply)
    assert "CITEWELL_MAX_ANSWER_TOKENS" in error.remedy
