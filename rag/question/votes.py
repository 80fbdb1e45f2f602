"""Bounds on upvotes and on numbers of authors: at least, at most, exactly, between; `fewer than 3
upvotes`, `5-20 upvotes`, `by two authors`, `single-author`.

Which order papers stand in by their upvotes is read in `ranks`. That votes are cast on answers as
well, and not on papers alone, is for the caller to see.
"""

from __future__ import annotations

import re

from rag.filters import Filters
from rag.text.phrases import COUNT, compiled, count

VOTES = r"(?:(?:up-?)?votes?|likes?)"
AUTHORS = r"(?:listed\s+|named\s+|different\s+)?(?:co-?)?authors?"
_UPVOTES = r"(?:up-?votes?|likes?)"
"""Where nothing else tells: `majority voting with 5 votes` is no constraint."""
WITH = (
    r"(?:(?:with|having|(?:(?:that|which)\s+)?(?:have|has|had|got|get|received|receive)"
    r"|(?:and|but))\s+){0,2}"
)
_HAVING = r"(?:with|having|have|has|got|received)\s+"
_BY = rf"(?:{WITH}|(?:(?:that\s+(?:were|are)\s+)?written\s+)?by\s+)"
_NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}}){{1,2}}|\d{{4,9}}|{COUNT}|zero)"
"""Of votes, which may be many; a number of papers beyond three digits is a year."""
_ABOVE = r"more\s+than|over|above|>"
_LEAST = r"at\s+least|(?:a\s+)?min(?:imum)?\.?(?:\s+of)?|not?\s+(?:fewer|less)\s+than|>=|≥"
_BELOW = r"(?<!no\ )(?<!not\ )(?:fewer|less)\s+than|under|below|<"
_MOST = r"at\s+most|up\s+to|(?:a\s+)?max(?:imum)?\.?(?:\s+of)?|not?\s+more\s+than|<=|≤"
_EXACT = r"exactly|precisely|just|only|=="
BOUND = f"(?:{_LEAST}|{_MOST}|{_ABOVE}|{_BELOW}|{_EXACT})"
_RANGE = (
    rf"(?:between\s+|from\s+)?(?P<low>{_NUMBER})"
    rf"\s*(?:[-–—]|\s(?:and|to|or)\s)\s*(?P<high>{_NUMBER})"
)
_SIDES = tuple(compiled(rf"(?:{side})\Z") for side in (_LEAST, _ABOVE, _MOST, _BELOW))


def _shapes(things: str, with_: str) -> tuple[str, ...]:
    """How numbers of `things` are bounded behind `with_`, the words that may stand before."""
    have = rf"(?:,\s*)?(?:\b{with_}|(?<!\w))"
    return (
        rf"(?:,\s*)?\b{with_}{_RANGE}\s+{things}\b",
        rf"(?:,\s*)?\b{with_}{things}\s+(?:of\s+)?{_RANGE}\b",
        rf"{have}(?={BOUND})(?=[^.?!]{{0,40}}{things}\b)"
        rf"(?P<bound>{BOUND})\s*(?P<n>{_NUMBER})"
        rf"(?:\s+{things})?\s*,?\s*\b(?:and|but)\s+(?P<second>{BOUND})\s*(?P<m>{_NUMBER})(?:\s+{things}|(?!\s+(?:{VOTES}|{AUTHORS})))\b",
        rf"{have}(?P<bound>{BOUND})\s*(?P<n>{_NUMBER})\s+{things}\b",
        rf"(?:,\s*)?\b{with_}(?P<n>{_NUMBER})(?:(?P<more>\s*\+|\s+(?:or|and)\s+more)\s*{things}"
        rf"|\s+{things}\s+(?P<also>or|and)\s+more)\b",
        rf"(?:,\s*)?\b{with_}(?P<n>{_NUMBER})\s+(?:(?P<fewer>or)\s+(?:fewer|less)\s+{things}"
        rf"|{things}\s+(?P<less>or)\s+(?:fewer|less))\b",
        rf"(?:,\s*)?\b{with_}{things}\s*(?:of\s+)?(?P<bound>{BOUND})\s*(?P<n>{_NUMBER})\b",
    )


SHAPES = (
    *_shapes(VOTES, WITH),
    rf"\bupvoted\s+(?P<bound>{BOUND})\s*(?P<n>{_NUMBER})\s+times\b",
    rf"(?:,\s*)?(?:\b(?:that|which)\s+)?\b{_HAVING}(?P<n>{_NUMBER})\s+{_UPVOTES}\b",
)
SHAPES_OF_AUTHORS = (
    *_shapes(AUTHORS, _BY),
    rf"(?:,\s*)?\b(?:{_HAVING}|(?:written\s+)?by\s+)(?P<n>{_NUMBER})\s+{AUTHORS}\b",
    r"\b(?P<single>single|solo|sole|one)[\s-]author(?:ed)?\b",
    rf"\b(?P<n>{_NUMBER})-author(?:ed)?\b",
    r"\b(?P<several>multi|multiple|several)[\s-]author(?:ed)?\b",
)


def bounds(match: re.Match[str]) -> Filters | None:
    """The bounds that a match of `SHAPES` states; None where nothing is left (`under 0`)."""
    least, most = _stated(match.groupdict())
    if most is not None and most < (least or 0):
        return None
    return Filters(upvotes_min=least or None if most == 0 else least, upvotes_max=most)


def bounds_of_authors(match: re.Match[str]) -> Filters | None:
    """The same for `SHAPES_OF_AUTHORS`; every paper has at least one."""
    said = match.groupdict()
    if said.get("several"):
        return Filters(authors_min=2)
    least, most = (1, 1) if said.get("single") else _stated(said)
    if most is not None and most < max(least or 0, 1):
        return None
    return Filters(authors_min=least, authors_max=most)


def _stated(said: dict[str, str | None]) -> tuple[int | None, int | None]:
    """(least, most), inclusive."""
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
    word = word.strip().lower()
    return 0 if word == "zero" else count(word)
