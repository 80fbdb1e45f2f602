"""Questions whose answer is no list and no sentence to be searched for: what records hold, what a
named paper does, what a term means. Which of these a question is, `rag.question` has told.
"""

from __future__ import annotations

from collections.abc import Callable

from rag.reading.overview import overview
from rag.reading.recorded import recorded
from rag.reading.terms import explained
from rag.records import Query, Selection
from rag.retrieval.ranking import Ranking


def particular(query: Query, ranking: Ranking, usual: Callable[[], Selection]) -> Selection | None:
    """None for any other question. `usual`: how the question is explained as any other."""
    found = recorded(query, ranking, usual) or overview(query, ranking)
    return found or explained(query, ranking, usual)
