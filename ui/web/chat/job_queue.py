"""Who is answered, and who waits for that: first come, first served. All on the event loop.

What is answered, and how waiting is shown, is not known here.
"""

from __future__ import annotations

from collections import deque

from rag.errors import CitewellError
from ui.web.chat.answer_jobs import AnswerJob, QueuePlace, Workers

AT_ONCE = 4
"""Answers worked on at a time; with a model, each is a stream of its server."""
WAITING = 32


class JobQueue:
    """Hands `at_once` jobs at a time to `workers`; of the others, at most `waiting` wait."""

    def __init__(self, workers: Workers, *, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._workers = workers
        self._at_once = at_once
        self._most = waiting
        self._working: set[AnswerJob] = set()
        self._waiting: deque[AnswerJob] = deque()

    def join(self, job: AnswerJob) -> None:
        """The job is told its place whenever that changes. Raises CitewellError where too many
        wait already."""
        if len(self._waiting) >= self._most:
            raise CitewellError(
                f"{len(self._working)} questions are being answered and {self._most} are waiting.",
                remedy="Ask again in a minute.",
            )
        self._waiting.append(job)
        self._move(first=len(self._waiting))

    def leave(self, job: AnswerJob) -> None:
        """At its end, or when it was given up; once more does no harm."""
        self._working.discard(job)
        if job in self._waiting:
            self._waiting.remove(job)
        self._move()

    def _move(self, *, first: int = 1) -> None:
        """Those who wait in the places from `first` on are told, as are all when one is called."""
        while self._waiting and len(self._working) < self._at_once:
            job, first = self._waiting.popleft(), 1
            self._working.add(job)
            job.tell(QueuePlace(before=None))
            self._workers.do(job.work)
        for place, job in enumerate(self._waiting, 1):
            if place >= first:
                job.tell(QueuePlace(before=place - 1))
