"""The whole flow on one screen, as typed events: a question is read, papers are ranked, and the
answer is written by a model from the abstracts of the best, or put together from quoted sentences.

The assistant holds no conversation: history comes in with each question, so that one assistant
serves many people at once and none sees anything of another's. A model or a reranker that fails
never costs an answer: the rules read, our own ranking ranks, quoted sentences answer.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import get_args

from rag.answer import by_quotes
from rag.answer.by_model import answered
from rag.answer.fingerprint import fingerprint
from rag.config import Config
from rag.display import Displayed
from rag.errors import ConfigError, ModelServerError, UsageError
from rag.events import Event, Fallback, Finished, Retrieved, Selected, TextDelta, Understood
from rag.filters import Filters
from rag.pipeline import Clock, Finder, Found
from rag.ports import ChatModel, Embedder, Reranker
from rag.question.schema import ParsedQuestion
from rag.reading import select
from rag.reading.belonging import belonging
from rag.records import Answer, Depth, Draft, Hit, Keeping, Mode, Paper, Turn, Usage
from rag.retrieval.first_stage import Weights
from rag.retrieval.sorting import in_order
from rag.storage.index_manager import IndexManager
from rag.text.patterns import compile_all

_TOLD = 50
"""Papers named in the event `Retrieved`."""
_NOTHING_TO_READ = "No abstract was read for this: constraints and records decide it."
_LONG = 20
"""Times two words: as long as all but one in a hundred questions."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SearchResult(Displayed):
    parsed: ParsedQuestion
    hits: tuple[Hit, ...]
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    notices: tuple[str, ...] = ()


class Assistant:
    """Answers questions over the corpus of `index_manager`. Thread-safe.

    `model` may be None: answers are extractive then. `reranker` takes a second look at what was
    ranked, in every mode. `weights`: how papers are ranked. `today` is asked for relative dates.
    """

    def __init__(
        self,
        *,
        index_manager: IndexManager,
        embedder: Embedder,
        config: Config,
        model: ChatModel | None = None,
        reranker: Reranker | None = None,
        weights: Weights | None = None,
        today: Callable[[], date] = date.today,
    ) -> None:
        self.index_manager = index_manager
        self.embedder = embedder
        self.config = config
        self.model = model
        self.weights = weights or Weights()
        self._finder = Finder(
            index_manager=index_manager,
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
        depth: Depth = "normal",
        keeping: Keeping = "resume",
    ) -> Answer:
        """`stream` to its end. Raises what `stream` raises."""
        for event in self.stream(
            question,
            history=history,
            filters=filters,
            within=within,
            mode=mode,
            depth=depth,
            keeping=keeping,
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
        depth: Depth = "normal",
        keeping: Keeping = "resume",
    ) -> Iterator[Event]:
        """Answer `question`; see `rag.events` for the order of events.

        `filters` override the constraints read from the question; `within` keeps to the papers
        of these ids, whatever the question and `filters` say, and leaves out those that are there
        no more. `mode` overrides the configured one. `depth` thorough has the model look through
        the ranking for all papers that match; `keeping`: what becomes of its judgements. Raises
        UsageError for an empty or huge question and for what `mode` or `depth` cannot be,
        ConfigError where there is no model to do it, and what the catalog, the index and the
        embedder raise; a failing model server is told as `Fallback`.
        """
        if depth not in get_args(Depth):
            raise UsageError(f"There is no depth {depth!r}.", remedy="Say normal or thorough.")
        thorough = depth == "thorough"
        model = self._thorough_model(mode) if thorough else self.model_for(mode, "write the answer")
        clock = Clock()
        found = self._finder.find(question, history, filters, clock, model, within)
        parsed = found.parsed
        yield Understood(parsed=parsed)
        yield Retrieved(papers=tuple(found.ids()[:_TOLD]))
        draft: Draft | None = None
        usage, notice = found.usage, ""
        if model is not None:
            try:
                draft = yield from answered(found, model, self.config, clock, depth, keeping)
            except ModelServerError as error:
                yield Fallback(message=str(error), remedy=error.remedy)
                usage, notice = error.usage, f"{error} {error.remedy}".strip()
        if draft is None:
            if thorough:
                notice = notice or _NOTHING_TO_READ
            draft = yield from self._quoted(found, clock, notice)
            draft = replace(draft, usage=usage)
        clock.lap("answer")
        yield Finished(answer=self._answer(found, draft, clock, depth))

    def model_for(self, mode: Mode | None, task: str) -> ChatModel | None:
        """Who is to do `task` ("write the answer"): None for quoted sentences. `mode` overrides the
        configured one. Raises ConfigError where it takes a model and there is none, UsageError for
        a mode that there is not."""
        if mode not in (None, *get_args(Mode)):
            raise UsageError(f"There is no mode {mode!r}.", remedy="Say extractive or llm.")
        by_model = mode == "llm" if mode else self.config.answers_with_model
        if by_model and self.model is None:
            raise ConfigError(
                f"No model is configured to {task}.",
                remedy="Set CITEWELL_MODEL (and OPENAI_BASE_URL or OPENAI_API_KEY).",
            )
        return self.model if by_model else None

    def _thorough_model(self, mode: Mode | None) -> ChatModel | None:
        """Raises ConfigError where quoted sentences are asked for, or there is no model."""
        task = "look through all papers"
        if (mode or self.config.mode) == "extractive":
            raise ConfigError(
                f"Quoted sentences are asked for, and it takes a model to {task}.",
                remedy="Leave one of --mode extractive and --depth thorough out.",
            )
        return self.model_for("llm", task)

    def search(self, question: str, *, k: int = 10, filters: Filters | None = None) -> SearchResult:
        """The `k` best papers for `question`, constraints applied, in the order that it asks for.
        Raises as `stream` does."""
        if k < 1:
            raise UsageError(f"{k} is no number of papers.", remedy="Ask for one or more.")
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

    def belonging(self, question: str, *, filters: Filters | None = None) -> tuple[str, ...]:
        """Ids of the papers that a list over `question` holds, however long, by the offline reading
        and the reader alone; `filters` as for `stream`. Raises as `search` does."""
        found = self._finder.find(question, (), filters, Clock())
        return belonging(found.parsed, found.ranking, found.reading)

    def _quoted(self, found: Found, clock: Clock, notice: str) -> Generator[Event, None, Draft]:
        """Put together from quoted sentences. `notice` says what failed before."""
        parts = [
            (part.parsed, select(part.parsed, part.ranking, part.reading)) for part in found.parts
        ]
        selection = parts[0][1] if parts else select(found.parsed, found.ranking, found.reading)
        clock.lap("select")
        selections = [own for _, own in parts] or [selection]
        put = _distinct(paper for one in selections for paper in one.papers)
        quoted = (item.paper for one in selections for item in one.evidence)
        near = _distinct((*quoted, *(paper for one in selections for paper in one.near)))
        yield Selected(papers=put, near=tuple(paper for paper in near if paper not in put))
        draft = by_quotes.compose(found.parsed, selection, parts=parts, notice=notice)
        yield TextDelta(delta=draft.text)
        return draft

    def _answer(self, found: Found, draft: Draft, clock: Clock, depth: Depth) -> Answer:
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
            confidence=draft.confidence,
            notices=(*found.notices, *draft.notices),
            timings_ms=clock.read(),
            usage=self.priced(draft.usage),
            fingerprint=fingerprint(
                self.config,
                embedder=self.embedder.fingerprint,
                corpus=found.indexes.corpus_hash,
                mode=draft.mode,
                weights=self.weights,
                depth=depth,
            ),
            model=self.model.name if self.model and draft.mode == "llm" else None,
            agreement=draft.agreement,
            may_match=draft.may_match,
        )

    def priced(self, usage: Usage) -> Usage:
        """With its cost, where there is a price. A price that is not told counts as nothing."""
        prompt, completion = self.config.price_prompt, self.config.price_completion
        if not usage.calls or (prompt is None and completion is None):
            return usage
        cost = usage.prompt_tokens * (prompt or 0) + usage.completion_tokens * (completion or 0)
        return replace(usage, cost=round(cost / 1e6, 8))


def _distinct(papers: Iterable[Paper]) -> tuple[Paper, ...]:
    return tuple({paper.paper_id: paper for paper in papers}.values())
