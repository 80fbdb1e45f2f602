"""The whole flow on one screen: question → Query → Hits → Selection → Answer, as typed events.

The assistant holds no conversation: history comes in with each question, so that one assistant
serves many people at once and none sees anything of another's.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from rag.answer import extractive, generative
from rag.config import Config
from rag.errors import ConfigError, IndexDamaged, ModelServerError, UsageError
from rag.events import Event, Fallback, Finished, Retrieved, Selected, Text, Understood
from rag.fingerprint import fingerprint
from rag.indexes import Indexes, Shelf
from rag.ports import ChatModel, Embedder
from rag.ranking import Ranking
from rag.records import Answer, Draft, Filters, Hit, Mode, Query, Selection, Turn
from rag.retrieve import Retriever, Weights
from rag.select import select
from rag.understand import Reading, understand

MAX_QUESTION_CHARS = 4000
_TOLD = 50
"""Papers named in the event `Retrieved`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SearchResult:
    query: Query
    hits: tuple[Hit, ...]
    timings_ms: Mapping[str, float] = field(default_factory=dict)


class Assistant:
    """Answers questions over the corpus on `shelf`. Thread-safe.

    `model` may be None: answers are extractive then. `weights`: how papers are ranked. `today` is
    asked for relative dates.
    """

    def __init__(
        self,
        *,
        shelf: Shelf,
        embedder: Embedder,
        config: Config,
        model: ChatModel | None = None,
        weights: Weights | None = None,
        today: Callable[[], date] = date.today,
    ) -> None:
        self.shelf = shelf
        self.embedder = embedder
        self.config = config
        self.model = model
        self.weights = weights or Weights()
        self._today = today

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        within: Sequence[str] | None = None,
        mode: Mode | None = None,
    ) -> Answer:
        """`stream` to its end. Raises what `stream` raises."""
        for event in self.stream(
            question, history=history, filters=filters, within=within, mode=mode
        ):
            if isinstance(event, Finished):
                return event.answer
        raise AssertionError("a stream ends with Finished")

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        within: Sequence[str] | None = None,
        mode: Mode | None = None,
    ) -> Iterator[Event]:
        """Answer `question`; see `rag.events` for the order of events.

        `filters` override the constraints read from the question; `within` keeps to the papers
        of these ids, whatever the question and `filters` say. `mode` overrides the
        configured one. Raises UsageError for an empty or huge question, and what the catalog,
        the index and the embedder raise; a failing model server is told as `Fallback`.
        """
        mode = mode or ("llm" if self.config.answers_with_model else "extractive")
        if mode == "llm" and self.model is None:
            raise ConfigError(
                "No model is configured to write the answer.",
                remedy="Set CITEWELL_MODEL (and OPENAI_BASE_URL or OPENAI_API_KEY).",
            )
        clock = _Clock()
        reading, ranking, indexes = self._rank(question, history, filters, clock, within)
        query = reading.query
        yield Understood(query=query, reading=reading)
        yield Retrieved(papers=tuple(ranking.ids()[:_TOLD]))
        selection = select(query, ranking)
        clock.lap("select")
        yield Selected(selection=selection)

        draft: Draft | None = None
        if mode == "llm" and self.model is not None and selection.evidence:
            draft = yield from self._generate(query, selection, self.model)
        if draft is None:
            draft = extractive.compose(query, selection)
            yield Text(delta=draft.text)
        clock.lap("answer")
        yield Finished(answer=self._answer(query, selection, draft, indexes, clock))

    def search(self, question: str, *, k: int = 10, filters: Filters | None = None) -> SearchResult:
        """The `k` best papers for `question`, constraints applied. Raises as `stream` does."""
        clock = _Clock()
        reading, ranking, _ = self._rank(question, (), filters, clock)
        hits = tuple(ranking.hits(min(k, reading.query.filters.limit or k)))
        clock.lap("passages")
        return SearchResult(query=reading.query, hits=hits, timings_ms=clock.read())

    def warm(self) -> None:
        """Load everything that the first question would load. Raises as `search` does."""
        self.search("warm up", k=1)

    def rank(
        self, question: str, *, history: Sequence[Turn] = (), filters: Filters | None = None
    ) -> list[tuple[str, float]]:
        """Paper ids and fused scores, best first: all papers that retrieval considered."""
        _, ranking, _ = self._rank(question, history, filters, _Clock())
        return list(zip(ranking.ids(), ranking.scores.tolist(), strict=True))

    def _rank(
        self,
        question: str,
        history: Sequence[Turn],
        filters: Filters | None,
        clock: _Clock,
        within: Sequence[str] | None = None,
    ) -> tuple[Reading, Ranking, Indexes]:
        question = question.strip()
        if not question:
            raise UsageError("The question is empty.", remedy='Ask something: citewell ask "…"')
        if len(question) > MAX_QUESTION_CHARS:
            raise UsageError(
                f"The question has {len(question):,} characters;"
                f" {MAX_QUESTION_CHARS:,} is the most.",
                remedy="Shorten it.",
            )
        self.shelf.catalog.require_embedder(self.embedder.fingerprint)
        for attempt in (1, 2):
            indexes = self.shelf.indexes()
            clock.lap("open")
            reading = understand(
                question,
                history=history,
                lexicon=indexes.lexicon,
                today=self._today(),
                filters=filters,
                within=within,
            )
            clock.lap("understand")
            try:
                ranking = self._retriever(indexes).rank(reading.query)
            except IndexDamaged:
                # Damage that only a search reveals: mend once, from the catalog, and go on.
                if attempt == 2:
                    raise
                self.shelf.mend()
                continue
            clock.lap("retrieve")
            return reading, ranking, indexes
        raise AssertionError("unreachable")

    def _retriever(self, indexes: Indexes) -> Retriever:
        return Retriever(self.shelf.catalog, indexes, self.embedder, self.weights)

    def _generate(
        self, query: Query, selection: Selection, model: ChatModel
    ) -> Generator[Event, None, Draft]:
        writing = generative.compose(
            query, selection, model, max_answer_tokens=self.config.max_answer_tokens
        )
        try:
            while True:
                try:
                    yield Text(delta=next(writing))
                except StopIteration as stop:
                    return stop.value  # type: ignore[no-any-return]
        except ModelServerError as error:
            yield Fallback(message=str(error), remedy=error.remedy)
            return extractive.compose(query, selection, notice=f"{error} {error.remedy}".strip())

    def _answer(
        self, query: Query, selection: Selection, draft: Draft, indexes: Indexes, clock: _Clock
    ) -> Answer:
        return Answer(
            question=query.question,
            standalone_question=query.standalone,
            kind=query.kind,
            filters=query.filters,
            status=draft.status,
            mode=draft.mode,
            text=draft.text,
            sentences=draft.sentences,
            citations=draft.citations,
            papers=draft.papers,
            near=draft.near,
            confidence=selection.confidence,
            notices=draft.notices,
            timings_ms=clock.read(),
            usage=draft.usage,
            fingerprint=fingerprint(
                self.config,
                embedder=self.embedder.fingerprint,
                corpus=indexes.corpus_hash,
                mode=draft.mode,
                weights=self.weights,
            ),
        )


class _Clock:
    """Milliseconds by stage; `total` runs from the clock's making."""

    def __init__(self) -> None:
        self._start = self._last = time.perf_counter()
        self._laps: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self._laps[stage] = self._laps.get(stage, 0.0) + 1000 * (now - self._last)
        self._last = now

    def read(self) -> dict[str, float]:
        total = 1000 * (time.perf_counter() - self._start)
        return {**{k: round(v, 2) for k, v in self._laps.items()}, "total": round(total, 2)}
