"""What terminal and page say in the same words."""

from __future__ import annotations

from dataclasses import replace

from rag.answer.constraints import constraint_in_words, placed
from rag.filters import Filters
from rag.records import Usage
from rag.text.words import number_of


def papers_in_words(count: int) -> str:
    """`1 paper`, `1,204 papers`."""
    return number_of(count, "paper")


def constraints(filters: Filters, *, restricted: bool = False) -> str:
    """`from October 2025, with at least 10 upvotes, the 3 latest`; empty where nothing is
    constrained. `restricted`: tell also to how many papers it is restricted, where so."""
    plain = replace(filters, paper_ids=None, sort=None, order=None, limit=None, skip=None)
    parts = [constraint_in_words(plain)]
    if restricted and filters.paper_ids is not None:
        among = len(filters.paper_ids)
        parts.insert(0, "the paper asked about" if among == 1 else f"the {among:,} asked about")
    first = placed(filters) if filters.sort else ""
    if first and filters.limit:
        parts.append(f"the {first} one" if filters.limit == 1 else f"the {filters.limit:,} {first}")
    elif first:
        parts.append(f"{first} first")
    elif filters.limit:
        parts.append("one at most" if filters.limit == 1 else f"{filters.limit:,} at most")
    if filters.skip:
        parts.append(f"after the first {'one' if filters.skip == 1 else filters.skip}")
    parts += [f"nothing about {what}" for what in filters.not_about or ()]
    parts += [f"without {what}" for what in filters.lacking or ()]
    return ", ".join(part for part in parts if part)


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
