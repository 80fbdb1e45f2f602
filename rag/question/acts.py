"""What a turn does, by the guess of the classifier held against what the conversation has shown.

A closed vocabulary of pointing words decides what surely points at papers; the guess decides the
rest. Where neither is sure the turn is read as a refinement: its own words are searched for, with
those of the question before at half their weight.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from rag.question.conversation import Shown
from rag.question.dialogue import Act, ActGuess
from rag.text.patterns import lazy

_SURE = 0.85
"""Probability from which a guess needs no pointing word."""
_UNSURE = 0.5
"""Probability below which a turn is not taken for a new topic."""
SEVERAL = lazy(
    r"\b(?:(?:those|these)\b(?!\s+(?:with|that|which|who|whose|from|on|in|about|for|using|of)\b)|them|they|their"
    r"|which\s+ones?|(?:both|each|either|neither|any|all|one|ones|some|which|who)\s+of)\b",
    re.IGNORECASE,
)
"""`those` of something that is said behind it are no papers shown: `only those with two arms`."""
_ONE = lazy(
    r"\b(?:it|its|this)\b|\bthat\b(?=\s*(?:[?.!,;]|\Z))"
    r"|(?:\A|\b(?:does|do|is|was|can|did|about|for|with|of|in|on|to|like|than|from)\s+)that\b",
    re.IGNORECASE,
)
"""`that` where it begins no clause."""
_BESIDE = frozenset("instead also too similarly likewise same else".split())
_CARRIES_ON = lazy(
    r"\A\W*(?:(?:ok(?:ay)?|yes|no|hm+|so|great|right|well)\W+)*"
    r"(?:and|but|or|plus|also|(?:what|how)\s+about|same\s+(?:for|with|but))\b",
    re.IGNORECASE,
)
_EXPLETIVE = lazy(
    r"\bis\s+it\s+(?:possible|true|known|clear|worth|better|ok)\b|\bit\s+(?:is|seems)\b", re.I
)
_MORE = frozenset("more other others another else next besides similar like".split())
_CONTINUING = frozenset(
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
    could_say: Callable[[], bool],
) -> Act:
    """`words`: those of the turn that carry meaning. `picks`: it picks papers by place or name.
    `could_say`: whether a paper shown has any of the words."""
    if picks or guess.act in ("nothing", "form_only"):
        return "refers" if picks and guess.act != "form_only" else guess.act
    plain = _EXPLETIVE.sub(" ", text)
    said = set(re.findall(r"[a-z]+", plain.lower()))
    one = bool(_ONE.search(plain))
    several = bool(SEVERAL.search(text)) and said.isdisjoint(_MORE)
    act: Act = guess.act
    if act == "continues" and not several:
        act = "refines" if words - _CONTINUING else "continues"
    elif several:
        act = "refers" if before.last else "refines"
    elif act == "refers":
        sure = (one and len(before.last) == 1) or (guess.probability >= _SURE and could_say())
        act = "refers" if sure and before.last and said.isdisjoint(_BESIDE) else "refines"
    elif act == "new_topic" and (
        one or said & _BESIDE or _CARRIES_ON.match(text) or guess.probability < _UNSURE
    ):
        act = "refines"
    return act
