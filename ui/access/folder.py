"""The people of a data folder, opened for a command of the terminal."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rag import config as settings

if TYPE_CHECKING:
    from rag.storage.database import Database


@contextmanager
def opened(data_dir: Path | None) -> Iterator[tuple[Path, Database]]:
    from ui.access import store

    folder = settings.data_folder(data_dir)
    folder.mkdir(parents=True, exist_ok=True)
    base = store.opened(folder)
    try:
        yield folder, base
    finally:
        base.close()


def day(seconds: float) -> str:
    return time.strftime("%Y-%m-%d", time.localtime(seconds))
