"""A corpus and conversations over it, for programs that wait for what they ask.

How questions are answered is known to `rag.assistant`, how a folder is opened and filled to
`ui.session`; here they are put together, and nothing else.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, overload

from citewell.turns import Turns
from rag.assistant import Assistant, SearchResult
from rag.config import AnswerMode
from rag.errors import UsageError
from rag.events import Event, Finished
from rag.filters import Filters
from rag.records import Answer, Depth, Mode, Paper, Turn
from rag.table.records import Table, TableEvent, TableFinished

if TYPE_CHECKING:
    from ui.session import ProgressDisplay, ShowProgress

ReportProgress = Callable[[str, int, int], None]
"""(stage, done, total): "embedding", 120, 536."""


class Corpus:
    """Papers, asked for answers and rankings. Made by `Corpus.open`. Thread-safe: many threads may
    ask at once, and none sees anything of another's.

    Every method raises a CitewellError where it cannot be done: `str(error)` says what happened,
    `error.remedy` what mends it. A model's server that fails is none: the answer is quoted
    sentences then, and `Answer.notices` says why.
    """

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    @classmethod
    def open(
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
        """The corpus in `folder`: by default the one that the terminal and the page use
        (`CITEWELL_DATA_DIR`, or the user's own folder). Where nothing is indexed yet, the bundled
        papers are indexed first, which takes about half a minute once; `progress` is told how far
        that is.

        `corpus`: the name of one of several corpora in that folder (docs/corpora.md).

        `mode`: "extractive" for quoted sentences, "llm" for a model's prose, "auto" for the model
        where one is configured. `model`, `base_url`, `api_key` and all other `settings` have the
        names that `config.toml` has (docs/architecture.md, Settings) and come before the
        environment and that file.

        Raises ConfigError for a setting that cannot be, UnknownCorpus, and CatalogError for a
        folder that cannot be used. Opens no connection; a configured model is asked with the first
        question."""
        from rag import config
        from ui import session

        loaded = config.load(
            data_dir=Path(folder).expanduser() if folder is not None else None,
            corpus=corpus,
            mode=mode,
            model=model,
            base_url=base_url,
            api_key=api_key,
            **settings,
        )
        return cls(session.ready(loaded, _shown(progress)))

    @property
    def folder(self) -> Path:
        """Where catalog and indexes are."""
        return self._assistant.config.data_dir

    def __len__(self) -> int:
        """How many papers there are."""
        return len(self._assistant.index_manager.catalog)

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        papers: Sequence[str] | None = None,
        mode: Mode | None = None,
        depth: Depth = "normal",
    ) -> Answer:
        """Answer `question` (at most 4,000 characters) with checked citations.

        `history`: earlier turns, the oldest first; `conversation` keeps them for you. `filters`
        override the constraints that are read from the question. `papers`: ids of the only papers
        that may be used. `mode` overrides the corpus's. `depth` "thorough" has the model look
        through the whole ranking for all papers that match.

        For each citation, `quote == paper(paper_id).abstract[start:end]`, in characters. Raises
        UsageError for an empty or too long question, UnknownPaper, ConfigError where a model is
        asked for and none is configured."""
        answer = self._assistant.ask(
            question,
            history=history,
            filters=filters,
            within=self._named(papers),
            mode=mode,
            depth=depth,
        )
        return self._with_papers(answer)

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        papers: Sequence[str] | None = None,
        mode: Mode | None = None,
        depth: Depth = "normal",
    ) -> Iterator[Event]:
        """The same as events, as they happen; the last one is `Finished`, with the answer.

        Understood → Retrieved → Progress* → Selected → TextDelta*
                   → (Fallback → Selected → TextDelta*)? → Finished

        A model's `TextDelta` is a draft whose evidence has keys (`[E1]`); `Finished` has the
        checked text with numbers. After `Fallback` the text before it is void. Nothing happens
        before the first event is taken; closing the iterator stops the answer. Raises as `ask`."""
        for event in self._assistant.stream(
            question,
            history=history,
            filters=filters,
            within=self._named(papers),
            mode=mode,
            depth=depth,
        ):
            if isinstance(event, Finished):
                yield Finished(answer=self._with_papers(event.answer))
            else:
                yield event

    def _named(self, papers: Sequence[str] | None) -> tuple[str, ...] | None:
        from ui.exporting import named

        return named(self._assistant.index_manager.catalog, _several(papers, "papers"))

    def _with_papers(self, answer: Answer) -> Answer:
        cited = (citation.paper_id for citation in answer.citations)
        named = dict.fromkeys([*cited, *answer.papers, *answer.near])
        return answer.with_papers(self._assistant.index_manager.catalog.papers(named))

    def search(self, question: str, *, k: int = 10, filters: Filters | None = None) -> SearchResult:
        """The `k` best papers, best first, without an answer. `Hit.score` is absolute and no
        probability; `Hit.quote` is the best passage. Constraints in the question count, `filters`
        override them. Raises UsageError as `ask`."""
        return self._assistant.search(question, k=k, filters=filters)

    def papers(self, ids: Iterable[str] | None = None) -> list[Paper]:
        """All papers in the order of their ids, or those named, in the order named. Raises
        UnknownPaper."""
        from ui.exporting import chosen

        if ids is None:
            return chosen(self._assistant.index_manager.catalog, None)
        wanted = list(ids)
        return chosen(self._assistant.index_manager.catalog, wanted) if wanted else []

    def paper(self, paper_id: str) -> Paper:
        """Raises UnknownPaper."""
        return self.papers([paper_id])[0]

    def table(
        self,
        about: str = "",
        columns: Sequence[str] = (),
        *,
        papers: Sequence[str] | None = None,
        k: int | None = None,
        mode: Mode | None = None,
        fresh: bool = False,
    ) -> Table:
        """An evidence table: a row a paper, a column a question put to each of them.

        Rows are the papers that answer `about`, at most 20; with `k` the `k` best (at most 200);
        of `papers` (ids) alone where these are given, and all of them where `about` is empty.
        `columns`: "problem", "method", "data sets", "result", "limitation", "code", "compared
        with", or questions of your own; without, the usual four. Cells are quoted sentences, or
        a model's short values with the spans that prove them; these are kept and not asked for
        again unless `fresh`.

        Raises UsageError where there would be no row, and UnknownPaper."""
        for event in self._table(about, columns, papers=papers, k=k, mode=mode, fresh=fresh):
            if isinstance(event, TableFinished):
                return event.table
        raise AssertionError("a table ends with TableFinished")

    def _table(
        self,
        about: str,
        columns: Sequence[str],
        *,
        papers: Sequence[str] | None,
        k: int | None,
        mode: Mode | None,
        fresh: bool,
    ) -> Iterator[TableEvent]:
        from rag.table.build import TableBuilder, rows_for
        from rag.table.columns import columns_of

        wanted = columns_of(list(_several(columns, "columns") or ()))
        if k is not None and k < 1:
            raise UsageError(f"{k} is no number of papers.", remedy="Ask for one or more.")
        if _several(papers, "papers"):
            self.papers(papers)
        rows = rows_for(self._assistant, about, most=k, within=papers or None)
        yield from TableBuilder(self._assistant).fill(about, rows, wanted, mode=mode, fresh=fresh)

    def conversation(self, history: Sequence[Turn] = ()) -> Conversation:
        """A conversation, in which follow-ups are understood. `history`: what was said before."""
        return Conversation(self, history)

    @overload
    def export(  # type: ignore[overload-overlap] # "xlsx" is the one that is no text
        self, what: Table, format: Literal["xlsx"]
    ) -> bytes: ...
    @overload
    def export(
        self,
        what: Answer | Turns | SearchResult | Table | Paper | Iterable[Paper],
        format: str = "markdown",
    ) -> str: ...
    def export(
        self,
        what: Answer | Turns | SearchResult | Table | Paper | Iterable[Paper],
        format: str = "markdown",  # noqa: A002 - the word that users look for
    ) -> str | bytes:
        """For somebody's notes or bibliography: "markdown", "obsidian", "plain", "html", "bibtex",
        "ris" or "csl"; a table as "csv", "markdown", "latex", "json", or "xlsx" (bytes). Raises
        UsageError for another format."""
        from rag.export import format_named, named
        from rag.export.tables import TABLE_FORMATS
        from ui.exporting import note

        catalog = self._assistant.index_manager.catalog
        if isinstance(what, Table):
            return named(format, TABLE_FORMATS).write(what)
        kind = format_named(format)
        match what:
            case Answer():
                return kind.of_answers([note(catalog, what)], title=what.question)
            case Turns():
                return kind.of_answers(
                    [note(catalog, answer) for answer in what.answers],
                    title=what.answers[0].question if what.answers else "",
                )
            case SearchResult():
                return kind.of_papers(hit.paper for hit in what.hits)
            case Paper():
                return kind.of_papers([what])
        return kind.of_papers(what)

    def close(self) -> None:
        """Give back the catalog's files. Asking again opens them again."""
        self._assistant.index_manager.catalog.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class Conversation(Turns):
    """Questions that lean on those before them ("which of those need no labels?"). Made by
    `Corpus.conversation`. One question at a time: it is not thread-safe."""

    def __init__(self, corpus: Corpus, history: Sequence[Turn] = ()) -> None:
        super().__init__(history)
        self._corpus = corpus

    def ask(self, question: str, **options: Any) -> Answer:
        """As `Corpus.ask`, with the turns so far as its history. A question that raises is not
        noted."""
        answer = self._corpus.ask(question, history=self.history, **options)
        self._note(answer)
        return answer

    def stream(self, question: str, **options: Any) -> Iterator[Event]:
        """As `Corpus.stream`. The turn is noted when `Finished` has come; one that was closed
        before is not."""
        for event in self._corpus.stream(question, history=self.history, **options):
            if isinstance(event, Finished):
                self._note(event.answer)
            yield event


def _shown(progress: ReportProgress | None) -> ShowProgress:
    def show(title: str) -> AbstractContextManager[ProgressDisplay]:
        def told(stage: str, done: int, total: int) -> None:
            if progress is not None:
                progress(stage, done, total)

        return contextlib.nullcontext(told)

    return show


def _several(values: Sequence[str] | None, name: str) -> Sequence[str] | None:
    """Raises UsageError for one text, which is a sequence of letters."""
    if isinstance(values, str):
        raise UsageError(f"{name} is a list of texts.", remedy=f"Write {name}=[{values[:60]!r}].")
    return values
