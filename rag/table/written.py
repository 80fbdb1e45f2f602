"""Cells that a model fills: some papers and all columns in a call, some calls at the same time.

Only what is not known yet is asked for, within a budget. What a reply leaves out, or says without
a sentence of the paper that proves it, is asked for once more, and has failed then: it is not "not
stated", for nobody has found that the abstract is silent. Behind two calls in a row that failed no
further one is begun. What a cell's reply is worth is not judged here.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from rag.answer.budget import heard_less
from rag.answer.parallel import ParallelCalls
from rag.errors import BadReply, ModelServerError
from rag.model_calls import LATER, NOTHING, ModelReply, say, spent_so_far
from rag.ports import ChatModel
from rag.records import Paper, Usage
from rag.storage.kept_cells import CellReply, KeptCells
from rag.table.calls import CELL_TOKENS, CellCall, CellLimits, calls_for
from rag.table.prompts import SCHEMA, column_key, text_key
from rag.table.records import Cell, CellFilled, Column
from rag.table.replies import CellAt, ReplyReader, cell_of
from rag.text.words import number_of

_IN_A_ROW = 2
"""Calls that failed, behind which no further one is begun."""
_KEYS_TOLD = 8
_LEFT_OUT = "The model left this cell out."
_CUT = "The model's reply was cut before this cell (CITEWELL_MAX_ANSWER_TOKENS)."
_UNPROVEN = "The model gave a value, and no sentence of this abstract that it rests on."


@dataclass(frozen=True, kw_only=True, slots=True)
class _End:
    """How a call has ended."""

    said: ModelReply
    reader: ReplyReader
    error: ModelServerError | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _News:
    call: CellCall
    replies: tuple[tuple[CellAt, CellReply], ...] = ()
    end: _End | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Unfilled:
    """Why a cell that was asked for is not filled, and whether to ask for it once more."""

    note: str
    again: bool = False


@dataclass(kw_only=True)
class CellsByModel:
    """The cells of one table. `cells` are those known from before, then all that are filled.
    `folder`: where replies are kept; None keeps none. `fresh` does not look at what is kept there.

        writer = CellsByModel(…)
        expected = writer.plan()        # costs nothing
        yield from writer.fill()
    """

    papers: Sequence[Paper]
    columns: Sequence[Column]
    model: ChatModel
    limits: CellLimits
    folder: Path | None = None
    fresh: bool = False

    def __post_init__(self) -> None:
        self._spent = NOTHING
        self._open: dict[int, ModelReply] = {}
        self.cells: dict[CellAt, Cell] = {}
        self._columns = {column.question: column for column in self.columns}
        self._papers = {paper.paper_id: paper for paper in self.papers}
        self._texts = {paper.paper_id: text_key(paper) for paper in self.papers}
        self._kept: dict[str, KeptCells] = {}
        self._unfilled: dict[CellAt, _Unfilled] = {}
        self._planned: list[CellCall] = []
        self._left = self.limits.prompt_tokens
        self._filled = self._failing = 0
        self._error: ModelServerError | None = None
        self._unknown: dict[str, None] = {}
        self._in_part: set[str] = set()
        self._heard_less = ""
        self._know()

    def _know(self) -> None:
        """What is known before any call: what is kept, and that no abstract says nothing."""
        for column in self.columns:
            known: Mapping[str, CellReply] = {}
            if self.folder is not None:
                key = column_key(column, self.model.name)
                self._kept[column.question] = kept = KeptCells(self.folder, key)
                known = {} if self.fresh else kept.read()
            for paper in self.papers:
                at = (paper.paper_id, column.question)
                reply = known.get(self._texts[paper.paper_id])
                if not paper.abstract.strip():
                    self.cells[at] = Cell(status="not_stated")
                elif reply is not None and reply.is_in(paper.abstract):
                    self._fill(at, cell_of(reply, paper, column))

    def plan(self) -> Usage:
        """What `fill` will take, as far as the budget goes; of the replies, about. Raises
        ModelServerError where the server does not say how much a prompt may hold."""
        self._planned = self._calls(self._missing())
        asked = [at for call in self._planned for at in call.cells()]
        return Usage(
            calls=len(self._planned),
            prompt_tokens=sum(call.batch.tokens for call in self._planned),
            completion_tokens=CELL_TOKENS * len(asked),
            estimated=True,
        )

    def fill(self) -> Iterator[CellFilled]:
        """Cells as they are filled, those that have failed last. Closing it begins no further call
        and breaks off those under way. Raises ModelServerError where not one could be filled."""
        calls: ParallelCalls[_News] = ParallelCalls()
        try:
            yield from self._run(self._planned, calls)
            again = {at for at, why in self._unfilled.items() if why.again}
            yield from self._run(self._calls(again, share=2), calls)
        finally:
            calls.stop()
        if self._unfilled and not self._filled:
            raise self._error or BadReply(
                f"{self.model.name} filled no cell that the abstracts support.", remedy=LATER
            )
        for at, why in self._unfilled.items():
            yield self._fill(at, Cell(status="failed", note=why.note))

    def notices(self) -> Iterator[str]:
        """What the user should know of the table."""
        trouble = next(filter(None, (kept.trouble for kept in self._kept.values())), "")
        kept = self._kept and not trouble
        on = " Ask for the table again to go on from there." if kept else ""
        failed = Counter(cell.note for cell in self.cells.values() if cell.status == "failed")
        for note, count in failed.items():
            yield f"{number_of(count, 'cell')} could not be filled. {note}{on}"
        if missing := self._missing():
            yield (
                f"{number_of(len(missing), 'cell')} could not be filled: no more calls fit into"
                f" {self.limits.prompt_tokens:,} prompt tokens (CITEWELL_MAX_THOROUGH_TOKENS).{on}"
            )
        if count := sum(bool(c.note) for c in self.cells.values() if c.status == "stated"):
            yield (
                f"{number_of(count, 'cell')} quoted: what the model wrote did not pass the check."
            )
        if self._unknown:
            keys = [*list(self._unknown)[:_KEYS_TOLD], *["…"][: len(self._unknown) - _KEYS_TOLD]]
            yield f"The model cited what is no sentence of the paper: {', '.join(keys)}."
        if self._in_part:
            yield (
                f"{number_of(len(self._in_part), 'abstract')} read in part: no more fits into"
                f" {self._longest:,} prompt tokens (CITEWELL_CONTEXT_TOKENS)."
            )
        yield from filter(None, [self._heard_less, trouble])

    def _missing(self) -> list[CellAt]:
        every = ((paper, question) for paper in self._papers for question in self._columns)
        return [at for at in every if at not in self.cells]

    @cached_property
    def _longest(self) -> int:
        """The longest prompt; to find it out may take a question to the server."""
        return min(self.model.max_prompt_tokens, self.limits.prompt_tokens)

    @property
    def usage(self) -> Usage:
        """Of the calls made so far; of those under way what was sent, and what has come."""
        return sum((spent_so_far(self.model, said) for said in self._open.values()), self._spent)

    def _calls(self, wanted: Collection[CellAt], *, share: int = 1) -> list[CellCall]:
        """Those that ask for what is `wanted`, as far as the budget goes. `share` 2 has half as
        much in each, where the model has got lost in more, or had no room for it."""
        found: list[CellCall] = []
        if not wanted:  # the server need not be asked how much it takes
            return found
        for call in calls_for(
            wanted,
            self.papers,
            self.columns,
            self.model,
            limits=replace(
                self.limits,
                batch=max(1, self.limits.batch // share),
                answer_tokens=self.limits.answer_tokens // share,
            ),
            max_prompt_tokens=self._longest,
        ):
            if call.error is not None:
                self._error = self._error or call.error
                self._give_up(call, call.error)
                continue
            if call.batch.tokens > self._left:
                break
            self._left -= call.batch.tokens
            found.append(call)
        return found

    def _give_up(self, call: CellCall, error: ModelServerError | None) -> None:
        for at in call.cells():
            self._unfilled.setdefault(at, _Unfilled(note=_words(error)))

    def _run(
        self, planned: Sequence[CellCall], calls: ParallelCalls[_News]
    ) -> Iterator[CellFilled]:
        waiting, under_way = deque(planned), 0
        while True:
            while waiting and under_way < self.limits.at_once and self._failing < _IN_A_ROW:
                said = ModelReply()
                self._open[id(said)] = said
                calls.begin(self._asked(waiting.popleft(), said))
                under_way += 1
            if not under_way:
                break
            news = calls.next()
            for at, reply in news.replies:
                yield self._take(at, reply, keep=not news.call.batch.cut)
            if news.end is not None:
                under_way -= 1
                self._ended(news.call, news.end)
        for call in waiting:
            self._give_up(call, self._error)

    def _asked(self, call: CellCall, said: ModelReply) -> Generator[_News | None, None, None]:
        """In a thread: cells as they stand in the reply, then how it ended."""
        reader = ReplyReader(batch=call.batch, columns=call.columns)
        error: ModelServerError | None = None
        limit = self.limits.answer_tokens
        try:
            with closing(
                say(self.model, call.batch.messages, limit, said, schema=SCHEMA)
            ) as pieces:
                for piece in pieces:
                    new = tuple(reader.streamed(said.text)) if "}" in piece else ()
                    yield _News(call=call, replies=new) if new else None
        except ModelServerError as failed:
            error = failed
        read = reader.streamed if error or said.cut else reader.finished
        replies = tuple(read(said.text))
        if not (error or said.cut or reader.has_json):
            error = BadReply(f"{self.model.name} wrote no cells of a table.", remedy=LATER)
        yield _News(call=call, replies=replies, end=_End(said=said, reader=reader, error=error))

    def _take(self, at: CellAt, reply: CellReply, *, keep: bool) -> CellFilled:
        paper_id, question = at
        if keep and question in self._kept:
            self._kept[question].keep(self._texts[paper_id], reply)
        self._filled += 1
        self._unfilled.pop(at, None)
        return self._fill(at, cell_of(reply, self._papers[paper_id], self._columns[question]))

    def _fill(self, at: CellAt, cell: Cell) -> CellFilled:
        self.cells[at] = cell = replace(cell, model=self.model.name)
        column = self._columns[at[1]]
        return CellFilled(paper_id=at[0], column=column, cell=cell, usage=self.usage)

    def _ended(self, call: CellCall, end: _End) -> None:
        self._spent += end.said.usage
        del self._open[id(end.said)]
        self._unknown |= end.reader.unknown
        self._heard_less = self._heard_less or heard_less(end.said)
        if call.batch.cut:
            self._in_part |= set(call.batch.papers)
        asked = call.cells()
        missing = [at for at in asked if at not in self.cells]
        failed = (end.error or end.said.cut) and len(missing) == len(asked)
        self._failing = self._failing + 1 if failed else 0
        self._error = self._error or end.error
        for at in missing:
            note = _words(end.error) if end.error else _CUT if end.said.cut else _LEFT_OUT
            self._unfilled[at] = _Unfilled(
                note=_UNPROVEN if at in end.reader.unproven else note,
                again=end.error is None or isinstance(end.error, BadReply),
            )


def _words(error: ModelServerError | None) -> str:
    return f"{error} {error.remedy}".strip() if error else ""
