"""The file of weights, and the trees in it against a walk that takes them node by node."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reading import model
from rag.reading.decide import best_length
from rag.reading.features import SENTENCE
from rag.reading.model import Trees
from rag.reading.reader import STACKED


def walk(trees: Trees, row: np.ndarray) -> float:
    total = trees.base
    for root in trees.roots:
        node = int(root)
        while trees.left[node] != node:
            below = row[trees.feature[node]] <= trees.threshold[node]
            node = int(trees.left[node] if below else trees.right[node])
        total += float(trees.value[node])
    return total


@pytest.mark.parametrize("name", ["sentence", "paper"])
def test_trees_give_what_a_walk_through_them_gives(name: str) -> None:
    trees: Trees = getattr(model.load(), name)
    width = len(SENTENCE) if name == "sentence" else len(STACKED)
    assert 0 <= trees.feature.min() <= trees.feature.max() < width
    rows = np.random.default_rng(0).normal(size=(20, width)).astype(np.float32)
    assert trees.logits(rows) == pytest.approx([walk(trees, row) for row in rows], abs=1e-3)


def test_weights_of_another_version_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "SHA256", "0" * 64)
    model.load.cache_clear()
    with pytest.raises(ValueError, match="install again"):
        model.load()
    model.load.cache_clear()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_a_list_is_as_long_as_its_expected_f1_says(chances: list[float]) -> None:
    chances = sorted(chances, reverse=True)
    scores = [2 * sum(chances[:k]) / (k + sum(chances)) for k in range(1, len(chances) + 1)]
    length = best_length(chances, 0.0)
    assert scores[length - 1] == pytest.approx(max(scores))
    assert best_length(chances, 1.1) == 1
