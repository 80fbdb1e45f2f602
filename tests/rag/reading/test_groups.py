"""Long lists in groups."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rag.reading.groups import together

_VECTORS = st.integers(2, 12).flatmap(
    lambda n: arrays(np.float32, (n, 3), elements=st.floats(-1, 1, width=32))
)


@given(_VECTORS, st.integers(0, 6))
def test_every_paper_is_in_one_group_and_none_stands_alone(vectors: np.ndarray, count: int) -> None:
    owner = together(vectors, count)
    assert len(owner) == len(vectors)
    assert min(Counter(owner).values()) > 1
    assert len(set(owner)) <= max(1, count)
    first = list(dict.fromkeys(owner))
    assert first == sorted(first), "groups are numbered as they appear"


def test_what_is_near_stands_together() -> None:
    vectors = np.array([[0, 0], [9, 9], [0.1, 0], [9, 9.1], [0, 0.1]], np.float32)
    assert together(vectors, 2) == [0, 1, 0, 1, 0]
