"""What went wrong, in the shape in which OpenAI's clients read errors. No traceback, no path and
no exception's own words leave, but those that were written for users (`rag.errors`)."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.errors import CatalogLocked, CitewellError, ModelServerError, NotFound, UsageError

_UNFORESEEN = "Something went wrong here that should not have; the server's own log says what."
_CODES = {
    400: "invalid_request",
    401: "invalid_api_key",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "timeout",
    413: "request_too_large",
    415: "unsupported_media_type",
    429: "rate_limit_exceeded",
    502: "model_server_failed",
    503: "busy_writing",
}


class TooBusy(CitewellError):
    """As many questions as may wait are waiting."""


class Json(JSONResponse):
    """Text that is no valid Unicode becomes question marks rather than a failure."""

    def render(self, content: Any) -> bytes:
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(
            "utf-8", "replace"
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """An HTTP status, what happened and what mends it, and the field of the request it is about."""

    status: int
    message: str
    param: str | None = None
    code: str | None = None

    @property
    def body(self) -> dict[str, Any]:
        kinds = {401: "authentication_error", 429: "rate_limit_error"}
        kind = "server_error" if self.status >= 500 else "invalid_request_error"
        return {
            "error": {
                "message": self.message,
                "type": kinds.get(self.status, kind),
                "param": self.param,
                "code": self.code or _CODES.get(self.status, "internal_error"),
            }
        }

    def response(self, headers: Mapping[str, str] | None = None) -> Json:
        added = dict(headers or {})
        if self.status == 401:
            added["WWW-Authenticate"] = "Bearer"
        if self.status in (429, 503):
            added["Retry-After"] = "5"
        return Json(self.body, status_code=self.status, headers=added)


def fault_of(error: Exception) -> Fault:
    match error:
        case TooBusy():
            status = 429
        case NotFound():
            status = 404
        case UsageError():
            status = 400
        case CatalogLocked():
            status = 503
        case ModelServerError():
            status = 502
        case CitewellError():
            status = 500
        case _:
            return Fault(status=500, message=_UNFORESEEN)
    return Fault(status=status, message=f"{error} {error.remedy}".strip())


def install(app: FastAPI) -> None:
    """Every error of `app` in this shape."""

    async def ours(request: Request, error: Exception) -> Json:
        return fault_of(error).response()

    async def invalid(request: Request, error: Any) -> Json:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"] if part not in ("body", "query"))
        message = f"{where}: {first['msg']}" if where else str(first["msg"])
        return Fault(status=400, message=message, param=where or None).response()

    async def http(request: Request, error: Any) -> Json:
        return Fault(status=error.status_code, message=str(error.detail)).response(error.headers)

    app.add_exception_handler(CitewellError, ours)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
    app.add_middleware(Unforeseen)


class Unforeseen:
    """Tells what went wrong that should not have, and notes it in the server's log. A handler of
    FastAPI's would do so as well, but the connection is closed behind it, on which the client may
    have sent its next request already."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def sent(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, sent)
        except Exception as error:
            if begun or scope["type"] != "http":
                raise
            logging.getLogger("uvicorn.error").error("A request failed", exc_info=error)
            await fault_of(error).response()(scope, receive, send)
