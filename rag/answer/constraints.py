"""Constraints as sentences tell them."""

from __future__ import annotations

from rag.fields import FIELDS
from rag.filters import Filters


def constraint_in_words(filters: Filters) -> str:
    """`from October 2025, with at least 10 upvotes`; empty where nothing is constrained."""
    return ", ".join(words for field in FIELDS.values() if (words := field.words(filters)))


def being(constraint: str, *, one: bool) -> str:
    """`is from 2025`, `are published before 2023`, `have at least 5 upvotes`."""
    if constraint.startswith("with "):
        return f"{'has' if one else 'have'} {constraint.removeprefix('with ')}"
    return f"{'is' if one else 'are'} {constraint}"
