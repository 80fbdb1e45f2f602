"""Ranking measures at paper level, computed by ir_measures (trec_eval's code underneath).

Partial papers are taken out of a ranking before it is scored: neither rewarded nor punished.
Questions without relevant papers have no ranking to score. A question that failed scores zero and
stays in the mean, whatever had been ranked by then. All relevant papers weigh the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eval.measures.base import Measure, Score, Scores
from eval.runs import Case

_RECALL = (
    "|relevant papers among the first {}| / |relevant papers|. In [0, 1]. van Rijsbergen 1979."
)
_DEFINITIONS = {
    "nDCG@10": (
        "ndcg@10",
        "nDCG@10",
        "DCG@10 / ideal DCG@10, where DCG@10 is the sum over ranks i <= 10 of rel(i) / log2(i + 1)."
        " In [0, 1]. Järvelin and Kekäläinen 2002, as in trec_eval.",
    ),
    "R@5": ("recall@5", "Recall@5", _RECALL.format(5)),
    "R@10": ("recall@10", "Recall@10", _RECALL.format(10)),
    "R@20": ("recall@20", "Recall@20", _RECALL.format(20)),
    "RR@10": (
        "mrr@10",
        "MRR@10",
        "1 / rank of the first relevant paper, 0 beyond rank 10. In [0, 1]. Voorhees 1999.",
    ),
    "Success@1": (
        "success@1",
        "Success@1",
        "1 when the first paper is relevant, else 0. In {0, 1}. As in trec_eval.",
    ),
}


def judged_ranking(case: Case) -> list[str]:
    """The ranking without the papers that count neither way; a paper named twice counts where it
    is named first. Nothing where the question failed."""
    if case.answer is None:
        return []
    partial = set(case.question.partial)
    return [paper for paper in dict.fromkeys(case.ranking) if paper not in partial]


def ir_scores(
    measure: str, relevant: dict[str, dict[str, int]], rankings: dict[str, list[str]]
) -> dict[str, float]:
    """Per-query values of `measure` (a name that ir_measures knows). Rankings are best first;
    queries without one score zero."""
    import ir_measures

    qrels = {q: grades for q, grades in relevant.items() if grades}
    # Ranks stand for scores: ties, which trec_eval breaks by id, cannot arise.
    run = {
        q: {paper: float(-rank) for rank, paper in enumerate(ranking)}
        for q, ranking in rankings.items()
        if q in qrels
    }
    values = dict.fromkeys(qrels, 0.0)
    parsed: Any = ir_measures.parse_measure(measure)
    values.update({m.query_id: m.value for m in ir_measures.iter_calc([parsed], qrels, run)})
    return values


def _measure(ir_name: str) -> Measure:
    name, title, definition = _DEFINITIONS[ir_name]

    def scores(cases: Sequence[Case]) -> Scores:
        relevant = {c.question.id: dict.fromkeys(c.question.relevant, 1) for c in cases}
        rankings = {c.question.id: judged_ranking(c) for c in cases}
        return {q: Score(v) for q, v in ir_scores(ir_name, relevant, rankings).items()}

    return Measure(name, title, scores, definition)


MEASURES = tuple(_measure(name) for name in _DEFINITIONS)
