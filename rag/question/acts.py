"""What a turn does, by the guess of the classifier held against what the conversation has shown.

Words that point at several papers surely mean those shown; the guess decides the rest. Where
neither is sure the turn is read as a refinement: its own words are searched for, with those of the
question before at half their weight.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from rag.question.coreference import Shown
from rag.question.dialogue import Act, ActGuess
from rag.question.pronouns import pronouns
from rag.text.patterns import lazy
from rag.text.phrases import DOCUMENT

_SURE = 0.85
"""Probability from which a guess needs no pointing word."""
_UNSURE = 0.5
"""Probability below which a turn is not taken for a new topic."""
_OF_PAPERS = lazy(rf"\b(?:which|what|any|many|other|more)\s+(?:\w+\s+)?{DOCUMENT}\b", re.IGNORECASE)
"""Papers are asked for, not something of the one shown."""
CONTINUING = frozenset(
    """
    more next further another additional newer older later earlier recent rest remaining list again
    continue keep going go different new two three four five ten few couple
    """.split()
)
"""Words that ask for more of the same and name nothing."""


def settled(
    guess: ActGuess,
    text: str,
    words: set[str],
    before: Shown,
    *,
    picks: bool,
    names_others: bool,
    could_say: Callable[[], bool],
) -> Act:
    """`words`: those of the turn that carry meaning. `picks`: it picks papers by place or name.
    `names_others`: it asks something of papers that it names and that were not shown. `could_say`:
    whether a paper shown has any of the words."""
    if picks or guess.act in ("nothing", "form_only"):
        return "refers" if picks and guess.act != "form_only" else guess.act
    points = pronouns(text)
    several = points.several and not points.more
    act: Act = guess.act
    pointed = several or points.one or points.beside or points.carries_on
    if names_others and act in ("new_topic", "refers") and not pointed:
        return "new_topic"
    if act == "continues" and not several:
        named = words - CONTINUING and guess.probability < _SURE
        act = "refines" if named else "continues"
    elif several:
        act = "refers" if before.last else "refines"
    elif act == "refers":
        sure = (points.one and len(before.last) == 1) or (
            guess.probability >= _SURE and could_say() and not _OF_PAPERS.search(text)
        )
        act = "refers" if sure and before.last and not points.beside else "refines"
    elif act == "new_topic" and (pointed or guess.probability < _UNSURE):
        act = "refines"
    return act
