"""Reranking by an endpoint: `/rerank` as Jina and Cohere made it common, and as Text Embeddings
Inference has it. llama.cpp, vLLM, LiteLLM, Infinity and OpenVINO Model Server speak the first.

Which of the two a server speaks is found out by asking, and remembered.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from typing import Any

from rag.adapters.openai_server import DOCTOR, RequestRefused, Server, SettingNames, TurnedAway
from rag.errors import BadReply

_LONGEST_WAIT_S = 2.0
_SETTINGS = SettingNames(
    model="CITEWELL_RERANK_MODEL", key="CITEWELL_RERANK_API_KEY", url="CITEWELL_RERANK_BASE_URL"
)
_WITHOUT = "Try again in a moment, or go without: CITEWELL_RERANK=off"


class RerankEndpoint:
    """The Reranker port over HTTP, at `base_url` + `/rerank`. Thread-safe.

    `model` may be empty where the server has but one. A server that is busy is asked once more.
    Times are in seconds. Raises ConfigError for settings that cannot work.
    """

    def __init__(
        self,
        *,
        base_url: str,
        model: str = "",
        api_key: str | None = None,
        connect_s: float = 5.0,
        read_s: float = 30.0,
        settings: SettingNames = _SETTINGS,
    ) -> None:
        self._server = Server(
            model=model,
            api_key=api_key,
            base_url=base_url,
            connect_s=connect_s,
            read_s=read_s,
            settings=settings,
            later=_WITHOUT,
        )
        self._texts = False

    @property
    def name(self) -> str:
        return self._server.model or self._server.host

    def scores(self, question: str, passages: Sequence[str]) -> list[float]:
        """One score a passage, in their order. Raises ModelServerError."""
        try:
            reply = self._patiently(question, passages)
        except RequestRefused as error:
            if self._texts or "texts" not in str(error):
                raise
            self._texts = True
            reply = self._patiently(question, passages)
        return self._read(reply, len(passages))

    def _patiently(self, question: str, passages: Sequence[str]) -> object:
        try:
            return self._ask(question, passages)
        except TurnedAway as error:
            if (wait_s := 0.5 if error.wait_s is None else error.wait_s) > _LONGEST_WAIT_S:
                raise
            time.sleep(wait_s)
            return self._ask(question, passages)

    def _ask(self, question: str, passages: Sequence[str]) -> object:
        body: dict[str, Any] = {"query": question}
        if self._texts:
            body |= {"texts": list(passages), "truncate": True}
        else:
            body |= {"documents": list(passages), "top_n": len(passages)}
        if self._server.model:
            body["model"] = self._server.model
        with self._server.client() as client:
            return client.post("/rerank", body=body, cast_to=object)

    def _read(self, reply: object, count: int) -> list[float]:
        """Scores from `{"results": [{"index", "relevance_score"}]}` or `[{"index", "score"}]`."""
        results = reply
        if isinstance(reply, Mapping):
            results = reply.get("results", reply.get("data"))
        scores: dict[int, float] = {}
        for item in results if isinstance(results, list) else ():
            if isinstance(item, Mapping):
                score = item.get("relevance_score", item.get("score"))
                if isinstance(score, int | float) and isinstance(item.get("index"), int):
                    scores[item["index"]] = float(score)
        if sorted(scores) != list(range(count)) or not all(map(math.isfinite, scores.values())):
            raise BadReply(
                f"{self._server.host} sent no score for each of {count} passages.",
                remedy=f"{self._server.settings.url} must lead to a reranking model. {DOCTOR}",
            )
        return [scores[at] for at in range(count)]
