"""What many tests share: the bundled corpus, ingested once, and a browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from httpx._config import DEFAULT_TIMEOUT_CONFIG
from hypothesis import settings

from ingest.build import ingest
from rag.adapters.minilm import MiniLM
from rag.storage.catalog import Catalog
from tests.browser import ARGUMENTS
from ui.session import BUNDLED, bundled

# No test asserts a time, and a busy machine answers late: httpx gives up after five seconds.
DEFAULT_TIMEOUT_CONFIG.read = DEFAULT_TIMEOUT_CONFIG.connect = 60.0
# Nor does Hypothesis: the first example of a run imports a library.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def bundled_dir(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A data folder that holds the bundled corpus. Read only: tests that write copy it. The first
    of several processes makes it, the others wait."""
    own = tmp_path_factory.getbasetemp()
    folder = (own if worker_id == "master" else own.parent) / "bundled"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            making = Path(f"{folder}-in-the-making")
            catalog = Catalog(making)
            model = MiniLM(cache_dir=making / "models")
            pages = bundled()
            ingest(pages.records, catalog, model, facts=pages.facts, command=BUNDLED)
            catalog.close()
            making.rename(folder)
    return folder


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for all tests of a process: Playwright runs once in a thread."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no Chromium; on Debian: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the developer's shell reaches a test, and no test the developer's folder."""
    import os

    for name in list(os.environ):
        if name.startswith(("CITEWELL_", "OPENAI_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("CITEWELL_DATA_DIR", str(tmp_path / "data"))
