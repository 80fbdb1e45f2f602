"""Vectors from any OpenAI-compatible embeddings endpoint, behind the Embedder port."""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Iterator, Sequence

import numpy as np

from rag.adapters.openai_server import (
    DOCTOR,
    RequestRefused,
    Server,
    SettingNames,
    TurnedAway,
)
from rag.adapters.tiktoken_count import count_text
from rag.errors import BadReply
from rag.ports import Progress, Vectors

_BATCH = 64
"""Texts of a request, until the server refuses so many."""
_TOO_MANY = (400, 413, 422)
_TRIES = 4
_LONGEST_WAIT_S = 20.0
_PROBE = "citewell"
_SETTINGS = SettingNames(
    model="CITEWELL_EMBED_MODEL", key="CITEWELL_EMBED_API_KEY", url="CITEWELL_EMBED_BASE_URL"
)


class OpenAIEmbedder:
    """Unit vectors of `model`. The dimension is asked of the server once, on first use.

    `read_s` is in seconds; unless `patient`, a busy server is not asked again.

    `max_tokens` is the budget that chunks are made for, in cl100k tokens: about the size that
    the embedded model takes, so that quotes stay short whichever model is used. Every method but
    `count_tokens` raises ModelServerError.
    """

    max_tokens = 256

    def __init__(
        self,
        *,
        model: str,
        api_key: str | None = None,
        base_url: str | None = None,
        settings: SettingNames = _SETTINGS,
        read_s: float = 60.0,
        patient: bool = True,
    ) -> None:
        self.name = model
        self._tries = _TRIES if patient else 1
        self._batch = _BATCH
        self._server = Server(
            model=model,
            api_key=api_key,
            base_url=base_url,
            read_s=read_s,
            settings=settings,
            later="Try again in a moment",
        )

    @property
    def fingerprint(self) -> str:
        """The server is part of it: two servers may serve other weights by one name."""
        return re.sub(r"[^a-zA-Z0-9.:-]+", "-", f"{self._server.host}-{self.name}")

    @functools.cached_property
    def dimension(self) -> int:
        return len(self._request([_PROBE])[0])

    def prepare(self, text: str = "") -> None:
        """Nothing: the server is ready or it is not."""

    def count_tokens(self, text: str) -> int:
        return count_text(text)

    def embed_documents(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        rows: list[list[float]] = []
        while len(rows) < len(texts):
            batch = texts[len(rows) : len(rows) + self._batch]
            vectors = self._halved(batch)
            rows.extend(vectors)
            if progress is not None:
                progress(len(vectors))
        return _unit(rows, self.dimension)

    def _halved(self, texts: Sequence[str]) -> list[list[float]]:
        """The vectors of as many of `texts`, from the first on, as the server takes at once; no
        later request has more. Servers say in many ways that a batch is too large: a refusal is
        taken for it as long as fewer are still to be tried."""
        size = len(texts)
        while True:
            try:
                vectors = self._request(texts[:size])
            except RequestRefused as error:
                if size == 1 or error.status not in _TOO_MANY:
                    raise
                size = (size + 1) // 2
            else:
                if size < len(texts):
                    self._batch = min(self._batch, size)
                return vectors

    def embed_query(self, text: str) -> Vectors:
        vector: Vectors = self.embed_documents([text])[0]
        return vector

    def _request(self, texts: Sequence[str]) -> list[list[float]]:
        """One batch, in the order of `texts`; a server that is busy is asked again."""
        # Servers refuse an empty text; a blank keeps its place.
        asked = [text if text.strip() else " " for text in texts]
        for wait_s in _waits(self._tries):
            try:
                with self._server.client() as client:
                    reply = client.embeddings.create(
                        model=self.name, input=asked, encoding_format="float"
                    )
                    items = sorted(reply.data, key=lambda item: item.index)
                    vectors = [list(map(float, item.embedding)) for item in items]
                break
            except TurnedAway as error:
                if wait_s is None:
                    raise
                time.sleep(min(error.wait_s or wait_s, _LONGEST_WAIT_S))
        if len(vectors) != len(texts) or len({len(v) for v in vectors}) != 1 or not vectors[0]:
            raise BadReply(
                f"{self._server.host} sent {len(vectors)} vectors for {len(texts)} texts.",
                remedy=f"{self._server.settings.model} must name an embedding model. {DOCTOR}",
            )
        return vectors


def _waits(tries: int) -> Iterator[float | None]:
    """Seconds to wait before trying again; None behind the last try."""
    yield from (2.0**n for n in range(tries - 1))
    yield None


def _unit(rows: list[list[float]], dimension: int) -> Vectors:
    matrix = np.array(rows, np.float32).reshape(len(rows), dimension)
    norms = np.linalg.norm(matrix, axis=1, keepdims=True)
    return np.asarray(matrix / np.maximum(norms, 1e-12), np.float32)
