"""A model behind a server on loopback, asked one question, and what came of it."""

from __future__ import annotations

from typing import Any

import pytest

from rag.adapters.openai_chat import OpenAIChat
from rag.errors import ModelServerError
from rag.ports import Delta, Message
from tests.scripted_server import ScriptedServer

KEY = "sk-very-secret-0123456789"
ASKED = [Message(role="system", content="Be brief."), Message(role="user", content="Why?")]


def chat(server: ScriptedServer, **settings: Any) -> OpenAIChat:
    quick = {"connect_s": 1.0, "read_s": 0.4, "deadline_s": 60.0, "backoff_s": 0.01}
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
