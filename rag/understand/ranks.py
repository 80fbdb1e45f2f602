"""Words that ask for an order or a number of papers: most upvoted, newest, top 3, 5+ upvotes.

A number or a superlative counts only where it speaks of papers: `top 3 papers` and `the newest
work` do, `top-1 accuracy`, `the most popular optimizer` and `two papers turn …` do not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from rag.records import Filters, Order, SortKey
from rag.understand.chips import ADJECTIVES, COUNT, DOCUMENT, RESEARCH, Chip, compiled, count

_END = r"\s*(?:[.?!]+\s*)?\Z"
_PAPERS = rf"\s+{ADJECTIVES}{DOCUMENT}\b"
_ONE = compiled(r"\s+" + ADJECTIVES + r"(?:paper|article|publication|preprint|study|one)\b")
_ONE_BEFORE = compiled(r"\b(?:paper|article|publication|preprint|study|one)\s+\Z")
_NEWEST = r"newest|latest|most\ recent(?:ly\ published)?"
_OLDEST = r"oldest|earliest"
_WITH = r"(?:(?:with|having|(?:(?:that|which)\s+)?(?:have|has|got|received)|and)\s+)?"
_VOTES = r"(?:(?:up-?)?votes?|likes?)"
_NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}}){{1,2}}|\d{{4,9}}|{COUNT})"
"""Of votes, which may be many; a number of papers beyond three digits is a year."""
_FOLLOWED = (
    rf"(?={_END}|\s+(?:on|about|for|that|which|in|with|from|since|before|after|published|by)\b)"
)

Reading = Callable[[re.Match[str]], Filters | None]


def _limit(match: re.Match[str]) -> int | None:
    """The number beside the superlative, or one where a single paper is asked for."""
    for name in ("n", "m"):
        if match[name] and count(match[name]) > 0:
            return count(match[name])
    after, before = _ONE.match(match.string, match.end()), match.string[: match.start()]
    return 1 if after or _ONE_BEFORE.search(before) else None


def _upvoted(match: re.Match[str]) -> Filters | None:
    order: Order = "asc" if match["low"] else "desc"
    return Filters(sort="upvotes", order=order, limit=_limit(match))


def _dated(match: re.Match[str]) -> Filters | None:
    order: Order = "asc" if match["old"] else "desc"
    return Filters(sort="date", order=order, limit=_limit(match))


def _single(match: re.Match[str]) -> Filters | None:
    """`which of them is the newest?`"""
    return Filters(sort="date", order="asc" if match["old"] else "desc", limit=1)


def _sorted(match: re.Match[str]) -> Filters | None:
    by_votes = bool(re.search("vote|like|popular", match["by"], re.IGNORECASE))
    key: SortKey = "upvotes" if by_votes else "date"
    return Filters(sort=key, order="asc" if match["asc"] else "desc")


def _first(match: re.Match[str]) -> Filters | None:
    by_votes = bool(re.search("vote|popular|rated|liked", match["what"], re.IGNORECASE))
    return Filters(sort="upvotes" if by_votes else "date", order="asc" if match["old"] else "desc")


def _at_least(match: re.Match[str]) -> Filters | None:
    strictly = bool(re.match(r"more|over|above|>\Z", match["bound"] or "", re.IGNORECASE))
    return Filters(upvotes_min=count(match["n"]) + strictly)


def _only_limit(match: re.Match[str]) -> Filters | None:
    return Filters(limit=count(match["n"])) if count(match["n"]) else None


_BOUND = (
    r"at\s+least|a?\s*minimum(?:\s+of)?|not?\s+(?:fewer|less)\s+than|more\s+than|over|above"
    r"|>=|≥|>"
)
_LOOK_FOR = (
    r"(?:give\s+me|show(?:\s+me)?|list|name|find(?:\s+me)?|recommend|suggest|get\s+me"
    r"|tell\s+me\s+about|i\s+(?:need|want)|i['’]d\s+like|return|pick|cite)"
)
_SHAPES: tuple[tuple[str, Reading], ...] = (
    (
        rf"(?:,\s*)?\b(?P<what>{_NEWEST}|(?P<old>{_OLDEST})|(?:most|highest|top)[ -]"
        r"(?:upvoted|voted|rated|liked|popular))\s+(?:ones\s+|papers\s+)?first\b",
        _first,
    ),
    (
        r"(?:,\s*)?\b(?:(?:and\s+)?(?:sort|order|rank)(?:ed)?\s+(?:(?:them|these|it)\s+)?)?by\s+(?:the\s+)?"
        rf"(?:number\s+of\s+)?(?P<by>{_VOTES}|popularity|(?:publication\s+)?date|recency)"
        r"(?:\s*,?\s*\(?(?:(?P<asc>ascending)|descending)\)?)?\b",
        _sorted,
    ),
    (
        rf"(?:\b(?:the|your)\s+)?\b(?:top[ -])?(?P<n>\b{COUNT}\s+)?"
        r"\b(?:most|highest|best|top|(?P<low>least))"
        rf"[ -](?:(?:upvoted|voted|rated|liked)\b|popular\b(?={_PAPERS}|{_END}))"
        rf"(?P<m>\s+{COUNT}\b(?={_PAPERS}))?",
        _upvoted,
    ),
    (
        rf"\b(?P<n>(?!))?(?P<m>(?!))?(?P<low>(?!))?(?:(?:popular|trending)(?={_PAPERS})"
        r"|what(?:['’]s|\s+is)\s+(?:hot|popular|trending)\s+(?:in|on|for)\b)",
        _upvoted,
    ),
    (
        rf"\b{_WITH}(?:the\s+)?(?:most|highest(?:\s+number\s+of)?|(?P<low>fewest|least))\s+(?:up-?)?votes\b"
        r"(?P<n>(?!))?(?P<m>(?!))?",
        _upvoted,
    ),
    (rf"(?:,\s*)?\b{_WITH}(?P<bound>{_BOUND})\s*(?P<n>{_NUMBER})\s+{_VOTES}\b", _at_least),
    (
        rf"(?:,\s*)?\b{_WITH}(?P<n>{_NUMBER})(?P<bound>(?!))?"
        rf"(?:(?:\s*\+|\s+or\s+more|\s+and\s+more)\s*{_VOTES}|\s+{_VOTES}\s+(?:or|and)\s+more)\b",
        _at_least,
    ),
    (
        rf"(?:,\s*)?\b{_WITH}{_VOTES}\s*(?:of\s+)?(?P<bound>{_BOUND})\s*(?P<n>{_NUMBER})\b",
        _at_least,
    ),
    (rf"\bupvoted\s+(?P<bound>{_BOUND})\s*(?P<n>{_NUMBER})\s+times\b", _at_least),
    (
        rf"(?:\b(?:the|your)\s+)?\b(?:top\s+)?(?P<n>\b{COUNT}\s+)?"
        rf"\b(?:{_NEWEST}|recent(?!\s+(?:advances|progress|developments)\b)|(?P<old>{_OLDEST}))"
        rf"(?P<m>\s+{COUNT}\b)?(?=\s+{ADJECTIVES}{RESEARCH}\b)",
        _dated,
    ),
    (
        rf"\A(?:the\s+)?(?:{_NEWEST}|recent|(?P<old>{_OLDEST}))(?P<n>(?!))?(?P<m>(?!))?(?={_END})",
        _dated,
    ),
    (
        rf"(?:\bthe\s+)?\b(?:(?P<n>{COUNT})\s+)(?:{_NEWEST}|(?P<old>{_OLDEST}))(?P<m>(?!))?{_FOLLOWED}",
        _dated,
    ),
    (
        rf"(?:\bthe\s+)?\b(?:{_NEWEST}|(?P<old>{_OLDEST}))\s+(?P<n>{COUNT})(?P<m>(?!))?{_FOLLOWED}",
        _dated,
    ),
    (
        rf"\A(?:{_LOOK_FOR}\s+)?(?:the\s+)?last\s+(?P<n>{COUNT})(?P<m>(?!))?(?P<old>(?!))?(?={_PAPERS})",
        _dated,
    ),
    (
        r"\b(?:(?:more\s+recent|newer)|(?P<old>older))(?P<n>(?!))?(?P<m>(?!))?\s+(?:ones|papers|works?|studies)\b",
        _dated,
    ),
    (
        r"\b(?:recently\s+(?:published|released|posted)|(?:published|released|posted)\s+(?:very\s+)?recently)"
        r"\b(?P<n>(?!))?(?P<m>(?!))?(?P<old>(?!))?",
        _dated,
    ),
    (
        r"\b(?P<n>(?!))?(?P<m>(?!))?(?P<old>(?!))?(?:(?:the\s+)?new(?=\s+papers\b)"
        r"|(?<=\banything\ )(?:new|recent)\b)",
        _dated,
    ),
    (
        rf"\bwhat(?:['’]s|\s+is)\s+(?:new|the\s+(?:{_NEWEST}))(?P<n>(?!))?(?P<m>(?!))?(?P<old>(?!))?"
        rf"(?:\s+(?:in|on|for)\b|{_END})",
        _dated,
    ),
    (
        r"\b(?:is|was|were|came)\s+(?:(?:published|released|posted|written|out)\s+)?"
        rf"(?:(?P<old>first|earliest)|last|most\s+recently)(?={_END})",
        _single,
    ),
    (
        rf"\b(?:is|was)\s+(?:the\s+)?(?:{_NEWEST}|(?P<old>{_OLDEST}))(?:\s+one)?(?={_END})",
        _single,
    ),
    (
        rf"(?<!in\ )(?<!of\ )(?<!rank\ )(?<!among\ )(?<!within\ )(?:\b(?:the|your)\s+)?"
        rf"(?<!in\ the\ )(?<!of\ the\ )(?<!rank\ the\ )(?<!among\ the\ )\btop[ -](?P<n>{COUNT})\b"
        rf"(?={_PAPERS}|{_END}|\s+(?:on|about|for|since|before|after|from)\b|\s+(?:of|in)\s+(?:19|20)\d\d"
        rf"|\s+by\s+(?:number\s+of\s+)?(?:{_VOTES}|popularity|(?:publication\s+)?date|recency)\b)",
        _only_limit,
    ),
    (
        rf"\b(?:at\s+most|up\s+to|no\s+more\s+than|maximum)\s+(?P<n>{COUNT})\b(?={_PAPERS})",
        _only_limit,
    ),
    (
        rf"(?:\bthe\s+)?(?<![\w'’])(?P<n>{COUNT})\s+(?:best|top|most\s+relevant)\b(?:(?={_PAPERS})|{_FOLLOWED})",
        _only_limit,
    ),
    (
        rf"(?:\bthe\s+)?\b(?:best|most\s+relevant)\s+(?P<n>{COUNT})\b(?:(?={_PAPERS})|{_FOLLOWED})",
        _only_limit,
    ),
    (
        rf"\A(?P<n>{COUNT})\b(?={_PAPERS}{_FOLLOWED})(?!.*[.?!]\s+\S)",
        _only_limit,
    ),
    (
        rf"\A(?:{_LOOK_FOR}\s+)?(?:the\s+)?first\s+(?P<n>{COUNT})\b(?={_PAPERS}{_FOLLOWED})",
        _only_limit,
    ),
    (rf"(?:(?<=\s)|\A)(?P<n>{COUNT})\b(?={_PAPERS})", _only_limit),
)
_READERS = tuple((compiled(shape), reading) for shape, reading in _SHAPES)
_BALLOT = compiled(r"\b(?:votes?|likes?)\b")
_DOCUMENTS = compiled(rf"\b{DOCUMENT}\b")
"""Votes are cast on answers as well: they are those of readers only where papers are spoken of."""
_ASKED_FOR = compiled(rf"\b{_LOOK_FOR}\s+(?:(?:just|only|about|around|some|the)\s+)?\Z")


def read_ranks(text: str) -> Iterator[Chip]:
    """The constraints on upvotes, order and number, best reading first; spans do not overlap."""
    taken: list[tuple[int, int]] = []
    ordered = False
    for shape, reading in _READERS:
        for match in shape.finditer(text):
            start, end = match.span()
            if any(start < last and first < end for first, last in taken):
                continue
            # A plain number of papers limits only what is asked for: `give me 5 papers`.
            plain = match.re is _READERS[-1][0]
            if plain and not (ordered or _ASKED_FOR.search(text[:start])):
                continue
            if _BALLOT.search(match[0]) and not _DOCUMENTS.search(text):
                continue
            filters = reading(match)
            if filters:
                ordered = ordered or filters.sort is not None
                taken.append((start, end))
                yield Chip(start=start, end=end, text=match[0].strip(" ,"), filters=filters)
