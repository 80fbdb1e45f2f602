"""Records kept as JSON lines, one file for all that depend on the same things.

A line is written as soon as its record is there. A line that was cut when the process ended, or
that makes no sense, is left out and costs nothing else. What the records are is not known here.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Generic, TypeVar

from rag.storage.frozen import freeze, thaw

Record = TypeVar("Record")


class JsonLines(Generic[Record]):
    """The records of `kind` in `file`. Of the files in its folder the `most` written last are kept.
    `trouble` says what could not be written; nothing here raises OSError. Not thread-safe, but
    several may add to the same file."""

    def __init__(self, file: Path, kind: type[Record], *, most: int) -> None:
        self._file = file
        self._kind = kind
        self._most = most
        self.trouble = ""

    def read(self) -> list[Record]:
        """In the order in which they were added."""
        try:
            lines = self._file.read_text("utf-8", errors="replace").split("\n")
        except OSError:
            return []
        found: list[Record | None] = []
        for line in lines:
            with contextlib.suppress(ValueError, TypeError, KeyError, RecursionError):
                found.append(thaw(self._kind, json.loads(line)))
        return [record for record in found if record is not None]

    def add(self, record: Record) -> None:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            is_new = not self._file.exists()
            with self._file.open("a", encoding="utf-8") as file:
                file.write(f"\n{json.dumps(freeze(record))}\n")  # the line before may have been cut
            if is_new:
                self._sweep()
        except OSError as error:
            self.trouble = f"could not be kept in {self._file.parent}: {error.strerror or error}."

    def clear(self) -> None:
        with contextlib.suppress(OSError):
            self._file.unlink()

    def _sweep(self) -> None:
        with contextlib.suppress(FileNotFoundError):  # somebody else sweeps as well
            files = sorted(self._file.parent.glob("*.jsonl"), key=lambda one: -one.stat().st_mtime)
            for old in files[self._most :]:
                old.unlink(missing_ok=True)
