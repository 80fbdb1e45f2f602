"""A linear text classifier: hashed n-grams of a text, with a sentence vector where there is one.

The features and the weights file are defined here, for `scripts/train_question_reader.py`, which
fits them, and for `intent` and `dialogue`, which read with them. What the classes mean is not known
here, nor is how the weights were found.

A head is a multinomial logistic regression. Each classifier has two: `vector`, for texts with a
MiniLM vector, and `alone`, for those without. Probabilities are calibrated when the weights are
fitted.
"""

from __future__ import annotations

import base64
import json
import math
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.ports import Vectors
from rag.text.patterns import lazy
from rag.text.words import STOPWORDS

BUCKETS = 8192
VECTOR_WEIGHT = math.sqrt(2)
"""The vector's length among the n-grams, whose three groups have length 1 each."""
NGrams = tuple[NDArray[np.intp], NDArray[np.float32]]
"""Buckets, and the value in each."""
_MAX_TOKENS = 200  # bounds the time a pasted page takes

_TOKEN = lazy(r"[\"“][^\"“”]{2,}[\"”]|[^\W_]+(?:[-+@./'’][^\W_]+)*|[^\w\s]")
"""A quoted title, a word with what joins its parts (`A-Mem`, `what's`), a punctuation mark."""
_NAME = lazy(r"(?=.*[^\W\d_])(?=.*(?:\w[A-Z]|\d)).+")
"""Looks coined: a capital or digit inside (`FreeGrasp`, `GPT-4`, `RLVR`)."""
_DIGIT = lazy(r"\d")
_WORD = lazy(r"[^\W_]+(?:'[^\W_]+)?|[^\w\s]")


@dataclass(frozen=True, kw_only=True)
class Head:
    """`ngrams` (BUCKETS, classes), `dense` (dense features, classes), `bias` (classes,)."""

    ngrams: NDArray[np.float32]
    dense: NDArray[np.float32]
    bias: NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Classifier:
    """`labels` in the order of the columns of both heads."""

    labels: tuple[str, ...]
    vector: Head
    alone: Head

    def probabilities(
        self, ngrams: NGrams, vector: Vectors | None = None, plain: Sequence[float] = ()
    ) -> dict[str, float]:
        """The probability of each label; they sum to 1.

        `ngrams`: as `ngram_features` gives them. `vector`: (384,) of unit length, of the embedded
        MiniLM. `plain`: further features, as many and in the order the classifier was fitted with.
        Raises ValueError for other shapes.
        """
        head = self.alone if vector is None else self.vector
        logits = head.bias + dense_features(vector, plain) @ head.dense
        places, values = ngrams
        logits += values @ head.ngrams[places]
        exp = np.exp(logits - logits.max())
        return dict(zip(self.labels, (exp / exp.sum()).tolist(), strict=True))


def dense_features(vector: Vectors | None, plain: Sequence[float]) -> NDArray[np.float32]:
    """The plain features, behind the vector where there is one."""
    parts = [] if vector is None else [VECTOR_WEIGHT * np.asarray(vector, np.float32)]
    return np.concatenate([*parts, np.asarray(plain, np.float32)], dtype=np.float32)


def ngram_features(text: str) -> NGrams:
    """Buckets and values of the text's n-grams; a bucket may come twice.

    Three groups, each of length 1: words (1 to 3, lower-cased, digits as 0, with marks for start
    and end), characters within words (3 and 4; for typing slips and endings), and shapes (1 to 4,
    see `shapes`).
    """
    tokens = tokens_of(text)
    lowered = _DIGIT.sub("0", " ".join(tokens).lower().replace("’", "'"))
    words = _WORD.findall(lowered)
    groups = (
        _spans(["^", *words, "$"], (1, 2, 3), " "),
        {"#" + piece for word in set(words) for piece in _spans(["<", *word, ">"], (3, 4), "")},
        {"~" + span for span in _spans(["^", *shapes(tokens), "$"], (1, 2, 3, 4), " ")},
    )
    places: list[int] = []
    values: list[float] = []
    for group in groups:
        # Sorted, since sets of strings have another order in each process, and sums with it.
        buckets = sorted({zlib.crc32(s.encode("utf-8", "replace")) % BUCKETS for s in group})
        places += buckets
        values += [1 / math.sqrt(len(buckets))] * len(buckets) if buckets else []
    return np.array(places, np.intp), np.array(values, np.float32)


def shapes(tokens: Iterable[str]) -> list[str]:
    """The sentence without its topic: function words stay, a run of other words is `_`, a coined
    name N, a quoted title T, a number 0."""
    found: list[str] = []
    for token in tokens:
        lowered = token.lower().replace("’", "'")
        if len(token) > 2 and token[0] in '"“':
            shape = "T"
        elif is_name(token):
            shape = "N"
        elif token[0].isdigit():
            shape = "0"
        else:
            shape = "_" if token[0].isalnum() and lowered not in STOPWORDS else lowered
        if not (shape == "_" and found and found[-1] == "_"):
            found.append(shape)
    return found


def tokens_of(text: str) -> list[str]:
    """Words, quoted titles and punctuation marks; the first 200."""
    found: list[str] = _TOKEN.findall(text)
    return found[:_MAX_TOKENS]


def is_name(token: str) -> bool:
    """Whether it looks coined."""
    return _NAME.fullmatch(token) is not None


def _spans(items: Sequence[str], orders: Iterable[int], joint: str) -> set[str]:
    return {joint.join(items[i : i + n]) for n in orders for i in range(len(items) - n + 1)}


def features_digest() -> str:
    """Changes when the features or the function words do, so that weights fitted to others are
    noticed."""
    probe = "Which 3 papers, like FreeGrasp or “A title”, don't use CIFAR-10?"
    known = [*ngram_features(probe)[0].tolist(), *sorted(STOPWORDS)]
    return f"{zlib.crc32(repr(known).encode()):08x}"


def load(path: Path) -> dict[str, Classifier]:
    """The classifiers of a weights file, by name. Raises OSError, and KeyError or ValueError for a
    file that is none."""
    stored = json.loads(path.read_text("utf-8"))["classifiers"]
    return {
        name: Classifier(
            labels=tuple(parts["labels"]),
            vector=unpacked(parts["vector"]),
            alone=unpacked(parts["alone"]),
        )
        for name, parts in stored.items()
    }


def packed(head: Head) -> dict[str, Any]:
    """As JSON: each weight in one byte, in base64, times the `scale` of its class. A hundred
    thousand numbers in decimal take a hundred times as long to parse."""
    return {
        "bias": [round(float(b), 4) for b in head.bias],
        "ngrams": _packed(head.ngrams),
        "dense": _packed(head.dense),
    }


def _packed(matrix: NDArray[np.float32]) -> dict[str, Any]:
    largest = np.abs(matrix).max(axis=0, initial=0.0)
    scale = [float(f"{max(float(m), 1e-9) / 127:.5g}") for m in largest]
    whole = np.clip(np.rint(matrix / np.array(scale)), -127, 127).astype(np.int8)
    return {"scale": scale, "int8": base64.b64encode(whole.tobytes()).decode("ascii")}


def unpacked(stored: dict[str, Any]) -> Head:
    """The head that `packed` made into JSON, to within one part in 254 of a class's largest."""

    def matrix(part: dict[str, Any]) -> NDArray[np.float32]:
        classes = len(part["scale"])
        whole = np.frombuffer(base64.b64decode(part["int8"]), np.int8).reshape(-1, classes)
        return whole.astype(np.float32) * np.array(part["scale"], np.float32)

    return Head(
        ngrams=matrix(stored["ngrams"]),
        dense=matrix(stored["dense"]),
        bias=np.array(stored["bias"], np.float32),
    )
