"""The map of the corpus: alike papers stand together, groups are named by their own words."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.adapters.sklearn_map import cluster, project
from rag.storage import corpus_map
from rag.storage.corpus_map import labels


def gathered(groups: int, each: int, dimension: int = 24) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors around `groups` directions, and which direction each is around."""
    random = np.random.default_rng(3)
    middles = np.eye(dimension, dtype=np.float32)[:groups]
    owners = np.repeat(np.arange(groups), each)
    vectors = middles[owners] + 0.08 * random.standard_normal((groups * each, dimension))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(np.float32), owners


def test_neighbours_stay_neighbours_and_groups_are_found() -> None:
    vectors, owners = gathered(4, 30)
    places = project(vectors)
    far = ((places[:, None] - places[None]) ** 2).sum(axis=2)
    np.fill_diagonal(far, np.inf)
    nearest = owners[far.argsort(axis=1)[:, :10]]
    assert (nearest == owners[:, None]).mean() > 0.95
    found = cluster(vectors, 4)
    assert all(len(set(found[owners == owner])) == 1 for owner in range(4))
    assert len(set(found.tolist())) == 4


def test_the_same_corpus_gives_the_same_map() -> None:
    vectors, _ = gathered(3, 12)
    assert np.array_equal(project(vectors), project(vectors))
    assert np.array_equal(cluster(vectors, 3), cluster(vectors, 3))


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5, 9])
def test_few_papers_have_a_map_too(count: int) -> None:
    vectors, _ = gathered(1, max(count, 1))
    places = corpus_map._fitted(project(vectors[:count]))
    assert places.shape == (count, 2)
    assert np.isfinite(places).all() and (places >= 0).all() and (places <= 1).all()
    assert cluster(vectors[:count], 2).shape == (count,)


def test_alike_vectors_have_a_map_too() -> None:
    same = np.repeat(np.eye(4, dtype=np.float32)[:1], 12, axis=0)
    assert np.isfinite(corpus_map._fitted(project(same))).all()


def test_labels_are_what_sets_a_group_apart() -> None:
    texts = [
        *(("Notes on violin making", f"We carve violins of maple, case {i}.") for i in range(9)),
        *(("Baking sourdough", f"We bake sourdough bread with starters, {i}.") for i in range(9)),
    ]
    violins, bread = labels(texts, [0] * 9 + [1] * 9)
    assert "violin" in violins and "sourdough" in bread
    assert not set(violins.split(", ")) & set(bread.split(", "))
    assert "propose" not in violins + bread


def test_one_paper_names_no_group() -> None:
    texts = [("Violins", f"We carve violins, case {i}.") for i in range(9)]
    odd = ("Zeppelin zeppelins", "A zeppelin is no violin. Zeppelins fly.")
    breads = [("Bread", f"We bake bread, loaf {i}.") for i in range(9)]
    named, _ = labels([*texts, odd, *breads], [0] * 10 + [1] * 9)
    assert "violin" in named.lower() and "zeppelin" not in named.lower()


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.text(max_size=30), st.text(max_size=80), st.integers(0, 3)), max_size=20)
)
def test_labels_are_distinct_whatever_the_texts(rows: list[tuple[str, str, int]]) -> None:
    owners = sorted({owner for *_, owner in rows})
    clusters = [owners.index(owner) for *_, owner in rows]
    names = labels([(title, text) for title, text, _ in rows], clusters)
    assert len(names) == len(owners) == len(set(names))
    assert all(name.strip() for name in names)


def test_a_map_is_kept_for_its_generation_alone(tmp_path: Path) -> None:
    drawn = corpus_map.CorpusMap(
        generation="7-abc",
        paper_ids=("t-1", "t-2"),
        places=np.array([[0, 0.5], [1, 0]], np.float32),
        clusters=np.array([0, 1], np.int32),
        labels=("bread", "<b>violins</b>"),
    )
    assert corpus_map.load(tmp_path, "7-abc") is None
    corpus_map.keep(tmp_path, drawn)
    held = corpus_map.load(tmp_path, "7-abc")
    assert held is not None
    for field in dataclasses.fields(drawn):
        assert np.array_equal(getattr(held, field.name), getattr(drawn, field.name))
    assert corpus_map.load(tmp_path, "8-abc") is None
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(kept.read_bytes()[:80])
    assert corpus_map.load(tmp_path, "7-abc") is None
