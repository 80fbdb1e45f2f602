"""Whether the model's server answers, and has the model: asked with settings that may not be saved
yet. No question and no abstract is sent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rag import wiring
from rag.adapters import openai_models
from rag.config import Config
from rag.errors import CitewellError, UsageError
from rag.ports import Message
from ui.servers import loaded
from ui.web.remedies import on_page

_MOST = 200
"""Names that are told; a hub may have thousands."""


def test(config: Config) -> dict[str, Any]:
    """`ok`, what to say of it, and the names of the server's `models`. Raises UsageError where
    nothing is named that could be asked."""
    if not (config.model or config.base_url or config.api_key):
        raise UsageError("Name a server or a model first.")
    try:
        return _test(config)
    except CitewellError as error:
        return {"ok": False, "says": on_page(str(error)), "models": []}


def _test(config: Config) -> dict[str, Any]:
    if config.local_model is not None:
        says = f"{loaded(config.local_model, config)}."
        return {"ok": True, "says": says, "models": []}
    names = openai_models.models(base_url=config.base_url, api_key=config.api_key)
    where = config.base_url or "api.openai.com"
    if names is None:
        return _spoken(config, where)
    told = {"models": names[:_MOST]}
    if not config.model:
        says = f"{where} answers and has {_counted(len(names))}. Choose one."
        return {"ok": bool(names), "says": says, **told}
    # Ollama lists `llama3.1:latest` and answers to `llama3.1`.
    if config.model in names or f"{config.model}:latest" in names:
        return {"ok": True, "says": f"{where} answers and has {config.model}.", **told}
    has = ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
    says = f"{where} answers, but has no model {config.model}." + (f" It has {has}." if has else "")
    return {"ok": False, "says": says, **told}


def _spoken(config: Config, where: str) -> dict[str, Any]:
    """A server that lists nothing is asked for a word."""
    model = wiring.make_chat_model(replace(config, mode="auto"))
    if model is None:
        return {"ok": True, "says": f"{where} answers. It lists no models.", "models": []}
    for _ in model.stream([Message(role="user", content="Say: ready")], max_tokens=64):
        pass
    return {"ok": True, "says": f"{where} answers, and {config.model} writes.", "models": []}


def _counted(n: int) -> str:
    return "no model" if not n else "one model" if n == 1 else f"{n:,} models"
