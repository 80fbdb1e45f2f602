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
from rag.question.vocabulary import documents, words
from rag.text.words import STOPWORDS

_MOST_WORDS = 5
_PROCESS = ("train", "tun", "learn", "prompt", "sampl", "label", "reason", "search", "model")
"""Heads of gerunds that name a thing."""


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
        if not term or text.word(start) in documents():
            return
        terms.append(term)
        closed = text.word(end) in ("", *".?!;:),", "_close", "please", "in", "from", "since")
        if word in ("or", "nor", "/") or closed:
            yield end, tuple(terms)


def _thing(text: Text, at: int) -> tuple[int, str]:
    """Where a noun phrase ends, and the phrase without articles."""
    while text.word(at) in words("links") and not text.within_word(at + 1):
        at += 1
    end, length = at, 0
    while (word := text.word(end)) and length < _MOST_WORDS:
        inside = end > at and (text.within_word(end) or word == "'s")
        if not inside and (word in STOPWORDS or word in words("ends") or not word[0].isalnum()):
            break
        length += not inside
        end += 1
    if end == at or text.word(at) in words("no_thing") or text.word(at).isdigit():
        return end, ""
    return end, text.raw[text.tokens[at].start : text.tokens[end - 1].end]


def left_out(match: Match, text: Text) -> LeftOut | None:
    """Of `except X`, `not about X`: papers are not about X."""
    said, before = text.words(match.start, match.end), text.word(match.start - 1)
    if "outside" in said and before in ("in", "from", "with", "without", "to", "the"):
        return None  # `in outside sources`
    return LeftOut(terms=match.found["things"], unused=match.found.get("about") == "used")


def done_without(match: Match, text: Text) -> LeftOut | None:
    """Of `no X`, `without X`: papers do without X, or are no X where that is a kind of papers."""
    if any(text.word(at - 1) == "no" and text.within_word(at) for at in range(match.end)):
        return None  # `no-regret learning`
    terms = match.found["things"]
    if any(map(is_genre, terms)):
        return LeftOut(terms=terms) if all(map(is_genre, terms)) else None
    verb = text.word(match.end) in words("links")
    things = tuple(term for term in terms if not (_is_done(term) and (verb or " " in term)))
    return LeftOut(terms=things, lacking=True) if things else None


def _is_done(term: str) -> bool:
    """`handing` of `without handing it over`; not `training` of `without training data`."""
    first = term.lower().split()[0]
    return first.endswith("ing") and not first.rpartition("-")[2].startswith(_PROCESS)


def kinds_of_papers(match: Match, text: Text) -> LeftOut | None:
    """Of wordings that leave out kinds of papers alone."""
    terms = match.found["things"]
    return LeftOut(terms=terms) if all(map(is_genre, terms)) else None


def shouted(match: Match, text: Text) -> LeftOut | None:
    """`tea NOT milk`, `tea -milk`, as search boxes have it."""
    glued, spaced = text.touches(match.start + 1), not text.touches(match.start)
    if text.written(match.start) == "NOT" or (text.word(match.start) == "-" and glued and spaced):
        return LeftOut(terms=match.found["things"])
    return None
