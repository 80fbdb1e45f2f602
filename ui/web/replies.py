"""JSON for a view's script, and errors as it shows them: a sentence and what mends it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from fastapi.responses import JSONResponse

from rag.errors import CitewellError, UsageError
from ui.web import remedies

Handler = Callable[..., Any]


def told(handler: Handler) -> Handler:
    """A handler whose CitewellError becomes `{"error": …}` (400 for wrong input, else 500)."""

    @functools.wraps(handler)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return handler(*args, **kwargs)
        except CitewellError as error:
            status = 400 if isinstance(error, UsageError) else 500
            return JSONResponse({"error": remedies.told(error)}, status_code=status)

    return wrapped


def refused(why: str) -> JSONResponse:
    return JSONResponse({"error": why}, status_code=403)
