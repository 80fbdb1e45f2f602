"""One piece of work that takes a while, done in a thread and watched from the page. It is told how
far it has come, can be stopped where it reports, and its failure is a sentence."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, Literal

from rag.errors import CitewellError, UsageError
from ui.web.remedies import told

State = Literal["idle", "running", "done", "stopped", "failed"]
Report = Callable[[str, int, int], None]
"""Told of progress: stage, items done, items in all. Raises `Stop` when it is to stop."""

_log = logging.getLogger("citewell.web")


class Stop(BaseException):
    """The work was asked to stop. No Exception: nothing on the way may take it for a failure."""


class Background:
    """At most one piece of work at a time. Thread-safe."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._about: dict[str, Any] = {}
        self._state: State = "idle"
        self._stage, self._done, self._total = "", 0, 0
        self._message = ""
        self._began = self._ended = 0.0

    def start(self, work: Callable[[Report], str], **about: Any) -> None:
        """Do `work` in a thread; what it returns is said when it is done. `about` is told with its
        state. Raises UsageError while another is at work."""
        with self._lock:
            if self._state == "running":
                raise UsageError(f"{self._name} is at work already.", remedy="Wait, or stop it.")
            self._stop.clear()
            self._state, self._about = "running", about
            self._stage, self._done, self._total, self._message = "", 0, 0, ""
            self._began = self._ended = time.monotonic()
            # A daemon: it does not hold up the end of the program.
            self._thread = threading.Thread(
                target=self._run, args=(work,), name=f"citewell-{self._name}", daemon=True
            )
            self._thread.start()

    def stop(self) -> None:
        self._stop.set()

    def join(self, timeout: float) -> None:
        if self._thread:
            self._thread.join(timeout)

    @property
    def busy(self) -> bool:
        return self._state == "running"

    def state(self) -> dict[str, Any]:
        """As the page is told it: JSON."""
        with self._lock:
            until = time.monotonic() if self._state == "running" else self._ended
            return {
                **self._about,
                "state": self._state,
                "stage": self._stage,
                "done": self._done,
                "total": self._total,
                "seconds": round(until - self._began, 1),
                "stopping": self._state == "running" and self._stop.is_set(),
                "message": self._message,
            }

    def _run(self, work: Callable[[Report], str]) -> None:
        try:
            state, message = "done", work(self._report)
        except Stop:
            state, message = "stopped", ""
        except CitewellError as error:
            state, message = "failed", told(error)
        except Exception:  # noqa: BLE001 - told to the visitor, logged here
            _log.exception("%s failed", self._name)
            state = "failed"
            message = (
                "Something went wrong inside Citewell; this is our fault, not yours. The terminal"
                " in which Citewell runs shows what happened."
            )
        with self._lock:
            self._state, self._message = state, message  # type: ignore[assignment]
            self._ended = time.monotonic()

    def _report(self, stage: str, done: int, total: int) -> None:
        with self._lock:
            self._stage, self._done, self._total = stage, done, total
        if self._stop.is_set():
            raise Stop
