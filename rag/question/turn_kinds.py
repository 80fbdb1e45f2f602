"""The kind of a turn of a conversation: where it leaves the question to a turn before, that one's.
What a whole question wants is told in `kinds`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.question.dialogue_acts import kind_of_aspect
from rag.question.followup import Standalone
from rag.question.kinds import kind_of
from rag.records import Kind
from rag.text.patterns import lazy

_ELLIPTICAL = lazy(
    r"(?:(?:ok(?:ay)?|so|well)[\s,]+)*(?:(?:and|or|but)\b"
    r"(?!\s+(?:what|which|how|why|who|when|where|does|do|is)\b)"
    r"|what\s+about|how\s+about|only|just|more|others?|any\s+others?|same)\b",
    re.IGNORECASE,
)
"""A turn that names a change and leaves the question itself to the turn before."""
_WHICH_DO = lazy(
    r"(?:(?:and|but|ok(?:ay)?|so)[\s,]+)*which\s+(?:ones?\s+)?(?!(?:is|was)\b|(?:are|were)\s+(?:the|its|their)\b|\S+\s+(?:does|do|did)\b)",
    re.IGNORECASE,
)
"""`and which use ensembles?`, among several papers"""
_WHICH_IS_BETTER = lazy(
    r"(?:(?:and|but|ok(?:ay)?|so)[\s,]+)*which\s+(?:ones?\s+|of\s+(?:them|those|these|the\s+two)\s+)?"
    r"(?:(?:is|are|works?|performs?)\s+(?:the\s+)?(?:best|worst|\w+(?:er|est)|more|less|most|least|worse)"
    r"|\w+\s+(?:the\s+)?(?:best|better|worse|worst|fewer|fewest|more|less|most|least))\b",
    re.IGNORECASE,
)
_ASKS_AT_LAST = lazy(
    r"\A(?:(?:and|ok(?:ay)?|so)[\s,]+)*(?:what|how)\s+about\b[^,?;:]*[,?;:]\s*(?:and\s+)?"
    r"((?:how|why|what|which|who|when|where)\b.*)",
    re.IGNORECASE,
)
"""`what about the first one, how does it work?`"""


def kind_of_turn(
    text: str, topic: str, asked: Sequence[str], alone: Standalone, *, ranked: bool
) -> Kind:
    """The kind of a turn. `ranked`: it asks for an order of papers."""
    if alone.further:
        return "list"
    if alone.aspect:
        several = len(alone.in_view) > 1
        return "compare" if alone.comparing else kind_of_aspect(text, several=several)
    if alone.papers and len(alone.papers) > 1 and (kind := _among_papers(text, ranked)):
        return kind
    if alone.leans_on and (asking := _ASKS_AT_LAST.search(text)):
        return kind_of(asking[1])
    turns = [text, *(asked[at] for at in reversed(alone.leans_on))] if alone.leans_on else []
    asks = next((turn for turn in turns if not _ELLIPTICAL.match(turn.strip())), text)
    read = topic if asks == text else asks
    return kind_of(read) if read else "list"


def _among_papers(text: str, ranked: bool) -> Kind | None:
    """`which is faster?` and `which use ensembles?` of several papers; None for what else is asked
    of them."""
    if _WHICH_IS_BETTER.match(text) and not ranked:
        return "compare"
    return "list" if _WHICH_DO.match(text) else None


def kind_to_see(kind: Kind, papers: int, *, ranked: bool) -> Kind:
    """How papers are shown of which nothing else is asked."""
    if kind == "compare" and papers > 1:
        return "compare"
    return "list" if ranked or (kind == "list" and papers > 1) else "explain"
