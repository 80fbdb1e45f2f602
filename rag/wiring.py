"""The only place that chooses adapters: a Config in, an Assistant out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rag.adapters.minilm import MiniLM
from rag.assistant import Assistant
from rag.config import Config
from rag.ports import ChatModel, Embedder, Reranker
from rag.retrieval.first_stage import Weights
from rag.storage.catalog import Catalog
from rag.storage.generations import Stage
from rag.storage.index_manager import IndexManager

LOCAL_CONTEXT = 16_384
"""Tokens with which the file of a model is loaded, where no setting says how many."""

if TYPE_CHECKING:
    from rag.adapters.llama_file import LlamaFile
    from rag.adapters.openai_server import SettingNames


def make_embedder(config: Config, *, read_s: float = 60.0, patient: bool = True) -> Embedder:
    """`read_s`, `patient`: how long a server may take, and whether a busy one is asked again."""
    if config.embed_model is None:
        return MiniLM(cache_dir=config.root / "models", threads=config.threads)
    from rag.adapters.openai_embed import OpenAIEmbedder

    return OpenAIEmbedder(
        model=config.embed_model,
        base_url=config.embed_base_url,
        api_key=config.embed_api_key,
        settings=names(config, "embed_"),
        read_s=read_s,
        patient=patient,
    )


def make_chat_model(config: Config) -> ChatModel | None:
    if config.model is None or config.mode == "extractive":
        return None
    if config.local_model is not None:
        return make_local_model(config.local_model, config)
    from rag.adapters.openai_chat import OpenAIChat

    return OpenAIChat(
        model=config.model,
        base_url=config.base_url,
        api_key=config.api_key,
        context_tokens=config.context_tokens,
        reply_tokens=config.max_answer_tokens,
        read_s=config.model_timeout,
        deadline_s=2.5 * config.model_timeout,
        settings=names(config),
    )


def make_local_model(path: Path, config: Config) -> LlamaFile:
    """The model of a .gguf file. Raises ConfigError where it cannot run here."""
    from rag.adapters.llama_file import LlamaFile

    return LlamaFile(
        path,
        context_tokens=config.context_tokens or LOCAL_CONTEXT,
        reply_tokens=config.max_answer_tokens,
        threads=config.threads,
    )


def make_reranker(config: Config, *, read_s: float = 30.0) -> Reranker | None:
    """The reranking endpoint, where one is named and wanted."""
    if config.rerank_base_url is None or not config.reranks_with_endpoint:
        return None
    from rag.adapters.rerank_endpoint import RerankEndpoint

    return RerankEndpoint(
        base_url=config.rerank_base_url,
        model=config.rerank_model or "",
        api_key=config.rerank_api_key,
        settings=names(config, "rerank_"),
        read_s=read_s,
    )


def names(config: Config, kind: str = "") -> SettingNames:
    """What a user sets to mend a server of this kind, where it was set."""
    from rag.adapters.openai_server import SettingNames

    return SettingNames(
        model=config.named(f"{kind}model"),
        key=config.named(f"{kind}api_key"),
        url=config.named(f"{kind}base_url"),
        timeout="" if kind else config.named("model_timeout"),
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
        index_manager=IndexManager(catalog, stage),
        embedder=embedder,
        model=make_chat_model(config),
        reranker=make_reranker(config),
        config=config,
        weights=weights,
    )
