"""A real assistant over a small corpus, without the real embedder, and its page."""

from __future__ import annotations

from pathlib import Path

from rag import wiring
from rag.adapters.fakes import HashEmbedder
from rag.assistant import Assistant
from rag.config import Config
from rag.storage.index_manager import IndexManager
from tests.corpus import filled


def small(folder: Path, **settings: object) -> Assistant:
    """Thirty papers in `folder`."""
    config = Config(data_dir=folder, **settings)  # type: ignore[arg-type]
    return Assistant(
        index_manager=IndexManager(filled(folder)),
        embedder=HashEmbedder(),
        config=config,
        model=wiring.make_chat_model(config),
    )
