"""The learned reading: intent, answer type and what a turn does in its conversation.

The plain questions are read with n-grams alone, as with an embedder that is not MiniLM, and with
MiniLM vectors.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.adapters.minilm import MiniLM
from rag.ports import Vectors
from rag.question import classifier, dialogue, intent
from rag.question.dialogue import ACTS, WINDOW, TurnBefore, read_act
from rag.question.intent import ANSWER_TYPES, INTENTS, read_intent

ROWS = Path(__file__).parents[3] / "eval" / "training"
SHOWN = TurnBefore(text="sparse attention in long documents", papers=5, names=("FooNet", "BarX"))

QUESTIONS = (
    ("Which papers study sparse attention?", "list", "none"),
    ("Are there any papers on music transcription?", "list", "none"),
    ("How many parameters does FooNet have?", "fact", "count"),
    ("By what factor is FooNet faster?", "fact", "factor"),
    ("Which dataset was FooNet trained on?", "fact", "dataset"),
    ("Does FooNet need labelled data?", "fact", "yes_no"),
    ("What is the difference between FooNet and BarX?", "compare", "none"),
    ("Why does dropout help generalisation?", "explain", "reason"),
    ("How does FooNet choose its experts?", "explain", "manner"),
    ("What does MoE stand for?", "define", "none"),
    ("When was the FooNet paper published?", "record", "none"),
    ("thanks!", "nothing", "none"),
)
TURNS = (
    ("what datasets does FooNet use?", "refers"),
    ("show me more papers", "continues"),
    ("thanks a lot", "nothing"),
    ("shorter please", "form_only"),
    ("only the ones on medical images", "refines"),
    ("Which papers deal with weather forecasting?", "new_topic"),
)

texts = st.text(max_size=400) | st.sampled_from(
    ["", " ", "\ud800", '"' * 999, "“" * 999, "a" * 4000, "A1" * 900, "what " * 900, "\x00", "٣"]
)
vectors = st.none() | st.integers(0, 99).map(
    lambda seed: _unit(np.random.default_rng(seed).normal(size=384))
)
turns_before = st.lists(
    st.builds(
        TurnBefore,
        text=texts,
        vector=vectors,
        papers=st.integers(0, 50),
        names=st.lists(st.text(max_size=8), max_size=3).map(tuple),
    ),
    max_size=5,
)


def _unit(vector: Vectors) -> Vectors:
    return (vector / np.linalg.norm(vector)).astype(np.float32)


@pytest.fixture(scope="module")
def minilm(tmp_path_factory: pytest.TempPathFactory) -> MiniLM:
    return MiniLM(cache_dir=tmp_path_factory.mktemp("minilm"))


@pytest.mark.parametrize("embedded", [True, False])
@pytest.mark.parametrize(("question", "wanted", "answer_type"), QUESTIONS)
def test_plain_questions(
    question: str, wanted: str, answer_type: str, embedded: bool, minilm: MiniLM
) -> None:
    guess = read_intent(question, minilm.embed_query(question) if embedded else None)
    assert (guess.intent, guess.answer_type) == (wanted, answer_type)


@pytest.mark.parametrize(("turn", "wanted"), TURNS)
def test_plain_turns(turn: str, wanted: str, minilm: MiniLM) -> None:
    before = TurnBefore(
        text=SHOWN.text,
        vector=minilm.embed_query(SHOWN.text),
        papers=SHOWN.papers,
        names=SHOWN.names,
    )
    assert read_act(turn, minilm.embed_query(turn), [before]).act == wanted
    assert read_act(turn, None, [SHOWN]).act == wanted


def test_a_shown_name_makes_a_turn_refer() -> None:
    elsewhere = TurnBefore(text=SHOWN.text, papers=5, names=("Baz",))
    shown, other = (
        read_act("is FooNet any good?", None, [before]).acts["refers"]
        for before in (SHOWN, elsewhere)
    )
    assert shown > other


@given(texts, vectors)
def test_any_text_has_probabilities(text: str, vector: Vectors | None) -> None:
    guess = read_intent(text, vector)
    for found, labels in ((guess.intents, INTENTS), (guess.answer_types, ANSWER_TYPES)):
        assert tuple(found) == labels
        assert sum(found.values()) == pytest.approx(1)
        assert min(found.values()) >= 0
    assert guess.probability == guess.intents[guess.intent] == max(guess.intents.values())
    assert guess.answer_probability == guess.answer_types[guess.answer_type]
    assert read_intent(text, vector) == guess


@given(texts, vectors, turns_before)
def test_any_turn_has_an_act(turn: str, vector: Vectors | None, before: list[TurnBefore]) -> None:
    guess = read_act(turn, vector, before)
    assert tuple(guess.acts) == ACTS
    assert sum(guess.acts.values()) == pytest.approx(1)
    assert guess.probability == guess.acts[guess.act] == max(guess.acts.values())
    assert before or guess.act in ("new_topic", "nothing")
    assert read_act(turn, vector, before[-WINDOW:]) == guess


@given(st.text(max_size=400))
def test_features_are_bounded(text: str) -> None:
    places, values = classifier.ngram_features(text)
    assert len(places) == len(values)
    assert ((places >= 0) & (places < classifier.BUCKETS)).all()
    assert float(values @ values) <= 3 + 1e-5


def test_features_are_the_same_in_another_process() -> None:
    # The order of a set of strings differs from process to process.
    code = "from rag.question.classifier import features_digest; print(features_digest())"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, check=True, cwd=ROWS.parents[1],
    )  # fmt: skip
    assert done.stdout.strip() == classifier.features_digest()


@pytest.mark.parametrize("weights", [intent.WEIGHTS, dialogue.WEIGHTS])
def test_weights_are_of_these_rows_and_features(weights: Path) -> None:
    # After a change of either: scripts/train_question_reader.py.
    stored = json.loads(weights.read_text("utf-8"))
    rows = (ROWS / weights.name).with_suffix(".jsonl").read_text("utf-8").splitlines()
    assert stored["rows_sha256"] == hashlib.sha256("\n".join(rows).encode()).hexdigest()
    assert stored["features"] == classifier.features_digest()


def test_packing_loses_little() -> None:
    random = np.random.default_rng(0)
    head = classifier.Head(
        ngrams=random.normal(size=(classifier.BUCKETS, 3)).astype(np.float32),
        dense=random.normal(size=(384, 3)).astype(np.float32),
        bias=np.array([0.5, -1, 2], np.float32),
    )
    again = classifier.unpacked(json.loads(json.dumps(classifier.packed(head))))
    assert np.abs(again.ngrams - head.ngrams).max() <= np.abs(head.ngrams).max() / 127
    assert np.abs(again.dense - head.dense).max() <= np.abs(head.dense).max() / 127
    assert again.bias == pytest.approx(head.bias)
