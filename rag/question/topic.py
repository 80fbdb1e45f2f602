"""What a question is about: its text without words that state something else, and without words
that only ask (`can you give me`, `please`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from rag.question.phrases import MOST_TOKENS, Text
from rag.question.vocabulary import documents, words

_JOINTS = frozenset(["and", "but", "or", ",", ";"])
_ENDS = frozenset(".?!:;,")
_RELATIVE = ("that", "which", "where")
_RARELY = frozenset(["work", "works", "study", "one"])
"""Of the words for papers, those that are as often something else."""


def topic_of(text: Text, cut: Iterable[tuple[int, int]]) -> str:
    """The question without the cut words, what joined them, and the words that only ask; empty
    where it asks for papers without saying about what."""
    kept = _left_of(text, cut)
    kept = kept[_head(text, kept) :]
    kept = kept[: len(kept) - _tail(text, kept)]
    empty = documents().union(*map(words, ("openers", "asking", "leading", "closers", "filler")))
    if all(text.word(at) in empty or not text.word(at)[0].isalnum() for at in kept):
        return ""
    return _written(text, kept)


def _left_of(text: Text, cut: Iterable[tuple[int, int]]) -> list[int]:
    gone = {at for first, last in cut for at in range(first, last)}
    places = range(len(text.tokens))
    joints = {at for at in places if text.word(at) in _JOINTS and at + 1 in gone}
    gone |= {at for at in joints if at == 0 or at - 1 in gone}
    return [at for at in places if at not in gone]


def _head(text: Text, kept: Sequence[int]) -> int:
    """How many of the kept words only ask: a run of them up to one that leads on to the topic
    (`is there work on`) or to the end of a clause, or of those that may stand alone before it (`can
    you show me`)."""
    asking = documents().union(_RELATIVE, *map(words, ("asking", "openers", "leading", "filler")))
    anchor = openers = 0
    for number, at in enumerate(kept, 1):
        word, following = text.word(at), text.word(at + 1)
        modal = word in words("modals") and following not in words("modal_of")
        within = text.within_word(at) or text.within_word(at + 1)
        if word[0].isalnum() and (word not in asking or modal or within):
            break
        relative = word in _RELATIVE and text.word(at - 1) in documents()
        if word in words("leading") or relative or word in _ENDS:
            anchor = number
        if openers == number - 1 and (word in words("openers") or not word[0].isalnum()):
            openers = number
    return max(anchor, openers)


def _tail(text: Text, kept: Sequence[int]) -> int:
    """How many of the kept words at the end say no more than `papers, please`, or hung on what was
    cut behind them."""
    closers = words("closers") | (documents() - _RARELY)
    if kept and text.tokens[kept[-1] + 1 :]:
        closers |= words("dangling")
    closed = 0
    for number, at in enumerate(reversed(kept)):
        said = text.word(at)[0].isalnum()
        if text.within_word(at) or (said and text.word(at) not in closers):
            break
        closed = number + 1 if said else closed
    return closed


def _written(text: Text, kept: Sequence[int]) -> str:
    """The kept words as they stand in the question."""
    if len(kept) == len(text.tokens):
        return text.raw.strip()
    pieces: list[str] = []
    for before, at in pairwise([-2, *kept]):
        token = text.tokens[at]
        gap = text.raw[text.tokens[before].end : token.start] if before == at - 1 else " "
        pieces += gap, text.raw[token.start : token.end]
    rest = text.raw[text.tokens[-1].end :] if len(text.tokens) >= MOST_TOKENS else ""
    left = re.sub(r"[(\[][\s,]*[)\]]", " ", "".join(pieces) + rest)
    left = re.sub(r"\s+([,.;:?!)])", r"\1", re.sub(r"\s+", " ", left))
    left = re.sub(r"[,;:]+(?=[,.;:?!])", "", left).strip(" ,;:.?!–-")
    return left if left.count("(") == left.count(")") else left.strip("()")
