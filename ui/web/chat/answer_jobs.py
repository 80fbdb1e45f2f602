"""Answers worked out in threads, their events brought to the event loop: Stop takes effect at once
even while a model server keeps silent. Who is answered when is known to job_queue.py.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass

from rag.errors import CitewellError
from rag.events import Event

TICK = 1.0
"""Seconds after which a silent answer shows that it is still being worked on."""
STOPPED = object()
"""Comes instead of an event when the answer was stopped."""


@dataclass(frozen=True, kw_only=True, slots=True)
class QueuePlace:
    """Comes instead of an event to an answer that waits: how many wait `before` it, or None when
    its turn has come."""

    before: int | None


class AnswerJob:
    """Brings the events of one answer from its thread to the event loop."""

    def __init__(self, events: Callable[[], Iterator[Event]]) -> None:
        self._events = events
        self._loop = asyncio.get_running_loop()
        self._news: asyncio.Queue[object] = asyncio.Queue()
        self._stopped = threading.Event()

    def work(self) -> None:
        """In the thread: pass events on until the end, an error or a stop."""
        if self._stopped.is_set():
            return
        try:
            events = self._events()
            for event in events:
                if self._stopped.is_set():
                    getattr(events, "close", lambda: None)()
                    return
                self._tell(event)
            self._tell(CitewellError("The answer broke off.", remedy="Try again."))
        except Exception as error:  # noqa: BLE001 - told to the visitor, logged by the loop
            self._tell(error)

    def stop(self) -> None:
        self._stopped.set()
        self._news.put_nowait(STOPPED)

    def tell(self, item: object) -> None:
        """Comes as the next of the news. On the event loop alone."""
        self._news.put_nowait(item)

    async def news(self) -> list[object]:
        """All that has arrived since; an empty list when TICK passes without anything."""
        try:
            # Not wait_for: before Python 3.12 it swallows a cancellation that comes with an item.
            async with asyncio.timeout(TICK):
                items = [await self._news.get()]
        except TimeoutError:
            return []
        while not self._news.empty():
            items.append(self._news.get_nowait())
        return items

    def _tell(self, item: object) -> None:
        try:
            self._loop.call_soon_threadsafe(self._news.put_nowait, item)
        except RuntimeError:
            self._stopped.set()  # the server has shut down; nobody is listening


class Workers:
    """A few threads that work off jobs. They are daemons, so that a silent model server does not
    hold up the end of the program, and few, because each keeps a connection to the catalog."""

    def __init__(self, size: int) -> None:
        self._jobs: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._size = size
        self._threads: list[threading.Thread] = []

    def do(self, work: Callable[[], None]) -> None:
        self._jobs.put(work)
        if len(self._threads) < self._size:
            thread = threading.Thread(target=self._work, name="citewell-answer", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        while True:
            self._jobs.get()()


_followed: set[asyncio.Task[None]] = set()
"""The event loop itself holds tasks weakly."""


async def followed(
    news: AsyncIterator[object], *, begun: Callable[[], Awaitable[None]]
) -> AsyncIterator[None]:
    """Something has come of `news`, which is drawn to its end also when nobody looks any more: a
    page that is closed or loaded again loses no answer. `begun` is awaited when the first has come,
    and again after the last."""
    stirred = asyncio.Event()

    async def draw() -> None:
        try:
            beginning: asyncio.Future[None] | None = None
            async for _ in news:
                stirred.set()
                beginning = beginning or asyncio.ensure_future(begun())
            if beginning:
                await beginning
                await begun()
        finally:
            stirred.set()

    task = asyncio.create_task(draw())
    _followed.add(task)
    task.add_done_callback(_followed.discard)
    while not task.done():
        await stirred.wait()
        stirred.clear()
        yield
    task.result()
