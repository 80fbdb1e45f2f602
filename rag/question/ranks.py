"""Words that ask for an order or a number of papers: most upvoted, newest, top 3, 5+ upvotes.

A number or a superlative counts only where it speaks of papers: `top 3 papers` and `the newest
work` do, `top-1 accuracy`, `the most popular optimizer` and `two papers turn …` do not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from rag.filters import Filters, Order, SortKey
from rag.question.chips import Chip
from rag.question.votes import AUTHORS, SHAPES_OF_AUTHORS, VOTES, WITH, bounds, bounds_of_authors
from rag.question.votes import SHAPES as SHAPES_OF_VOTES
from rag.text.phrases import ADJECTIVES, COUNT, DOCUMENT, RESEARCH, compiled, count

_END = r"\s*(?:[.?!]+\s*)?\Z"
_PAPERS = rf"\s+{ADJECTIVES}{DOCUMENT}\b"
_ONE = compiled(r"\s+" + ADJECTIVES + r"(?:paper|article|publication|preprint|study|one)\b")
_ONE_BEFORE = compiled(r"\b(?:paper|article|publication|preprint|study|one)\s+\Z")
_NEWEST = r"newest|latest|most\ recent(?:ly\ published)?"
_OLDEST = r"oldest|earliest"
_PLACES = {
    word: place
    for place, words in enumerate(
        (
            "second 2nd", "third 3rd", "fourth 4th", "fifth 5th", "sixth 6th", "seventh 7th",
            "eighth 8th", "ninth 9th", "tenth 10th",
        ),
        start=1,
    )
    for word in words.split()
}  # fmt: skip
_PLACE = "|".join(_PLACES)
_NTH = rf"(?:(?P<nth>{_PLACE})[\s-]+(?:and\s+(?P<also>{_PLACE})[\s-]+)?)?"
"""`the second newest`, `the second and third newest`"""
_FOLLOWED = (
    rf"(?={_END}|\s+(?:on|about|for|that|which|in|with|from|since|before|after|published|by)\b)"
)

Reading = Callable[[re.Match[str]], Filters | None]


def _said(match: re.Match[str], name: str) -> str:
    """A group of the match; empty where it took no part, or the shape has none of that name."""
    return match.groupdict().get(name) or ""


def _skip(match: re.Match[str]) -> int | None:
    return _PLACES.get(_said(match, "nth").lower())


def _limit(match: re.Match[str]) -> int | None:
    """The number beside the superlative, or one where a single paper is asked for."""
    for name in ("n", "m"):
        if (number := _said(match, name)) and count(number) > 0:
            return count(number)
    if first := _skip(match):
        last = _PLACES.get(_said(match, "also").lower(), first)
        return max(last - first, 0) + 1
    after, before = _ONE.match(match.string, match.end()), match.string[: match.start()]
    return 1 if after or _ONE_BEFORE.search(before) else None


def _upvoted(match: re.Match[str]) -> Filters | None:
    order: Order = "asc" if _said(match, "low") else "desc"
    return Filters(sort="upvotes", order=order, limit=_limit(match), skip=_skip(match))


def _manned(match: re.Match[str]) -> Filters | None:
    order: Order = "asc" if _said(match, "low") else "desc"
    return Filters(sort="authors", order=order, limit=_limit(match), skip=_skip(match))


def _dated(match: re.Match[str]) -> Filters | None:
    order: Order = "asc" if _said(match, "old") else "desc"
    return Filters(sort="date", order=order, limit=_limit(match), skip=_skip(match))


def _single(match: re.Match[str]) -> Filters | None:
    """`which of them is the newest?`"""
    return Filters(sort="date", order="asc" if _said(match, "old") else "desc", limit=1)


def _sorted(match: re.Match[str]) -> Filters | None:
    by_votes = bool(re.search("vote|like|popular", match["by"] or "", re.IGNORECASE))
    key: SortKey = "authors" if match["manned"] else "upvotes" if by_votes else "date"
    return Filters(sort=key, order="asc" if _said(match, "asc") else "desc")


def _first(match: re.Match[str]) -> Filters | None:
    by_votes = bool(re.search("vote|popular|rated|liked", match["what"], re.IGNORECASE))
    return Filters(
        sort="upvotes" if by_votes else "date", order="asc" if _said(match, "old") else "desc"
    )


def _best(match: re.Match[str]) -> Filters | None:
    """`the best paper on tea`, `the second best paper`: one of those that match."""
    return Filters(limit=_limit(match) or 1, skip=_skip(match))


def _only_limit(match: re.Match[str]) -> Filters | None:
    return Filters(limit=count(match["n"])) if count(match["n"]) else None


_LOOK_FOR = (
    r"(?:give\s+me|show(?:\s+me)?|list|name|find(?:\s+me)?|recommend|suggest|get\s+me"
    r"|tell\s+me\s+about|i\s+(?:need|want)|i['’]d\s+like|return|pick|cite)"
)
_AT_MOST = (
    r"at\s+most|up\s+to|not?\s+more\s+than|max(?:imum)?\.?(?:\s+of)?"
    r"|limit(?:ed)?(?:\s+(?:it|this|to))*:?"
)
_SHAPES: tuple[tuple[str, Reading], ...] = (
    (
        rf"(?:,\s*)?\b(?P<what>{_NEWEST}|(?P<old>{_OLDEST})|(?:most|highest|top)[ -]"
        r"(?:upvoted|voted|rated|liked|popular))\s+(?:ones\s+|papers\s+)?first\b",
        _first,
    ),
    (
        r"(?:,\s*)?\b(?:(?:and\s+)?(?:sort|order|rank)(?:ed)?\s+(?:(?:them|these|it)\s+)?)?by\s+(?:the\s+)?"
        r"(?:(?P<manned>number\s+of\s+authors|author\s+count)|(?:number\s+of\s+)?"
        rf"(?P<by>{VOTES}|popularity|(?:publication\s+)?date|recency))"
        r"(?:\s*,?\s*\(?(?:(?P<asc>ascending)|descending)\)?)?\b",
        _sorted,
    ),
    (
        rf"(?:\b(?:the|your)\s+)?\b{_NTH}\b(?:top[ -])?(?P<n>\b{COUNT}\s+)?"
        r"\b(?:most|highest|best|top|(?P<low>least))"
        rf"[ -](?:(?:upvoted|voted|rated|liked)\b|popular\b(?={_PAPERS}|{_END}))"
        rf"(?P<m>\s+{COUNT}\b(?={_PAPERS}))?",
        _upvoted,
    ),
    (
        r"\b(?:(?:popular|trending|(?:highly|well|widely)[ -](?:upvoted|rated|liked|received))"
        + rf"(?={_PAPERS})"
        r"|what(?:['’]s|\s+is)\s+(?:hot|popular|trending)\s+(?:in|on|for)\b)",
        _upvoted,
    ),
    (
        rf"\b{WITH}(?:the\s+)?{_NTH}(?:most|highest(?:\s+number\s+of)?|(?P<low>fewest|least))\s+(?:up-?)?votes\b",
        _upvoted,
    ),
    *((shape, bounds) for shape in SHAPES_OF_VOTES),
    (
        rf"\b{WITH}(?:the\s+)?{_NTH}(?:most|highest(?:\s+number\s+of)?|largest\s+number\s+of"
        rf"|(?P<low>fewest|least|(?:lowest|smallest)\s+number\s+of))\s+{AUTHORS}\b",
        _manned,
    ),
    *((shape, bounds_of_authors) for shape in SHAPES_OF_AUTHORS),
    (
        rf"(?:\b(?:the|your)\s+)?\b{_NTH}\b(?:top\s+)?(?P<n>\b{COUNT}\s+)?"
        rf"\b(?:{_NEWEST}|recent(?!\s+(?:advances|progress|developments)\b)|(?P<old>{_OLDEST}))"
        rf"(?P<m>\s+{COUNT}\b)?(?=\s+{ADJECTIVES}{RESEARCH}\b)",
        _dated,
    ),
    (
        rf"\A(?:the\s+)?{_NTH}(?:{_NEWEST}|recent|(?P<old>{_OLDEST}))(?={_END})",
        _dated,
    ),
    (
        rf"\A(?:{_LOOK_FOR}\s+|what(?:['’]s|\s+is)\s+)?the\s+(?:{_NEWEST})(?=\s+(?:on|about|in|regarding)\b)",
        _dated,
    ),
    (
        rf"(?:\bthe\s+)?\b(?:(?P<n>{COUNT})\s+)(?:{_NEWEST}|(?P<old>{_OLDEST})){_FOLLOWED}",
        _dated,
    ),
    (
        rf"(?:\bthe\s+)?\b(?:{_NEWEST}|(?P<old>{_OLDEST}))\s+(?P<n>{COUNT}){_FOLLOWED}",
        _dated,
    ),
    (
        rf"\A(?:{_LOOK_FOR}\s+)?(?:the\s+)?last\s+(?P<n>{COUNT})(?={_PAPERS})",
        _dated,
    ),
    (
        r"\b(?:(?:more\s+recent|newer)|(?P<old>older))\s+(?:ones|papers|works?|studies)\b",
        _dated,
    ),
    (
        r"\b(?:recently\s+(?:published|released|posted)|(?:published|released|posted)\s+(?:very\s+)?recently)"
        r"\b",
        _dated,
    ),
    (
        r"\b(?:(?:the\s+)?new(?=\s+papers\b)"
        r"|(?<=\banything\ )(?:new|recent)\b)",
        _dated,
    ),
    (
        rf"\bwhat(?:['’]s|\s+is)\s+(?:new|the\s+(?:{_NEWEST}))"
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
        rf"|\s+by\s+(?:number\s+of\s+)?(?:{VOTES}|popularity|(?:publication\s+)?date|recency)\b)",
        _only_limit,
    ),
    (
        rf"\b(?:{_AT_MOST})\s+(?P<n>{COUNT})\b(?:(?={_PAPERS})|\s+(?:results|hits|items|ones)\b)",
        _only_limit,
    ),
    (
        rf"(?:,\s*|(?P<open>\()\s*|\s-+\s+)(?:{_AT_MOST}|only|just|show)\s+(?:me\s+)?(?:the\s+)?(?P<n>{COUNT})"
        rf"(?(open)\s*\)|(?={_END}))",
        _only_limit,
    ),
    (
        rf"\A(?:{_LOOK_FOR})\s+(?:(?:just|only|about|the)\s+)?(?P<n>{COUNT})(?={_END}|\s+(?:on|about)\b)",
        _only_limit,
    ),
    (
        rf"(?:\bthe\s+|\A)(?:single\s+)?{_NTH}(?:best|most\s+(?:relevant|important|fitting))"
        r"(?=\s+(?:paper|article|publication|preprint|study)\b(?!\s+awards?))",
        _best,
    ),
    (rf"\b(?P<n>{COUNT})\s+(?:good\s+)?examples?\s+of(?={_PAPERS})", _only_limit),
    (rf"(?:\A|,\s*)(?:just|only)\s+(?P<n>{COUNT})\b(?={_PAPERS})", _only_limit),
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
_BALLOT = compiled(r"\b(?:votes?|likes?|authors?)\b")
_DOCUMENTS = compiled(rf"\b{DOCUMENT}\b")
"""Votes are cast on answers as well, and books have authors: those of papers only where these are
spoken of."""
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
            plain = shape is _READERS[-1][0]
            if plain and not (ordered or _ASKED_FOR.search(text[:start])):
                continue
            if _BALLOT.search(match[0]) and not _DOCUMENTS.search(text):
                continue
            filters = reading(match)
            if filters:
                ordered = ordered or filters.sort is not None
                taken.append((start, end))
                yield Chip(start=start, end=end, text=match[0].strip(" ,"), filters=filters)
