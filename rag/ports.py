"""What the core asks of the outside world. One adapter a file in `rag/adapters`.

Contracts are stated here and tested, on fakes and real adapters alike, in `tests/contracts`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Progress = Callable[[int], None]
"""Called with the number of items finished since the last call."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Encoded:
    """One text through the encoder: a vector for the whole and one for every token.

    embedding: (d,) unit length. tokens: (t, d) unit length, without special tokens.
    offsets: (t, 2) character ranges of the tokens in the text. ids: (t,) vocabulary ids.
    """

    embedding: Vectors
    tokens: Vectors
    offsets: NDArray[np.int32]
    ids: NDArray[np.int32]


class Embedder(Protocol):
    """Texts to unit vectors: the same text gives the same vector, whatever stands beside it.

    `fingerprint` changes exactly when vectors stop being comparable with those of before.
    Raises ModelMissing or ModelServerError.
    """

    @property
    def name(self) -> str: ...
    @property
    def fingerprint(self) -> str: ...
    @property
    def dimension(self) -> int: ...
    @property
    def max_tokens(self) -> int: ...
    def prepare(self, text: str = "") -> None:
        """Load what a text as long as this would have to wait for. Asks no server; may do
        nothing."""
        ...

    def count_tokens(self, text: str) -> int:
        """Tokens of the whole text, without special ones."""
        ...

    def embed_documents(
        self, texts: Sequence[str], *, progress: Progress | None = None
    ) -> Vectors: ...
    def embed_query(self, text: str) -> Vectors: ...


@runtime_checkable
class TokenEncoder(Protocol):
    """An embedder that also yields a vector for every token (late interaction)."""

    def encode_documents(
        self, texts: Sequence[str], *, progress: Progress | None = None
    ) -> Sequence[Encoded]: ...
    def encode_query(self, text: str) -> Encoded: ...


class VectorIndex(Protocol):
    """Nearest rows by cosine. Rows are named by chunk id; a folder holds one immutable index."""

    def search(self, vector: Vectors, k: int) -> list[tuple[str, float]]:
        """The `k` best (fewer only when the index holds fewer), cosine in [-1, 1], best first.

        Raises IndexDamaged when rows are missing or the files cannot be read."""
        ...

    def close(self) -> None: ...


class LexicalIndex(Protocol):
    """BM25 over papers."""

    def scores(self, text: str) -> Vectors:
        """One score a paper, in the order in which the index was built; 0 where no term matches."""
        ...

    def bound(self, text: str) -> float:
        """The most that any paper could score: BM25's limit for endless repetition of each term."""
        ...

    def overlap(self, question: str, sentence: str) -> float:
        """How much of the question's words, by idf, stand in the sentence; 0 to 1."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Delta:
    """A piece of a streamed reply. The last one carries the usage, if the server told it, and
    whether the reply was `cut` at the limit of its tokens."""

    text: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cut: bool = False


class ChatModel(Protocol):
    """A chat completion, streamed. Raises ModelServerError (any subclass), also in mid-stream.

    A stream that ends without a finish reason is broken: BadReply, behind the usage where that
    was told. `max_prompt_tokens` is the longest prompt that one call takes, counted by
    `count_tokens`; to find it out may take a question to the server.
    """

    @property
    def name(self) -> str: ...
    @property
    def max_prompt_tokens(self) -> int: ...
    def count_tokens(self, messages: Sequence[Message]) -> int: ...
    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        schema: Mapping[str, Any] | None = None,
    ) -> Iterator[Delta]:
        """`schema`: a JSON schema that the reply is to follow, where the server knows how; the
        messages say it in words as well."""
        ...


class Reranker(Protocol):
    """Reads a question and passages together and says how well each answers.

    `scores` are finite, one a passage and in their order; only their order means something.
    Raises ModelServerError.
    """

    @property
    def name(self) -> str: ...
    def scores(self, question: str, passages: Sequence[str]) -> list[float]: ...
