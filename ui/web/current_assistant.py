"""The assistant that answers now, exchanged for another while answers are on their way: each goes
to its end with the one that it began with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, cast

from rag import wiring
from rag.assistant import Assistant
from rag.config import Config
from rag.events import Event
from rag.ports import Embedder
from rag.retrieval.first_stage import Weights
from rag.storage.index_manager import IndexManager
from ui.web.answers import Answers

EMBEDDER = ("embed_model", "embed_base_url", "embed_api_key", "threads")
_STAYING = ("data_dir", "corpus", *EMBEDDER)


class CurrentAssistant:
    """Answers as `current` does. `settled` is called when its settings were changed."""

    def __init__(self, current: Answers, settled: Callable[[], None] | None = None) -> None:
        self.current = current
        self._settled = settled

    @property
    def config(self) -> Config:
        return self.current.config

    @property
    def index_manager(self) -> IndexManager:
        return self.current.index_manager

    @property
    def embedder(self) -> Embedder:
        return cast(Assistant, self.current).embedder

    def stream(self, question: str, **given: Any) -> Iterator[Event]:
        return self.current.stream(question, **given)

    def rank(self, question: str, **given: Any) -> list[tuple[str, float]]:
        return cast(Assistant, self.current).rank(question, **given)

    def settle(self, config: Config) -> None:
        """Answer by `config` from the next question on. Catalog, indexes and embedder stay.

        Raises ConfigError for a model that cannot be."""
        self.current = renewed(self.current, config)
        if self._settled:
            self._settled()


def renewed(before: Answers, config: Config, *, weights: Weights | None = None) -> Answers:
    """`before` by other settings, over the same catalog, indexes and embedder, whose own settings
    stay what they are."""
    kept: dict[str, Any] = {name: getattr(before.config, name) for name in _STAYING}
    config = replace(config, **kept)
    same = config == before.config and weights in (None, getattr(before, "weights", None))
    if same or not isinstance(before, Assistant):
        return before
    return Assistant(
        index_manager=before.index_manager,
        embedder=before.embedder,
        config=config,
        model=wiring.make_chat_model(config),
        weights=weights or before.weights,
    )
