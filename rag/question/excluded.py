"""What a question leaves out: subjects and kinds of papers (`outside of robotics`, `no surveys`),
and what papers are to do without (`without labels`).

The two mean different things. No abstract says that it is not about robotics, so what `except` and
its like name is looked for in order to avoid it. To do without labels is a property in the words
in which an abstract states it: those words stay in the topic.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rag.corpus.genres import is_genre
from rag.question.phrases import Match, Text
from rag.question.vocabulary import table, words
from rag.text.phrases import listed
from rag.text.words import STOPWORDS

_OBJECTS = frozenset(listed("the a an it its them their this that these any all much"))
_SUBJECTS = frozenset(listed("you they it we one there i"))
_MAY = frozenset(listed("can could may also might"))
_PROCESS = (
    "train", "tun", "learn", "prompt", "sampl", "plann", "reason", "distill", "prun", "label",
    "rank", "search", "cod", "process", "model", "comput", "rout", "cach", "embedd",
)  # fmt: skip
"""Heads of gerunds that name a thing; `without handing data over` is a verb."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOut:
    """terms: as written. lacking: papers do without them, rather than not be about them. unused:
    papers may not use them, or even mention that they do."""

    terms: tuple[str, ...]
    lacking: bool = False
    unused: bool = False


def things(text: Text, at: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    """A macro: noun phrases joined by `or`, and where nothing but the end of the clause is behind
    them by `and` and commas."""
    end, term = _thing(text, at)
    if not term:
        return
    terms = [term]
    yield end, (term,)
    while (word := text.word(end)) in ("or", "nor", "and", ",", "&", "/"):
        start = end + 1 + (text.word(end + 1) in ("or", "nor", "and", "no", "not"))
        end, term = _thing(text, start)
        if not term or text.word(start) in ("papers", "work", "works", "anything", "all"):
            return
        terms.append(term)
        closed = not text.word(end) or text.word(end) in ".?!;:),"
        closed = closed or text.word(end) in ("please", "pls", "in", "from", "since", "published")
        if word in ("or", "nor", "/") or closed:
            yield end, tuple(terms)


def _thing(text: Text, at: int) -> tuple[int, str]:
    """Where a noun phrase ends, and the phrase without articles and words such as `methods`."""
    while text.word(at) in words("links") and not text.within_word(at + 1):
        at += 1
    end, length = at, 0
    while (word := text.word(end)) and length < 5:
        inside = end > at and (text.within_word(end) or word == "'s")
        if not inside and (word in STOPWORDS or word in words("ends") or not word[0].isalnum()):
            break
        length += not inside
        end += 1
    if end == at:
        return at, ""
    first, last, genre = at, end, is_genre(_written(text, at, end))
    if not genre:
        while last > first + 1 and text.word(last - 1) in words("generic"):
            last -= 1
    empty = text.word(first) in words("no_thing") or text.word(last - 1) in words("bounds") | words(
        "generic"
    )
    empty = empty and not genre
    return end, "" if empty or text.word(first).isdigit() else _written(text, first, last)


def _written(text: Text, first: int, last: int) -> str:
    return text.raw[text.tokens[first].start : text.tokens[last - 1].end]


def left_out(match: Match, text: Text) -> LeftOut | None:
    """Of `except X`, `not about X`: papers are not about X."""
    behind = text.word(match.end)
    addressed = behind in _SUBJECTS or (
        behind == "," and text.word(match.end + 1) in _SUBJECTS and text.word(match.end + 2) in _MAY
    )
    said = text.words(match.start, match.end)
    using = table("macros")["about"]["used"].split("|")
    users = text.word(match.start - 1) in words("users")
    if match.found.get("about") == "used" and {"that", "which"} & set(said[:2]) and not users:
        return None  # of `robots that do not use maps` it is what they are
    if addressed and "besides" in said:
        return None  # `besides the text you can give poses` has poses added to the text
    if "outside" in said and text.word(match.start - 1) in ("in", "from", "with", "to", "the"):
        return None
    return LeftOut(terms=match.found["things"], unused=not set(said).isdisjoint(using))


def done_without(match: Match, text: Text) -> LeftOut | None:
    """Of `no X`, `without X`: papers do without X, or are no X where that is a kind of papers."""
    terms = match.found["things"]
    if any(
        text.word(at) == "no" and text.within_word(at + 1) for at in range(match.start, match.end)
    ):
        return None  # `no-regret learning`
    genres = [is_genre(term) for term in terms]
    if all(genres):
        return LeftOut(terms=terms)
    object_behind = text.word(match.end) in _OBJECTS
    things = tuple(term for term in terms if not any(genres) and _is_thing(term, object_behind))
    return LeftOut(terms=things, lacking=True) if things else None


def kinds_of_papers(match: Match, text: Text) -> LeftOut | None:
    """Of wordings that leave out kinds of papers alone."""
    return (
        LeftOut(terms=match.found["things"]) if all(map(is_genre, match.found["things"])) else None
    )


def shouted(match: Match, text: Text) -> LeftOut | None:
    """`tea NOT milk`, `tea -milk`, as search boxes have it."""
    sign, at = text.written(match.start), match.start
    glued = text.tokens[at].end == text.tokens[at + 1].start
    spaced = at > 0 and text.tokens[at - 1].end < text.tokens[at].start
    if sign == "NOT" or (sign in "-–−" and glued and spaced and len(match.found["things"][0]) > 2):
        return LeftOut(terms=match.found["things"])
    return None


def _is_thing(term: str, object_behind: bool) -> bool:
    """Not `handing` of `without handing it over`."""
    first, *others = term.lower().split()
    if not first.endswith("ing") or first.rpartition("-")[2].startswith(_PROCESS):
        return True
    return not (others or object_behind)
