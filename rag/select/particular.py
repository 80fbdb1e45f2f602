"""Questions whose answer is no list and no sentence to be searched for: what records hold, what a
named paper does, what a term means. Which of these a question is, `rag.understand` has told.
"""

from __future__ import annotations

from collections.abc import Callable

from rag.ranking import Ranking
from rag.records import Query, Selection
from rag.select.overview import overview
from rag.select.recorded import recorded
from rag.select.terms import explained


def particular(query: Query, ranking: Ranking, usual: Callable[[], Selection]) -> Selection | None:
    """None for any other question. `usual`: how the question is explained as any other."""
    found = recorded(query, ranking, usual) or overview(query, ranking)
    return found or explained(query, ranking, usual)
