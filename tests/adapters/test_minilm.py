"""The embedded model against a BERT written in numpy, and what callers rely on.

Real weights throughout; the one module-wide encoder keeps this to seconds.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from math import erf
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file

from rag.adapters.minilm import MiniLM
from rag.adapters.minilm_graph import Encoder, read_weights
from tests.adapters.weights import MODEL

TEXTS = [
    "Which papers mitigate entropy collapse in RLVR?",
    "",
    "a",
    'T\\"ULU improves by 37\\% with \\implname, GTAvrightarrowCityscapes.',
    "Naïve café — ＦＵＬＬ width, 深層学習, e\u0301, \u200b zero width, 😀 emoji, ﬁ ligature.",
    " ".join(["We study how diffusion transformers scale with the number of tokens."] * 3),
    " ".join(["Late interaction scores each question token by its best match."] * 26),
]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> MiniLM:
    return MiniLM(cache_dir=tmp_path_factory.mktemp("models"))


def oracle(weights: dict[str, np.ndarray], ids: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """(embedding, last hidden states), both of unit length: BERT by the book, in float64."""
    w = {name: value.astype(np.float64) for name, value in weights.items()}
    gauss = np.vectorize(erf)

    def linear(x, name):
        return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]

    def norm(x, name):
        centred = x - x.mean(-1, keepdims=True)
        scale = np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12)
        return centred / scale * w[f"{name}.weight"] + w[f"{name}.bias"]

    x = w["embeddings.word_embeddings.weight"][ids]
    x = x + w["embeddings.position_embeddings.weight"][: len(ids)]
    x = norm(x + w["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for number in range(6):
        layer = f"encoder.layer.{number}"
        q, k, v = (
            linear(x, f"{layer}.attention.self.{part}").reshape(len(ids), 12, 32).swapaxes(0, 1)
            for part in ("query", "key", "value")
        )
        weight = np.exp(q @ k.swapaxes(1, 2) / np.sqrt(32))
        weight /= weight.sum(-1, keepdims=True)
        mixed = (weight @ v).swapaxes(0, 1).reshape(len(ids), 384)
        x = norm(
            x + linear(mixed, f"{layer}.attention.output.dense"),
            f"{layer}.attention.output.LayerNorm",
        )
        wide = linear(x, f"{layer}.intermediate.dense")
        wide = wide * 0.5 * (1 + gauss(wide / np.sqrt(2)))
        x = norm(x + linear(wide, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")
    mean = x.mean(0)
    return mean / np.linalg.norm(mean), x / np.linalg.norm(x, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def weights() -> dict[str, np.ndarray]:
    return load_file(MODEL / "model.safetensors")


def test_embeddings_agree_with_the_oracle(model: MiniLM, weights: dict[str, np.ndarray]) -> None:
    got = model.embed_documents(TEXTS)
    assert got.shape == (len(TEXTS), model.dimension) and got.dtype == np.float32
    encoded = model.encode_documents(TEXTS)
    for row, entry in zip(got, encoded, strict=True):
        ids = [101, *entry.ids[: model.max_tokens - 2], 102]
        want, _ = oracle(weights, ids)
        assert row @ want > 0.999


def test_token_vectors_agree_with_the_oracle(model: MiniLM, weights: dict[str, np.ndarray]) -> None:
    for entry in model.encode_documents(TEXTS):
        embedding, states = oracle(weights, [101, *entry.ids, 102])
        assert entry.embedding @ embedding > 0.999
        assert np.sum(entry.tokens * states[1:-1], axis=1).min(initial=1) > 0.995


@pytest.mark.parametrize(("precision", "least"), [("f32", 0.99999), (None, 0.999)])
def test_both_precisions_agree_with_the_oracle(
    weights: dict[str, np.ndarray], precision: Literal["f32"] | None, least: float
) -> None:
    """Machines without bf16 take the float32 path; this one may not, so it is named."""
    encoder = Encoder(read_weights(MODEL / "model.safetensors"), precision=precision, threads=1)
    ids = np.array([[101, *range(2000, 2030), 102, 0, 0], [101, 102, *[0] * 32]], np.int32)
    embeddings, states = encoder.run(ids, (ids > 0).astype(np.float32))
    for row, length in enumerate((32, 2)):
        embedding, tokens = oracle(weights, list(ids[row, :length]))
        assert embeddings[row] @ embedding > least
        assert np.sum(states[row, :length] * tokens, axis=1).min() > least


def test_known_similarities(model: MiniLM) -> None:
    """As torch and transformers compute them, so that the oracle's word is not the only one."""
    vectors = model.embed_documents(
        [
            "That is a happy person",
            "That is a happy dog",
            "That is a very happy person",
            "Today is a sunny day",
        ]
    )
    assert vectors[0] @ vectors[1:].T == pytest.approx([0.695, 0.943, 0.257], abs=0.005)


def test_a_query_is_encoded_as_a_document_is(model: MiniLM) -> None:
    query, document = model.encode_query(TEXTS[0]), model.encode_documents(TEXTS)[0]
    assert np.array_equal(query.ids, document.ids)
    assert query.embedding @ document.embedding > 0.9999
    assert model.embed_query(TEXTS[0]) @ document.embedding > 0.9999
    assert query.embedding.shape == (384,) and query.tokens.shape == (len(query.ids), 384)


def test_neighbours_and_order_do_not_matter(model: MiniLM) -> None:
    together = model.embed_documents(TEXTS * 3)
    backwards = model.embed_documents(TEXTS[::-1])[::-1]
    for place, text in enumerate(TEXTS):
        alone = model.embed_query(text)
        for other in (*together[place :: len(TEXTS)], backwards[place]):
            assert alone @ other > 0.9999


def test_offsets_name_the_words(model: MiniLM) -> None:
    text = "Naïve 😀 RLHF, e\u0301tude"
    entry = model.encode_query(text)
    words = ["Naïve", "😀", "R", "L", "H", "F", ",", "e\u0301t", "ude"]
    assert [text[a:b] for a, b in entry.offsets] == words


def test_long_texts_are_cut_where_said(model: MiniLM) -> None:
    text = "word " * 2000
    assert model.count_tokens(text) == 2000
    assert len(model.encode_query(text).ids) == 510
    assert len(model.encode_query(text, positions=100).ids) == 98
    assert model.embed_query(text) @ model.embed_query("word " * 254) > 0.9999
    with pytest.raises(ValueError, match="513"):
        model.encode_query(text, positions=513)


def test_nothing_to_do(model: MiniLM) -> None:
    assert model.embed_documents([]).shape == (0, 384)
    assert model.encode_documents([]) == []
    assert model.count_tokens("") == 0
    empty = model.encode_query("")
    assert empty.tokens.shape == (0, 384) and empty.offsets.shape == (0, 2)


def test_progress_adds_up(model: MiniLM) -> None:
    for method in (model.embed_documents, model.encode_documents):
        steps: list[int] = []
        method(TEXTS * 3, progress=steps.append)
        assert sum(steps) == len(TEXTS) * 3 and len(steps) > 1


@given(text=st.text(st.characters(), max_size=200))
@settings(max_examples=60)
def test_any_text_works(model: MiniLM, text: str) -> None:
    entry = model.encode_query(text)
    assert len(entry.ids) == len(entry.tokens) == len(entry.offsets) <= 510
    assert len(entry.ids) == min(model.count_tokens(text), 510)
    assert np.linalg.norm(entry.embedding) == pytest.approx(1, abs=1e-3)
    assert np.linalg.norm(entry.tokens, axis=1) == pytest.approx(1, abs=1e-2)
    starts, ends = entry.offsets.T
    assert (starts >= 0).all() and (starts <= ends).all() and (ends <= len(text)).all()
    assert (np.diff(starts) >= 0).all()


def test_lone_surrogates_keep_the_offsets(model: MiniLM) -> None:
    text = "\ud800 entropy \udfff collapse"
    entry = model.encode_query(text)
    assert [text[a:b] for a, b in entry.offsets] == ["entropy", "collapse"]


def test_threads_share_one_model(tmp_path: Path) -> None:
    model = MiniLM(cache_dir=tmp_path)
    with ThreadPoolExecutor(8) as pool:
        vectors = list(pool.map(model.embed_query, TEXTS * 4))
    for place, vector in enumerate(vectors):
        assert vector @ vectors[place % len(TEXTS)] > 0.9999
