"""A decision with its papers and sentences → a `Selection`. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Sequence

from rag.reading import quotes
from rag.reading.thresholds import Cuts
from rag.reading.views import Line, View
from rag.records import Evidence, Paper, Selection
from rag.retrieval.ranking import Ranking

Lines = Sequence[tuple[View, Sequence[Line]]]
"""Papers with what is quoted of each."""


class Outcome:
    """`views`: all papers looked at; those that an answer does not rest on stand `near`."""

    def __init__(self, ranking: Ranking, views: Sequence[View], cuts: Cuts) -> None:
        self._ranking, self._views, self._cuts = ranking, views, cuts
        self._searched = ranking.corpus_size

    def answered(
        self,
        lines: Lines,
        confidence: float,
        *,
        near: Sequence[View] | None = None,
        total: int | None = None,
        unmet: Sequence[str] = (),
    ) -> Selection:
        """From `lines`. `near`: the others, best first, unless given; `total`: as many as there are
        lines, unless given."""
        chosen = [view for view, _ in lines]
        return Selection(
            status="answered",
            papers=tuple(view.paper for view in chosen),
            evidence=evidence(lines),
            near=self._papers(self._others(chosen) if near is None else near),
            total=len(chosen) if total is None else total,
            confidence=confidence,
            searched=self._searched,
            recorded=self._ranking.recorded(),
            unmet=tuple(unmet),
        )

    def not_stated(self, nearest: Sequence[View], confidence: float) -> Selection:
        """The papers are there, and do not say."""
        taste = self._cuts.taste
        return self.held([(view, quotes.one_line(view, taste)) for view in nearest], confidence)

    def held(
        self, lines: Lines, confidence: float, *, denied: bool = False, unmet: Sequence[str] = ()
    ) -> Selection:
        """Not stated, with what is said instead. `denied`: that is the opposite of what the
        question takes for granted. `unmet`: things asked about that the corpus has nothing on."""
        nearest = [view for view, _ in lines]
        return Selection(
            status="not_stated",
            papers=(),
            evidence=evidence(lines),
            near=self._papers([*nearest, *self._others(nearest)]),
            confidence=confidence,
            searched=self._searched,
            denied=denied,
            unmet=tuple(unmet),
        )

    def not_in_corpus(self, confidence: float, near: Sequence[View]) -> Selection:
        """Nothing is there; of what is `near`, the best is shown where it came near enough."""
        cuts, parsed = self._cuts, self._ranking.parsed
        # Who wants more than was shown gets what comes next, however far off.
        most = (parsed.seen and parsed.filters.limit) or cuts.most_offered
        offered = self._views if parsed.seen else near if confidence >= cuts.offered else ()
        shown = offered[:most]
        return Selection(
            status="not_in_corpus",
            papers=(),
            evidence=evidence([(view, quotes.one_line(view, cuts.taste)) for view in shown]),
            near=self._papers(self._views),
            confidence=confidence,
            searched=self._searched,
            recorded=self._ranking.recorded(),
        )

    def _others(self, chosen: Sequence[View]) -> list[View]:
        return [view for view in self._views if view not in chosen]

    def _papers(self, views: Sequence[View]) -> tuple[Paper, ...]:
        return tuple(view.paper for view in views[: self._cuts.near])


def evidence(lines: Lines) -> tuple[Evidence, ...]:
    """Under keys `E1`, `E2`, … in the order given."""
    flat = [(view, line) for view, chosen in lines for line in chosen]
    return tuple(
        Evidence(
            key=f"E{number}", paper=view.paper, start=line.start, end=line.end, score=line.covers
        )
        for number, (view, line) in enumerate(flat, 1)
    )
