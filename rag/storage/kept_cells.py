"""What a model has said for cells of tables, kept, so that no table asks for the same cell again.

A file a column, named by what its cells depend on besides the paper; a line a cell, which names
the paper by its text. A later line counts for more. Nothing that is read here has been checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rag.records import Span
from rag.storage.json_lines import JsonLines

FOLDER = "cells"
"""Within the data folder."""
_MOST = 500
"""Columns whose cells are kept, those written to last."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CellReply:
    """What a model says to a column's question, from `spans` of the abstract, the best first.
    Without any, the abstract does not say it."""

    value: str = ""
    spans: tuple[Span, ...] = ()

    def is_in(self, text: str) -> bool:
        """Whether the spans are some of this abstract."""
        return all(0 <= span.start < span.end <= len(text) for span in self.spans)


@dataclass(frozen=True, kw_only=True, slots=True)
class _KeptCell:
    text: str
    reply: CellReply


class KeptCells:
    """The cells of one column. Never raises OSError: `trouble` says what could not be kept. Not
    thread-safe."""

    def __init__(self, folder: Path, key: str) -> None:
        self._lines = JsonLines(folder / f"{key}.jsonl", _KeptCell, most=_MOST)

    @property
    def trouble(self) -> str:
        return f"The table's cells {self._lines.trouble}" if self._lines.trouble else ""

    def read(self) -> Mapping[str, CellReply]:
        """By the digest of the paper's text."""
        return {kept.text: kept.reply for kept in self._lines.read()}

    def keep(self, text: str, reply: CellReply) -> None:
        self._lines.add(_KeptCell(text=text, reply=reply))
