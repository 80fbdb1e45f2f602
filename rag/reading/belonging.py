"""Which papers a question is about, however it asks: what a list over it would hold, without the
end that an answer sets to be read. Nothing is quoted.
"""

from __future__ import annotations

from rag.question.schema import ParsedQuestion
from rag.reading.decide import EVEN, LEAST, best_length
from rag.reading.reader import Reading
from rag.retrieval.ranking import Ranking


def belonging(parsed: ParsedQuestion, ranking: Ranking, reading: Reading) -> tuple[str, ...]:
    """Ids, best first: all papers that satisfy the constraints where the question states nothing
    else, else those that the reader says belong. None where an answer would decline."""
    if parsed.nothing_asked or not len(ranking):
        return ()
    if not parsed.topic or ranking.asks_nothing:
        return tuple(ranking.ids()) if parsed.filters else ()
    if reading.any < EVEN:
        return ()
    length = best_length([one.belongs for one in reading.papers], LEAST)
    return tuple(one.paper.paper_id for one in reading.papers[:length])
