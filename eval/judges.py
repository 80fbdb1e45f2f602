"""Does a passage support a claim? Judges from the strictest to the most generous.

A judge sees a sentence of an answer and the passages it cites, nothing else. `Exact` and
`Overlap` need no model and are what the measures use; `Embedding` and `ModelJudge` cost time and go
to extra columns.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Protocol

from rag.answer.checks import SourceTerms, missing
from rag.ports import ChatModel, Embedder, Message

_WORD = re.compile(r"[^\W_]+")
_STOPWORDS = frozenset(
    "a an and are as at be been but by can could do does for from had has have how in into is it"
    " its may more most not of on or our such than that the their them then there these they this"
    " those to was we were what when which while who will with would you".split()
)


class Judge(Protocol):
    """`supports` may raise what its model raises."""

    @property
    def name(self) -> str: ...
    def supports(self, claim: str, passages: Sequence[str]) -> bool: ...


class Exact:
    """The claim stands literally in one passage (white space, case, LaTeX's backslashes, outer
    quotes and full stops aside)."""

    name = "exact"

    def supports(self, claim: str, passages: Sequence[str]) -> bool:
        folded = _fold(claim)
        return bool(folded) and any(folded in _fold(passage) for passage in passages)


class Overlap:
    """`Exact`, or: every number and name of the claim stands in the passages, and so do at least
    `share` of its content words (compared by their first six letters)."""

    name = "overlap"

    def __init__(self, share: float = 0.6) -> None:
        self.share = share

    def supports(self, claim: str, passages: Sequence[str]) -> bool:
        return _overlaps(claim, tuple(passages), self.share)


@functools.lru_cache(maxsize=1 << 14)
def _overlaps(claim: str, passages: tuple[str, ...], share: float) -> bool:
    # Remembered: a report asks the same of every answer for the whole, each type and each pair.
    if Exact().supports(claim, passages):
        return True
    if not passages or missing(claim, SourceTerms.of(passages)):
        return False
    wanted = _content(claim)
    held = _content(" ".join(passages))
    return bool(wanted) and len(wanted & held) >= share * len(wanted)


class Embedding:
    """`Exact`, or: every number and name of the claim stands in the passages, and the cosine of
    the claim with the nearest passage is at least `cosine`."""

    name = "embedding"

    def __init__(self, embedder: Embedder, cosine: float = 0.6) -> None:
        self.embedder = embedder
        self.cosine = cosine

    def supports(self, claim: str, passages: Sequence[str]) -> bool:
        if Exact().supports(claim, passages):
            return True
        if not passages or missing(claim, SourceTerms.of(passages)):
            return False
        vectors = self.embedder.embed_documents([claim, *passages])
        return bool((vectors[1:] @ vectors[0]).max() >= self.cosine)


class ModelJudge:
    """A chat model says yes or no. Raises ModelServerError; ValueError for any other reply."""

    name = "model"
    _PROMPT = (
        "You judge whether passages support a claim. They support it when someone who believes the"
        " passages must believe every part of the claim. Reply with one word: yes or no."
    )

    def __init__(self, model: ChatModel) -> None:
        self.model = model

    def supports(self, claim: str, passages: Sequence[str]) -> bool:
        if not passages:
            return False
        asked = "\n\n".join(
            [*(f"Passage {n}: {text}" for n, text in enumerate(passages, 1)), f"Claim: {claim}"]
        )
        messages = [
            Message(role="system", content=self._PROMPT),
            Message(role="user", content=asked),
        ]
        reply = "".join(delta.text for delta in self.model.stream(messages, max_tokens=8))
        verdict = re.match(r"\W*(yes|no)\b", reply, re.IGNORECASE)
        if verdict is None:
            raise ValueError(f"The judging model said neither yes nor no: {reply[:80]!r}")
        return verdict[1].lower() == "yes"


def _fold(text: str) -> str:
    return " ".join(text.replace("\\", "").split()).casefold().strip("\"'“”‘’. ")


def _content(text: str) -> set[str]:
    words = (word.casefold() for word in _WORD.findall(text))
    return {word[:6] for word in words if word not in _STOPWORDS}
