"""The only place that chooses adapters: a Config in, an Assistant out."""

from __future__ import annotations

from rag.adapters.minilm import MiniLM
from rag.assistant import Assistant
from rag.catalog import Catalog
from rag.config import Config
from rag.generation import Stage
from rag.indexes import Shelf
from rag.ports import ChatModel, Embedder
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
        config=config,
        weights=weights,
    )
