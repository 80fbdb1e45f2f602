"""What the routes reply, for the OpenAPI document. Replies are made by `rag.export.json_records`;
that they look like this is tested from the document (tests/ui/api/test_openapi.py)."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from rag.filters import Filters
from rag.records import Answer, Usage


class Hit(BaseModel):
    """A ranked paper and its best passage: `quote == abstract[start:end]`, in characters."""

    rank: int = Field(description="From 1.")
    paper_id: str
    title: str
    score: float = Field(description="For the order alone; of no use between questions.")
    published: str | None
    upvotes: int | None
    quote: str
    start: int
    end: int
    parts: dict[str, float] = Field(description="What the score is made of.")
    arxiv_month: str | None
    url: str | None


class SearchReply(BaseModel):
    query: str
    hits: list[Hit]
    timings_ms: dict[str, float]
    filters: Filters
    notices: list[str]


class PaperReply(BaseModel):
    paper_id: str
    title: str
    abstract: str
    published: str | None = Field(description="2025, 2025-10 or 2025-10-11.")
    date_precision: str | None
    author_count: int | None
    authors: list[str]
    upvotes: int | None
    sources: list[str]
    doi: str | None
    arxiv_id: str | None
    url: str | None
    citekey: str | None
    arxiv_month: str | None


class PapersReply(BaseModel):
    papers: list[PaperReply]
    total: int = Field(description="Of the whole catalog.")


class Column(BaseModel):
    name: str
    question: str


class QuotedSpan(BaseModel):
    """`quote == abstract[start:end]`, in characters."""

    start: int
    end: int
    quote: str


class Cell(BaseModel):
    column: str
    status: Literal["stated", "not_stated", "failed"] | None = Field(
        description="Null where it is not filled yet."
    )
    value: str
    spans: list[QuotedSpan]
    note: str
    model: str | None


class Row(BaseModel):
    citekey: str
    paper_id: str
    title: str
    published: str | None
    url: str | None
    cells: list[Cell]
    arxiv_month: str | None


class TableReply(BaseModel):
    asked: str
    mode: Literal["extractive", "llm"]
    models: list[str]
    columns: list[Column]
    rows: list[Row]
    notices: list[str]
    usage: Usage


class ModelReply(BaseModel):
    id: str
    object: Literal["model"]
    created: int = Field(description="Seconds since 1970.")
    owned_by: str


class ModelsReply(BaseModel):
    object: Literal["list"]
    data: list[ModelReply]


class OpenAIReply(BaseModel):
    """As OpenAI documents it, with `citewell`, the answer as `/v1/ask` gives it."""

    id: str
    model: str
    usage: dict[str, Any]
    citewell: Answer


class ChatReply(OpenAIReply):
    object: Literal["chat.completion"]
    created: int = Field(description="Seconds since 1970.")
    choices: list[dict[str, Any]] = Field(description="One, with its message and annotations.")
    system_fingerprint: str


class ResponseReply(OpenAIReply):
    object: Literal["response"]
    created_at: int = Field(description="Seconds since 1970.")
    status: Literal["completed"]
    output: list[dict[str, Any]] = Field(description="One message, with its annotations.")


class Failure(BaseModel):
    message: str = Field(description="What happened, and what mends it.")
    type: str
    param: str | None = Field(description="The field of the request that it is about.")
    code: str


class FailureReply(BaseModel):
    error: Failure


Responses = dict[int | str, dict[str, Any]]

FAILURES: Responses = {
    "4XX": {"model": FailureReply, "description": "The request cannot be answered as it is."},
    "5XX": {"model": FailureReply, "description": "It could be, and something failed."},
}

_EVENT = {
    "type": "object",
    "properties": {"event": {"type": "string"}, "data": {"type": "string"}},
    "required": ["data"],
}


def replies(model: type, *, streamed: str = "") -> Responses:
    """The replies of a route. `streamed`: what comes as server-sent events where these are asked
    for."""
    told: dict[str, Any] = {"model": model, "description": "Done."}
    if streamed:
        told["content"] = {"text/event-stream": {"schema": {**_EVENT, "description": streamed}}}
    return {200: told, **FAILURES}
