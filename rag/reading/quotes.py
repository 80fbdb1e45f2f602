"""Which sentences of a paper are quoted, by kind of question. A quote never opens with a pronoun
whose antecedent it leaves out: the sentence before comes along, or another is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rag.corpus.names import owns
from rag.reading.question_features import Asked, has_page, measures, mentions
from rag.reading.views import Line, View


@dataclass(frozen=True, kw_only=True, slots=True)
class Taste:
    """What counts besides covering the question, in units of L. `own`: the authors' own work.
    `introduces`, `proposes`: says what the paper puts forward, the latter in so many words.
    `names`: says what that is called. `leans`: opens with a pronoun. `elsewhere`: tells where code
    is. `adds`: how much more a sentence covers that joins the one which introduces the paper.
    `fits`, `focus`, `fact_own`: for facts, see `Line`. `cause`: tells why, where that is
    asked, against announcing what was done. `most_words`: of all quotes in one line."""

    own: float = 0.2
    introduces: float = 0.2
    proposes: float = 0.1
    names: float = 0.1
    leans: float = 0.2
    elsewhere: float = 0.5
    adds: float = 0.1
    fits: float = 0.6
    focus: float = 0.4
    cause: float = 0.15
    fact_own: float = 0.1
    most_words: int = 70


def line_of_list(view: View, taste: Taste) -> list[Line]:
    """What the paper does about the question: its best sentence. Where this one does not tell what
    the paper puts forward, or what that is called, the sentence that does; where it does, one
    that has clearly more of the question."""
    best = _best(view.lines, lambda line: _worth(line, taste))
    more = _introduction(view, best, taste) or _relevance(view, best, taste)
    fits = more is not None and best.words + more.words <= taste.most_words
    return grounded(view, [best, more] if more and fits else [best], taste)


def _introduction(view: View, best: Line, taste: Taste) -> Line | None:
    able = _upright(view)
    if any(line.names for line in able):
        able = [line for line in able if line.names] if not best.names else []
    elif best.proposes:
        able = []
    elif any(line.proposes for line in able):
        able = [line for line in able if line.proposes]
    else:
        able = [line for line in able if line.introduces] if not best.introduces else []
    return _best(able, lambda line: line.covers + taste.proposes * line.proposes) if able else None


def _relevance(view: View, best: Line, taste: Taste) -> Line | None:
    able = [line for line in _upright(view) if line.covers >= best.covers + taste.adds]
    return _best(able, lambda line: line.covers) if able else None


def _upright(view: View) -> list[Line]:
    """Sentences on the authors' own work that stand by themselves."""
    return [line for line in view.lines if line.own and line.leans < 1.0 and not line.elsewhere]


def one_line(view: View, taste: Taste) -> list[Line]:
    """The nearest thing that the paper says."""
    return grounded(view, [_best(view.lines, lambda line: _worth(line, taste))], taste)


def proof(view: View, taste: Taste) -> list[Line]:
    """Of a paper that was shown before: what it says of that which this turn asks with."""
    best = _best(
        view.lines,
        lambda line: line.asked + taste.fact_own * line.own - taste.leans * line.leans,
    )
    return grounded(view, [best], taste)


def fact(view: View, taste: Taste) -> list[Line]:
    """The one sentence that holds it."""
    best = _best(
        view.lines,
        lambda line: (
            (line.covers + line.rest) / 2
            + taste.fits * line.fits
            + taste.focus * line.focus
            + taste.fact_own * line.own
            - taste.elsewhere * line.elsewhere
        ),
    )
    return grounded(view, [best], taste)


def tell_of(asked: Asked, view: View, lines: Sequence[Line]) -> bool:
    """Whether quotes tell of the thing asked about: one that is not the paper's own has to stand
    in them."""
    name = asked.subject
    said = " ".join(view.paper.abstract[line.start : line.end] for line in lines)
    own = owns(view.paper, name) or has_page(view.paper.abstract, name)
    return not name or own or mentions(said, name)


def several(view: View, most: int, taste: Taste) -> list[Line]:
    """The sentences of an explanation, in the order in which the abstract tells them. How a
    problem comes about explains as well as what was done about it, so neither is preferred."""
    ranked = sorted(
        view.lines,
        key=lambda line: taste.leans * line.leans + taste.elsewhere * line.elsewhere - line.covers,
    )[:most]
    return grounded(view, ranked, taste)


def mechanism(view: View, most: int, taste: Taste) -> list[Line]:
    """How the authors' own work works, in the abstract's order: what it is, then what of the rest
    has most of the question beside names. What came of it is left out, where there is more."""
    first = _puts_forward(view)
    own = [line for line in view.lines if line.own and not line.elsewhere and line.words > 3]
    told = [line for line in own if not line.reports and line.start >= first.start]
    ranked = sorted(
        (line for line in told if line is not first),
        key=lambda line: taste.leans * (line.leans == 1.0) - line.rest,
    )
    kept = [first, *ranked[: most - 1]]
    if len(kept) == 1:  # nothing but what it is and what it reached
        kept += [line for line in own if line is not first][:1]
    return grounded(view, kept, taste)


def telling(view: View, taste: Taste, *, why: bool) -> list[Line]:
    """Sentences that stand by themselves, the best for an explanation first."""
    able = [line for line in view.lines if line.leans < 1.0 and not line.elsewhere] or view.lines
    return sorted(able, key=lambda line: -explains(line, taste, why=why))


def explains(line: Line, taste: Taste, *, why: bool) -> float:
    """What a sentence is worth to an explanation: where a cause is asked for, one that gives it
    goes before one that only announces the work."""
    announced = (line.introduces or line.proposes) and not line.cause
    return line.covers + (taste.cause * (line.cause - announced) if why else 0)


def aspects(view: View, most: int, taste: Taste) -> list[Line]:
    """For a comparison: what the paper puts forward, then the best sentence on each aspect that
    the question asks about, then its other best ones, `most` in all; where it asks about none, the
    same of every paper: what it is, how it works, what came of it."""
    if not any(map(any, (line.aspects for line in view.lines))):
        return grounded(view, _moves(view)[:most], taste)
    count = len(view.lines[0].aspects)
    on_each = [
        _best(view.lines, lambda line: line.aspects[i] + _worth(line, taste) / 2)  # noqa: B023
        for i in range(count)
    ]
    ranked = sorted(view.lines, key=lambda line: -_worth(line, taste))
    kept = list(dict.fromkeys([_puts_forward(view), *on_each, *ranked]))[:most]
    return grounded(view, kept, taste)


def _moves(view: View) -> list[Line]:
    """What the paper puts forward, what it says next of how that works, and what came of it, in
    figures before words; fewer where the abstract tells fewer."""
    text, first = view.paper.abstract, _puts_forward(view)
    behind = [line for line in view.lines if line.start > first.start and not line.elsewhere]
    upright = [line for line in behind if line.leans < 1.0] or behind
    how = [line for line in upright if not line.reports][:1]
    found = sorted(
        (line for line in upright if line.reports),
        key=lambda line: (measures(text[line.start : line.end]), line.words),
    )[-1:]
    return [first, *how, *found]


def _worth(line: Line, taste: Taste) -> float:
    return (
        line.covers
        + taste.own * line.own
        + taste.introduces * line.introduces
        + taste.names * line.names
        - taste.leans * line.leans
        - taste.elsewhere * line.elsewhere
    )


def _best(lines: Sequence[Line], worth: Callable[[Line], float]) -> Line:
    return max(lines, key=worth)


def grounded(view: View, chosen: list[Line], taste: Taste) -> list[Line]:
    """In order, with the sentence before each one that opens with a pronoun. What ties a sentence
    to one that is not quoted is left out."""
    kept = {line.start: line for line in chosen}
    for line in chosen:
        if line.leans == 1.0:
            before = view.lines[view.lines.index(line) - 1]
            if before.leans < 1.0 and before.words + line.words <= taste.most_words + 10:
                kept[before.start] = before
    found: list[Line] = []
    for at, line in enumerate(view.lines):
        if line.start in kept:
            follows = at > 0 and view.lines[at - 1].start in kept
            found.append(line if follows else replace(line, start=line.stands))
    return found


def _puts_forward(view: View) -> Line:
    """The first sentence that says so and stands by itself."""
    upright = [line for line in view.lines if line.leans < 1.0]
    for able in (
        [line for line in upright if line.proposes],
        [line for line in upright if line.introduces],
        [line for line in upright if line.own],
        upright,
    ):
        if able:
            return able[0]
    return view.lines[0]
