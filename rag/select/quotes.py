"""Which sentences of a paper are quoted, by kind of question. A quote never opens with a pronoun
whose antecedent it leaves out: the sentence before comes along, or another is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.select.views import Line, View


@dataclass(frozen=True, kw_only=True, slots=True)
class Taste:
    """What counts besides covering the question, in units of L. `own`: the authors' own work.
    `introduces`: says what the paper puts forward. `leans`: opens with a pronoun. `most_words`:
    of all quotes in one line."""

    own: float = 0.2
    introduces: float = 0.1
    leans: float = 0.1
    fits: float = 0.6
    focus: float = 0.4
    fact_own: float = 0.1
    most_words: int = 60


def line_of_list(view: View, taste: Taste) -> list[Line]:
    """What the paper does about the question: its best sentence, and the one that names what it
    puts forward where that is another."""
    best = _best(view.lines, lambda line: _worth(line, taste))
    chosen = [best]
    if not best.introduces:
        naming = [line for line in view.lines if line.introduces and not line.leans]
        if naming:
            second = _best(naming, lambda line: line.covers)
            if best.words + second.words <= taste.most_words:
                chosen.append(second)
    return _grounded(view, chosen, taste)


def fact(view: View, taste: Taste) -> list[Line]:
    """The one sentence that holds it."""
    best = _best(
        view.lines,
        lambda line: (
            (line.covers + line.rest) / 2
            + taste.fits * line.fits
            + taste.focus * line.focus
            + taste.fact_own * line.own
        ),
    )
    return _grounded(view, [best], taste)


def several(view: View, most: int, taste: Taste) -> list[Line]:
    """The sentences of an explanation, in the order in which the abstract tells them. How a
    problem comes about explains as well as what was done about it, so neither is preferred."""
    ranked = sorted(view.lines, key=lambda line: taste.leans * line.leans - line.covers)[:most]
    return _grounded(view, ranked, taste)


def aspects(view: View, most: int, taste: Taste) -> list[Line]:
    """For a comparison: the best sentence on each aspect that the question asks about, then what
    the paper puts forward and its other best ones, `most` in all."""
    count = len(view.lines[0].aspects)
    chosen = [
        _best(view.lines, lambda line: line.aspects[i] + _worth(line, taste) / 2)  # noqa: B023
        for i in range(count)
    ]
    ranked = sorted(view.lines, key=lambda line: -_worth(line, taste))
    kept = list(dict.fromkeys([*chosen, *ranked]))[:most]
    return _grounded(view, kept, taste)


def _worth(line: Line, taste: Taste) -> float:
    return (
        line.covers
        + taste.own * line.own
        + taste.introduces * line.introduces
        - taste.leans * line.leans
    )


def _best(lines: Sequence[Line], worth: Callable[[Line], float]) -> Line:
    return max(lines, key=worth)


def _grounded(view: View, chosen: list[Line], taste: Taste) -> list[Line]:
    """In order, with the sentence before each one that opens with a pronoun."""
    kept = {line.start: line for line in chosen}
    for line in chosen:
        if line.leans == 1.0:
            before = view.lines[view.lines.index(line) - 1]
            if before.leans < 1.0 and before.words + line.words <= taste.most_words + 10:
                kept[before.start] = before
    return [kept[start] for start in sorted(kept)]


def opening(view: View) -> list[Line]:
    """Where nothing is asked but constraints: what the paper puts forward, its first such
    sentence that stands by itself."""
    able = [line for line in view.lines if line.introduces and not line.leans]
    able = able or [line for line in view.lines if line.own and not line.leans]
    return [(able or list(view.lines))[0]]
