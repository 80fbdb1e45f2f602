"""What terminal and page say in the same words."""

from __future__ import annotations

from collections.abc import Mapping

from rag.events import Progress
from rag.fields import FIELDS
from rag.filters import Filters
from rag.records import Usage
from rag.table.records import Estimate
from rag.text.words import number_of


def papers_in_words(count: int) -> str:
    """`1 paper`, `1,204 papers`."""
    return number_of(count, "paper")


def sum_in_words(read: int, papers: int, losses: Mapping[str, int], records: int) -> str:
    """`1,200 records read: 1,150 in, 40 without an abstract, 10 duplicates`: a sum."""
    parts = [f"{papers:,} in", *(f"{count:,} {kind}" for kind, count in losses.items())]
    if twice := records - papers:
        parts.append(number_of(twice, "duplicate"))
    return f"{number_of(read, 'record')} read: {', '.join(parts)}"


def facts_in_words(facts: int, completed: int, unmatched: int) -> str:
    """`Facts about 475 papers read: 470 completed, 5 not among the papers`."""
    parts = [f"{completed:,} completed"]
    if known := facts - completed - unmatched:
        parts.append(f"{known:,} known already")
    if unmatched:
        parts.append(f"{unmatched:,} not among the papers")
    return f"Facts about {papers_in_words(facts)} read: {', '.join(parts)}"


def constraints(filters: Filters, *, restricted: bool = False) -> str:
    """`from October 2025, at least 10 upvotes, latest first, at most 3 papers`; empty where nothing
    is constrained. `restricted`: tell also to how many papers it is restricted, where so."""
    told = [
        field.label(filters) for name, field in FIELDS.items() if restricted or name != "papers"
    ]
    return ", ".join(label for label in told if label)


def how_far(progress: Progress) -> str:
    """`Read 90 of 536 papers, 11 match …`."""
    match = "1 matches" if progress.matched == 1 else f"{progress.matched:,} match"
    return f"Read {progress.read:,} of {papers_in_words(progress.total)}, {match} …"


def expected(estimate: Estimate) -> str:
    """`3 calls of the model, about 12,000 prompt tokens, cost 0.03`."""
    parts = [
        number_of(estimate.calls, "call") + " of the model",
        f"about {estimate.prompt_tokens:,} prompt tokens",
    ]
    return ", ".join([*parts, *_cost(estimate.cost)])


def spent(usage: Usage) -> list[str]:
    """Tokens, calls and cost, in words; nothing where nothing was spent."""
    tokens = usage.prompt_tokens + usage.completion_tokens
    if not tokens:  # no call, or one that was turned away at the door
        return []
    calls = "one call" if usage.calls == 1 else f"{usage.calls} calls"
    parts = [f"{'about ' if usage.estimated else ''}{tokens:,} tokens in {calls}"]
    return [*parts, *_cost(usage.cost)]


def _cost(cost: float | None) -> list[str]:
    if cost is None:
        return []
    return [f"cost {cost:.2g}" if cost < 0.01 else f"cost {cost:.2f}"]
