"""Questions that are made of several: `how much faster is X, and does it need retraining?`"""

from __future__ import annotations

import re

from rag.text.patterns import lazy
from rag.text.words import STOPWORDS

_ASKS = (
    r"(?:how|what|which|why|who|when|where|does|do|did|is|are|was|were|can|could|has|have|will"
    r"|should|list|show|name|find)\b"
)
_JOINT = lazy(
    rf"(?:[?;]\s+(?:and\s+|also\s+)*|,\s*(?:and|also|plus)\s+|,?\s+and\s+)(?={_ASKS})", re.I
)
_FIRST = lazy(
    rf"(?:\A|,)\W*(?:(?:so|and|ok|okay|hi|hey|hello|please|then|also|but)\W+)*{_ASKS}", re.I
)
"""The first part asks. Else it tells what the question behind it is about: one search."""
_CLAUSE = lazy(r"\b(?:show|shows|tell|tells|explain|describe|know|see|find|say|says)\W*\Z", re.I)
"""`explain how and why`: what follows hangs on the verb."""
_MOST = 3
_PRONOUNS = frozenset("it its they them their this that these those".split())


def parts_of(text: str) -> tuple[str, ...]:
    """The questions in `text`, at most three; () where it is one."""
    found, start = [], 0
    for match in _JOINT.finditer(text):
        part = text[start : match.start()]
        if _says_something(part) and not _CLAUSE.search(part):
            found.append(part)
            start = match.end()
    found.append(text[start:])
    several = _FIRST.search(found[0]) and len(found) > 1 and all(map(_says_something, found))
    return tuple(part.strip(" ,;?.") for part in found[:_MOST]) if several else ()


def _says_something(part: str) -> bool:
    words = re.findall(r"[^\W_]+", part.lower())
    points = _PRONOUNS.intersection(words) and len(words) > 2
    return len(words) > 1 and bool(points or set(words) - STOPWORDS)
