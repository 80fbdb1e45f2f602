"""A few words asked of papers that are already chosen (`code?`, `on which datasets?`): which of
them state it, and where. What was calibrated on whole questions does not apply: the words are so
few that one sentence has to come close to all of them, and hold a figure where one is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.reading.question_features import Asked, measures
from rag.reading.views import Line, View
from rag.text.patterns import lazy

_CLOSE = 0.58
"""The mean best cosine of the words asked, by weight, from which a sentence states them."""
_OWN = 0.2
"""What it counts that a sentence tells of the authors' own work, in units of L."""
_OF_RESULTS = lazy(
    r"\b(?:results?|findings?|numbers|figures|performance|gains?|improvements?|accura\w+"
    r"|how\s+(?:well|good|fast|strong|effective|much\s+(?:better|faster|cheaper)))\b",
    re.IGNORECASE,
)
_REPORTS = lazy(
    r"\b(?:results?|experiments?|outperform\w*|achiev\w+|demonstrat\w+|improv\w+|surpass\w*|reveal\w*"
    r"|(?:show|find|found)(?:s|n|ed)?\s+that|state[\s-]of[\s-]the[\s-]art)\b",
    re.IGNORECASE,
)
_NUMBERS = lazy(r"\b(?:numbers|figures)\b|\bhow\s+(?:much|many)\b", re.IGNORECASE)


def told(asked: Asked, views: Sequence[View]) -> list[tuple[View, Line]]:
    """The papers that state what is asked, each with the sentence, the surest first."""
    found = [(view, *best) for view in views if (best := _best(asked, view))]
    found.sort(key=lambda item: -item[2])
    return [(view, line) for view, line, _ in found]


def _best(asked: Asked, view: View) -> tuple[Line, float] | None:
    results = bool(_OF_RESULTS.search(asked.text))
    numbers = bool(_NUMBERS.search(asked.text))
    own_work = [line for line in view.lines if line.own]

    def sure(line: Line) -> float:
        text = view.paper.abstract[line.start : line.end]
        if results and line.own and (measures(text) or (not numbers and _REPORTS.search(text))):
            return 1.0 + measures(text) + line.covers
        fits = not asked.quantity or line.fits == 1.0
        return line.covers + _OWN * line.own if fits and line.covers >= _CLOSE else 0.0

    line = max(own_work or view.lines, key=sure)
    return (line, sure(line)) if sure(line) else None
