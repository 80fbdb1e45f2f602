"""Bounds on upvotes: at least, at most, exactly, between; `fewer than 3 upvotes`, `5-20 upvotes`.

Which order papers stand in by their upvotes is read in `ranks`. That votes are cast on answers as
well, and not on papers alone, is for the caller to see.
"""

from __future__ import annotations

import re

from rag.records import Filters
from rag.understand.chips import COUNT, compiled, count

VOTES = r"(?:(?:up-?)?votes?|likes?)"
_UPVOTES = r"(?:up-?votes?|likes?)"
"""Where nothing else tells: `majority voting with 5 votes` is no constraint."""
WITH = (
    r"(?:(?:with|having|(?:(?:that|which)\s+)?(?:have|has|had|got|get|received|receive)"
    r"|(?:and|but))\s+){0,2}"
)
_HAVING = r"(?:with|having|have|has|got|received)\s+"
_NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}}){{1,2}}|\d{{4,9}}|{COUNT}|zero)"
"""Of votes, which may be many; a number of papers beyond three digits is a year."""
_ABOVE = r"more\s+than|over|above|>"
_LEAST = r"at\s+least|(?:a\s+)?min(?:imum)?\.?(?:\s+of)?|not?\s+(?:fewer|less)\s+than|>=|≥"
_BELOW = r"(?<!no\ )(?<!not\ )(?:fewer|less)\s+than|under|below|<"
_MOST = r"at\s+most|up\s+to|(?:a\s+)?max(?:imum)?\.?(?:\s+of)?|not?\s+more\s+than|<=|≤"
_EXACT = r"exactly|precisely|just|only|=="
BOUND = f"(?:{_LEAST}|{_MOST}|{_ABOVE}|{_BELOW}|{_EXACT})"
_RANGE = (
    rf"(?:between\s+|from\s+)?(?P<low>{_NUMBER})\s*(?:[-–—]|\s(?:and|to)\s)\s*(?P<high>{_NUMBER})"
)
_SIDES = tuple(compiled(rf"(?:{side})\Z") for side in (_LEAST, _ABOVE, _MOST, _BELOW))

SHAPES = (
    rf"(?:,\s*)?\b{WITH}{_RANGE}\s+{VOTES}\b",
    rf"(?:,\s*)?\b{WITH}{VOTES}\s+(?:of\s+)?{_RANGE}\b",
    rf"(?:,\s*)?(?:\b{WITH}|(?<!\w))(?={BOUND})(?=[^.?!]{{0,40}}{VOTES}\b)"
    rf"(?P<bound>{BOUND})\s*(?P<n>{_NUMBER})"
    rf"(?:\s+{VOTES})?\s*,?\s*\b(?:and|but)\s+(?P<second>{BOUND})\s*(?P<m>{_NUMBER})(?:\s+{VOTES})?\b",
    rf"(?:,\s*)?(?:\b{WITH}|(?<!\w))(?P<bound>{BOUND})\s*(?P<n>{_NUMBER})\s+{VOTES}\b",
    rf"(?:,\s*)?\b{WITH}(?P<n>{_NUMBER})(?:(?P<more>\s*\+|\s+(?:or|and)\s+more)\s*{VOTES}"
    rf"|\s+{VOTES}\s+(?P<also>or|and)\s+more)\b",
    rf"(?:,\s*)?\b{WITH}(?P<n>{_NUMBER})\s+(?:(?P<fewer>or)\s+(?:fewer|less)\s+{VOTES}"
    rf"|{VOTES}\s+(?P<less>or)\s+(?:fewer|less))\b",
    rf"(?:,\s*)?\b{WITH}{VOTES}\s*(?:of\s+)?(?P<bound>{BOUND})\s*(?P<n>{_NUMBER})\b",
    rf"\bupvoted\s+(?P<bound>{BOUND})\s*(?P<n>{_NUMBER})\s+times\b",
    rf"(?:,\s*)?(?:\b(?:that|which)\s+)?\b{_HAVING}(?P<n>{_NUMBER})\s+{_UPVOTES}\b",
    rf"(?:,\s*)?(?:\b(?:that|which)\s+)?\b(?:{_HAVING}(?:no|not\s+any)|without(?:\s+any)?)(?P<none>\s+)"
    rf"{_UPVOTES}\b",
    r"(?:,\s*)?(?:\b(?:that|which)\s+(?:were|are|was|is)\s+)?\bnever\s+(?P<none>upvoted)\b",
)


def bounds(match: re.Match[str]) -> Filters | None:
    """The bounds that a match of `SHAPES` states; None where nothing is left (`under 0`)."""
    least, most = _stated(match.groupdict())
    if most is not None and most < (least or 0):
        return None
    return Filters(upvotes_min=least or None if most == 0 else least, upvotes_max=most)


def _stated(said: dict[str, str | None]) -> tuple[int | None, int | None]:
    """(least, most), inclusive."""
    if said.get("none"):
        return None, 0
    if (low := said.get("low")) and (high := said.get("high")):
        first, last = sorted((_count(low), _count(high)))
        return first, last
    number = _count(said["n"] or "")
    if said.get("more") or said.get("also"):
        return number, None
    if said.get("fewer") or said.get("less"):
        return None, number
    least, most = _side(said.get("bound"), number)
    if (bound := said.get("second")) and (second := said.get("m")):
        other = _side(bound, _count(second))
        least = other[0] if least is None else least
        most = other[1] if most is None else most
    return least, most


def _side(bound: str | None, number: int) -> tuple[int | None, int | None]:
    """(least, most), inclusive; both the number itself where the bound is none."""
    places = [at for at, side in enumerate(_SIDES) if bound and side.match(bound)]
    sides = ((number, None), (number + 1, None), (None, number), (None, number - 1))
    return sides[places[0]] if places else (number, number)


def _count(word: str) -> int:
    return 0 if word.strip().lower() == "zero" else count(word)
