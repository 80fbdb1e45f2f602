"""Who checks a question before it is offered."""

from __future__ import annotations

from dataclasses import replace

from rag.assistant import Assistant


def without_servers(assistant: Assistant) -> Assistant | None:
    """The same over the same corpus, by quoted sentences and our own ranking; None where a server
    embeds the questions: who has not asked must not pay."""
    if assistant.config.embed_model is not None:
        return None
    return Assistant(
        index_manager=assistant.index_manager,
        embedder=assistant.embedder,
        config=replace(assistant.config, mode="extractive"),
        weights=assistant.weights,
    )
