"""Blocking work for programs with an event loop: done in a few threads of its own, its events
brought to the loop. Whoever stops listening stops the work at its next event.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, Final, TypeVar

from ui.web.chat.answer_jobs import AnswerJob, Workers

__all__ = ["TICK", "Tick", "Workers", "events_of", "result_of"]

T = TypeVar("T")


class Tick:
    """Comes instead of an event after a second without one."""


TICK: Final = Tick()
_END: Final = object()


async def events_of(workers: Workers, make: Callable[[], Iterator[T]]) -> AsyncIterator[T | Tick]:
    """What the iterator made by `make` yields, worked off in one of `workers`. Raises what it
    raises. Closed or cancelled, it closes that iterator when its next event has come."""

    def ended() -> Iterator[Any]:
        yield from make()
        yield _END

    job = AnswerJob(ended)
    workers.do(job.work)
    try:
        while True:
            news: list[Any] = await job.news()
            for item in news or [TICK]:
                if item is _END:
                    return
                if isinstance(item, Exception):
                    raise item
                yield item
    finally:
        job.stop()


async def result_of(workers: Workers, work: Callable[[], T]) -> T:
    """What `work` returns, from one of `workers`. Raises what it raises. Cancelled before its turn
    has come, it is not begun."""

    def once() -> Iterator[T]:
        yield work()

    async for result in events_of(workers, once):
        if not isinstance(result, Tick):
            return result
    raise AssertionError("one result comes")
