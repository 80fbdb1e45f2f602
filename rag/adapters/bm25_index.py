"""BM25 over papers with bm25s: Snowball stems, English stopwords, scores of all papers at once."""

from __future__ import annotations

import functools
import math
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rag.adapters.lean import without
from rag.errors import IndexDamaged
from rag.ports import Vectors
from rag.text.patterns import lazy

K1, B = 1.2, 0.75

_WORD = lazy(r"\w+(?:[-'’.]\w+)*")
_PART = lazy(r"\w+")


class Bm25Index:
    """The LexicalIndex port on a folder that `build` has written."""

    def __init__(self, model: Any, papers: int) -> None:
        self._model = model
        self.papers = papers

    @classmethod
    def build(cls, folder: Path, texts: Sequence[str]) -> None:
        model = _bm25s().BM25(k1=K1, b=B, method="lucene")
        model.index([tokenize(t) or ["\0"] for t in texts], show_progress=False)
        model.save(folder)

    @classmethod
    def open(cls, folder: Path, papers: int) -> Bm25Index:
        """Raises IndexDamaged when `folder` does not hold exactly `papers` papers."""
        try:
            model = _bm25s().BM25.load(folder, mmap=True)
            held = int(model.scores["num_docs"])
        except Exception as error:
            raise IndexDamaged(f"bm25s cannot read {folder}: {error}") from error
        if held != papers:
            raise IndexDamaged(f"{folder} holds {held} papers, not {papers}.")
        return cls(model, papers)

    def scores(self, text: str) -> Vectors:
        known = [t for t in tokenize(text) if t in self._model.vocab_dict]
        if not known:
            return np.zeros(self.papers, np.float32)
        return np.asarray(self._model.get_scores(known), np.float32)

    def bound(self, text: str) -> float:
        """Sum of the terms' idf, terms that the corpus lacks counted as the rarest: a question
        whose words are mostly unknown can then reach no high share of its bound."""
        return sum(self._idf(token) for token in tokenize(text))

    def overlap(self, question: str, sentence: str) -> float:
        """Share of the question's idf whose terms stand in the sentence, 0 to 1."""
        held = set(tokenize(sentence))
        tokens = tokenize(question)
        total = sum(map(self._idf, tokens))
        return sum(self._idf(t) for t in tokens if t in held) / total if total else 0.0

    def _idf(self, token: str) -> float:
        column = self._model.vocab_dict.get(token)
        indptr = self._model.scores["indptr"]
        df = 0 if column is None else int(indptr[column + 1] - indptr[column])
        return math.log(1 + (self.papers - df + 0.5) / (df + 0.5))


@functools.cache
def _bm25s() -> Any:
    # The two are for ways of building an index that are not used here. In a notebook tqdm, which
    # comes along, misses a widget for progress bars that are never shown.
    with without("scipy", "numba"), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "IProgress not found")
        import bm25s
    return bm25s


@functools.cache
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english")


@functools.cache
def _stopwords() -> frozenset[str]:
    return frozenset(_bm25s().stopwords.STOPWORDS_EN)


def tokenize(text: str) -> list[str]:
    """Stems of the words, without stopwords. A hyphenated word counts whole and in parts, so
    that `class-incremental`, `class incremental` and `S-Mamba` all find each other."""
    tokens: list[str] = []
    for word in _WORD.findall(text.lower()):
        parts = _PART.findall(word)
        tokens.extend(p for p in parts if p not in _stopwords())
        if len(parts) > 1:
            tokens.append("".join(parts))
    return list(_stemmer().stemWords(tokens))
