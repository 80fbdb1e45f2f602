"""Embeddings over real HTTP, from a server that takes only so many texts at once."""

from __future__ import annotations

import json

import numpy as np
import pytest

from rag.adapters.openai_embed import OpenAIEmbedder
from rag.errors import ServerRejected
from tests.scripted_server import Handler, ScriptedServer, Step, server, status

__all__ = ["server"]
TEXTS = [f"text {n}" for n in range(100)]


def takes(most: int, code: int) -> Step:
    def step(handler: Handler) -> None:
        texts = handler.request_body["input"]
        if len(texts) > most:
            status(code, "the batch is too large")(handler)
            return
        handler.head(200, "application/json")
        rows = [
            {"index": n, "embedding": [1.0, float(text.split()[-1]) if text[-1].isdigit() else 0]}
            for n, text in enumerate(texts)
        ]
        handler.write(json.dumps({"data": rows, "model": "m"}).encode())

    return step


def sizes(server: ScriptedServer) -> list[int]:
    return [len(request.body["input"]) for request in server.requests]


@pytest.mark.parametrize("code", [400, 413, 422])
@pytest.mark.parametrize("most", [1, 5, 16, 63])
def test_a_batch_that_is_too_large_is_halved(server: ScriptedServer, code: int, most: int) -> None:
    server.script(takes(most, code))
    embedder = OpenAIEmbedder(model="m", base_url=server.url)
    told: list[int] = []
    vectors = embedder.embed_documents(TEXTS, progress=told.append)
    assert sum(told) == len(TEXTS)
    np.testing.assert_allclose(vectors[:, 1] / vectors[:, 0], np.arange(100), rtol=1e-4)
    server.requests.clear()
    embedder.embed_documents(TEXTS)
    assert max(sizes(server)) <= most, "the size is remembered"


def test_a_text_that_is_refused_by_itself_is_told(server: ScriptedServer) -> None:
    server.script(status(400, "no such input"))
    with pytest.raises(ServerRejected, match="no such input"):
        OpenAIEmbedder(model="m", base_url=server.url).embed_documents(TEXTS)
    assert sizes(server) == [64, 32, 16, 8, 4, 2, 1]
