"""Calls of a model at the same time, and what they bring in the order in which it comes.

What is called, how many there may be, and what becomes of it, is not known here.
"""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import closing
from queue import SimpleQueue
from typing import Generic, TypeVar

News = TypeVar("News")


class ParallelCalls(Generic[News]):
    """Runs generators, each in a thread of its own. A None that one yields is no news, but a place
    where it can be broken off."""

    def __init__(self) -> None:
        self._news: SimpleQueue[News | Exception] = SimpleQueue()
        self._stopped = threading.Event()

    def begin(self, call: Generator[News | None, None, None]) -> None:
        # A daemon: it does not hold up the end of the program.
        threading.Thread(target=self._run, args=(call,), name="citewell-call", daemon=True).start()

    def next(self) -> News:
        """What comes next; waits for it. Raises what a call raised."""
        news = self._news.get()
        if isinstance(news, Exception):
            raise news
        return news

    def stop(self) -> None:
        """Break off what is under way: nobody reads the news any more."""
        self._stopped.set()

    def _run(self, call: Generator[News | None, None, None]) -> None:
        try:
            with closing(call):
                for news in call:
                    if self._stopped.is_set():
                        return
                    if news is not None:
                        self._news.put(news)
        except Exception as error:  # noqa: BLE001 - raised where the news are read
            self._news.put(error)
