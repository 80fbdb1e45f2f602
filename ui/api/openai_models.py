"""Citewell as models of an OpenAI-compatible server: which there are, and what is asked of them in
the words of both of its interfaces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, Field

from rag.assistant import Assistant
from rag.config import Config
from rag.errors import NotFound, UsageError
from rag.events import Event
from rag.records import Depth, Mode, Turn
from ui.api.chat_text import Remembered
from ui.api.faults import Json
from ui.api.replies import ModelReply, ModelsReply, replies

_HEARD = ("user", "assistant")


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """A name, and how its answers are made."""

    mode: Mode | None = None
    depth: Depth = "normal"


class Part(BaseModel):
    type: str = "text"
    text: Annotated[str, Field(max_length=100_000)] | None = None


class Message(BaseModel):
    """One message of either interface. What is no message (a tool's call, reasoning) has no role.
    Only user's and assistant's words are heard: instructions are Citewell's own."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"] | None = None
    content: (
        Annotated[str, Field(max_length=100_000)]
        | Annotated[list[Part], Field(max_length=1000)]
        | None
    ) = None

    def words(self) -> str:
        """Raises UsageError for a picture, a sound or a file."""
        if self.content is None or isinstance(self.content, str):
            return self.content or ""
        if other := [part.type for part in self.content if part.text is None]:
            raise UsageError(f"Only text is understood here, not {other[0][:40]!r}.")
        return "\n".join(part.text or "" for part in self.content)


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    model: Model
    question: str
    history: tuple[Turn, ...]

    def events(self, assistant: Assistant) -> Iterator[Event]:
        return assistant.stream(
            self.question, history=self.history, mode=self.model.mode, depth=self.model.depth
        )


def models(config: Config) -> dict[str, Model]:
    found = {"citewell": Model(), "citewell-extractive": Model(mode="extractive")}
    if config.model is not None and config.mode != "extractive":
        found["citewell-thorough"] = Model(mode="llm", depth="thorough")
    return found


def asked(config: Config, model: str, messages: Sequence[Message], remembered: Remembered) -> Asked:
    """The last message is the question, those before it the conversation. Raises NotFound for an
    unknown model, and UsageError where the last message is no question."""
    known = models(config)
    if model not in known:
        raise NotFound(
            f"There is no model {model[:100]!r}.", remedy=f"There are: {', '.join(known)}."
        )
    heard = [message for message in messages if message.role in _HEARD]
    if not heard or heard[-1].role != "user":
        raise UsageError("The last message has to be the user's question.")
    turns = [Turn(role=m.role, content=m.words()) for m in heard]  # type: ignore[arg-type]
    return Asked(
        model=known[model],
        question=turns[-1].content,
        history=tuple(remembered.recalled(turn) for turn in turns[:-1] if turn.content.strip()),
    )


def router(assistant: Assistant, started: int) -> APIRouter:
    """`started`: seconds since 1970."""
    api = APIRouter(prefix="/v1")

    def told(name: str) -> dict[str, Any]:
        return {"id": name, "object": "model", "created": started, "owned_by": "citewell"}

    @api.get("/models", responses=replies(ModelsReply))
    async def listing() -> Response:
        """The models: citewell answers as configured, citewell-extractive with quoted sentences,
        citewell-thorough (where a model is configured) looks through all papers."""
        return Json({"object": "list", "data": [told(name) for name in models(assistant.config)]})

    @api.get("/models/{name}", responses=replies(ModelReply))
    async def one(name: str) -> Response:
        """One of them."""
        if name not in models(assistant.config):
            raise NotFound(f"There is no model {name[:100]!r}.", remedy="List them: /v1/models")
        return Json(told(name))

    return api
