"""What a turn does, by the guess of the classifier held against what the conversation has shown.

Words that point at several papers surely mean those shown; the guess decides the rest. Where
neither is sure the turn is read as a refinement: its own words are searched for, with those of the
question before at half their weight.
"""

from __future__ import annotations

from collections.abc import Callable

from rag.question.coreference import Shown
from rag.question.dialogue import Act, ActGuess
from rag.question.pronouns import pronouns

_SURE = 0.85
"""Probability from which a guess needs no pointing word."""
_UNSURE = 0.5
"""Probability below which a turn is not taken for a new topic."""
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
    if names_others and not (several or points.one or points.beside or points.carries_on):
        return "new_topic"
    act: Act = guess.act
    if act == "continues" and not several:
        named = words - CONTINUING and guess.probability < _SURE
        act = "refines" if named else "continues"
    elif several:
        act = "refers" if before.last else "refines"
    elif act == "refers":
        alone = len(before.last) == 1
        sure = (points.one and alone) or (guess.probability >= _SURE and (alone or could_say()))
        act = "refers" if sure and before.last and not points.beside else "refines"
    elif act == "new_topic" and (
        points.one or points.beside or points.carries_on or guess.probability < _UNSURE
    ):
        act = "refines"
    return act
