"""Whose papers a question asks for: `papers by Jane Smith`, `what did Smith publish`, `Lee's work`.

A name in capitals counts behind words that plainly ask for an author; elsewhere, and in small
letters, only where somebody of that family name has written a paper of the corpus. Where no paper
names its authors nothing is read: `unrecorded` tells the user so.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

from rag.corpus.people import PARTICLES, family
from rag.filters import Filters
from rag.question.chips import Chip
from rag.question.periods import MONTH, SEASONS
from rag.question.unrecorded import ORGANISATION
from rag.text.patterns import lazy
from rag.text.phrases import DOCUMENT, compiled
from rag.text.words import STOPWORDS

_THINGS = rf"(?:{DOCUMENT}|research|anything|everything|something|stuff)"
_DONE = (
    r"(?:(?:that\s+|which\s+)?(?:(?:was|were|is|are)\s+)?"
    r"(?:co-?)?(?:written|published|authored|released|posted)\s+)"
)
_SEVERAL = r"(?P<names>[^?!:;()\[\]“”\"]{2,90})"
_ONE = r"(?P<names>[\w.’'-]+(?:\s+[\w.’'&-]+){0,4}?)"
_SHAPES = (
    compiled(rf"\b(?P<sure>{_THINGS}\s+|(?={_DONE}))(?P<cut>{_DONE}?by\s+)(?P<far>){_SEVERAL}"),
    compiled(
        rf"\b(?P<cut>(?P<sure>did|has|have|does)\s+{_ONE}\s+(?:ever\s+|also\s+)?(?:publish(?:ed)?|write|written"
        r"|(?:co-?)?author(?:ed)?|put\s+out))\b"
    ),
    compiled(
        rf"(?P<cut>(?<![\w’'-]){_ONE}['’]s?)\s+(?=(?:(?:latest|newest|recent|other|own|first)\s+)*{_THINGS}\b)"
    ),
    compiled(rf"(?P<cut>(?<![\w’'-]){_ONE}\s+et\s+al\b\.?)"),
    compiled(rf"\b(?P<cut>by\s+)(?P<far>){_SEVERAL}"),
    compiled(rf"\b{_THINGS}\s+(?P<cut>of\s+)(?P<far>){_SEVERAL}"),
)
"""sure: whoever is named is an author. cut: the words of the constraint. far: up to the end of the
names, which may be several; else just what is matched is the name."""
_NOT = compiled(r"\b(?:not|except|besides|without|excluding|than|nothing)\s+\Z")
_JOINT = lazy(r"\s*(?:,\s*(?:(?:and|or)\b|&)?|\b(?:and|or)\b|&)\s*(?:by\s+)?", re.IGNORECASE)
_WORD = lazy(r"\s*([^\W\d_](?:[\w’'-]|\.(?=\w))*\.?)")
_DAY = compiled(rf"(?:{MONTH}|{'|'.join(SEASONS)})(?!\s+[A-Z])")
_TOGETHER = lazy(r"\s+et\s+al\b\.?", re.IGNORECASE)
_ORGANISATION = lazy(ORGANISATION)
_MOST_WORDS = 4


def read_authors(text: str, known: Container[str]) -> Iterator[Chip]:
    """The constraint on authors, where there is one. known: family names of the corpus."""
    for shape in _SHAPES:
        for match in shape.finditer(text):
            said, far = match["names"], "far" in match.groupdict()
            if _NOT.search(text[: match.start("cut")]):
                continue
            names, length = _names(said, known, sure=bool(match.groupdict().get("sure")))
            if not names or not (far or length == len(said.rstrip(" .,"))):
                continue
            start = match.start("cut")
            end = match.start("names") + length if far else match.end("cut")
            by = Filters(authors=names)
            yield Chip(start=start, end=end, text=text[start:end].strip(), filters=by)
            return


def _names(said: str, known: Container[str], *, sure: bool) -> tuple[tuple[str, ...], int]:
    """The names that `said` begins with, and how far they go. Those with an `or` between them are
    one choice."""
    found: list[str] = []
    at = end = 0
    offered = False
    while length := _name(said[at:], known, sure=sure):
        name = _capitalised(said[at : at + length])
        found[-1:] = [f"{found[-1]} or {name}"] if offered else [*found[-1:], name]
        end = at + length
        if together := _TOGETHER.match(said, end):
            end = together.end()
        joint = _JOINT.match(said, end)
        if joint is None:
            break
        offered, at = "or" in joint[0].lower().split(), joint.end()
    return tuple(found), end


def _name(said: str, known: Container[str], *, sure: bool) -> int:
    """Length of the longest name that `said` begins with; 0 where it begins with none. sure: it is
    known to be an author's, so that capitals are enough; else the family is to be `known`."""
    longest = at = 0
    if _ORGANISATION.match(said) or _DAY.match(said):
        return 0
    for _ in range(_MOST_WORDS):
        match = _WORD.match(said, at)
        if match is None or _stops(match[1]):
            break
        at = match.end(1)
        name = said[:at]
        if match[1].lower() in PARTICLES:
            continue
        held = family(name.rstrip(".")) in known
        capital = all(word[0].isupper() for word in name.split() if word not in PARTICLES)
        if (held and (sure or capital)) or (sure and capital and not _shouted(name)):
            longest = at
    name = said[:longest]
    return len(name if re.search(r"\b[^\W\d_]\.\Z", name) else name.rstrip("."))


def _capitalised(name: str) -> str:
    """`jane van der berg` as she writes herself; other names as they are."""
    words = (word if word in PARTICLES else word.capitalize() for word in name.split())
    return " ".join(words) if name.islower() else name


def _stops(word: str) -> bool:
    return word.lower() in STOPWORDS and word.lower() not in PARTICLES and len(word.rstrip(".")) > 1


def _shouted(name: str) -> bool:
    """`GPT`: written as no name is."""
    return any(len(word) > 2 and word.isupper() for word in name.split())
