"""Words by which a turn points at what was shown or asked before: a closed vocabulary.

What follows from them is weighed by `dialogue` and settled in `acts`; which papers are meant,
`coreference` knows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.text.patterns import lazy

_SEVERAL = lazy(
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
_EXPLETIVE = lazy(
    r"\bis\s+it\s+(?:possible|true|known|clear|worth|better|ok)\b|\bit\s+(?:is|seems)\b", re.I
)
_CARRIES_ON = lazy(
    r"\A\W*(?:(?:ok(?:ay)?|yes|no|hm+|so|great|right|well)\W+)*"
    r"(?:and|but|or|plus|also|(?:what|how)\s+about|same\s+(?:for|with|but))\b",
    re.IGNORECASE,
)
_BESIDE = frozenset("instead also too similarly likewise same else".split())
_OTHERS = frozenset("others another else".split())
_MORE = frozenset("more other others another else next besides similar like".split())


@dataclass(frozen=True, kw_only=True, slots=True)
class Pronouns:
    """several, one: at several things, at one. beside: at what is like it in part. others: at
    things in place of it. more: at what was not shown. carries_on: it begins as what follows on
    something."""

    several: bool
    one: bool
    beside: bool
    others: bool
    more: bool
    carries_on: bool


def pronouns(text: str) -> Pronouns:
    plain = _EXPLETIVE.sub(" ", text)
    said = set(re.findall(r"[a-z]+", plain.lower()))
    return Pronouns(
        several=bool(_SEVERAL.search(text)),
        one=bool(_ONE.search(plain)),
        beside=not said.isdisjoint(_BESIDE),
        others=not said.isdisjoint(_OTHERS),
        more=not said.isdisjoint(_MORE),
        carries_on=bool(_CARRIES_ON.match(text)),
    )
