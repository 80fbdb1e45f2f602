"""Questions about a paper's record: when it was published, its upvotes, source, link and authors.

`when was SPIRAL published?`, `which is newer, A or B?`, `who wrote the paper on curricula?` ask for
what the catalog holds and no abstract tells. The papers that a question names are `this paper`
here; what is left besides may only be words that ask. Which papers those are, and whether a record
has the field, is not known here.
"""

from __future__ import annotations

import re

from rag.question.coreference import content_of
from rag.records import RecordField
from rag.text.phrases import compiled

THIS = "this paper"
"""Stands in a question for each paper that it names."""
THAT_PAPER = r"this\ paper"
"""The same in patterns, where white space says nothing."""

_PUBLISHED = (
    r"(?:publish\w*|releas\w*|writ\w*|post\w*|appear\w*|com(?:e|ing)\s+out|dated|submit\w*|upload\w*"
    r"|introduc\w*|propos\w*|present\w*|made)"
)
_FIELDS: tuple[tuple[RecordField, re.Pattern[str]], ...] = (
    (
        "author_count",
        compiled(
            r"\b(?:how\s+many|number\s+of|more|fewer|less)\s+(?:co-?)?(?:authors?|people|researchers)\b"
        ),
    ),
    (
        "authors",
        compiled(
            r"""\bwho\s+(?:wrote|authored|published|made|created|proposed|introduced|developed
              |invented)\b
            |\bwho\s+(?:is|are|was|were)\s+(?:the\s+)?(?:\w+\s+)?authors?\b
            |\b(?:first|lead|last|senior|co-?)\s*-?authors?\b
            |\bauthors?\s+of\b|\b(?:name|list)\s+the\s+authors\b|\bby\s+whom\b
            |\bwhose\s+(?:paper|work)\b|\bwho(?:['’]s|\s+(?:is|are|was|were))\s+behind\b"""
        ),
    ),
    (
        "date",
        compiled(
            rf"""\bwhen\s+(?:was|were|did|is|has|had)\b[^?]*\b{_PUBLISHED}\b
            |\b(?:publication|release|publishing)\s+(?:date|year)\b
            |\b(?:and|or)\s+when\b
            |\b(?:date|year)\s+of\s+(?:publication|release|this)\b
            |\b(?:what|which)\s+(?:year|month|date|day)\b
            |\b(?:what|which)(?:['’]s|\s+(?:is|was))\s+the\s+(?:date|year)\b
            |\bhow\s+(?:old|new|recent)\b|\bwhen\s+(?:is|was)\s+this\s+paper\s+from\b
            |\b(?:newer|older|more\s+recent|earlier|later|most\s+recent|newest|oldest)\b
            |\b(?:came|comes|was|is|appeared|published|released|written)\s+(?:out\s+)?
              (?:first|before|after|earlier|later)\b
            |\A\W*(?:is|was|were|are)\s+(?:this\s+paper|it)\s+(?:already\s+)?
              (?:from|published|released|written|dated|out)\b"""
        ),
    ),
    (
        "upvotes",
        compiled(r"\b(?:up-?votes?|votes?|upvoted)\b|\b(?:how|more|less)\s+popular\b"),
    ),
    (
        "link",
        compiled(
            r"""\b(?:links?|urls?|dois?|arxiv|pdf|web\s?(?:page|site)|identifiers?)\b
            |\bwhere\s+(?:can|could|do|would)\s+(?:i|we|one)\s+(?:find|read|get|download|access)\b"""
        ),
    ),
    (
        "source",
        compiled(
            r"""\b(?:which|what)\s+(?:page|source|file|listing|list|input)\b
            |\b(?:source|origin)\s+of\b|\b(?:source|listing)\s+page\b
            |\bwhere\s+(?:does|is|was|did|do)\b[^?]*\b(?:from|listed|read|get|find)\b"""
        ),
    ),
)
_NOT_OF_IT = compiled(r"\b(?:code|github|data\s?sets?|weights|checkpoints?|demo|models?)\b")
"""A link to these is not the paper's."""
ASKING = frozenset(
    """
    able access after already appear appeared appears april arxiv august author authored authors
    before behind big came collection come coming corpus created date dated day days december
    developed did doi dois download earlier earliest exact exactly february fewer file find
    first from github has have higher how id identifier ids input introduced invented january
    july june know later latest lead less likes link links list listed listing made march may
    month months more most new newer newest november october off old older oldest online origin
    out page pages paper papers pdf people popular post posted present presented proposed
    publication publish published publishing read reader readers recent record recorded release
    released releasing researchers senior september source sources submit submitted text this
    tell title titled total twice upload uploaded upvote upvoted upvotes url urls vote votes web
    webpage website when where whether which who whom whose write written wrote year years
    """.split()
)
"""Words that ask for a record, or compare two."""
_RELATION = (
    r"(?:on|about|that|which|with|by|of|for|in|from|where|called|titled|introducing|proposing)"
)
_DESCRIBED = compiled(
    rf"""\b(?:the|that)\s+
    (?P<before>(?:(?!(?:of|in|by|for|the|does|did|was|is|to)\b)[\w./'’-]+\s+){{0,6}}?)
    (?:paper|article|study|survey|preprint|work)\b(?!s)
    (?P<behind>(?:\s+{_RELATION}\b[^?]*?)?)
    (?=\s+(?:(?:was|were|been|is)\s+)?(?:published|released|written|posted|appear(?:ed)?|come\s+out|out
      |have|has|had|get|got|received?|dated|submitted)\b|\s*[?.!,]|\s*\Z)"""
)
_LEADS = compiled(rf"\A\s*{_RELATION}\s+(?:is\s+about\s+)?")
_SINGLE = compiled(rf"\b(?:{THAT_PAPER}|it|its|they|them|their|one|ones)\b")


def fields_asked(text: str) -> tuple[RecordField, ...]:
    """The fields that `text`, with `THIS` for what it names, asks for; none where it asks for
    anything besides."""
    found = tuple(name for name, pattern in _FIELDS if pattern.search(text))
    if found[:2] == ("author_count", "authors"):
        found = found[1:] if len(found) > 2 else found[:1]
    if "source" in found and "link" in found:
        found = tuple(name for name in found if name != "source")
    if not found or ("link" in found and _NOT_OF_IT.search(text)):
        return ()
    left = content_of(_SINGLE.sub(" ", text)) - ASKING
    return () if any(not word.isdigit() for word in left) else found


def described(text: str) -> tuple[str, str]:
    """The one paper that `text` describes (`the paper on curricula`): its description, and the
    text with `THIS` in its place; empty where it describes none."""
    match = _DESCRIBED.search(text)
    if match is None:
        return "", ""
    behind = _LEADS.sub("", match["behind"]).strip()
    description = " ".join(f"{match['before']} {behind}".split())
    return description, f"{text[: match.start()]} {THIS} {text[match.end() :]}"
