from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.storage.catalog import Catalog
from tests.corpus import filled
from tests.rag.table.filling import World


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    catalog = filled(tmp_path_factory.mktemp("tables"), 30)
    yield catalog
    catalog.close()


@pytest.fixture
def world(catalog: Catalog, tmp_path: Path) -> World:
    return World(catalog, tmp_path)
