"""What the page needs of whoever answers: `rag.assistant.Assistant`, or a stand-in for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from rag.config import Config
from rag.events import Event
from rag.filters import Filters
from rag.ports import Embedder
from rag.records import Depth, Keeping, Mode, Turn
from rag.storage.index_manager import IndexManager


class Answers(Protocol):
    """What a conversation needs of `rag.assistant.Assistant`."""

    @property
    def config(self) -> Config: ...

    @property
    def index_manager(self) -> IndexManager: ...

    @property
    def embedder(self) -> Embedder: ...

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
    ) -> Iterator[Event]: ...

    def rank(
        self, question: str, *, history: Sequence[Turn] = (), filters: Filters | None = None
    ) -> list[tuple[str, float]]: ...
