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
from rag.text.phrases import listed
from rag.text.words import STOPWORDS

EXCEPT = (
    "(other|different) (than|then|from)|apart from|aside from|besides|except [for]|excepting|barring|save for"
    "|(excluding|exclude|excl|sans) [.]|(leaving|leave) (out|aside)|outside [of]|(anything|everything|all) but"
    "|not counting|with the exception of|minus|as opposed to|neither"
)
DROP = "skip|skipping|ignore|ignoring|drop|omit|avoid|remove|hold|no more|spare me|forget|ditch|cut|never mind"
UNWANTED = (
    "(filter|filtering|throw|take|leave|leaving|rule|cut) out|(i|we) {dont} (want|need|care about|care for|like) [to see]"
    "|(i'm|i am|im|am|we are) not (interested in|looking for|after|into)|[with|have] no interest in|not interested in"
    "|{dont} (show|give|send|list|include|bring|return|tell|recommend|suggest|want) [me|us]"
    "|(enough|tired|sick) of|(i|we) (already|have already) (know|read|have|seen|know about)|get rid of"
)
"""Said for oneself; `DROP` is what methods do as well, so that it has to end a clause."""
AVOIDING = (
    "avoid|avoids|skip|skips|eliminate|eliminates|bypass|bypasses|forgo|drop|drops|(do|does) away with|dispense with"
    "|(do|get by|work|works|operate|function|run|succeed|train|learn|go) without|get rid of|remove the need for"
)
ABOUT = (
    "about|on|for|related to|concerned with|(focused|focusing|focus|focuses) on|(dealing|deal|deals) with"
    "|(covering|cover|covers)|[anything] to do with|have to do with"
)
USING = "using|use|uses|involving|involve|involves|including|include|includes|mentioning|mention|mentions|employ|employing"
_LINKS = frozenset(
    listed("""
    the a an any all anything everything something stuff those ones one papers paper work works studies
    articles that which is are were about on with using use uses involving involve related to dealing
    deal deals focusing focused focus focuses mention mentions mentioning from for in of having access
    need needing needs requiring require relying rely depend depending field area domain topic kind type
    your their these my some doing involved
    """)
)
_ENDS = STOPWORDS | frozenset(
    listed("""
    please pls published released posted written sorted newest latest oldest recent top otherwise since
    plz thanks thx that's preferably ideally yet instead needed required necessary excluded allowed
    available involved included
    """)
)
_GENERIC = frozenset(
    listed("""
    application applications approach approaches area areas domain domains field fields kind kinds
    method methods new old setting settings sort sorts technique techniques thing things topic topics
    stuff related based paper papers ones one
    """)
)
_BOUNDS = frozenset(
    listed("box context distribution distributions range support vocabulary window reach scope")
)
"""One generalises outside of these; no paper is about them."""
_NO_THING = frozenset(
    listed("""
    longer more less fewer matter ever even really idea doubt loss further compromising sacrificing
    losing degrading hurting harming forgetting problem problems only just merely simply necessarily
    always sure enough too so very every free first yes way better
    """)
)
_OBJECTS = frozenset(listed("the a an it its them their this that these any all much"))
_PROCESS = (
    "train", "tun", "learn", "prompt", "sampl", "plann", "reason", "distill", "prun", "label", "rank",
    "search", "cod", "process", "model", "comput", "rout", "cach", "embedd",
)  # fmt: skip
"""Heads of gerunds that name a thing; `without handing data over` is a verb."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOut:
    """terms: as written. lacking: papers do without them, rather than not be about them. unused:
    papers may not use them, or even mention that they do."""

    terms: tuple[str, ...]
    lacking: bool = False
    unused: bool = False


_USED = frozenset(USING.split("|"))


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
    while text.word(at) in _LINKS and not text.within_word(at + 1):
        at += 1
    end, words = at, 0
    while (word := text.word(end)) and words < 5:
        inside = end > at and (text.within_word(end) or word == "'s")
        if not inside and (word in _ENDS or not word[0].isalnum()):
            break
        words += not inside
        end += 1
    if end == at:
        return at, ""
    first, last = at, end
    if not is_genre(_written(text, at, end)):
        while last > first + 1 and text.word(last - 1) in _GENERIC:
            last -= 1
    empty = text.word(first) in _NO_THING or text.word(last - 1) in _BOUNDS | _GENERIC
    return end, "" if empty or text.word(first).isdigit() else _written(text, first, last)


def _written(text: Text, first: int, last: int) -> str:
    return text.raw[text.tokens[first].start : text.tokens[last - 1].end]


def left_out(match: Match, text: Text) -> LeftOut | None:
    """Of `except X`, `not about X`: papers are not about X."""
    behind = text.word(match.end)
    addressed = behind in ("you", "they", "it", "we", "one", "there", "i")
    said = text.words(match.start, match.end)
    if addressed and "besides" in said:
        return None  # `besides the text you can give poses` has poses added to the text
    if "outside" in said and text.word(match.start - 1) in ("in", "from", "with", "to", "the"):
        return None
    return LeftOut(terms=match.found["things"], unused=bool(_USED & set(said)))


def done_without(match: Match, text: Text) -> LeftOut | None:
    """Of `no X`, `without X`: papers do without X, or are no X where that is a kind of papers."""
    terms = match.found["things"]
    genres = [is_genre(term) for term in terms]
    if all(genres):
        return LeftOut(terms=terms)
    object_behind = text.word(match.end) in _OBJECTS
    things = tuple(term for term in terms if not any(genres) and _is_thing(term, object_behind))
    return LeftOut(terms=things, lacking=True) if things else None


def kinds_of_papers(match: Match, text: Text) -> LeftOut | None:
    """Of wordings that leave out kinds of papers alone."""
    return LeftOut(terms=match.found["things"]) if all(map(is_genre, match.found["things"])) else None


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
