"""What OpenAIChat takes for granted of a server, on a real one: llama.cpp with a small model."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest

from rag.adapters.llama_file import LlamaServer
from rag.adapters.openai_chat import OpenAIChat
from rag.adapters.openai_models import models
from rag.adapters.openai_server import RequestRefused
from rag.answer.citations import check
from rag.errors import ServerRejected
from rag.ports import Delta, Message
from rag.records import Evidence
from tests.corpus import papers
from tests.real_model import llama, weights

__all__ = ["llama", "weights"]

ASKED = [Message(role="user", content="What is machine learning?")]


def chat(llama: LlamaServer, **settings: Any) -> OpenAIChat:
    given = {"base_url": llama.url, "api_key": llama.key, "context_tokens": 4096, **settings}
    return OpenAIChat(model="smol", **given)


def deltas(model: OpenAIChat, max_tokens: int) -> list[Delta]:
    return list(model.stream(ASKED, max_tokens=max_tokens))


def test_a_reply_streams_and_is_cut_at_its_limit(llama: LlamaServer) -> None:
    *pieces, last = deltas(chat(llama), max_tokens=12)
    assert len([piece for piece in pieces if piece.text]) > 5
    assert re.search(r"[a-z]{3}", "".join(piece.text for piece in pieces))
    assert (last.completion_tokens, last.cut) == (12, True)
    assert last.prompt_tokens is not None
    assert last.prompt_tokens > 10


def test_a_wrong_key_is_refused(llama: LlamaServer) -> None:
    with pytest.raises(ServerRejected, match="refused the key"):
        deltas(chat(llama, api_key="another"), max_tokens=1)


def test_it_lists_its_model(llama: LlamaServer, weights: Any) -> None:
    found = models(base_url=llama.url, api_key=llama.key)
    assert found is not None
    assert weights.name in found[0]


def test_a_prompt_beyond_the_context_is_refused_and_not_cut(llama: LlamaServer) -> None:
    """Settings promise 4,096 tokens where there are 1,024."""
    long = [Message(role="user", content="word " * 2000)]
    with pytest.raises(RequestRefused, match="context size") as caught:
        list(chat(llama).stream(long, max_tokens=5))
    assert "CITEWELL_MAX_PROMPT_TOKENS" in caught.value.remedy


def test_whoever_stops_listening_stops_the_model(llama: LlamaServer) -> None:
    stream = chat(llama).stream(ASKED, max_tokens=900)
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    for _ in range(200):
        slots: Any = llama.asked("/slots")
        if not slots[0]["is_processing"]:
            break
        time.sleep(0.05)
    else:
        pytest.fail("it goes on writing")


def written(llama: LlamaServer, schema: dict[str, Any], asked: str, max_tokens: int) -> Any:
    """What it writes by a JSON schema, parsed."""
    body = {
        "messages": [{"role": "user", "content": asked}],
        "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}},
        "max_tokens": max_tokens,
        "temperature": 0,
    }
    reply: Any = llama.asked("/v1/chat/completions", body)
    return json.loads(reply["choices"][0]["message"]["content"])


def test_a_json_schema_is_kept(llama: LlamaServer) -> None:
    kinds = ["list", "fact", "compare"]
    schema = {
        "type": "object",
        "properties": {
            "kind": {"enum": kinds},
            "newest": {"type": "boolean"},
            "papers": {"type": "array", "items": {"type": "integer"}, "maxItems": 2},
        },
        "required": ["kind", "newest", "papers"],
        "additionalProperties": False,
    }
    found = written(llama, schema, "Tell me a joke.", max_tokens=60)
    assert set(found) == {"kind", "newest", "papers"}
    assert found["kind"] in kinds
    assert isinstance(found["newest"], bool)
    assert all(isinstance(number, int) for number in found["papers"])


def test_what_it_makes_up_fails_the_check(llama: LlamaServer) -> None:
    """Made to cite a quote and to name a figure of its own, whatever it writes around them."""
    paper = papers(1)[0]
    evidence = Evidence(key="E1", paper=paper, start=0, end=len(paper.abstract), score=1.0)
    pattern = r"^The method[a-z ]{10,60} [1-9][0-9][0-9] percent[a-z ]{5,40} \[E1\]\.$"
    schema = {
        "type": "object",
        "properties": {"claim": {"type": "string", "pattern": pattern}},
        "required": ["claim"],
    }
    asked = f"How good is the method? {paper.abstract}"
    claim = written(llama, schema, asked, max_tokens=80)["claim"]
    assert re.fullmatch(pattern, claim)
    checked = check(claim, [evidence], question="How good is the method?")
    (figure,) = re.findall(r"\d{3}", claim)
    (sentence,) = checked.sentences
    assert not sentence.supported
    assert figure in sentence.why
    assert not checked.papers
