"""The report as one HTML page that needs nothing but itself: no script, font or image from
elsewhere. Whatever models or papers say goes through the template's escaping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from math import inf

from eval.compare import pairs
from eval.measures import BY_NAME, MEASURES, behaviour
from eval.questions import TYPES
from eval.report import charts, tables, views
from eval.report.charts import Bar, Series
from eval.runs import Case, Run
from eval.stats import Figure, figure
from eval.summary import by_type

_BEST_FIRST = tuple(reversed(views.VERDICTS))


@dataclass(frozen=True)
class Plot:
    title: str
    svg: str
    caption: str


def render(runs: Sequence[Run], *, title: str = "Citewell evaluation") -> str:
    """The page. `runs` are over the same questions; the first is the baseline.

    Raises UsageError where they are not."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    folder = files("eval.report")
    environment = Environment(
        loader=FunctionLoader(lambda name: (folder / name).read_text("utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    comparisons = pairs(runs)
    questions = views.questions(runs)
    return environment.get_template("page.html.j2").render(
        title=title,
        lead=_lead(runs),
        runs=runs,
        abouts=[tables.about(run) for run in runs],
        failed=[sum(case.answer is None for case in run.cases) for run in runs],
        headline=tables.headline(runs, comparisons),
        others=tables.everything_else(runs, comparisons),
        comparisons=comparisons,
        type_changes=[tables.type_changes(comparison) for comparison in comparisons],
        types=[tables.types(run) for run in runs],
        plots=plots(runs),
        confusions=[behaviour.confusion(run.cases) for run in runs],
        outcomes=behaviour.OUTCOMES,
        questions=questions,
        counts={v: sum(view.worst == v for view in questions) for v in views.VERDICTS},
        tallies=[
            {v: sum(view.results[n].verdict == v for view in questions) for v in _BEST_FIRST}
            for n in range(len(runs))
        ],
        kinds=[kind for kind in TYPES if any(view.type == kind for view in questions)],
        measures=MEASURES,
        series=charts.SERIES,
        css=(folder / "page.css").read_text("utf-8"),
        script=(folder / "page.js").read_text("utf-8"),
    )


def _lead(runs: Sequence[Run]) -> str:
    """How many questions of which sets, and what the runs have in common."""
    parts = [f"{len(runs[0].cases)} questions"]
    if sets := dict.fromkeys(str(run.fingerprint.get("questions") or "") for run in runs):
        parts[0] += " of " + ", ".join(sets) if all(sets) else ""
    for name in ("mode", "model"):
        found = {str(run.fingerprint.get(name) or "") for run in runs}
        parts += found if len(found) == 1 and found != {""} else []
    return " · ".join(parts)


def plots(runs: Sequence[Run]) -> list[Plot]:
    parts = by_type(runs[0].cases)
    plots = [
        Plot(
            "Retrieval by type",
            charts.bars(*_by_type(runs, [(kind, "ndcg@10", kind) for kind in parts]), limit=1),
            f"nDCG@10 {_INTERVALS}",
        ),
        Plot(
            "Answers by type",
            charts.bars(*_by_type(runs, _CONTENT), limit=1),
            f"The measure that fits the type, {_INTERVALS}",
        ),
    ]
    dots = len(runs) <= 2  # of more runs they would be a cloud that says nothing
    lists = [_lists(run, dots=dots) for run in runs]
    if any(means for _, means in lists):
        plots.append(
            Plot(
                "List answers",
                charts.precision_recall(lists),
                (_DOTS if dots else "")
                + "The ring is the mean, the cross its 95 % intervals. Grey curves: equal F1.",
            )
        )
    curves = [_abstention(run.cases) for run in runs]
    if any(point for _, point in curves):
        answerable = sum(case.question.answerable for case in runs[0].cases)
        plots.append(
            Plot(
                "When to decline",
                charts.abstention(
                    curves,
                    answerable=answerable,
                    unanswerable=len(runs[0].cases) - answerable,
                ),
                "The ring is where the product stands, the dashed line is chance."
                + (_CURVE if any(curve for curve, _ in curves) else ""),
            )
        )
    stages, series = _latency(runs)
    if stages:
        plots.append(
            Plot(
                "Time an answer",
                charts.bars(stages, series, limit=None, unit="milliseconds"),
                "Median by stage; in brackets the 95th percentile, where the line ends.",
            )
        )
    return plots


_INTERVALS = "with 95 % bootstrap intervals; in brackets the number of questions."
_DOTS = "A dot for each topic or filter question, larger where several coincide. "
_CURVE = " The full line is what other thresholds on the answer's confidence would give."
_CONTENT = [
    ("topic", "list_f1", "topic: list F1"),
    ("filter", "list_f1", "filter: list F1"),
    ("fact", "fact", "fact: accuracy"),
    ("fact", "fact@60", "fact: in 60 words"),
    ("paraphrase", "nugget_recall", "paraphrase: nuggets"),
    ("compare", "nugget_recall", "compare: nuggets"),
    ("followup", "nugget_recall", "follow-up: nuggets"),
    ("unanswerable", "balanced_accuracy", "unanswerable: declined"),
]


def _by_type(
    runs: Sequence[Run], wanted: Sequence[tuple[str, str, str]]
) -> tuple[list[str], list[Series]]:
    """A label for each type and measure that any run has a figure for, and the runs' bars."""
    rows: list[tuple[str, list[Bar | None]]] = []
    for kind, name, label in wanted:
        bars: list[Bar | None] = []
        most = 0
        for run in runs:
            cases = by_type(run.cases).get(kind, [])
            found = figure(BY_NAME[name].scores(cases))
            bars.append(_bar(found))
            most = max(most, found.n)
        if any(bars):
            rows.append((f"{label} ({most})", bars))
    series = [Series(run.name, [bars[i] for _, bars in rows]) for i, run in enumerate(runs)]
    return [label for label, _ in rows], series


def _bar(found: Figure) -> Bar | None:
    return Bar(found.value, found.low, found.high) if found.n else None


Point = tuple[float, float]


def _lists(run: Run, *, dots: bool) -> tuple[list[Point], tuple[Bar, Bar] | None]:
    """(recall, precision) of each list answer, none without `dots`; and the two means."""
    recall, precision = (
        BY_NAME[name].scores(run.cases) for name in ("list_recall", "list_precision")
    )
    points = [(score.value, precision[question].value) for question, score in recall.items()]
    means = _bar(figure(recall)), _bar(figure(precision))
    return points if dots else [], (means[0], means[1]) if means[0] and means[1] else None


def _abstention(cases: Sequence[Case]) -> tuple[list[Point], Point | None]:
    """The curve over thresholds on confidence (empty where answers do not tell theirs), and where
    the run stands: (share of answerable answered, share of unanswerable declined)."""
    answerable = [case for case in cases if case.question.answerable]
    unanswerable = [case for case in cases if not case.question.answerable]
    if not answerable or not unanswerable:
        return [], None
    point = (
        sum(behaviour.outcome(case) == "answered" for case in answerable) / len(answerable),
        sum(behaviour.declined(case) for case in unanswerable) / len(unanswerable),
    )
    # A question that failed is neither answered nor declined, whatever the threshold.
    told = {c.question.id: c.answer.confidence for c in cases if c.answer}
    if not any(told.values()):
        return [], point
    curve = [
        (
            sum(told.get(c.question.id, -inf) >= t for c in answerable) / len(answerable),
            sum(told.get(c.question.id, inf) < t for c in unanswerable) / len(unanswerable),
        )
        for t in sorted({*told.values(), inf})
    ]
    return curve, point


def _latency(runs: Sequence[Run]) -> tuple[list[str], list[Series]]:
    found = [behaviour.latency(run.cases) for run in runs]
    stages = list(dict.fromkeys(stage for stages in found for stage in stages))
    series = [
        Series(
            run.name,
            [
                Bar(times[s]["p50"], times[s]["p50"], times[s]["p95"]) if s in times else None
                for s in stages
            ],
        )
        for run, times in zip(runs, found, strict=True)
    ]
    return stages, series
