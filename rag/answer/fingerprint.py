"""The receipt of an answer: what it was made with, short enough to be read aloud."""

from __future__ import annotations

import functools
import hashlib
import json
import re
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version

from rag.config import Config
from rag.records import Depth, Mode
from rag.retrieval.first_stage import Weights


def fingerprint(
    config: Config,
    *,
    embedder: str,
    corpus: str,
    mode: Mode,
    weights: Weights,
    depth: Depth = "normal",
) -> str:
    """`<mode>-<corpus>-<settings>`: eight hex digits of the corpus hash, eight of a hash over
    everything else that an answer depends on. Keys and addresses stay out of it."""
    settings = {
        "version": software_version(),
        "embedder": embedder,
        "mode": mode,
        "weights": asdict(weights),
        "model": _model(config) if mode == "llm" else None,
        "read": config.read_papers if mode == "llm" else None,
        "calls": config.max_calls if mode == "llm" else None,
        "context": config.context_tokens if mode == "llm" else None,
        "prompt": config.max_prompt_tokens if mode == "llm" else None,
        "answer": config.max_answer_tokens if mode == "llm" else None,
        "understand": config.understand if mode == "llm" else None,
        "rerank": _reranker(config, mode),
    }
    if depth == "thorough":
        settings["thorough"] = config.max_thorough_tokens
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()
    return f"{mode}-{corpus[:8]}-{digest[:8]}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """What a fingerprint says: equal parts were made alike."""

    mode: str
    corpus: str
    settings: str


def read(text: str) -> Made | None:
    """The parts of a fingerprint; None for what is none."""
    found = re.fullmatch(r"(\w+)-([0-9a-f]{1,8})-([0-9a-f]{8})", text)
    return Made(mode=found[1], corpus=found[2], settings=found[3]) if found else None


def _reranker(config: Config, mode: Mode) -> str | None:
    if config.reranks_with_endpoint:
        return config.rerank_model or "endpoint"
    return _model(config) if config.rerank == "model" and mode == "llm" else None


def _model(config: Config) -> str | None:
    """The model, wherever its file is."""
    return config.local_model.name if config.local_model else config.model


@functools.cache
def software_version() -> str:
    try:
        return version("citewell")
    except PackageNotFoundError:
        return "source"
