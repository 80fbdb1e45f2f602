"""What a question is about: its text without words that state something else, and without words
that only ask (`can you give me an overview of`, `for my thesis`, `please`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise

from rag.question.phrases import MOST_TOKENS, Text, tokenise
from rag.question.vocabulary import documents, table, words

_ENDS = frozenset(".?!;:,–—")
_JOINTS = frozenset(["and", "but", "or", ",", ";"])
_ADDRESSED = ("you", "u", "i", "we", "someone")
_MODALS = {
    **dict.fromkeys(["can", "could", "would", "will", "may", "might"], _ADDRESSED),
    "how": ("many",),
}
"""Words that only ask before these alone."""
_FIRST_PERSON = frozenset("i i'm i've i'd im ive id we we're we've my our me".split())
_RARELY = frozenset(["work", "works", "study", "one"])
"""Of the words for papers, those that are as often something else."""


@cache
def _asking() -> frozenset[str]:
    return words("openers") | words("asking")


@cache
def _closers() -> frozenset[str]:
    polite = frozenset("please pls plz thanks thank thx cheers you ty asap".split())
    return polite | (documents() - _RARELY)


@cache
def _filler() -> frozenset[str]:
    """Words that ask for papers without saying about what."""
    subjects = {"findings", "takeaways", "question", "questions", "well"}
    lists = ("dangling", "leading", "filler")
    return (_asking() - subjects).union(_closers(), documents(), *map(words, lists))


def subject(text: str) -> str:
    """A text without the words that only ask; as it is where nothing would be left."""
    return topic_of(tokenise(text), []) or text


def is_filler(text: str) -> bool:
    """Whether a text asks for papers without saying about what."""
    return all(word in _filler() or not word[0].isalnum() for word in _words(text))


def asks_nothing(text: str, *, first: bool) -> bool:
    """Whether there is nothing to look up: `?`, `thanks!`, and as a `first` turn `the`, but not
    `all papers`."""
    said = [word for word in _words(text) if word[0].isalpha()]
    if words("pleasantries").issuperset(said):
        return not re.search(r"\d", text)
    return first and is_filler(text) and not about_papers(said)


def about_papers(said: Iterable[str]) -> bool:
    """Whether words speak of papers at large."""
    return not (documents() | words("of_papers")).isdisjoint(said)


def surely_papers(said: Iterable[str]) -> bool:
    """Whether there are words for papers that mean nothing else."""
    return not (documents() - _RARELY).isdisjoint(said)


def _words(text: str) -> list[str]:
    return [token.word for token in tokenise(text).tokens]


def topic_of(text: Text, cut: Iterable[tuple[int, int]]) -> str:
    """The question without the cut words, what joined them, and the words that only ask."""
    kept = _without_tail(text, _without_heads(text, left_of(text, cut)))
    if all(text.word(at) in _filler() or not text.word(at)[0].isalnum() for at in kept):
        return ""
    whole = len(kept) == len(text.tokens)
    return text.raw.strip() if whole else written(text, kept).rstrip(" .?!")


def left_of(text: Text, cut: Iterable[tuple[int, int]]) -> list[int]:
    gone = {at for first, last in cut for at in range(first, last)}
    places = range(len(text.tokens))
    joints = {at for at in places if text.word(at) in _JOINTS and at + 1 in gone}
    gone |= {at for at in joints if at == 0 or at - 1 in gone}
    return [at for at in places if at not in gone]


def written(text: Text, kept: Sequence[int]) -> str:
    """The kept words as they stand in the question."""
    if len(kept) == len(text.tokens):
        return text.raw.strip()
    pieces: list[str] = []
    for before, at in pairwise([-2, *kept]):
        token = text.tokens[at]
        if before != at - 1:
            pieces.append(" ")
        else:
            pieces.append(text.raw[text.tokens[before].end : token.start])
        pieces.append(text.raw[token.start : token.end])
    rest = text.raw[text.tokens[-1].end :] if len(text.tokens) >= MOST_TOKENS else ""
    return _tidy("".join(pieces) + rest)


def _tidy(text: str) -> str:
    text = re.sub(r"[(\[][\s,]*[)\]]", " ", text)
    text = re.sub(r"\s+([,.;:?!)])", r"\1", re.sub(r"\s+", " ", text))
    text = re.sub(r"[,;:]+(?=[,.;:?!])", "", text)
    text = re.sub(r"\A[\s,;:.?!–-]+|[\s,;:–-]+\Z", "", text)
    return text if text.count("(") == text.count(")") else text.strip("()")


def _without_heads(text: Text, kept: Sequence[int]) -> list[int]:
    """The kept words without those that only ask, sentence by sentence; clauses that say no more
    than who is asking go as a whole."""
    clauses: list[list[int]] = [[]]
    for at in kept:
        clauses[-1].append(at)
        if text.word(at) in _ENDS and not text.touches(at + 1):
            clauses.append([])
    left: list[int] = []
    starts = True
    for clause in clauses:
        said = {text.word(at) for at in clause if text.word(at)[0].isalnum()}
        if said and not said <= (_filler() | words("personal")):
            left += clause[_head(text, clause) :] if starts else clause
            starts = False
        elif not starts and not said - documents():
            left += clause
        if clause and text.word(clause[-1]) in (".", "?", "!", ":"):
            starts = True
    return left


def _head(text: Text, kept: Sequence[int]) -> int:
    """How many of the kept words only ask: `can you give me an overview of`."""
    anchor = openers = 0
    personal, only_opens = False, True
    papers = documents() | words("sources")
    for number, at in enumerate(kept):
        word = text.word(at)
        before = text.word(kept[number - 1]) if number else ""
        following = text.word(kept[number + 1]) if number + 1 < len(kept) else ""
        personal = personal or word in _FIRST_PERSON
        asks = word in _asking() or word in papers or (personal and word in words("personal"))
        if text.within_word(at) or text.within_word(at + 1):
            break
        if following not in _MODALS.get(word, (following,)):
            break
        only_opens = only_opens and (word in words("openers") or not word[0].isalnum())
        if only_opens and word not in _JOINTS:
            openers = number + 1
        treats = word in words("treating") and (before in papers or before in ("that", "which"))
        if word in words("leading") or treats or before in table("before").get(word, "").split():
            anchor = number + 1
        elif word in papers and following in table("behind_papers")["past"].split():
            anchor = number + 2
        elif (word in papers and following in table("behind_papers")["kept"].split()) or (
            word in (":", "–", "—") and number and before in _asking() | papers
        ):
            anchor = number + 1
        elif word[0].isalnum() and not asks:
            break
    return max(anchor, openers)


def _without_tail(text: Text, kept: Sequence[int]) -> list[int]:
    end = len(kept)
    whole = not any(word[0].isalnum() for word in text.words(kept[-1] + 1, 999)) if kept else True
    closers = _closers() if whole else _closers() | words("dangling")
    while end and (
        text.word(kept[end - 1]) in closers or not text.word(kept[end - 1])[0].isalnum()
    ):
        if text.within_word(kept[end - 1]):
            break
        closers = (
            closers if not text.word(kept[end - 1])[0].isalnum() else _closers() | words("dangling")
        )
        end -= 1
    closed = end < len(kept) and any(text.word(at)[0].isalnum() for at in kept[end:])
    return list(kept[:end] if closed else kept)
