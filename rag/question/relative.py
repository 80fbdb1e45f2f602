"""Papers asked for by their place beside one that the question names: `newer than X`, `more upvotes
than X`, `papers like X`. X is where one starts from, and no answer.

What X's record says is not known here: `beyond` reads the bounds off it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rag.filters import Filters, Relative, Side
from rag.question.recorded import THAT_PAPER
from rag.question.topic import is_filler, subject
from rag.records import Query
from rag.text.phrases import COUNT, DOCUMENT, compiled, count

_OUT = r"(?:(?:(?:that|which)\s+)?(?:(?:were|was|are|is|have\s+been|came|come|appeared)\s+)*)"
_DATED = r"(?:published|released|written|posted|dated|submitted|from|out)"
_CAME = rf"{_OUT}(?:{_DATED}\s+|(?<=\bpapers\ )|(?<=\bworks\ ))"
_IN = r"(?:(?:in|on|from|of)\s+)"
_UNITS: tuple[tuple[Side, str], ...] = (
    ("same_day", "(?:day|date)"),
    ("same_month", "month"),
    ("same_year", "year"),
)
_HAVING = r"(?:with|having|(?:that|which)\s+(?:have|had)|have)"
_MANNED: tuple[tuple[Side, str], ...] = (
    ("more_authors", "more"),
    ("fewer_authors", "(?:fewer|less)"),
)
_SIDES: tuple[tuple[Side, str], ...] = (
    (
        "after",
        rf"{_OUT}(?:{_DATED}\s+)?(?:newer|more\s+recent|later|younger)\s+than\s+{THAT_PAPER}",
    ),
    ("before", rf"{_OUT}(?:{_DATED}\s+)?(?:older|less\s+recent|earlier)\s+than\s+{THAT_PAPER}"),
    ("after", rf"{_CAME}(?:after|since|following)\s+{THAT_PAPER}"),
    ("before", rf"{_CAME}(?:before|prior\s+to|preceding)\s+{THAT_PAPER}"),
    (
        "more_upvotes",
        rf"(?:(?:with|having|(?:that|which)\s+(?:have|got)|have|got)\s+)?more\s+(?:up-?votes|likes)\s+than\s+{THAT_PAPER}"
        rf"|{_OUT}(?:more\s+(?:popular|upvoted|liked)|better\s+liked)\s+than\s+{THAT_PAPER}",
    ),
    (
        "fewer_upvotes",
        rf"(?:(?:with|having|(?:that|which)\s+(?:have|got)|have|got)\s+)?(?:fewer|less)\s+(?:up-?votes|likes)\s+than\s+{THAT_PAPER}"
        rf"|{_OUT}less\s+(?:popular|upvoted|liked)\s+than\s+{THAT_PAPER}",
    ),
    *(
        (
            side,
            rf"{_OUT}(?:{_DATED}\s+)?(?:(?:in|on|from|of)\s+)?the\s+same\s+{unit}\s+as\s+{THAT_PAPER}",
        )
        for side, unit in _UNITS
    ),
    (
        "same_upvotes",
        rf"(?:with|having|(?:that|which)\s+have|have)\s+(?:the\s+same\s+number\s+of|as\s+many)\s+(?:up-?votes|likes)"
        rf"\s+as\s+{THAT_PAPER}",
    ),
    *(
        (side, rf"(?:{_HAVING}\s+)?{word}\s+(?:co-?)?authors\s+than\s+{THAT_PAPER}")
        for side, word in _MANNED
    ),
    (
        "same_authors",
        rf"(?:{_OUT}(?:written\s+)?by\s+|(?:did|have|has)\s+)?the\s+(?:same\s+)?authors?\s+(?:as|of)\s+{THAT_PAPER}"
        rf"(?:\s+(?:also\s+)?(?:write|written|publish(?:ed)?))?",
    ),
    (
        "like",
        rf"{_OUT}(?:(?:most|very|closely)\s+)?(?:similar|related|akin|close(?:st)?|comparable|near(?:est)?)\s+to\s+{THAT_PAPER}"
        rf"|{_OUT}(?:just\s+)?like\s+{THAT_PAPER}|related\s+(?:works?|papers|research|literature)\s+(?:to|of|for)\s+{THAT_PAPER}"
        rf"|neighbou?rs\s+of\s+{THAT_PAPER}|in\s+the\s+(?:same\s+)?(?:vein|spirit|style)\s+(?:of|as)\s+{THAT_PAPER}",
    ),
)
_READERS = tuple((side, compiled(rf"\b(?:{shape})\b")) for side, shape in _SIDES)
_MANY = compiled(rf"\A\W*(?:the\s+)?(?P<n>{COUNT})\s*(?=\s{DOCUMENT}\b|\s*\Z)")
_OTHERS = compiled(rf"\b(?:else|other|same|{DOCUMENT}\s+(?:written\s+)?by)\b")
"""`the authors of X` are asked for themselves, unless others of their papers are."""
_OF_TWO = compiled(
    rf"\A\W*(?:is|was|are|were|does|do|did|has|have|when|how|why)\b|\b(?:{THAT_PAPER})\b.*\b(?:{THAT_PAPER})\b"
)
"""`is A newer than B?` asks about two records."""
_ASKING = compiled(
    r"\b(?:(?:any|some|other|more|further|all|me|please)\b|what\s+(?:else|other|came|has|have|is|are|was)\b"
    r"|(?:works?|papers|research|methods|approaches|ones)\b|(?:came|come|appeared|been)\b)"
)


def beside(
    query: Query, masked: str, topic: str, papers: Sequence[str], names: Iterable[str]
) -> Query | None:
    """`query` for the papers beside the one it names; None where it asks for none such. masked,
    topic: its text, and its topic, with `THIS` for that name, papers: whose it is."""
    if len(papers) != 1 or _OF_TWO.search(masked):
        return None
    for side, shape in _READERS:
        match = shape.search(masked)
        if match is None or (side == "same_authors" and not _OTHERS.search(masked)):
            continue
        # Without the words of other constraints, where these left the place alone.
        inside = shape.search(topic)
        text, (start, end) = (topic, inside.span()) if inside else (masked, match.span())
        rest = " ".join(f"{text[:start]} {text[end:]}".split())
        asked = subject(_MANY.sub("", rest)).strip(" ?.!,")
        return replace(
            query,
            relative=Relative(side=side, paper=papers[0], name=" ".join(names)),
            topic="" if is_filler(_ASKING.sub(" ", asked)) else asked,
            search="",
            kind="list",
            record=None,
            overview=(),
            seen=(*query.seen, papers[0]),
            filters=_kept(query.filters, rest),
        )
    return None


def _kept(filters: Filters, rest: str) -> Filters:
    """Without the order that `newer` and `more popular` are also read as; `the 3 papers like X`."""
    many = _MANY.search(rest)
    limit = filters.limit or (count(many["n"]) if many else None)
    return filters if filters.limit else replace(filters, sort=None, order=None, limit=limit)
