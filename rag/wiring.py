"""The only place that chooses adapters: a Config in, an Assistant out."""

from __future__ import annotations

from rag.adapters.minilm import MiniLM
from rag.assistant import Assistant
from rag.catalog import Catalog
from rag.config import Config
from rag.generation import Stage
from rag.indexes import Shelf
from rag.ports import ChatModel, Embedder, Reranker
from rag.retrieve import Weights


def make_embedder(config: Config) -> Embedder:
    if config.embed_model is None:
        return MiniLM(cache_dir=config.data_dir / "models", threads=config.threads)
    from rag.adapters.openai_embed import OpenAIEmbedder

    return OpenAIEmbedder(
        model=config.embed_model,
        base_url=config.embed_base_url,
        api_key=config.embed_api_key,
    )


def make_chat_model(config: Config) -> ChatModel | None:
    if config.model is None or config.mode == "extractive":
        return None
    from rag.adapters.openai_chat import OpenAIChat

    return OpenAIChat(
        model=config.model,
        base_url=config.base_url,
        api_key=config.api_key,
        context_tokens=config.context_tokens,
        max_prompt_tokens=config.max_prompt_tokens,
    )


def make_reranker(config: Config) -> Reranker | None:
    """The reranking endpoint, where one is named and wanted."""
    if config.rerank_base_url is None or not config.reranks_with_endpoint:
        return None
    from rag.adapters.rerank_endpoint import RerankEndpoint

    return RerankEndpoint(
        base_url=config.rerank_base_url,
        model=config.rerank_model or "",
        api_key=config.rerank_api_key,
    )


def assistant(
    config: Config,
    *,
    catalog: Catalog,
    embedder: Embedder,
    weights: Weights | None = None,
    stage: Stage = lambda name: None,
) -> Assistant:
    """Nothing heavy happens before the first question."""
    return Assistant(
        shelf=Shelf(catalog, stage),
        embedder=embedder,
        model=make_chat_model(config),
        reranker=make_reranker(config),
        config=config,
        weights=weights,
    )
