"""The whole flow on one screen: question → papers → Selection → Answer, as typed events.

The assistant holds no conversation: history comes in with each question, so that one assistant
serves many people at once and none sees anything of another's. A model or a reranker that fails
never costs an answer: the rules read, our own ranking ranks, quoted sentences answer.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from rag.answer import quoted as extractive
from rag.answer import written as generative
from rag.answer.fingerprint import fingerprint
from rag.answer.templates import provisos
from rag.config import Config
from rag.errors import ConfigError, ModelServerError
from rag.events import Event, Fallback, Finished, Retrieved, Selected, Text, Understood
from rag.filters import Filters
from rag.pipeline import Clock, Finder, Found
from rag.ports import ChatModel, Embedder, Reranker
from rag.question.schema import ParsedQuestion
from rag.reading import select
from rag.records import Answer, Draft, Hit, Mode, Selection, Turn, Usage
from rag.retrieval.first_stage import Weights
from rag.retrieval.sorting import in_order
from rag.storage.index_manager import Shelf
from rag.text.patterns import compile_all

_TOLD = 50
"""Papers named in the event `Retrieved`."""
_LONG = 20
"""Times two words: as long as all but one in a hundred questions."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SearchResult:
    parsed: ParsedQuestion
    hits: tuple[Hit, ...]
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    notices: tuple[str, ...] = ()


class Assistant:
    """Answers questions over the corpus on `shelf`. Thread-safe.

    `model` may be None: answers are extractive then. `reranker` takes a second look at what was
    ranked, in every mode. `weights`: how papers are ranked. `today` is asked for relative dates.
    """

    def __init__(
        self,
        *,
        shelf: Shelf,
        embedder: Embedder,
        config: Config,
        model: ChatModel | None = None,
        reranker: Reranker | None = None,
        weights: Weights | None = None,
        today: Callable[[], date] = date.today,
    ) -> None:
        self.shelf = shelf
        self.embedder = embedder
        self.config = config
        self.model = model
        self.weights = weights or Weights()
        self._finder = Finder(
            shelf=shelf,
            embedder=embedder,
            config=config,
            reranker=reranker,
            weights=self.weights,
            today=today,
        )

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
        model = self.model if mode == "llm" else None
        clock = Clock()
        found = self._finder.find(question, history, filters, clock, model, within)
        parsed = found.parsed
        yield Understood(parsed=parsed)
        yield Retrieved(papers=tuple(found.ids()[:_TOLD]))
        selection = select(parsed, found.ranking, found.reading)
        clock.lap("select")
        yield Selected(selection=selection)
        draft: Draft | None = None
        if model is not None and selection.evidence and parsed.record is None:
            draft = yield from self._generate(found, selection, model)
            if draft.mode == "llm":
                draft = replace(draft, notices=(*draft.notices, *provisos(parsed, selection)))
        if draft is None:
            parts = [(p.parsed, select(p.parsed, p.ranking, p.reading)) for p in found.parts]
            quoted = extractive.compose(parsed, selection, parts=parts)
            draft = replace(quoted, usage=found.usage)
            yield Text(delta=draft.text)
        clock.lap("answer")
        yield Finished(answer=self._answer(found, selection, draft, clock))

    def search(self, question: str, *, k: int = 10, filters: Filters | None = None) -> SearchResult:
        """The `k` best papers for `question`, constraints applied, in the order that it asks for.
        Raises as `stream` does."""
        clock = Clock()
        found = self._finder.find(question, (), filters, clock)
        parsed = found.parsed
        first, most = parsed.filters.skip or 0, parsed.filters.limit or k
        best = list(found.ranking.hits(max(k, first + most)))
        order = in_order(parsed.filters, [hit.paper for hit in best]) if parsed.topic else None
        placed = [best[at] for at in order] if order else best
        shown = placed[first : first + min(k, most)]
        hits = tuple(replace(hit, rank=at) for at, hit in enumerate(shown, first + 1))
        clock.lap("passages")
        return SearchResult(
            parsed=parsed, hits=hits, timings_ms=clock.read(), notices=found.notices
        )

    def warm(self) -> None:
        """Load everything that the first question would load, and the first long one. Raises as
        `search` does."""
        compile_all()
        self.search("warm up", k=1)
        self.embedder.prepare("warm up " * _LONG)

    def rank(
        self, question: str, *, history: Sequence[Turn] = (), filters: Filters | None = None
    ) -> list[tuple[str, float]]:
        """Paper ids and fused scores, best first: all papers that retrieval considered."""
        ranking = self._finder.find(question, history, filters, Clock()).ranking
        return list(zip(ranking.ids(), ranking.scores.tolist(), strict=True))

    def _generate(
        self, found: Found, selection: Selection, model: ChatModel
    ) -> Generator[Event, None, Draft]:
        parsed = found.parsed
        try:
            if found.failure is not None:
                found.failure.usage = found.usage
                raise found.failure
            writing = generative.compose(
                parsed,
                selection,
                model,
                max_answer_tokens=self.config.max_answer_tokens,
                spent=found.usage,
            )
            while True:
                try:
                    yield Text(delta=next(writing))
                except StopIteration as stop:
                    return stop.value  # type: ignore[no-any-return]
        except ModelServerError as error:
            yield Fallback(message=str(error), remedy=error.remedy)
            notice = f"{error} {error.remedy}".strip()
            draft = extractive.compose(parsed, selection, notice=notice)
            yield Text(delta=draft.text)
            return replace(draft, usage=error.usage)

    def _answer(self, found: Found, selection: Selection, draft: Draft, clock: Clock) -> Answer:
        parsed = found.parsed
        return Answer(
            question=parsed.question,
            standalone_question=parsed.standalone,
            kind=parsed.kind,
            filters=parsed.filters,
            status=draft.status,
            mode=draft.mode,
            text=draft.text,
            sentences=draft.sentences,
            citations=draft.citations,
            papers=draft.papers,
            near=draft.near,
            confidence=selection.confidence,
            notices=(*found.notices, *draft.notices),
            timings_ms=clock.read(),
            usage=self._priced(draft.usage),
            fingerprint=fingerprint(
                self.config,
                embedder=self.embedder.fingerprint,
                corpus=found.indexes.corpus_hash,
                mode=draft.mode,
                weights=self.weights,
            ),
            model=self.model.name if self.model and draft.mode == "llm" else None,
        )

    def _priced(self, usage: Usage) -> Usage:
        """With its cost, where there is a price. A price that is not told counts as nothing."""
        prompt, completion = self.config.price_prompt, self.config.price_completion
        if not usage.calls or (prompt is None and completion is None):
            return usage
        cost = usage.prompt_tokens * (prompt or 0) + usage.completion_tokens * (completion or 0)
        return replace(usage, cost=round(cost / 1e6, 8))
