"""`/v1/responses`, as OpenAI's clients ask and read it. Nothing is stored: the conversation comes
in with each request."""

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
from ui.api.replies import ResponseReply, replies
from ui.api.work import PING, Work, server_sent

_EVENTS = "response.created to response.completed"


class ResponsesBody(BaseModel):
    """Whatever else OpenAI's interface has is accepted and has no effect."""

    model: Annotated[str, Field(max_length=200)]
    input: (
        Annotated[str, Field(max_length=100_000)]
        | Annotated[list[Message], Field(min_length=1, max_length=MAX_MESSAGES)]
    )
    stream: bool | None = None
    previous_response_id: Annotated[str, Field(max_length=200)] | None = None
    conversation: Any = None
    background: bool | None = None
    text: dict[str, Any] | None = None


def router(assistant: Assistant, work: Work, remembered: Remembered) -> APIRouter:
    api = APIRouter(prefix="/v1")

    @api.post("/responses", responses=replies(ResponseReply, streamed=_EVENTS))
    async def responses(request: Request, body: ResponsesBody) -> Response:
        """The last message is answered with checked citations, the others are its history."""
        if _format(body.text) != "text":
            raise UsageError("Answers are text: text.format cannot be another one.")
        stored = (body.previous_response_id, body.conversation, body.background or None)
        if any(value is not None for value in stored):
            raise UsageError(
                "No response is stored here.", remedy="Send the earlier messages as input."
            )
        messages = (
            [Message(role="user", content=body.input)]
            if isinstance(body.input, str)
            else body.input
        )
        question = asked(assistant.config, body.model, messages, remembered)
        reply = _Reply(body.model)
        base_url = str(request.base_url)

        def told(answer: Answer) -> ChatText:
            text = chat_text(answer, base_url)
            remembered.note(text.text, answer)
            return text

        if not body.stream:
            finished = await work.last(request, lambda: question.events(assistant), Finished)
            return Json(reply.whole(told(finished.answer), finished.answer))
        begun = False

        def written(event: Event) -> Iterator[bytes]:
            nonlocal begun
            if not begun:
                begun = True
                yield reply.event("response.created", response=reply.open)
                yield reply.event("response.in_progress", response=reply.open)
            if isinstance(event, Finished):
                yield from reply.events(told(event.answer), event.answer)
            else:
                yield PING

        return await work.streamed(
            request, lambda: question.events(assistant), written, failed=reply.failed
        )

    return api


class _Reply:
    """One response: its parts, and its events in their order."""

    def __init__(self, model: str) -> None:
        self._id = uuid.uuid4().hex
        self._number = -1
        self.open: dict[str, Any] = {
            "id": f"resp_{self._id}",
            "object": "response",
            "created_at": int(time.time()),
            "status": "in_progress",
            "model": model,
            "output": [],
            "error": None,
            "incomplete_details": None,
            "instructions": None,
            "metadata": {},
            "parallel_tool_calls": False,
            "previous_response_id": None,
            "store": False,
            "temperature": None,
            "top_p": None,
            "text": {"format": {"type": "text"}},
            "tool_choice": "none",
            "tools": [],
            "usage": None,
        }

    def event(self, kind: str, **fields: Any) -> bytes:
        self._number += 1
        return server_sent({"type": kind, "sequence_number": self._number, **fields}, kind)

    def failed(self, body: dict[str, Any]) -> bytes:
        return self.event("error", **body["error"] | {"type": "error"}, **body)

    def whole(self, told: ChatText, answer: Answer) -> dict[str, Any]:
        return {
            **self.open,
            "status": "completed",
            "output": [self._item(self._content(told))],
            "usage": _usage(answer.usage),
            "citewell": jsons.answer(answer),
        }

    def events(self, told: ChatText, answer: Answer) -> Iterator[bytes]:
        item = self._item()
        place = {"item_id": item["id"], "output_index": 0, "content_index": 0}
        content = self._content(told)
        empty = {**content, "text": "", "annotations": []}
        yield self.event("response.output_item.added", output_index=0, item=item)
        yield self.event("response.content_part.added", **place, part=empty)
        for piece in told.pieces():
            yield self.event("response.output_text.delta", **place, delta=piece, logprobs=[])
        for at, annotation in enumerate(content["annotations"]):
            yield self.event(
                "response.output_text.annotation.added",
                **place,
                annotation_index=at,
                annotation=annotation,
            )
        yield self.event("response.output_text.done", **place, text=told.text, logprobs=[])
        yield self.event("response.content_part.done", **place, part=content)
        yield self.event("response.output_item.done", output_index=0, item=self._item(content))
        yield self.event("response.completed", response=self.whole(told, answer))

    def _item(self, content: dict[str, Any] | None = None) -> dict[str, Any]:
        return {
            "id": f"msg_{self._id}",
            "type": "message",
            "role": "assistant",
            "status": "completed" if content else "in_progress",
            "content": [content] if content else [],
        }

    def _content(self, told: ChatText) -> dict[str, Any]:
        return {
            "type": "output_text",
            "text": told.text,
            "annotations": [{"type": "url_citation", **one} for one in told.annotations],
            "logprobs": [],
        }


def _format(text: dict[str, Any] | None) -> Any:
    wanted = (text or {}).get("format") or {}
    return wanted.get("type", "text") if isinstance(wanted, dict) else wanted


def _usage(usage: Usage) -> dict[str, Any]:
    """What Citewell's own model was asked; nothing for quoted sentences."""
    return {
        "input_tokens": usage.prompt_tokens,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": usage.completion_tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
    }
