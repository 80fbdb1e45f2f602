"""The sentences of an explanation.

Of one paper's own method, how it works comes before what it reached. Of several papers, few
sentences: each paper's best, then the best of what is left that says something new, and papers that
tell how a problem comes about before those that tell what was done against it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.reading import quotes
from rag.reading.outcome import Lines
from rag.reading.quotes import Taste
from rag.reading.views import Line, View
from rag.text.patterns import lazy
from rag.text.words import STOPWORDS

_WHY = lazy(
    r"\bwhy\b|\bhow\s+come\b|\b(?:what|which)\s+(?:\w+\s+)?(?:causes?|makes?|explains?|drives?|reasons?)\b",
    re.IGNORECASE,
)
_HOW_GOOD = lazy(
    r"\b(?:how\s+(?:well|good|strong|effective)|results?|perform(?:s|ance)?|experiments?|evaluated?"
    r"|compare[sd]?|findings?|shown?|beats?|outperforms?)\b",
    re.IGNORECASE,
)
_ABOUT = lazy(
    r"(?:\A|\b(?:do|does|did|is|are|was|were|has|have|can|could|will|would|explain|describe"
    r"|summari[sz]e|understand|define|about|of|behind|underlying)\s+)(?:the\s+|a\s+|method\s+|model\s+)*\Z",
    re.IGNORECASE,
)
"""What stands before a name that a question is about: `how does X …`, `the idea of X`."""
_MOST = 6
"""Sentences in all."""
_OF_ONE = 4
_OF_EACH = 2
_SAME = 0.5
"""Share of the shorter sentence's words from which two say the same thing."""
_WORD = lazy(r"[^\W_]{2,}")


def asks_why(question: str) -> bool:
    return bool(_WHY.search(question))


def is_about(question: str, name: str) -> bool:
    """Whether a question asks something of `name`, rather than something that goes on with it
    (`why do agents fail on WebArena?`)."""
    at = question.lower().find(name.lower())
    return at >= 0 and bool(_ABOUT.search(question[:at]))


def of_work(views: Sequence[View], question: str, taste: Taste) -> Lines:
    """Of what the papers put forward themselves: the mechanism, in the abstract's order. What came
    of it stands behind that only where the question asks for it."""
    most = _OF_ONE if len(views) == 1 else _OF_EACH
    if asks_why(question) or _HOW_GOOD.search(question):
        return [(view, quotes.several(view, min(most, 3), taste)) for view in views]
    return [(view, quotes.mechanism(view, most, taste)) for view in views]


def of_subject(views: Sequence[View], question: str, taste: Taste) -> Lines:
    """Of a subject that papers share."""
    if len(views) == 1:
        return [(views[0], quotes.several(views[0], 3, taste))]
    why = asks_why(question)
    # A paper that gives no cause is quoted for what it says best.
    causal = [why and any(line.cause for line in view.lines) for view in views]
    ranked = [quotes.telling(v, taste, why=c) for v, c in zip(views, causal, strict=True)]
    taken = [[lines[0]] for lines in ranked]
    left = sorted(
        (
            (quotes.explains(line, taste, why=causal[at]), at, line)
            for at, lines in enumerate(ranked)
            for line in lines[1 : _OF_EACH + 1]
        ),
        key=lambda found: -found[0],
    )
    for _, at, line in left:
        said = [words(views[i], other) for i, lines in enumerate(taken) for other in lines]
        fits = len(said) < _MOST and len(taken[at]) < _OF_EACH
        if fits and not any(same(words(views[at], line), other) for other in said):
            taken[at].append(line)
    found = [
        (view, quotes.grounded(view, lines, taste))
        for view, lines in zip(views, taken, strict=True)
    ]
    if why:
        found.sort(key=lambda pair: not any(line.cause for line in pair[1]))
    return found


def words(view: View, line: Line) -> frozenset[str]:
    """The words of a sentence that carry meaning."""
    found = _WORD.findall(view.paper.abstract[line.start : line.end].lower())
    return frozenset(word for word in found if word not in STOPWORDS)


def same(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two sentences, as their words, say the same thing."""
    return len(one & other) > _SAME * min(len(one), len(other))
