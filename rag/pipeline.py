"""The first half of an answer: a question read and its papers ranked, with the time it took.

    question ─parse→ ParsedQuestion ─rank→ Ranking ─read→ Reading ─rerank, where set→ both in order

A model or a reranker that fails costs a notice and nothing else: the offline reading reads, our own
ranking ranks. What the papers are for is not known here.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import zip_longest

from rag.config import Config
from rag.corpus.people import is_by_initials
from rag.errors import CitewellError, ModelServerError, UsageError
from rag.filters import Filters
from rag.model_calls import NOTHING
from rag.ports import ChatModel, Embedder, Reranker, TokenEncoder
from rag.question.lookback import recent
from rag.question.model_reader import ModelReading, read_with, worth_asking
from rag.question.parse import QuestionParser
from rag.question.schema import ParsedQuestion
from rag.question.turn import Encode
from rag.reading import Reading, read
from rag.records import Paper, Turn, Usage
from rag.retrieval.first_stage import Retriever, Weights
from rag.retrieval.ranking import Ranking
from rag.retrieval.reranking import ChatReranker, reranked
from rag.storage.catalog import Catalog
from rag.storage.generations import Indexes
from rag.storage.index_manager import IndexManager
from rag.text.patterns import lazy
from rag.text.words import enumerated

MAX_QUESTION_CHARS = 4000
_SURROGATE = lazy(r"[\ud800-\udfff]")
"""What stands in a text for bytes that are not UTF-8."""
_CONTROL = lazy(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Says nothing, and does things to a terminal; tab and line feed are spaces anyway."""
_RERANK_SHARE = 0.4
"""Of the prompt budget that is left, at most, when the model that answers orders the papers."""
TRAINED_WITH = "all-MiniLM-L6-v2"
"""The embedder of whose vectors intent and act were learned."""
_REMEMBERED = 256
"""Questions whose vectors are kept: a turn is read together with those before it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One question of a compound one, its ranking and what the reader made of it."""

    parsed: ParsedQuestion
    ranking: Ranking
    reading: Reading

    def again(self, reranker: Reranker) -> Part:
        """In the order of `reranker`. Raises ModelServerError."""
        ranking = reranked(self.ranking, reranker)
        return replace(self, ranking=ranking, reading=self.reading.in_order_of(ranking.ids()))


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A question read and its papers ranked. `parts`: the questions it is made of, none for one.
    `beside`: papers of its further searches, each best first. `usage`: what that cost of the
    model's. `failure`: the model's server is out of reach, and need not be asked for the answer."""

    parsed: ParsedQuestion
    ranking: Ranking
    indexes: Indexes
    reading: Reading
    parts: tuple[Part, ...] = ()
    beside: tuple[tuple[str, ...], ...] = ()
    usage: Usage = NOTHING
    notices: tuple[str, ...] = ()
    failure: ModelServerError | None = None

    def ids(self) -> list[str]:
        """Papers best first; those of several searches in turn, so that each is heard."""
        turns = zip_longest(self.ranking.ids(), *self.beside)
        return list(dict.fromkeys(one for turn in turns for one in turn if one is not None))

    def papers(self, most: int) -> list[Paper]:
        """The first `most` of `ids`."""
        return self.ranking.of(self.ids()[:most])


class Finder:
    """Reads questions and ranks papers. Thread-safe; what it is made of as for `Assistant`."""

    def __init__(
        self,
        *,
        index_manager: IndexManager,
        embedder: Embedder,
        config: Config,
        reranker: Reranker | None,
        weights: Weights,
        today: Callable[[], date],
    ) -> None:
        self.index_manager = index_manager
        self.embedder = embedder
        self.config = config
        self.reranker = reranker
        self.weights = weights
        self._today = today
        self._prepared = False
        # What was learned of questions was learned of the embedded model's vectors.
        self._encode: Encode | None = None
        if isinstance(embedder, TokenEncoder) and embedder.name == TRAINED_WITH:
            self._encode = lru_cache(_REMEMBERED)(embedder.embed_query)

    def find(
        self,
        question: str,
        history: Sequence[Turn],
        filters: Filters | None,
        clock: Clock,
        model: ChatModel | None = None,
        within: Sequence[str] | None = None,
    ) -> Found:
        """With `model`, it may read the question and order the papers, as the settings say. Raises
        UsageError for an empty or huge question, and what the catalog, the index and the embedder
        raise; a failing model or reranker is told in what is found."""
        history = recent(history)
        if any(map(_SURROGATE.search, (question, *(turn.content for turn in history)))):
            raise UsageError(
                "The question, or an earlier turn, is not valid UTF-8 text.",
                remedy="Check the encoding of the terminal or of the file it comes from.",
            )
        question = _CONTROL.sub(" ", question).strip()
        if not question:
            raise UsageError("The question is empty.", remedy='Ask something: citewell ask "…"')
        if len(question) > MAX_QUESTION_CHARS:
            raise UsageError(
                f"The question has {len(question):,} characters;"
                f" {MAX_QUESTION_CHARS:,} is the most.",
                remedy="Shorten it.",
            )
        self.index_manager.catalog.require_embedder(self.embedder.fingerprint)
        if not self._prepared:
            # The model compiles while the indexes are opened: a tenth of a cold question's time.
            self._prepared = True
            threading.Thread(target=self._prepare, args=(question,)).start()
        indexes = self.index_manager.indexes()
        clock.lap("open")
        parser = QuestionParser(
            lexicon=indexes.lexicon,
            today=self._today(),
            lookup=indexes.papers.papers,
            encode=self._encode,
        )
        parsed = parser.parse(question, history=history, filters=filters, within=within)
        reading = self._read_by_model(parsed, parser, indexes, filters, within, model)
        parsed = reading.parsed
        clock.lap("understand")
        # The papers as they were indexed: another process may be changing the catalog.
        retriever = Retriever(indexes.papers, indexes, self.embedder, self.weights)
        whole, *parts = (_read(one, retriever) for one in (parsed, *parsed.parts))
        found = Found(
            parsed=parsed,
            ranking=whole.ranking,
            reading=whole.reading,
            parts=tuple(parts),
            beside=tuple(
                tuple(retriever.rank(replace(parsed, topic=one, search=one)).ids())
                for one in parsed.searches
                if model is not None
            ),
            indexes=indexes,
            usage=reading.usage,
            failure=reading.failure,
            notices=(
                *_notices(self.index_manager.catalog, indexes),
                *_told(parsed),
                *_initials(parsed.filters, indexes),
            ),
        )
        clock.lap("retrieve")
        return self._looked_at_again(found, model, clock)

    def _prepare(self, question: str) -> None:
        with contextlib.suppress(CitewellError):  # told when the question itself needs it
            self.embedder.prepare(question)

    def _read_by_model(
        self,
        parsed: ParsedQuestion,
        parser: QuestionParser,
        indexes: Indexes,
        filters: Filters | None,
        within: Sequence[str] | None,
        model: ChatModel | None,
    ) -> ModelReading:
        """As the model that is to answer reads it, where that is worth a call."""
        wanted = self.config.understand
        worth = wanted == "model" or (wanted == "auto" and worth_asking(parsed))
        may_ask = self.config.max_calls > 1  # one writes the answer
        if model is None or not (worth and may_ask) or parsed.nothing_asked:
            return ModelReading(parsed=parsed)
        return read_with(
            model,
            parsed,
            parser,
            indexes.lexicon,
            today=self._today(),
            filters=filters,
            within=within,
            max_tokens=self.config.max_answer_tokens,
        )

    def _looked_at_again(self, found: Found, model: ChatModel | None, clock: Clock) -> Found:
        """Reranked, where that is wanted and works."""
        chat: ChatReranker | None = None
        may_ask = found.failure is None and found.usage.calls + 1 < self.config.max_calls
        if self.config.rerank == "model" and model is not None and may_ask:
            left = self.config.max_prompt_tokens - found.usage.prompt_tokens
            chat = ChatReranker(
                model,
                max_prompt_tokens=min(model.max_prompt_tokens, int(left * _RERANK_SHARE)),
                max_tokens=self.config.max_answer_tokens,
            )
        if (reranker := chat or self.reranker) is None:
            return found
        try:
            whole = Part(parsed=found.parsed, ranking=found.ranking, reading=found.reading)
            whole = whole.again(reranker)
            # Each part would take another call of a model that has few.
            parts = found.parts if chat else tuple(one.again(reranker) for one in found.parts)
            found = replace(found, ranking=whole.ranking, reading=whole.reading, parts=parts)
        except ModelServerError as error:
            notice = f"The papers were ranked without {reranker.name}. {error} {error.remedy}"
            found = replace(found, notices=(*found.notices, notice.strip()))
        clock.lap("rerank")
        return replace(found, usage=found.usage + chat.usage) if chat else found


def _read(parsed: ParsedQuestion, retriever: Retriever) -> Part:
    """Ranked by the first stage, then the best papers by the reader."""
    ranking = retriever.rank(parsed)
    reading = read(parsed, ranking)
    return Part(parsed=parsed, ranking=reading.reordered(ranking), reading=reading)


def _notices(catalog: Catalog, indexes: Indexes) -> Iterator[str]:
    """What is not searched, and why."""
    if indexes.notice:
        yield indexes.notice
    elif commands := catalog.unfinished:
        yield (
            "An ingest has begun and not ended, so papers may be missing. If it is no longer"
            f" running, run it again: {'; '.join(commands)}"
        )


def _told(parsed: ParsedQuestion) -> Iterator[str]:
    """What the user should know of how the question was read."""
    if parsed.language:
        yield (
            f"This question seems to be in {parsed.language}. Questions are read in English here,"
            " so only terms that the abstracts use as well could be looked for."
        )
    if parsed.unknown:
        yield (
            f"No paper here is known by {' or '.join(parsed.unknown)}: its record would have to"
            " state that. Ask by title, by what the paper introduces, or by topic."
        )


def _initials(filters: Filters, indexes: Indexes) -> Iterator[str]:
    """Whom the records have by initials, who may be somebody else than the one asked for."""
    for asked in filters.authors or ():
        papers = indexes.papers.papers(indexes.papers.matching(Filters(authors=(asked,))))
        named = [name for p in papers for name in p.authors if is_by_initials(name, asked)]
        if named:
            names = enumerated([f"“{name}”" for name in dict.fromkeys(named)])
            yield f"Some records name only {names}, who may be somebody else than {asked}."


class Clock:
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
