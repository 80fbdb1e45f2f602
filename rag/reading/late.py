"""Late interaction that was learned: what the word pieces of a question look for, and how much each
of them counts, for papers and for sentences.

    vectors = unit((states - mean) @ matrix),    weights = softplus(states @ v + b·traits)

Beside it a product of low rank tells how well the kind of a sentence suits a question (figures to
`how many`, causes to `why`): fits = (A question) · (B [sentence, cues, place]). The word pieces of
papers stay as they are indexed. Without learned weights (`LateInteraction()`)
the projection of the index and idf serve. How it is trained: scripts/reader_late.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from rag.ports import Encoded, Vectors
from rag.retrieval.ranking import EncodedQuestion

KIND_SCALE = 20.0
"""`fits` of as much as one unit of late interaction."""
PARTS = ("mean", "matrix", "v", "traits")


@dataclass(frozen=True, kw_only=True, slots=True)
class Looked:
    """What a question looks for. vectors: (t, 128) of unit length; weights: (t,) summing to 1."""

    vectors: Vectors
    weights: Vectors


@dataclass(frozen=True, kw_only=True, slots=True)
class LateInteraction:
    """`arrays`: for `paper` and `sentence` each `_mean` (384,), `_matrix` (384, 128), `_v` (384,)
    and `_traits` (4,); `kind_question` (384, r) and `kind_sentence` (128 + cues + 4, r). None of
    them: nothing was learned."""

    arrays: Mapping[str, Vectors] = field(default_factory=dict)

    def questions(self, question: EncodedQuestion, own_start: int) -> tuple[Looked, Looked]:
        """What papers, and what sentences, are compared with."""
        if not self.arrays or question.encoded is None:
            plain = Looked(vectors=question.tokens, weights=question.weights)
            return plain, plain
        told = traits(question, question.encoded, own_start)
        states = question.encoded.tokens
        return self._looked("paper", states, told), self._looked("sentence", states, told)

    def fits(self, question: EncodedQuestion, vectors: Vectors, told: Vectors) -> Vectors:
        """(S,) how well sentences suit the question by their kind. vectors: (S, 128); told: see
        `kinds`."""
        if "kind_question" not in self.arrays:
            return np.zeros(len(vectors), np.float32)
        asked = question.vector @ self.arrays["kind_question"]
        return np.asarray(kinds(vectors, told) @ (self.arrays["kind_sentence"] @ asked))

    def _looked(self, name: str, states: Vectors, told: Vectors) -> Looked:
        mean, matrix, v, shares = (self.arrays[f"{name}_{part}"] for part in PARTS)
        vectors = (states - mean) @ matrix
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        weights = np.logaddexp(0, states @ v + told @ shares)
        weights /= max(float(weights.sum()), 1e-9)
        return Looked(vectors=np.asarray(vectors, np.float32), weights=np.asarray(weights))


def traits(question: EncodedQuestion, encoded: Encoded, own_start: int) -> Vectors:
    """(t, 4) of each word piece: 1, its idf, whether it carries meaning, whether an earlier turn
    said it."""
    begins = encoded.offsets[:, 0]
    content = np.isin(begins, question.places[:, 0])
    columns = (np.ones(len(begins)), question.idf / 8, content, begins < own_start)
    return np.stack(columns, axis=1).astype(np.float32)


def kinds(vectors: Vectors, told: Vectors) -> Vectors:
    """(S, 128 + cues + 4) what sentences are, from their vectors and told: (S, 3 + cues), the place
    in the abstract as a share, the number of words and of names, and the cues."""
    scaled = told / np.array([1.0, 30.0, 3.0] + [1.0] * (told.shape[1] - 3), np.float32)
    return np.concatenate([vectors, scaled, np.ones((len(vectors), 1), np.float32)], axis=1)
