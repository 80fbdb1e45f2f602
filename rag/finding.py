"""The first half of an answer: a question read and its papers ranked, with the time it took.

    question ─understand→ Query ─retrieve→ Ranking ─rerank, where that is set→ Ranking

A model or a reranker that fails costs a notice and nothing else: the rules read, our own ranking
ranks. What the papers are for is not known here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from rag.calls import NOTHING
from rag.config import Config
from rag.errors import IndexDamaged, ModelServerError, UsageError
from rag.indexes import Indexes, Shelf
from rag.ports import ChatModel, Embedder, Reranker
from rag.ranking import Ranking
from rag.records import Filters, Turn, Usage
from rag.rerank import ChatReranker, reranked
from rag.retrieve import Retriever, Weights
from rag.understand import Reading, understand
from rag.understand.rewriting import Rewriting, rewrite

MAX_QUESTION_CHARS = 4000
_RERANK_SHARE = 0.4
"""Of the prompt budget that is left, at most, when the model that answers orders the papers."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A question read and its papers ranked. `usage`: what that cost of the model's. `failure`: the
    model's server is out of reach, and need not be asked for the answer."""

    reading: Reading
    ranking: Ranking
    indexes: Indexes
    usage: Usage = NOTHING
    notices: tuple[str, ...] = ()
    failure: ModelServerError | None = None


class Finder:
    """Reads questions and ranks papers. Thread-safe; what it is made of as for `Assistant`."""

    def __init__(
        self,
        *,
        shelf: Shelf,
        embedder: Embedder,
        config: Config,
        reranker: Reranker | None,
        weights: Weights,
        today: Callable[[], date],
    ) -> None:
        self.shelf = shelf
        self.embedder = embedder
        self.config = config
        self.reranker = reranker
        self.weights = weights
        self._today = today

    def find(
        self,
        question: str,
        history: Sequence[Turn],
        filters: Filters | None,
        clock: Clock,
        model: ChatModel | None = None,
    ) -> Found:
        """With `model`, it may read the question and order the papers, as the settings say. Raises
        UsageError for an empty or huge question, and what the catalog, the index and the embedder
        raise; a failing model or reranker is told in what is found."""
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
        read: Rewriting | None = None
        for attempt in (1, 2):
            indexes = self.shelf.indexes()
            clock.lap("open")
            read = read or self._read(question, history, filters, indexes, model)
            clock.lap("understand")
            try:
                ranking = self._retriever(indexes).rank(read.reading.query)
            except IndexDamaged:
                # Damage that only a search reveals: mend once, from the catalog, and go on.
                if attempt == 2:
                    raise
                self.shelf.mend()
                continue
            clock.lap("retrieve")
            found = Found(
                reading=read.reading,
                ranking=ranking,
                indexes=indexes,
                usage=read.usage,
                failure=read.failure,
            )
            return self._looked_at_again(found, model, clock)
        raise AssertionError("unreachable")

    def _read(
        self,
        question: str,
        history: Sequence[Turn],
        filters: Filters | None,
        indexes: Indexes,
        model: ChatModel | None,
    ) -> Rewriting:
        """By the rules, or by the model where it is to answer as well."""
        wanted = self.config.understand
        lexicon, today = indexes.lexicon, self._today()
        if model is None or wanted == "rules" or not (history or wanted == "model"):
            reading = understand(
                question, history=history, lexicon=lexicon, today=today, filters=filters
            )
            return Rewriting(reading=reading)
        return rewrite(
            question,
            model,
            history=history,
            lexicon=lexicon,
            today=today,
            filters=filters,
            max_tokens=self.config.max_answer_tokens,
        )

    def _looked_at_again(self, found: Found, model: ChatModel | None, clock: Clock) -> Found:
        """Reranked, where that is wanted and works."""
        chat: ChatReranker | None = None
        if self.config.rerank == "model" and model is not None and found.failure is None:
            room = (model.max_prompt_tokens - found.usage.prompt_tokens) * _RERANK_SHARE
            chat = ChatReranker(
                model,
                max_prompt_tokens=int(room),
                max_tokens=self.config.max_answer_tokens,
            )
        if (reranker := chat or self.reranker) is None:
            return found
        try:
            found = replace(found, ranking=reranked(found.ranking, reranker))
        except ModelServerError as error:
            notice = f"The papers were ranked without {reranker.name}. {error} {error.remedy}"
            found = replace(found, notices=(notice.strip(),))
        clock.lap("rerank")
        return replace(found, usage=found.usage + chat.usage) if chat else found

    def _retriever(self, indexes: Indexes) -> Retriever:
        return Retriever(self.shelf.catalog, indexes, self.embedder, self.weights)


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
