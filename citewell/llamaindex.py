"""A corpus as a retriever and a query engine of LlamaIndex.

    from citewell import Corpus
    from citewell.llamaindex import CitewellRetriever

    retriever = CitewellRetriever(Corpus.open(), k=10)
    RetrieverQueryEngine.from_args(retriever, llm=my_llm).query("…")

Importing this imports LlamaIndex, which takes a second or two.
"""

from __future__ import annotations

import asyncio
from typing import Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import Response
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from citewell.corpus import Corpus
from citewell.passages import Passage, found, quoted
from citewell.records_as_json import as_dict
from rag.filters import Filters

__all__ = ["CitewellQueryEngine", "CitewellRetriever"]

_NOT_READ = ["paper_id", "url", "start", "end", "n"]
"""Metadata that a model is not told, and that is not embedded."""


class CitewellRetriever(BaseRetriever):  # type: ignore[misc] # seen as untyped
    """The `k` best papers of `corpus`, best first, ranked as `Corpus.search` ranks them.

    A node is a whole abstract or, with `passages`, the passage of it that suits the question best;
    `start_char_idx` and `end_char_idx` say where in the abstract it stands. Its metadata: `title`,
    `citekey`, `published`, `paper_id`, `url`. Its id begins with that of the paper. Scores are
    absolute and no probabilities. Raises CitewellError as `Corpus.search`."""

    def __init__(
        self,
        corpus: Corpus,
        *,
        k: int = 10,
        passages: bool = False,
        filters: Filters | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self._corpus = corpus
        self._k = k
        self._passages = passages
        self._filters = filters

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        passages = found(
            self._corpus,
            query_bundle.query_str,
            k=self._k,
            passages=self._passages,
            filters=self._filters,
        )
        return list(map(_node, passages))

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


class CitewellQueryEngine(BaseQueryEngine):  # type: ignore[misc]
    """Answers of `corpus`, with checked citations: `response` is the text with its `[n]`, the
    source nodes are the quotes in the order of their numbers (`n` in the metadata), and
    `metadata["citewell"]` is the whole answer as `citewell ask --json` prints it. `options` are
    those of `Corpus.ask`. Raises CitewellError as it."""

    def __init__(self, corpus: Corpus, **options: Any) -> None:
        super().__init__(callback_manager=options.pop("callback_manager", None))
        self._corpus = corpus
        self._options = options

    def _query(self, query_bundle: QueryBundle) -> Response:
        answer = self._corpus.ask(query_bundle.query_str, **self._options)
        return Response(
            response=answer.text,
            source_nodes=list(map(_node, quoted(self._corpus, answer))),
            metadata={"citewell": as_dict(answer)},
        )

    async def _aquery(self, query_bundle: QueryBundle) -> Response:
        return await asyncio.to_thread(self._query, query_bundle)

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}


def _node(passage: Passage) -> NodeWithScore:
    node = TextNode(
        id_=passage.name,
        text=passage.text,
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        metadata=passage.metadata,
        excluded_llm_metadata_keys=_NOT_READ,
        excluded_embed_metadata_keys=_NOT_READ,
    )
    return NodeWithScore(node=node, score=passage.score)
