"""What terminal and page say in the same words."""

from __future__ import annotations

from rag.records import Usage


def spent(usage: Usage) -> list[str]:
    """Tokens, calls and cost, in words; nothing where nothing was spent."""
    tokens = usage.prompt_tokens + usage.completion_tokens
    if not tokens:  # no call, or one that was turned away at the door
        return []
    calls = "one call" if usage.calls == 1 else f"{usage.calls} calls"
    parts = [f"{'about ' if usage.estimated else ''}{tokens:,} tokens in {calls}"]
    if usage.cost is not None:
        parts.append(f"cost {usage.cost:.2g}" if usage.cost < 0.01 else f"cost {usage.cost:.2f}")
    return parts
