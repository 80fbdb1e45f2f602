"""Citewell as a model: the official client, streaming and not, and the same citations as at every
other door."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from citewell import Corpus, as_dict
from rag.assistant import Assistant
from rag.config import load
from tests.browser import served
from tests.ui.web.scripted import Scripted
from ui import session
from ui.api.app import create_app
from ui.progress import progress

ENTROPY = "which papers mitigate entropy collapse in RLVR?"
FOLLOW = "which of those reweights tokens?"


@pytest.fixture(scope="module")
def assistant(bundled_dir: Path) -> Assistant:
    return session.ready(load(data_dir=bundled_dir, mode="extractive"), progress)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def address(assistant: Assistant) -> Iterator[str]:
    with served(lambda: create_app(assistant)) as where:
        yield where


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0) as client:
        yield client


@pytest.fixture(scope="module")
def expected(bundled_dir: Path) -> dict[str, Any]:
    with Corpus.open(bundled_dir, mode="extractive") as corpus:
        return as_dict(corpus.ask(ENTROPY))


def cited(answer: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(c["n"], c["paper_id"], c["start"], c["end"], c["quote"]) for c in answer["citations"]]


def test_the_models_are_listed(client: openai.OpenAI) -> None:
    names = [model.id for model in client.models.list()]
    assert names == ["citewell", "citewell-extractive"]
    assert client.models.retrieve("citewell").owned_by == "citewell"
    with pytest.raises(openai.NotFoundError, match="There are: citewell"):
        client.chat.completions.create(model="gpt-x", messages=[{"role": "user", "content": "a"}])


def test_the_same_question_gives_the_same_citations_at_every_door(
    client: openai.OpenAI, address: str, expected: dict[str, Any]
) -> None:
    """Python, `/v1/ask` with and without a stream, both interfaces of OpenAI's."""
    messages: list[Any] = [{"role": "user", "content": ENTROPY}]
    chat = client.chat.completions.create(model="citewell", messages=messages)
    reply = client.responses.create(model="citewell", input=ENTROPY)
    asked = httpx.post(f"{address}/v1/ask", json={"question": ENTROPY}).json()
    *_, last = events(address, {"question": ENTROPY, "stream": True})
    doors = [chat.model_extra["citewell"], reply.model_extra["citewell"], asked, last["answer"]]  # type: ignore[index]
    for answer in doors:
        assert cited(answer) == cited(expected)
        assert answer["text"] == expected["text"]
        assert answer.keys() == expected.keys()


def events(address: str, body: dict[str, Any], path: str = "/v1/ask") -> list[dict[str, Any]]:
    import json

    text = httpx.post(address + path, json=body).text
    return [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: {")]


def test_annotations_are_places_in_the_text_and_spans_of_abstracts(
    client: openai.OpenAI, address: str, expected: dict[str, Any]
) -> None:
    reply = client.responses.create(model="citewell", input=ENTROPY)
    text = reply.output_text
    assert text.startswith(expected["text"])
    (message,) = reply.output
    annotations = [one.model_dump() for one in message.content[0].annotations]  # type: ignore[union-attr]
    assert len(annotations) >= len(expected["citations"])
    by_number = {c["n"]: c for c in expected["citations"]}
    for one in annotations:
        citation = by_number[int(text[one["start_index"] + 1 : one["end_index"] - 1])]
        assert one["quote"] == citation["quote"]
        assert one["url"] == citation["url"]
        paper = httpx.get(f"{address}/v1/papers/{one['paper_id']}").json()
        assert paper["abstract"][one["quote_start"] : one["quote_end"]] == one["quote"]
        assert f"“{' '.join(one['quote'].split())}”" in text
    assert reply.usage and reply.usage.total_tokens == 0


def test_streamed_and_whole_are_the_same(client: openai.OpenAI) -> None:
    messages: list[Any] = [{"role": "user", "content": ENTROPY}]
    whole = client.chat.completions.create(model="citewell", messages=messages)
    chunks = list(
        client.chat.completions.create(
            model="citewell",
            messages=messages,
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    deltas = [choice.delta for chunk in chunks for choice in chunk.choices]
    assert "".join(d.content or "" for d in deltas) == whole.choices[0].message.content
    assert len(deltas) > 5
    extra = deltas[-1].model_extra or {}
    assert extra["annotations"] == [
        one.model_dump() for one in whole.choices[0].message.annotations or ()
    ]
    assert [c.finish_reason for chunk in chunks for c in chunk.choices][-1] == "stop"
    assert chunks[-1].usage == whole.usage


def test_a_streamed_response_comes_in_its_order(client: openai.OpenAI) -> None:
    with client.responses.stream(model="citewell", input=ENTROPY) as stream:
        seen = list(stream)
        final = stream.get_final_response()
    kinds = list(dict.fromkeys(event.type for event in seen))
    assert kinds == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.annotation.added",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    assert [event.sequence_number for event in seen] == list(range(len(seen)))
    assert final.output_text == client.responses.create(model="citewell", input=ENTROPY).output_text


@pytest.mark.parametrize("system", [[], [{"role": "system", "content": "Answer in French."}]])
def test_earlier_messages_are_the_history(
    client: openai.OpenAI, assistant: Assistant, system: list[Any]
) -> None:
    messages: list[Any] = [*system, {"role": "user", "content": ENTROPY}]
    first = client.chat.completions.create(model="citewell", messages=messages)
    content = first.choices[0].message.content
    messages += [
        {"role": "assistant", "content": content},
        {"role": "user", "content": [{"type": "text", "text": FOLLOW}]},
    ]
    chat = client.chat.completions.create(model="citewell", messages=messages)
    reply = client.responses.create(model="citewell", input=messages)
    with Corpus.open(assistant.config.data_dir, mode="extractive") as corpus:
        conversation = corpus.conversation()
        conversation.ask(ENTROPY)
        expected = as_dict(conversation.ask(FOLLOW))
    for answer in (chat.model_extra["citewell"], reply.model_extra["citewell"]):  # type: ignore[index]
        assert cited(answer) == cited(expected)
        assert answer["papers"] == list(expected["papers"])


@pytest.mark.parametrize(
    "messages",
    [
        [{"role": "assistant", "content": "Hello."}],
        [{"role": "system", "content": "Hello."}],
        [{"role": "user", "content": ""}],
        [{"role": "user", "content": "why? " * 2000}],
        [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:"}}]}],
    ],
)
def test_what_is_no_question_is_a_bad_request(client: openai.OpenAI, messages: Any) -> None:
    for stream in (False, True):
        with pytest.raises(openai.BadRequestError) as told:
            client.chat.completions.create(model="citewell", messages=messages, stream=stream)
        assert told.value.body["type"] == "invalid_request_error"  # type: ignore[index]


def test_what_breaks_in_the_middle_is_told_without_its_details() -> None:
    messages: list[Any] = [{"role": "user", "content": "broken"}]
    with (
        served(lambda: create_app(Scripted())) as where,  # type: ignore[arg-type]
        openai.OpenAI(base_url=f"{where}/v1", api_key="none", max_retries=0) as client,
    ):
        with pytest.raises(openai.InternalServerError) as whole:
            client.chat.completions.create(model="citewell", messages=messages)
        with pytest.raises(openai.APIError) as streamed:
            list(client.chat.completions.create(model="citewell", messages=messages, stream=True))
        with pytest.raises(openai.APIError) as responses:
            list(client.responses.create(model="citewell", input="broken", stream=True))
        for told in (whole, streamed, responses):
            assert "should not have" in str(told.value)
            assert "secret" not in str(told.value)
        with pytest.raises(openai.InternalServerError, match="citewell reindex"):
            client.responses.create(model="citewell", input="damaged")


def test_a_conversation_of_thousands_of_turns_goes_on(
    address: str, client: openai.OpenAI, assistant: Assistant
) -> None:
    shown = assistant.ask(ENTROPY)
    history = [{"role": turn.role, "content": turn.content} for turn in shown.turns] * 2500
    messages: Any = [*history, {"role": "user", "content": FOLLOW}]
    reply = client.chat.completions.create(model="citewell", messages=messages)
    native = httpx.post(
        f"{address}/v1/ask", json={"question": FOLLOW, "history": history}, timeout=60
    ).json()
    assert native["filters"]["paper_ids"] == list(shown.papers)
    assert cited(native) == cited(reply.model_extra["citewell"])  # type: ignore[index]
