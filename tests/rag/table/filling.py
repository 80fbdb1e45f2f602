"""A model that fills cells as it is told, and tables filled by it."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.adapters.fakes import HashEmbedder, ScriptedChat
from rag.assistant import Assistant
from rag.config import Config
from rag.ports import ChatModel, Delta, Message
from rag.records import Paper
from rag.storage.catalog import Catalog
from rag.storage.index_manager import IndexManager
from rag.table.build import TableBuilder
from rag.table.columns import columns_of
from rag.table.records import Cell, CellFilled, Table, TableBegun, TableEvent, TableFinished


@dataclass(frozen=True)
class Asked:
    """A prompt for cells, read: titles with their keyed sentences, and the columns' questions."""

    papers: list[tuple[str, list[tuple[str, str]]]]
    columns: list[str]

    @classmethod
    def of(cls, prompt: str) -> Asked:
        blocks = re.findall(r"Paper \d+: (.*)\n((?:\[E\d+\] .*\n?)+)", prompt)
        listed = re.search(r"Columns:\n((?:\d+\. .*\n)+)", prompt)
        assert listed is not None
        return cls(
            papers=[
                (title.partition(" (")[0], re.findall(r"\[(E\d+)\] (.*)", block))
                for title, block in blocks
            ],
            columns=re.findall(r"\d+\. (.*)", listed[1]),
        )

    @property
    def titles(self) -> list[str]:
        return [title for title, _ in self.papers]

    def entries(self) -> Iterator[dict[str, Any]]:
        """An obedient model's: of each paper the second sentence for the first column, the third
        for the second, and so on; beyond its sentences, not stated."""
        for paper, (_, sentences) in enumerate(self.papers, 1):
            for column in range(1, len(self.columns) + 1):
                key, text = sentences[column] if column < len(sentences) else ("", "not stated")
                keys = [key] if key else []
                yield {"paper": paper, "column": column, "value": text.rstrip("."), "keys": keys}

    def reply(self) -> str:
        return reply(*self.entries())


def reply(*entries: Any) -> str:
    return json.dumps({"cells": list(entries)})


Reply = Callable[[Asked], Any]
"""A text, entries, an error, or a text and the error that follows."""


class FillingModel(ScriptedChat):
    """Fills cells as `reply` makes them. `asked` keeps what for."""

    def __init__(self, reply: Reply = Asked.reply, **settings: Any) -> None:
        super().__init__([], **settings)
        self._reply = reply
        self._lock = threading.Lock()
        self.asked: list[Asked] = []

    def stream(self, messages: Sequence[Message], **how: Any) -> Iterator[Delta]:
        asked = Asked.of(messages[-1].content)
        with self._lock:
            self.asked.append(asked)
            made = self._reply(asked)
            self._script = [reply(*made) if isinstance(made, list) else made]
            pieces = super().stream(messages, **how)
            first = next(pieces)  # the script is taken
        yield first
        yield from pieces

    @property
    def titles(self) -> list[str]:
        return sorted(title for asked in self.asked for title in asked.titles)


class World:
    """A corpus and a data folder, and tables over them."""

    def __init__(self, catalog: Catalog, folder: Path) -> None:
        self.papers = sorted(catalog.papers(), key=lambda paper: int(paper.title.split()[1]))
        self._catalog = catalog
        self._folder = folder

    def events(
        self,
        model: ChatModel | None,
        papers: Sequence[Paper],
        columns: Sequence[str] = ("method", "result"),
        *,
        mode: Any = None,
        fresh: bool = False,
        private: bool = False,
        **settings: Any,
    ) -> Iterator[TableEvent]:
        name = model.name if model else None
        config = Config(data_dir=self._folder, model=name, **{"thorough_calls": 1, **settings})
        assistant = Assistant(
            index_manager=IndexManager(self._catalog),
            embedder=HashEmbedder(),
            config=config,
            model=model,
        )
        return TableBuilder(assistant).fill(
            "asked", papers, columns_of(list(columns)), mode=mode, fresh=fresh, private=private
        )

    def table(
        self, model: ChatModel | None, papers: Sequence[Paper], *rest: Any, **more: Any
    ) -> Table:
        return checked(list(self.events(model, papers, *rest, **more)))


def checked(events: Sequence[TableEvent]) -> Table:
    """The table of a complete run, after what holds of each: begun, every cell once, finished."""
    begun, *filled, finished = events
    assert isinstance(begun, TableBegun)
    assert isinstance(finished, TableFinished)
    known = dict(begun.table.cells)
    for event in filled:
        assert isinstance(event, CellFilled)
        at = (event.paper_id, event.column.question)
        assert at not in known
        known[at] = event.cell
    table = finished.table
    assert known == table.cells
    abstracts = {paper.paper_id: paper.abstract for paper in table.papers}
    for (paper_id, _), cell in table.cells.items():
        assert bool(cell.spans) == bool(cell.value) == (cell.status == "stated")
        assert all(0 <= s.start < s.end <= len(abstracts[paper_id]) for s in cell.spans)
        assert cell.note or cell.status != "failed"
    return table


def cells(table: Table) -> list[list[Cell | None]]:
    return [[table.cell(paper, column) for column in table.columns] for paper in table.papers]


def quotes(table: Table, paper: Paper, cell: Cell | None) -> list[str]:
    assert cell is not None
    return [paper.abstract[span.start : span.end] for span in cell.spans]
