"""Progress on standard error: a bar in a terminal, a few plain lines where nobody watches (a pipe,
a log of CI). What is being done is not known here."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

_SOONEST_S = 5.0
_LATEST_S = 60.0
"""A line comes with a tenth more, so many seconds after the one before at the soonest; and after
so many seconds, whatever has come of them."""


class ReportProgress(Protocol):
    def __call__(self, stage: str, done: int, total: int) -> None: ...


class Status(Protocol):
    """What is being done now; shown where somebody watches."""

    def update(self, status: str | Text) -> None: ...
    def stop(self) -> None: ...


def is_watched(console: Console) -> bool:
    """Whether lines may be drawn over. `FORCE_COLOR` makes a log colourful, no terminal of it."""
    return console.file.isatty() and not console.is_dumb_terminal


@contextlib.contextmanager
def progress(console: Console, title: str) -> Iterator[ReportProgress]:
    if is_watched(console):
        with _bar(console) as bar:
            yield _Bar(bar, title)
        return
    lines = Lines(title, lambda line: console.print(Text(line), soft_wrap=True))
    yield lines
    lines.end()


@contextlib.contextmanager
def status(console: Console, text: str) -> Iterator[Status]:
    if is_watched(console):
        with console.status(text) as shown:
            yield shown
    else:
        yield _Silent()


class _Silent:
    def update(self, status: str | Text) -> None:
        pass

    def stop(self) -> None:
        pass


def _bar(console: Console) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,}/{task.total:,} {task.fields[unit]}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )


class _Bar:
    def __init__(self, bar: Progress, title: str) -> None:
        self._bar = bar
        self._title = title
        self._task = bar.add_task(title, total=1, unit="")

    def __call__(self, stage: str, done: int, total: int) -> None:
        what, unit = _named(self._title, stage)
        self._bar.update(self._task, description=what, completed=done, total=total, unit=unit)


class Lines:
    """One line when it begins, some on the way, one at the end; none where nothing was done."""

    def __init__(
        self, title: str, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._title, self._say, self._clock = title, say, clock
        self._began = self._last = clock()
        self._stage, self._tenth = "", 0
        self._said = False

    def __call__(self, stage: str, done: int, total: int) -> None:
        now = self._clock()
        if not self._said:
            self._said = True
            self._say(f"{self._title} …")
        if stage != self._stage:
            self._stage, self._tenth = stage, 0
        tenth, waited = 10 * done // max(total, 1), now - self._last
        if waited < (_SOONEST_S if tenth > self._tenth else _LATEST_S):
            return
        self._tenth, self._last = tenth, now
        what, unit = _named(self._title, stage)
        self._say(f"{what}: {done:,} of {total:,} {unit}, {now - self._began:.0f} s")

    def end(self) -> None:
        if self._said:
            self._say(f"{self._title}: done in {self._clock() - self._began:.0f} s")


def _named(title: str, stage: str) -> tuple[str, str]:
    """What is done, and in what it is counted. A stage is a doing ("embedding") or what is counted
    ("questions")."""
    if not stage.endswith("ing"):
        return title, stage
    return f"{title}: {stage}", "papers" if stage == "embedding" else "steps"
