"""Chroma collections as the indexes use them: opened and closed by several threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from rag.adapters.chroma_index import ChromaIndex


def test_one_folder_is_opened_and_closed_by_several_threads(tmp_path: Path) -> None:
    vectors = np.eye(4, dtype=np.float32)
    ChromaIndex.build(tmp_path, list("abcd"), vectors)

    def use(n: int) -> str:
        opened = ChromaIndex.open(tmp_path, 4)
        ((found, _),) = opened.search(vectors[n % 4], 1)
        opened.close()
        return found

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(use, range(60))) == [*"abcd"] * 15
