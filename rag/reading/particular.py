"""Questions whose answer is no list and no sentence to be searched for: what records hold, what a
named paper does, what a term means. Which of these a question is, `rag.question` has told.
"""

from __future__ import annotations

from collections.abc import Callable

from rag.question.schema import ParsedQuestion
from rag.reading.overview import overview
from rag.reading.recorded import recorded
from rag.reading.terms import explained
from rag.records import Selection
from rag.retrieval.ranking import Ranking


def particular(
    parsed: ParsedQuestion, ranking: Ranking, usual: Callable[[], Selection]
) -> Selection | None:
    """None for any other question. `usual`: how the question is explained as any other."""
    found = recorded(parsed, ranking, usual) or overview(parsed, ranking)
    return found or explained(parsed, ranking, usual)
