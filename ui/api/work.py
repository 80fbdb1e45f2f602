"""Answers in the making for HTTP: off the event loop, a bounded number at once, and stopped when
the client is gone. What is answered is not known here."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing
from typing import Any, TypeVar, cast

from fastapi import Request
from fastapi.responses import StreamingResponse

from rag.errors import CitewellError, Stopped
from ui.api.faults import TooBusy, fault_of
from ui.off_loop import Tick, Workers, events_of

T = TypeVar("T")
K = TypeVar("K")
PING = b": working\n\n"
"""A comment of server-sent events: it keeps proxies from giving up, and no client shows it."""


class Work:
    """`at_once` are worked on, `waiting` more wait for their turn, and others are turned away."""

    def __init__(self, *, at_once: int, waiting: int) -> None:
        self._workers = Workers(at_once)
        self._most = at_once + waiting
        self._now = 0

    async def events(
        self, request: Request, make: Callable[[], Iterator[T]]
    ) -> AsyncIterator[T | Tick]:
        """What the iterator made by `make` yields. Raises TooBusy, Stopped when the client is gone,
        and what the iterator raises."""
        if self._now >= self._most:
            raise TooBusy(
                "Too many questions are waiting already.", remedy="Try again in a few seconds."
            )
        self._now += 1
        try:
            async with aclosing(events_of(self._workers, make)) as events:  # type: ignore[type-var]
                async for event in events:
                    if await request.is_disconnected():
                        raise Stopped("The client is gone.")
                    yield event
        finally:
            self._now -= 1

    async def last(self, request: Request, make: Callable[[], Iterator[Any]], kind: type[K]) -> K:
        """The event of this `kind`, with which it ends. Raises as `events`."""
        async with aclosing(self.events(request, make)) as events:  # type: ignore[type-var]
            async for event in events:
                if isinstance(event, kind):
                    return event
        raise AssertionError(f"it ends with {kind.__name__}")

    async def result(self, request: Request, work: Callable[[], T]) -> T:
        """What `work` returns. Raises as `events`."""

        def once() -> Iterator[tuple[T]]:
            yield (work(),)

        (result,) = await self.last(request, once, tuple)
        return cast(T, result)

    async def streamed(
        self,
        request: Request,
        make: Callable[[], Iterator[T]],
        written: Callable[[T], Iterator[bytes]],
        failed: Callable[[dict[str, Any]], bytes],
    ) -> StreamingResponse:
        """Server-sent events: `written` of each event as it comes. What goes wrong before the first
        one is raised, for a status of its own; `failed` writes what goes wrong later."""
        events = self.events(request, make)
        begun: list[T | Tick] = []
        while not begun or isinstance(begun[-1], Tick):
            begun.append(await anext(events))

        async def body() -> AsyncIterator[bytes]:
            async with aclosing(events):  # type: ignore[type-var]
                try:
                    for part in written(begun[-1]):  # type: ignore[arg-type]
                        yield part
                    async for event in events:
                        for part in (PING,) if isinstance(event, Tick) else written(event):
                            yield part
                except Stopped:
                    return
                except Exception as error:  # noqa: BLE001 - told to the client in our own words
                    if not isinstance(error, CitewellError):
                        _log(error)
                    yield failed(fault_of(error).body)

        return _EventStream(
            body(),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
        )


class _EventStream(StreamingResponse):
    """Closes what it streams, also when the client is gone."""

    async def __call__(self, *args: Any) -> None:
        try:
            await super().__call__(*args)
        finally:
            await self.body_iterator.aclose()  # type: ignore[attr-defined]


def server_sent(data: Any, event: str = "") -> bytes:
    name = f"event: {event}\n" if event else ""
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return f"{name}data: {text}\n\n".encode("utf-8", "replace")


def _log(error: Exception) -> None:
    import logging

    logging.getLogger("uvicorn.error").error("A stream failed", exc_info=error)
