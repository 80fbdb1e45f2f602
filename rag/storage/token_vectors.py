"""Token vectors for late interaction: how they are made small, stored and compared.

Each word piece of a passage keeps a vector of 128 bytes: MiniLM's last state, centred, projected
(`projection.npz`, made by scripts/train_projection.py) and rounded to int8. A question's word
piece is compared with all word pieces of a paper, and the best cosine counts: Khattab and Zaharia
2020 (ColBERT), here without training and weighted by idf. The catalog stores the bytes; nothing
here knows files or SQL.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.ports import Encoded, Vectors

TOKEN_DIMENSION = 128
_BLOCK = 6
"""Papers compared with a question at a time."""
TITLE = -1
"""Span of tokens that stand in the title, which no citation may point into."""

Codes = NDArray[np.int8]
Offsets = NDArray[np.int32]


@dataclass(frozen=True, kw_only=True, slots=True)
class PackedTokens:
    """The tokens of one passage. codes: (t, 128) int8. spans: (t, 2) offsets into the abstract,
    (TITLE, TITLE) for those of the title. ids: (t,) word-piece ids."""

    codes: Codes
    spans: Offsets
    ids: NDArray[np.int32]


@functools.cache
def _projection() -> tuple[Vectors, Vectors]:
    with (files("rag.storage") / "projection.npz").open("rb") as file:
        held = np.load(file)
        return held["mean"].astype(np.float32), held["matrix"].astype(np.float32)


def project(states: Vectors) -> Vectors:
    """(t, 384) unit states → (t, 128) unit vectors."""
    mean, matrix = _projection()
    out = (states - mean) @ matrix
    return np.asarray(out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9))


def pack(
    encoded: Encoded, text: str, *, passage_at: int, start: int, with_title: bool
) -> PackedTokens:
    """Tokens of `text` = title + separator + passage, the passage beginning at `passage_at` there
    and at `start` in the abstract. Punctuation is dropped: it matches everywhere and says nothing.
    """
    begins = encoded.offsets[:, 0]
    letters = np.cumsum([0, *(c.isalnum() for c in text)])
    keep = letters[encoded.offsets[:, 1]] > letters[begins]
    in_title = begins < passage_at
    if not with_title:
        keep &= ~in_title
    spans = encoded.offsets + np.int32(start - passage_at)
    spans[in_title] = TITLE
    vectors = project(encoded.tokens[keep])
    scale = 127 / np.maximum(np.abs(vectors).max(axis=1, keepdims=True, initial=1e-9), 1e-9)
    return PackedTokens(
        codes=np.round(vectors * scale).astype(np.int8),
        spans=spans[keep].astype(np.int32),
        ids=encoded.ids[keep].astype(np.int32),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Tokens:
    """The word pieces of a few papers, one paper after the other, each in the order of its text
    with the title first. vectors: (T, 128) of unit length. spans: (T, 2) offsets into the abstract,
    (TITLE, TITLE) for those of the title. first: (papers + 1,) where each paper's begin."""

    vectors: Vectors
    spans: Offsets
    first: NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenStore:
    """Every paper's tokens, one after the other.

    codes: (T, 128) int8, memory-mapped. norms: (T,) of the codes. spans: (T, 2). first:
    (papers + 1,) where each paper's begin. document_frequency: by word-piece id, in how many
    papers it stands.
    """

    codes: Codes
    norms: Vectors
    spans: Offsets
    first: NDArray[np.int64]
    document_frequency: NDArray[np.int32]

    @classmethod
    def assemble(cls, papers: Sequence[Iterable[PackedTokens]]) -> TokenStore:
        """From the passages of each paper, in row order."""
        codes: list[Codes] = []
        spans: list[Offsets] = []
        first = [0]
        frequency = np.zeros(1 << 16, np.int32)
        for passages in papers:
            held = list(passages)
            codes.extend(p.codes for p in held)
            spans.extend(p.spans for p in held)
            first.append(first[-1] + sum(len(p.codes) for p in held))
            if held:
                frequency[np.unique(np.concatenate([p.ids for p in held]))] += 1
        norms = [np.linalg.norm(c.astype(np.float32), axis=1) for c in codes]
        return cls(
            codes=np.concatenate(codes) if codes else np.zeros((0, TOKEN_DIMENSION), np.int8),
            norms=np.maximum(np.concatenate(norms), 1e-9) if norms else np.zeros(0, np.float32),
            spans=np.concatenate(spans) if spans else np.zeros((0, 2), np.int32),
            first=np.array(first, np.int64),
            document_frequency=frequency,
        )

    def save(self, folder: Path) -> None:
        """One .npy file an array. Raises OSError."""
        folder.mkdir()
        for array in fields(self):
            np.save(folder / f"{array.name}.npy", getattr(self, array.name))

    @classmethod
    def open(cls, folder: Path) -> TokenStore:
        """What `save` wrote, memory-mapped. Raises OSError and ValueError."""
        # As plain arrays: a slice of np.memmap costs ten times as much.
        return cls(
            **{
                a.name: np.asarray(np.load(folder / f"{a.name}.npy", mmap_mode="r"))
                for a in fields(cls)
            }
        )

    def idf(self, ids: NDArray[np.int32]) -> Vectors:
        """ln(1 + (N - df + 0.5) / (df + 0.5)), Robertson and Zaragoza 2009, never negative."""
        df = self.document_frequency[ids]
        return np.log1p((len(self.first) - 1 - df + 0.5) / (df + 0.5)).astype(np.float32)

    def of(self, rows: NDArray[np.int64]) -> Tokens:
        """The word pieces of the papers at `rows`, in that order."""
        pieces = [slice(a, b) for a, b in zip(self.first[rows], self.first[rows + 1], strict=True)]
        vectors = np.zeros((0, TOKEN_DIMENSION), np.float32)
        spans = np.zeros((0, 2), np.int32)
        if pieces:
            vectors = np.concatenate([self.codes[p] for p in pieces]).astype(np.float32)
            vectors /= np.concatenate([self.norms[p] for p in pieces])[:, None]
            spans = np.concatenate([self.spans[p] for p in pieces])
        lengths = self.first[rows + 1] - self.first[rows]
        return Tokens(vectors=vectors, spans=spans, first=np.concatenate([[0], np.cumsum(lengths)]))

    def similarities(self, question: Vectors, row: int) -> tuple[Vectors, Offsets]:
        """Cosines (t, q) of one paper's tokens with the question's, and the tokens' spans."""
        held = slice(self.first[row], self.first[row + 1])
        similar = self.codes[held].astype(np.float32) @ question.T
        return similar / self.norms[held, None], self.spans[held]

    def best(self, question: Vectors, rows: NDArray[np.int64]) -> Vectors:
        """(rows, q) the best cosine of each question token with any token of each paper."""
        best = np.zeros((len(rows), len(question)), np.float32)
        towards = np.ascontiguousarray(question.T)
        held = np.flatnonzero(self.first[rows + 1] > self.first[rows])
        # Blocks that stay in the cache, of several papers each: small products cost more.
        for start in range(0, len(held), _BLOCK):
            block = held[start : start + _BLOCK]
            begin, end = self.first[rows[block]], self.first[rows[block] + 1]
            pieces = [slice(a, b) for a, b in zip(begin.tolist(), end.tolist(), strict=True)]
            similar = np.concatenate([self.codes[p] for p in pieces]).astype(np.float32) @ towards
            similar /= np.concatenate([self.norms[p] for p in pieces])[:, None]
            starts = np.cumsum(end - begin) - (end - begin)
            best[block] = np.maximum.reduceat(similar, starts, axis=0)
        return best
