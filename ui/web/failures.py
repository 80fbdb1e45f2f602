"""Routes whose failures are sentences: `{"error": …}` with a fitting status, never a traceback."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from rag.errors import CatalogLocked, CitewellError, NotAllowed, NotFound, UsageError
from ui.web import remedies
from ui.web.views import API

_STATUS: tuple[tuple[type[CitewellError], int], ...] = (
    (NotFound, 404),
    (NotAllowed, 403),
    (UsageError, 400),
    (CatalogLocked, 409),
    (CitewellError, 500),
)
_log = logging.getLogger("citewell.web")


def router(folder: str) -> APIRouter:
    """Routes under `/citewell/api/{folder}`, which may raise CitewellError."""
    return APIRouter(prefix=f"{API}/{folder}", route_class=_FailureRoute)


class _FailureRoute(APIRoute):
    """A route, not a handler of the application: a handler of all errors answers outside the guard,
    without its headers."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except CitewellError as error:
                status = next(code for kind, code in _STATUS if isinstance(error, kind))
                return _said(status, remedies.told(error))
            except RequestValidationError:
                return _said(400, "The page asked for something that cannot be. Reload it.")
            except Exception:  # noqa: BLE001 - told to the visitor, logged
                _log.exception("A request failed")
                return _said(500, "Something went wrong inside Citewell; the terminal shows what.")

        return handled


def _said(status: int, error: str) -> Response:
    return JSONResponse({"error": error}, status_code=status)
