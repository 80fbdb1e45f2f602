"""The ChatModel contract, on the fake and on the real adapter over HTTP alike."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.adapters.fakes import ScriptedChat
from rag.adapters.openai_chat import OpenAIChat
from rag.errors import BadReply, ModelServerError, ServerRejected
from rag.ports import ChatModel, Message
from tests.scripted_server import ScriptedServer, cut, say, server, status

__all__ = ["server"]

ASKED = [Message(role="system", content="Be brief."), Message(role="user", content="Why is it so?")]
REPLY = "Because  of that.\n\n- **One** [E1]\n- Zwei “ß” 🙂"

CUT = "cut in the middle of a reply"
REFUSED = "refused at once"
Make = Callable[..., ChatModel]


@pytest.fixture(params=["fake", "real"])
def make(request: pytest.FixtureRequest, server: ScriptedServer) -> Make:
    """A model that gives these replies, one a call; CUT and REFUSED stand for faults."""

    def fake(*replies: str, usage: bool = True) -> ChatModel:
        faults: dict[str, ModelServerError | tuple[str, ModelServerError]] = {
            CUT: ("The first half", BadReply("cut", remedy="again")),
            REFUSED: ServerRejected("no", remedy="key"),
        }
        return ScriptedChat([faults.get(reply, reply) for reply in replies], tells_usage=usage)

    def real(*replies: str, usage: bool = True) -> ChatModel:
        steps = {CUT: cut("The first half"), REFUSED: status(401)}
        told = (30, 12) if usage else None
        server.script(*(steps.get(reply) or say(reply, usage=told) for reply in replies))
        return OpenAIChat(model="tiny", base_url=server.url, read_s=1, backoff_s=0.01)

    return fake if request.param == "fake" else real


def streamed(model: ChatModel, max_tokens: int = 100) -> str:
    return "".join(delta.text for delta in model.stream(ASKED, max_tokens=max_tokens))


def test_the_pieces_are_the_reply(make: Make) -> None:
    model = make(REPLY)
    pieces = [delta.text for delta in model.stream(ASKED, max_tokens=100)]
    assert "".join(pieces) == REPLY
    assert len(pieces) > 2


def test_usage_comes_last_and_only_when_told(make: Make) -> None:
    *_, last = make(REPLY).stream(ASKED, max_tokens=100)
    assert last.prompt_tokens
    assert last.completion_tokens
    assert all(
        delta.prompt_tokens is None
        for delta in make(REPLY, usage=False).stream(ASKED, max_tokens=9)
    )


def test_each_call_is_a_call(make: Make) -> None:
    model = make("One.", "Two.")
    assert [streamed(model), streamed(model)] == ["One.", "Two."]


def test_nothing_happens_before_the_first_piece_is_asked_for(make: Make) -> None:
    model = make(REFUSED)
    stream = model.stream(ASKED, max_tokens=10)
    with pytest.raises(ServerRejected):
        next(stream)


def test_a_fault_comes_behind_the_text_before_it(make: Make) -> None:
    came = ""
    with pytest.raises(ModelServerError) as caught:
        for delta in make(CUT).stream(ASKED, max_tokens=10):
            came += delta.text
    assert came == "The first half"
    assert caught.value.remedy


def test_an_empty_reply_is_a_bad_one(make: Make) -> None:
    with pytest.raises(BadReply):
        streamed(make(""))


def test_tokens_grow_with_the_messages(make: Make) -> None:
    model = make(REPLY)
    one, two = model.count_tokens(ASKED[:1]), model.count_tokens(ASKED)
    assert 0 < one < two < model.max_prompt_tokens
    longer = [Message(role="user", content="Why is it so? " * 50)]
    assert model.count_tokens(longer) > 100


def test_it_has_a_name(make: Make) -> None:
    assert make(REPLY).name
