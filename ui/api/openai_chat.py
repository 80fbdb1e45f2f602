"""`/v1/chat/completions`, as OpenAI's clients ask and read it.

Streamed is the checked text alone: a draft has words that may be taken back and citations that
nothing has checked yet, and a chat client can take nothing back."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from rag.assistant import Assistant
from rag.errors import UsageError
from rag.events import Event, Finished
from rag.export import json_records as jsons
from rag.records import Answer, Usage
from ui.api.chat_text import ChatText, Remembered, chat_text
from ui.api.faults import Json
from ui.api.gate import MAX_MESSAGES
from ui.api.openai_models import Message, asked
from ui.api.replies import ChatReply, replies
from ui.api.work import PING, Work, server_sent

_CHUNKS = "chat.completion.chunk, then [DONE]"


class StreamOptions(BaseModel):
    include_usage: bool = False


class ChatBody(BaseModel):
    """Whatever else OpenAI's interface has (temperature, tools, …) is accepted, to no effect."""

    model: Annotated[str, Field(max_length=200)]
    messages: Annotated[list[Message], Field(min_length=1, max_length=MAX_MESSAGES)]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: Annotated[int, Field(ge=1, le=1)] | None = None
    response_format: dict[str, Any] | None = None


def router(assistant: Assistant, work: Work, remembered: Remembered) -> APIRouter:
    api = APIRouter(prefix="/v1")

    @api.post("/chat/completions", responses=replies(ChatReply, streamed=_CHUNKS))
    async def completions(request: Request, body: ChatBody) -> Response:
        """The last message is answered with checked citations, the others are its history."""
        if (body.response_format or {}).get("type", "text") != "text":
            raise UsageError("Answers are text: response_format cannot be another one.")
        question = asked(assistant.config, body.model, body.messages, remembered)
        base_url = str(request.base_url)
        frame = {
            "id": f"chatcmpl-{uuid.uuid4().hex}",
            "created": int(time.time()),
            "model": body.model,
        }

        def told(answer: Answer) -> ChatText:
            text = chat_text(answer, base_url)
            remembered.note(text.text, answer)
            return text

        if not body.stream:
            finished = await work.last(request, lambda: question.events(assistant), Finished)
            return Json(_completion(frame, told(finished.answer), finished.answer))
        with_usage = bool(body.stream_options and body.stream_options.include_usage)

        def written(event: Event) -> Iterator[bytes]:
            if isinstance(event, Finished):
                answer = event.answer
                for chunk in _chunks(frame, told(answer), answer, with_usage=with_usage):
                    yield server_sent(chunk)
                yield server_sent("[DONE]")
            else:
                yield PING

        return await work.streamed(
            request, lambda: question.events(assistant), written, failed=server_sent
        )

    return api


def _completion(frame: dict[str, Any], told: ChatText, answer: Answer) -> dict[str, Any]:
    message = {
        "role": "assistant",
        "content": told.text,
        "refusal": None,
        "annotations": _annotations(told),
    }
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return {
        **frame,
        "object": "chat.completion",
        "choices": [choice],
        "usage": _usage(answer.usage),
        "system_fingerprint": answer.fingerprint,
        "citewell": jsons.answer(answer),
    }


def _chunks(
    frame: dict[str, Any], told: ChatText, answer: Answer, *, with_usage: bool
) -> Iterator[dict[str, Any]]:
    def chunk(delta: dict[str, Any], *, end: bool = False, **more: Any) -> dict[str, Any]:
        choice = {
            "index": 0,
            "delta": delta,
            "logprobs": None,
            "finish_reason": "stop" if end else None,
        }
        fields = {**frame, "object": "chat.completion.chunk", "choices": [choice], **more}
        return {**fields, "system_fingerprint": answer.fingerprint}

    yield chunk({"role": "assistant", "content": ""})
    for piece in told.pieces():
        yield chunk({"content": piece})
    yield chunk({"annotations": _annotations(told)}, end=True, citewell=jsons.answer(answer))
    if with_usage:
        yield {**chunk({}), "choices": [], "usage": _usage(answer.usage)}


def _annotations(told: ChatText) -> list[dict[str, Any]]:
    return [{"type": "url_citation", "url_citation": one} for one in told.annotations]


def _usage(usage: Usage) -> dict[str, int]:
    """What Citewell's own model was asked; nothing for quoted sentences."""
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
    }
