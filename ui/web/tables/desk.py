"""What a visitor does with tables: makes, fills, changes and deletes them.

A table of a private conversation, or of a browser that nothing can be kept for, is in memory alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from rag.assistant import Assistant
from rag.errors import NotFound, UsageError
from rag.records import Mode, Paper, Span
from rag.table.build import MOST_ROWS, rows_for
from rag.table.columns import MOST_COLUMNS, columns_of
from rag.table.records import Cell, Column, Estimate
from rag.text.words import number_of
from ui.web import store
from ui.web.chat.conversations import digest
from ui.web.tables import shown
from ui.web.tables.filling import Fillings, Job, lacking, parts
from ui.web.tables.kept import VisitorTables
from ui.web.tables.records import CellAt, KeptTable, PutCell, shown_papers
from ui.web.views import Site

_MISSING = "This table is not here. It may have been deleted, or kept for another browser."


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a visitor's table is."""

    tables: VisitorTables
    owner: str
    private: bool


class Desk:
    """`visitor`: the browser's secret, None for one without cookies. Raises UsageError for what
    cannot be, and what the catalog and the file of conversations raise."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._memory = VisitorTables(store.InMemory())
        self.fillings = Fillings()

    @property
    def assistant(self) -> Assistant:
        return cast(Assistant, self._site.assistant.current)

    @property
    def mode(self) -> Mode:
        return "llm" if self.assistant.config.answers_with_model else "extractive"

    def places(self, visitor: str | None) -> list[Place]:
        """Where a visitor's tables may be. A browser without cookies knows its own by their ids."""
        self._memory.let_go()
        owner = digest(visitor) or ""
        found = [Place(tables=self._memory, owner=owner, private=True)]
        if self._site.conversations and owner:
            kept = self._site.conversations.tables
            found.insert(0, Place(tables=kept, owner=owner, private=False))
        return found

    def find(self, visitor: str | None, table_id: str) -> tuple[Place, KeptTable]:
        for place in self.places(visitor):
            if table := place.tables.load(place.owner, table_id):
                return place, table
        raise NotFound(_MISSING)

    def of_answer(self, visitor: str | None, conversation: str, turn_id: str) -> str:
        """A table of the papers that an answer shows."""
        held = self._site.open_conversations.find(visitor, conversation)
        turns = held.turns if held else None
        kept = self._site.conversations
        if turns is None and kept and visitor:
            turns = kept.load(visitor, conversation)
        turn = next((one for one in turns or () if one.id == turn_id), None)
        if turn is None or turn.answer is None:
            raise NotFound("That answer is not here any more.", remedy="Ask again.")
        private = bool(held and held.private)
        is_kept = not private and kept and visitor and kept.owns(visitor, conversation)
        return self._begin(
            visitor,
            turn.question,
            self._papers(shown_papers(turn.answer)),
            conversation=conversation if is_kept else None,
            private=not is_kept,
        )

    def of_papers(
        self, visitor: str | None, title: str, ids: Sequence[str], *, private: bool
    ) -> str:
        """Of chosen ones, the first that a table holds."""
        papers = self._papers(ids)
        title = title.strip() or f"{number_of(len(papers), 'chosen paper')}"
        return self._begin(visitor, title, papers, private=private)

    def of_question(
        self, visitor: str | None, asked: str, most: int | None, *, private: bool
    ) -> str:
        """Of those that answer, or of the `most` nearest."""
        if not asked.strip():
            raise UsageError("Nothing is asked.", remedy="Type what the table is to be about.")
        papers = rows_for(self.assistant, asked, most=most)
        return self._begin(visitor, asked, papers, private=private)

    def fill(
        self,
        visitor: str | None,
        table_id: str,
        mode: Mode,
        *,
        go: bool,
        only: CellAt | None = None,
    ) -> Estimate | None:
        """Fill what is empty or has failed. What takes calls of a model is begun only if it is to
        `go`, else its estimate is given back."""
        place, table = self.find(visitor, table_id)
        now = self.now(table)
        fresh = [paper for paper in table.papers if not shown.stale(paper, now)]
        cells = lacking(table, fresh, only=only)
        job = Job(
            assistant=self.assistant,
            tables=place.tables,
            owner=place.owner,
            table_id=table_id,
            title=table.title,
            parts=parts(table, cells),
            mode=mode,
            private=place.private,
        )
        if mode == "llm" and not go:
            estimate = job.estimate()
            if estimate.calls:
                return estimate
        place.tables.empty(place.owner, table_id, cells)
        self.fillings.start(job, again=lambda: self.fill(visitor, table_id, mode, go=True))
        return None

    def add_column(self, visitor: str | None, table_id: str, name: str) -> None:
        place, table = self.find(visitor, table_id)
        (column,) = columns_of([name])
        before = table.head.columns
        if column.question in {one.question for one in before}:
            (there,) = (one.name for one in before if one.question == column.question)
            called = "" if there == column.name else f", as “{there}”"
            raise UsageError(f"The column “{column.name}” is there already{called}.")
        if len(before) >= MOST_COLUMNS:
            raise UsageError(f"A table has {MOST_COLUMNS} columns at most.")
        place.tables.set_head(place.owner, table_id, columns=(*before, column))

    def rename(self, visitor: str | None, table_id: str, title: str) -> None:
        """An empty title changes nothing."""
        place, _ = self.find(visitor, table_id)
        if title.strip():
            place.tables.set_title(place.owner, table_id, title)

    def rename_column(self, visitor: str | None, table_id: str, question: str, name: str) -> None:
        """Its name alone; an empty one changes nothing."""
        place, table = self.find(visitor, table_id)
        if name := " ".join(name.split()):
            others = [one.name for one in table.head.columns if one.question != question]
            if name.casefold() in (other.casefold() for other in others):
                raise UsageError(f"Another column is called “{name}” already.")
            columns = tuple(
                replace(one, name=name) if one.question == question else one
                for one in table.head.columns
            )
            place.tables.set_head(place.owner, table_id, columns=columns)

    def remove_column(self, visitor: str | None, table_id: str, question: str) -> None:
        """Out of sight, with its cells: it may be put back."""
        place, table = self.find(visitor, table_id)
        columns = tuple(one for one in table.head.columns if one.question != question)
        if not columns:
            raise UsageError("This is the table's only column.", remedy="Add another one first.")
        place.tables.set_head(place.owner, table_id, columns=columns)

    def put_back_column(
        self, visitor: str | None, table_id: str, question: str, name: str, at: int
    ) -> None:
        """A column as it was, between the others."""
        place, table = self.find(visitor, table_id)
        before = table.head.columns
        is_new = all(one.question != question for one in before)
        if name.strip() and question.strip() and is_new and len(before) < MOST_COLUMNS:
            column = Column(name=name, question=question)
            columns = (*before[:at], column, *before[at:])
            place.tables.set_head(place.owner, table_id, columns=columns)

    def add_rows(self, visitor: str | None, table_id: str, ids: Sequence[str]) -> None:
        """As many as there is room for."""
        place, table = self.find(visitor, table_id)
        here = {paper.paper_id for paper in table.papers}
        new = [paper for paper in self._papers(ids) if paper.paper_id not in here]
        place.tables.add_rows(place.owner, table_id, new[: MOST_ROWS - len(here)])

    def remove_row(self, visitor: str | None, table_id: str, paper_id: str) -> None:
        place, _ = self.find(visitor, table_id)
        place.tables.remove_row(place.owner, table_id, paper_id)

    def put_back_row(self, visitor: str | None, table_id: str, paper_id: str) -> None:
        """In its former place, with its cells."""
        place, table = self.find(visitor, table_id)
        if len(table.papers) < MOST_ROWS:
            place.tables.put_back_row(place.owner, table_id, paper_id)

    def renew_row(self, visitor: str | None, table_id: str, paper_id: str) -> None:
        """With the paper's text as it is now."""
        place, _ = self.find(visitor, table_id)
        for paper in self._papers([paper_id]):
            place.tables.set_row(place.owner, table_id, paper)

    def set_cell(self, visitor: str | None, table_id: str, at: CellAt, span: Span | None) -> None:
        """To words of the abstract, by the reader's hand, or to "not stated"."""
        place, table = self.find(visitor, table_id)
        paper = self.paper(table, at[0])
        if span and not 0 <= span.start < span.end <= len(paper.abstract):
            raise UsageError("These are no words of the abstract.")
        cell = Cell(status="not_stated")
        if span:
            value = paper.abstract[span.start : span.end]
            cell = Cell(status="stated", value=value, spans=(span,))
        put = PutCell(paper_id=at[0], question=at[1], cell=cell, own=True)
        place.tables.put(place.owner, table_id, [put])

    def clear_cell(self, visitor: str | None, table_id: str, at: CellAt) -> None:
        place, _ = self.find(visitor, table_id)
        place.tables.empty(place.owner, table_id, [at])

    def forget(self, visitor: str | None, table_id: str) -> None:
        place, _ = self.find(visitor, table_id)
        self.fillings.stop(table_id)
        place.tables.forget(place.owner, table_id)

    def paper(self, table: KeptTable, paper_id: str) -> Paper:
        for paper in table.papers:
            if paper.paper_id == paper_id:
                return paper
        raise NotFound("That paper is not in the table any more.")

    def now(self, table: KeptTable) -> Mapping[str, Paper]:
        """The table's papers as the corpus has them, as far as it does."""
        papers = self.assistant.index_manager.indexes().papers
        return {p.paper_id: p for p in papers.papers(one.paper_id for one in table.papers)}

    def _papers(self, ids: Sequence[str]) -> tuple[Paper, ...]:
        return rows_for(self.assistant, "", within=list(dict.fromkeys(ids)))

    def _begin(
        self,
        visitor: str | None,
        title: str,
        papers: Sequence[Paper],
        *,
        conversation: str | None = None,
        private: bool,
    ) -> str:
        *_, memory = places = self.places(visitor)
        place = memory if private else places[0]
        columns: tuple[Column, ...] = columns_of([])
        return place.tables.begin(place.owner, title, papers, columns, conversation=conversation)
