"""A downloader that asks a replaying server and notes its waits instead of waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest.fetch.download import Downloader
from tests.replay import Replay, papers, replaying


@pytest.fixture
def replay() -> Iterator[Replay]:
    with replaying(papers(450)) as server:
        yield server


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def downloader(replay: Replay, waits: list[float], tmp_path: Path) -> Callable[..., Downloader]:
    def made(**changes: object) -> Downloader:
        given = {"where": tmp_path / "fetched", "agent": "citewell/0", "mirror": replay.url}
        return Downloader(sleep=waits.append, **{**given, **changes})  # type: ignore[arg-type]

    return made
