"""The assistant over the bundled corpus, without a model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import wiring
from rag.assistant import Assistant
from rag.config import Config
from rag.storage.catalog import Catalog


@pytest.fixture(scope="session")
def bundled(bundled_dir: Path) -> Iterator[Assistant]:
    catalog = Catalog(bundled_dir)
    config = Config(data_dir=bundled_dir)
    yield wiring.assistant(config, catalog=catalog, embedder=wiring.make_embedder(config))
    catalog.close()
