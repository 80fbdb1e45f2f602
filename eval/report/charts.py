"""Plots as inline SVG, drawn by matplotlib. Colours are CSS variables and text is text, so that
they follow the page's light and dark themes and its font."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SERIES = 6
"""Colours there are for runs; more runs begin anew."""

_WIDTH = 5.2  # inches at 72 units: wide enough for labels, and still readable on a phone
# Stand-ins that are replaced by the page's variables once the SVG is written.
_INK, _MUTED, _GRID = "#010203", "#010204", "#010205"
_COLOURS = [f"#0102{n:02x}" for n in range(16, 16 + SERIES)]
_VARIABLES = {
    _INK: "var(--ink)",
    _MUTED: "var(--muted)",
    _GRID: "var(--grid)",
    **{colour: f"var(--series-{n})" for n, colour in enumerate(_COLOURS, 1)},
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A value with an interval, or None where the series has none here."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Series:
    """One run's values, in the order of the labels."""

    name: str
    bars: Sequence[Bar | None]


def bars(
    labels: Sequence[str], series: Sequence[Series], *, limit: float | None, unit: str = ""
) -> str:
    """Horizontal bars with intervals, a group for every label. `limit` is the axis' end; without
    one, a bar's figure has the end of its line behind it."""
    step = 0.82 / len(series)
    figure, axes = _figure(0.62 + len(labels) * max(0.33, 0.21 * len(series) + 0.1))
    end = limit or max((b.high for s in series for b in s.bars if b), default=1.0) * 1.4
    for number, one in enumerate(series):
        for row, bar in enumerate(one.bars):
            if bar is None:
                continue
            y = row + (number - (len(series) - 1) / 2) * step
            colour = _COLOURS[number % SERIES]
            axes.barh(y, bar.value, height=step * 0.86, color=colour, alpha=0.85, linewidth=0)
            if bar.high > bar.low:
                axes.plot([bar.low, bar.high], [y, y], color=_INK, linewidth=1.1)
                for edge in (bar.low, bar.high):
                    axes.plot([edge, edge], [y - step * 0.2, y + step * 0.2], color=_INK, lw=1.1)
            shown = f"{bar.value:.2f}" if limit else f"{bar.value:,.1f} ({bar.high:,.0f})"
            axes.annotate(
                shown,
                (max(bar.high, bar.value), y),
                xytext=(5, 0),
                textcoords="offset points",
                va="center",
                fontsize=10,
                color=_MUTED,
            )
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.45, -0.55)
    axes.set_xlim(0, end * (1.13 if limit else 1))
    if limit:
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
    axes.grid(axis="x", color=_GRID, linewidth=0.8)
    axes.tick_params(axis="y", length=0, labelsize=11, labelcolor=_INK)
    if unit:
        axes.set_xlabel(unit, color=_MUTED, fontsize=10)
    return _svg(figure)


def precision_recall(
    series: Sequence[tuple[Sequence[tuple[float, float]], tuple[Bar, Bar] | None]],
) -> str:
    """For each run a dot for every list answer at (recall, precision), larger where several
    coincide, and a ring at the means, with a cross of their intervals; curves of equal F1."""
    figure, axes = _figure(3.9)
    for f1 in (0.2, 0.4, 0.6, 0.8):
        least = f1 / (2 - f1)  # the recall at which this F1 takes a precision of 1
        recall = [least + i * (1 - least) / 60 for i in range(61)]
        precision = [f1 * r / (2 * r - f1) for r in recall]
        axes.plot(recall, precision, color=_GRID, lw=1, zorder=1)
        axes.annotate(
            f"F1 {f1}", (1, least), xytext=(4, 0), textcoords="offset points",
            va="center", fontsize=9, color=_MUTED, annotation_clip=False,
        )  # fmt: skip
    for number, (points, means) in enumerate(series):
        colour = _COLOURS[number % SERIES]
        counts: dict[tuple[float, float], int] = {}
        for point in points:
            counts[point] = counts.get(point, 0) + 1
        axes.scatter(
            [r for r, _ in counts], [p for _, p in counts],
            s=[34 * n for n in counts.values()], color=colour, alpha=0.45, linewidths=0,
            zorder=2, clip_on=False,
        )  # fmt: skip
        if means:
            recall_at, precision_at = means
            x, y = recall_at.value, precision_at.value
            axes.plot([recall_at.low, recall_at.high], [y, y], color=colour, lw=1.4, zorder=3)
            axes.plot([x, x], [precision_at.low, precision_at.high], color=colour, lw=1.4, zorder=3)
            _ring(axes, x, y, colour)
    _unit_square(axes, "recall", "precision")
    return _svg(figure)


def abstention(
    series: Sequence[tuple[Sequence[tuple[float, float]], tuple[float, float] | None]],
    *,
    answerable: int,
    unanswerable: int,
) -> str:
    """For every threshold on confidence, the share of answerable questions answered against the
    share of unanswerable ones declined; a ring where the product stands. A later run's line is
    thinner and its ring smaller, so that none hides another that coincides."""
    figure, axes = _figure(3.9)
    axes.plot([0, 1], [1, 0], color=_GRID, lw=1, linestyle=(0, (4, 4)), zorder=1)
    for number, (curve, point) in enumerate(series):
        colour, behind = _COLOURS[number % SERIES], len(series) - 1 - number
        axes.plot(
            [x for x, _ in curve], [y for _, y in curve], color=colour,
            lw=1.8 + behind, zorder=2, drawstyle="steps-post",
        )  # fmt: skip
        if point:
            _ring(axes, *point, colour, around=behind)
    _unit_square(
        axes, f"of {answerable} answerable, answered", f"of {unanswerable} unanswerable, declined"
    )
    return _svg(figure)


def _ring(axes: Axes, x: float, y: float, colour: str, *, around: int = 0) -> None:
    """Where a run stands, wide enough to go around so many other rings."""
    axes.scatter(
        x, y, s=120 * (1 + 0.5 * around), facecolors="none", edgecolors=colour, linewidths=2.4,
        zorder=4, clip_on=False,
    )  # fmt: skip


def _unit_square(axes: Axes, x: str, y: str) -> None:
    axes.set_xlim(-0.03, 1.05)
    axes.set_ylim(-0.03, 1.07)
    ticks = [0, 0.25, 0.5, 0.75, 1]
    axes.set_xticks(ticks)
    axes.set_yticks(ticks)
    axes.set_xlabel(x, color=_MUTED, fontsize=11)
    axes.set_ylabel(y, color=_MUTED, fontsize=11)
    axes.grid(color=_GRID, linewidth=0.8)


def _figure(height: float) -> tuple[Figure, Axes]:
    # Without pyplot there is no global state and no display.
    from matplotlib.figure import Figure as New

    figure = New(figsize=(_WIDTH, height), layout="constrained")
    axes = figure.add_subplot()
    figure.patch.set_alpha(0)
    axes.patch.set_alpha(0)
    axes.set_axisbelow(True)
    axes.tick_params(colors=_MUTED, labelsize=10, color=_GRID, length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    return figure, axes


def _svg(figure: Figure) -> str:
    import matplotlib

    settings: dict[Any, Any] = {"svg.fonttype": "none", "svg.hashsalt": "citewell"}
    buffer = io.StringIO()
    with matplotlib.rc_context(settings):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    svg = buffer.getvalue()
    # What is left out would clash with the page or with the next plot: fixed size, ids of groups,
    # a style for everything, fonts.
    for clutter in (
        r"^.*?(?=<svg)",
        r' (?:width|height)="[\d.]+pt"',
        r"<metadata>.*?</metadata>",
        r"<style.*?</style>",
        r'(?<=<g) id="[^"]*"',
        r" font-family: [^;\"]*;",
    ):
        svg = re.sub(clutter, "", svg, flags=re.DOTALL)
    for colour, variable in _VARIABLES.items():
        svg = svg.replace(colour, variable)
    return svg
