"""The same for programs with an event loop: everything is worked out in a few threads, so that
the loop goes on meanwhile, and what is cancelled stops."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, ParamSpec, Self, TypeVar, overload

from citewell.corpus import Corpus, ReportProgress
from citewell.turns import Turns
from rag.assistant import SearchResult
from rag.config import AnswerMode
from rag.events import Event, Finished
from rag.filters import Filters
from rag.records import Answer, Depth, Mode, Paper, Turn
from rag.table.records import Table, TableEvent, TableFinished
from ui.off_loop import Tick, Workers, events_of, result_of

_AT_ONCE = 4
"""Questions worked on at the same time; others wait."""
P = ParamSpec("P")
R = TypeVar("R")


class AsyncCorpus:
    """`Corpus`, awaited. Made by `await AsyncCorpus.open()`. Arguments, results and errors are the
    same; at most four questions are worked on at once, others wait for their turn.

    Cancelling what is awaited stops it: a model is asked nothing more."""

    def __init__(self, corpus: Corpus, workers: Workers | None = None) -> None:
        self._corpus = corpus
        self._workers = workers or Workers(_AT_ONCE)

    @classmethod
    async def open(
        cls,
        folder: str | Path | None = None,
        *,
        corpus: str | None = None,
        mode: AnswerMode | None = None,
        model: str | None = None,
        base_url: str | None = None,
        api_key: str | None = None,
        progress: ReportProgress | None = None,
        **settings: Any,
    ) -> Self:
        """As `Corpus.open`; `progress` is called from another thread."""
        workers = Workers(_AT_ONCE)
        opened = await result_of(
            workers,
            lambda: Corpus.open(
                folder,
                corpus=corpus,
                mode=mode,
                model=model,
                base_url=base_url,
                api_key=api_key,
                progress=progress,
                **settings,
            ),
        )
        return cls(opened, workers)

    @property
    def folder(self) -> Path:
        """Where catalog and indexes are."""
        return self._corpus.folder

    def __len__(self) -> int:
        """How many papers there are."""
        return len(self._corpus)

    async def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        papers: Sequence[str] | None = None,
        mode: Mode | None = None,
        depth: Depth = "normal",
    ) -> Answer:
        """As `Corpus.ask`."""
        async for event in self.stream(
            question, history=history, filters=filters, papers=papers, mode=mode, depth=depth
        ):
            if isinstance(event, Finished):
                return event.answer
        raise AssertionError("a stream ends with Finished")

    async def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        papers: Sequence[str] | None = None,
        mode: Mode | None = None,
        depth: Depth = "normal",
    ) -> AsyncIterator[Event]:
        """As `Corpus.stream`, to be used with `async for`."""

        def events() -> Iterator[Event]:
            return self._corpus.stream(
                question, history=history, filters=filters, papers=papers, mode=mode, depth=depth
            )

        async for event in events_of(self._workers, events):
            if not isinstance(event, Tick):
                yield event

    async def search(
        self, question: str, *, k: int = 10, filters: Filters | None = None
    ) -> SearchResult:
        """As `Corpus.search`."""
        return await self._do(self._corpus.search, question, k=k, filters=filters)

    async def papers(self, ids: Iterable[str] | None = None) -> list[Paper]:
        """As `Corpus.papers`."""
        return await self._do(self._corpus.papers, ids)

    async def paper(self, paper_id: str) -> Paper:
        """As `Corpus.paper`."""
        return await self._do(self._corpus.paper, paper_id)

    async def table(
        self,
        about: str = "",
        columns: Sequence[str] = (),
        *,
        papers: Sequence[str] | None = None,
        k: int | None = None,
        mode: Mode | None = None,
        fresh: bool = False,
    ) -> Table:
        """As `Corpus.table`. Cancelled, it stops with the next cell; what a model has filled by
        then is kept."""

        def events() -> Iterator[TableEvent]:
            return self._corpus._table(about, columns, papers=papers, k=k, mode=mode, fresh=fresh)

        async for event in events_of(self._workers, events):
            if isinstance(event, TableFinished):
                return event.table
        raise AssertionError("a table ends with TableFinished")

    def conversation(self, history: Sequence[Turn] = ()) -> AsyncConversation:
        """As `Corpus.conversation`."""
        return AsyncConversation(self, history)

    @overload
    async def export(  # type: ignore[overload-overlap] # "xlsx" is the one that is no text
        self, what: Table, format: Literal["xlsx"]
    ) -> bytes: ...
    @overload
    async def export(
        self,
        what: Answer | Turns | SearchResult | Table | Paper | Iterable[Paper],
        format: str = "markdown",
    ) -> str: ...
    async def export(
        self,
        what: Answer | Turns | SearchResult | Table | Paper | Iterable[Paper],
        format: str = "markdown",  # noqa: A002 - the word that users look for
    ) -> str | bytes:
        """As `Corpus.export`."""
        given: Any = what
        return await self._do(self._corpus.export, given, format)

    async def close(self) -> None:
        """As `Corpus.close`."""
        await self._do(self._corpus.close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def _do(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        return await result_of(self._workers, lambda: work(*args, **kwargs))


class AsyncConversation(Turns):
    """`Conversation`, awaited. One question at a time."""

    def __init__(self, corpus: AsyncCorpus, history: Sequence[Turn] = ()) -> None:
        super().__init__(history)
        self._corpus = corpus

    async def ask(self, question: str, **options: Any) -> Answer:
        """As `Conversation.ask`."""
        answer = await self._corpus.ask(question, history=self.history, **options)
        self._note(answer)
        return answer

    async def stream(self, question: str, **options: Any) -> AsyncIterator[Event]:
        """As `Conversation.stream`, to be used with `async for`."""
        async for event in self._corpus.stream(question, history=self.history, **options):
            if isinstance(event, Finished):
                self._note(event.answer)
            yield event
