"""Ranked papers → what the answer may rest on: where a list ends, which sentences count, and when
to decline. Every threshold is a share or an absolute score of `rag.retrieve`; how each was set
stands in docs/log.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.records import Evidence, Kind, Paper, Query, Selection, Status
from rag.retrieve import Passage, Ranking


@dataclass(frozen=True, kw_only=True, slots=True)
class Cuts:
    """`list_share`: a paper belongs to a list while its score is at least this share of the best.
    `floor`: a best score below it means that the corpus has nothing. `sentence_share`: a further
    sentence is quoted while it scores at least this share of its paper's best.
    """

    list_share: float = 0.86
    floor: float = 0.62
    sentence_share: float = 0.9
    most_listed: int = 20
    near: int = 5


_SHAPES: dict[Kind, tuple[int, int]] = {
    # papers, sentences a paper
    "list": (20, 1),
    "fact": (1, 2),
    "compare": (2, 3),
    "explain": (2, 3),
}
_OFFERED = 20
"""Papers looked into, at most."""


def select(query: Query, ranking: Ranking, cuts: Cuts | None = None) -> Selection:
    """What the answer to `query` rests on. Never raises; an empty ranking declines."""
    cuts = cuts or Cuts()
    if not len(ranking):
        return Selection(status="not_in_corpus", papers=(), evidence=(), near=(), total=0)
    if not query.topic:
        return _by_constraints_alone(query, ranking)
    best = float(ranking.scores[0])
    papers = ranking.papers(_OFFERED + cuts.near)
    if best < cuts.floor:
        return Selection(
            status="not_in_corpus",
            papers=(),
            evidence=(),
            near=tuple(papers[: cuts.near]),
            confidence=best,
        )
    most, quotes = _SHAPES[query.kind]
    within = [
        at
        for at in range(min(len(papers), _OFFERED))
        if float(ranking.scores[at]) >= cuts.list_share * best
    ]
    if query.kind == "list":
        chosen = _ordered(query, papers, within)
        total = len(chosen)
        chosen = chosen[: query.filters.limit or most]
    elif query.kind == "compare":
        chosen = list(range(min(most, len(papers))))
        total = len(chosen)
    else:
        chosen = within[:most]
        total = len(chosen)
    evidence = _evidence(ranking, papers, chosen, quotes, cuts)
    kept = set(chosen)
    near = [papers[at] for at in range(len(papers)) if at not in kept][: cuts.near]
    return Selection(
        status="answered",
        papers=tuple(papers[at] for at in chosen),
        evidence=evidence,
        near=tuple(near),
        total=total,
        confidence=best,
    )


def _by_constraints_alone(query: Query, ranking: Ranking) -> Selection:
    """Every paper that satisfies the constraints, each by its best sentence."""
    papers = ranking.papers(query.filters.limit or _OFFERED)
    evidence = _evidence(ranking, papers, range(len(papers)), 1, Cuts())
    status: Status = "answered" if papers else "not_in_corpus"
    return Selection(
        status=status,
        papers=tuple(papers),
        evidence=evidence,
        total=len(papers) if query.filters.limit else len(ranking),
        confidence=1.0,
    )


def _ordered(query: Query, papers: Sequence[Paper], places: list[int]) -> list[int]:
    """In the order that the question asks for: "the most upvoted papers on X"."""
    sort = query.filters.sort
    if sort is None:
        return places
    falling = query.filters.order != "asc"

    def key(at: int) -> tuple[float | str, int]:
        value = papers[at].upvotes if sort == "upvotes" else papers[at].published
        return (value or 0, at) if sort == "upvotes" else (value or "", at)

    return sorted(places, key=key, reverse=falling)


def _evidence(
    ranking: Ranking, papers: Sequence[Paper], places: Sequence[int], quotes: int, cuts: Cuts
) -> tuple[Evidence, ...]:
    found: list[Evidence] = []
    for at in places:
        for passage in _best(ranking.passages(at, papers[at]), quotes, cuts):
            found.append(
                Evidence(
                    key=f"E{len(found) + 1}",
                    paper=papers[at],
                    start=passage.start,
                    end=passage.end,
                    score=passage.score,
                )
            )
    return tuple(found)


def _best(passages: Sequence[Passage], most: int, cuts: Cuts) -> list[Passage]:
    ranked = sorted(passages, key=lambda p: -p.score)
    return [p for p in ranked[:most] if p.score >= cuts.sentence_share * ranked[0].score]
