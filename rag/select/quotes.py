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
    `introduces`: says what the paper puts forward. `names`: says what that is called. `leans`:
    opens with a pronoun. `fits`, `focus`, `fact_own`: for facts, see `Line`. `most_words`: of all
    quotes in one line."""

    own: float = 0.2
    introduces: float = 0.1
    names: float = 0.1
    leans: float = 0.2
    fits: float = 0.6
    focus: float = 0.4
    fact_own: float = 0.1
    most_words: int = 60


def line_of_list(view: View, taste: Taste) -> list[Line]:
    """What the paper does about the question: its best sentence, and where this one does not tell
    what the paper puts forward or what that is called, the sentence that does."""
    best = _best(view.lines, lambda line: _worth(line, taste))
    naming = _naming(view, best, taste)
    fits = naming is not None and best.words + naming.words <= taste.most_words
    return _grounded(view, [best, naming] if naming and fits else [best], taste)


def _naming(view: View, best: Line, taste: Taste) -> Line | None:
    upright = [line for line in view.lines if line.own and line.leans < 1.0]
    if named := [line for line in upright if line.names]:
        if best.names:
            return None
        return _best(named, lambda line: line.covers + taste.introduces * line.proposes)
    introducing = [line for line in upright if line.introduces and not line.leans]
    return (
        _best(introducing, lambda line: line.covers)
        if introducing and not best.introduces
        else None
    )


def one_line(view: View, taste: Taste) -> list[Line]:
    """The nearest thing that the paper says."""
    return _grounded(view, [_best(view.lines, lambda line: _worth(line, taste))], taste)


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
    """For a comparison: what the paper puts forward, then the best sentence on each aspect that
    the question asks about, then its other best ones, `most` in all."""
    count = len(view.lines[0].aspects)
    on_each = [
        _best(view.lines, lambda line: line.aspects[i] + _worth(line, taste) / 2)  # noqa: B023
        for i in range(count)
    ]
    ranked = sorted(view.lines, key=lambda line: -_worth(line, taste))
    kept = list(dict.fromkeys([*opening(view), *on_each, *ranked]))[:most]
    return _grounded(view, kept, taste)


def _worth(line: Line, taste: Taste) -> float:
    return (
        line.covers
        + taste.own * line.own
        + taste.introduces * line.introduces
        + taste.names * line.names
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
    upright = [line for line in view.lines if line.leans < 1.0]
    for able in (
        [line for line in upright if line.proposes],
        [line for line in upright if line.introduces],
        [line for line in upright if line.own],
        upright,
        list(view.lines),
    ):
        if able:
            return able[:1]
    return []
