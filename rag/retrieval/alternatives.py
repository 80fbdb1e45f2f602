"""Choices of words that a question offers (`speech or audio`), and the two sides of a comparison
(`RL vs SFT for reasoning`). Whoever meets one alternative meets the question: the words of the
others weigh nothing for that paper.

Words alone tell where an alternative ends: it is a run of words that carry meaning, and where one
run is longer than the other, what it has more is shared (`image generation or editing`, `images or
video generation`). What the words mean is not known here.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.ports import Vectors
from rag.text.patterns import lazy
from rag.text.words import STOPWORDS

Span = tuple[int, int]
Masks = tuple[NDArray[np.bool_], ...]
"""For each alternative of a choice (q,) which word pieces of the question are its own."""

_OR = lazy(r",?\s+or\s+", re.IGNORECASE)
_VERSUS = lazy(
    r"\s+(?:vs\.?|versus|compared\s+(?:to|with)|against|as\s+opposed\s+to|and|or|with|to|from"
    r"|(?:differs?|different|compares?)\s+(?:from|to|with))\s+(?:the\s+)?",
    re.IGNORECASE,
)
_TOKEN = lazy(r"[^\W_][\w.+^]*(?:-[\w.+^]+)*")
_GAP = lazy(r"\s+")
_LONGEST = 3
"""Words of an alternative."""
_POINT = 0.6
"""Share of a question's words, by weight, from which a choice is what it is about."""
_MOST = 8
"""Wordings of a question that are looked up."""


def choices(text: str) -> tuple[tuple[Span, ...], ...]:
    """Every choice in `text`, each with the spans of its alternatives, at least two."""
    found: list[tuple[Span, ...]] = []
    for joint in _OR.finditer(text):
        offered = _around(text, joint.start(), joint.end())
        if offered is None:
            continue
        if found and found[-1][-1][1] > offered[0][0]:  # `A or B or C`
            if found[-1][-1] == offered[0]:
                found[-1] = (*found[-1], offered[1])
            continue
        found.append((*_listed(text, offered[0][0]), *offered))
    return tuple(found)


def sides(text: str) -> tuple[Span, ...]:
    """The two phrases that a comparison sets against each other; none where the wording of `text`
    does not tell."""
    for joint in _VERSUS.finditer(text):
        if found := _around(text, joint.start(), joint.end()):
            return found
    return ()


def wordings(text: str) -> list[str]:
    """`text` with one alternative of each choice; the text itself where it offers none."""
    found = choices(text)
    spans = {span for choice in found for span in choice}
    kept = itertools.islice(itertools.product(*found), _MOST)
    return [_without(text, sorted(spans - set(chosen))) for chosen in kept]


def _without(text: str, spans: Sequence[Span]) -> str:
    for start, end in reversed(spans):
        text = f"{text[:start]} {text[end:]}"
    return text


def masks(text: str, begins: NDArray[np.int32], weights: Vectors) -> tuple[Masks, ...]:
    """The choices of `text` by its word pieces, which begin at `begins` (q,) and weigh `weights`
    (q,). Only a choice that is most of the question is one: in a long question, what `or` joins are
    mostly other words for the same, and a paper that has both is the better one."""
    found = []
    for choice in choices(text):
        held = tuple((begins >= start) & (begins < end) for start, end in choice)
        share = sum(float(weights[mask].sum()) for mask in held) / float(weights.sum())
        if share >= _POINT and all(weights[mask].sum() > 0 for mask in held):
            found.append(held)
    return tuple(found)


def weighed(best: Vectors, weights: Vectors, offered: Sequence[Masks]) -> Vectors:
    """(rows, q) weights summing to 1 for each paper: of each choice only the alternative that the
    paper comes nearest to weighs anything. best: (rows, q) cosines; weights: (q,)."""
    kept = np.tile(weights, (len(best), 1))
    for choice in offered:
        means = np.stack([best[:, mask] @ weights[mask] / weights[mask].sum() for mask in choice])
        chosen = means.argmax(axis=0)
        share = np.mean([weights[mask].sum() for mask in choice])
        for at, mask in enumerate(choice):
            taken = (chosen == at)[:, None] * (share / weights[mask].sum())
            kept[:, mask] *= taken
    return np.asarray(kept / np.maximum(kept.sum(axis=1, keepdims=True), 1e-9), np.float32)


def _around(text: str, start: int, end: int) -> tuple[Span, Span] | None:
    """The alternatives on both sides of a conjunction at (start, end)."""
    left, right = _run(text[:start], backwards=True), _run(text[end:], backwards=False)
    right = [(a + end, b + end) for a, b in right]
    if not left or not right:
        return None
    name = text[left[-1][0] : left[-1][1]]
    if len(right) > len(left) and not any(c.isupper() for c in name):
        right = right[: len(left)]
    left = left[-len(right) :]
    return (left[0][0], left[-1][1]), (right[0][0], right[-1][1])


def _run(text: str, *, backwards: bool) -> list[Span]:
    """The words that carry meaning, with nothing but space between them, at the end of `text`
    (`backwards`) or at its beginning."""
    spans = [match.span() for match in _TOKEN.finditer(text)]
    if backwards:
        spans.reverse()
    edge = len(text) if backwards else 0
    run: list[Span] = []
    for start, end in spans[:_LONGEST]:
        gap = text[end:edge] if backwards else text[edge:start]
        word = text[start:end].rstrip(".")
        if (gap and not _GAP.fullmatch(gap)) or word.lower() in STOPWORDS:
            break
        run.append((start, start + len(word)))
        if not backwards and len(word) < end - start:
            break
        edge = start if backwards else end
    return sorted(run)


def _listed(text: str, before: int) -> list[Span]:
    """Alternatives that stand before the first of two, a comma behind each: `A, B or C`."""
    found: list[Span] = []
    while match := re.search(r",\s+\Z", text[:before]):
        run = _run(text[: match.start()], backwards=True)[-2:]
        if not run:
            break
        found.insert(0, (run[0][0], run[-1][1]))
        before = run[0][0]
    return found
