"""Twins of the adapters that need nothing outside: for our tests and for those of our users."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from rag.errors import BadReply, ModelServerError
from rag.ports import Delta, Message, Progress, Vectors


class ScriptedChat:
    """The ChatModel port, replaying a script: each call takes the next entry.

    An entry is a text, an error to raise at once, or a pair of the text that still comes and the
    error that follows it. `calls` keeps the messages of each call. Tokens are counted as four
    characters each; `tells_usage=False` is a server that does not report them.

        model = ScriptedChat(["CURE keeps entropy up [E1]."])
    """

    def __init__(
        self,
        script: Sequence[str | ModelServerError | tuple[str, ModelServerError]],
        *,
        name: str = "scripted",
        max_prompt_tokens: int = 13_000,
        tells_usage: bool = True,
    ) -> None:
        self.name = name
        self.max_prompt_tokens = max_prompt_tokens
        self.calls: list[tuple[Message, ...]] = []
        self._script = list(script)
        self._tells_usage = tells_usage

    def count_tokens(self, messages: Sequence[Message]) -> int:
        return sum(4 + len(message.content) // 4 for message in messages)

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        schema: Mapping[str, Any] | None = None,
    ) -> Iterator[Delta]:
        """Raises what the script says, and BadReply for an empty text or a script at its end."""
        self.calls.append(tuple(messages))
        if not self._script:
            raise BadReply("The script has no reply left.", remedy="Give ScriptedChat another one.")
        entry = self._script.pop(0)
        if isinstance(entry, ModelServerError):
            raise entry
        text, error = (entry, None) if isinstance(entry, str) else entry
        pieces = re.findall(r"\s*\S+\s*?", text)
        for piece in pieces[:max_tokens]:
            yield Delta(text=piece)
        if error is not None:
            raise error
        if not pieces:
            raise BadReply("The reply is empty.", remedy="Give ScriptedChat a text.")
        if self._tells_usage:
            yield Delta(
                prompt_tokens=self.count_tokens(messages),
                completion_tokens=min(len(pieces), max_tokens),
                cut=len(pieces) > max_tokens,
            )
        elif len(pieces) > max_tokens:
            yield Delta(cut=True)


class ReversedReranker:
    """The Reranker port without a model: the later a passage comes, the better. `asked` keeps the
    questions."""

    name = "reversed"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def scores(self, question: str, passages: Sequence[str]) -> list[float]:
        self.asked.append(question)
        return [float(at) for at in range(len(passages))]


class HashEmbedder:
    """The Embedder port without a model: a text's vector is the sum of its words' hashes.

    Texts that share words are near each other, and nothing else is known. `name` is part of the
    fingerprint, so that two of them stand for two models.
    """

    max_tokens = 256

    def __init__(self, *, name: str = "hash", dimension: int = 64) -> None:
        self.name = name
        self.dimension = dimension
        self.fingerprint = f"{name}-{dimension}"

    def prepare(self, text: str = "") -> None:
        """Nothing."""

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def embed_documents(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        rows = np.array([self._vector(text) for text in texts], np.float32)
        if progress is not None:
            progress(len(texts))
        return rows.reshape(len(texts), self.dimension)

    def embed_query(self, text: str) -> Vectors:
        return self._vector(text)

    def _vector(self, text: str) -> Vectors:
        total = np.full(self.dimension, 1e-3, np.float32)
        for word in re.findall(r"\w+", text.lower()) or [text]:
            seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
            total += np.random.default_rng(seed).normal(size=self.dimension)
        return np.asarray(total / np.linalg.norm(total), np.float32)
