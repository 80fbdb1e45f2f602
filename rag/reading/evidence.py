"""Which sentences of a paper are quoted, and as what: spans of whole sentences, literal."""

from __future__ import annotations

from collections.abc import Sequence

from rag.corpus.mentions import FREE, NEGATED, wording
from rag.reading.cues import cue
from rag.reading.overview import telling
from rag.reading.reader import Read, Sentence
from rag.records import Evidence, Paper

FIRST_WORDS = 60
"""Quotes that are together no longer than this stand in the order of the abstract; of longer ones
the surest comes first."""
_MOST_WORDS = 75
"""Of all quotes of one paper, unless the first sentence alone is longer."""
_SAME = 0.93
"""Cosine of two sentences from which the second says nothing new."""

Quotes = Sequence[tuple[Paper, Sequence[Sentence]]]
"""Papers with what is quoted of each."""


def evidence(quotes: Quotes) -> tuple[Evidence, ...]:
    """Under keys `E1`, `E2`, … in the order given."""
    flat = [(paper, sentence) for paper, chosen in quotes for sentence in chosen]
    return tuple(
        Evidence(key=f"E{n}", paper=paper, start=one.start, end=one.end, score=one.answers)
        for n, (paper, one) in enumerate(flat, start=1)
    )


def sentences_to_quote(
    read: Read,
    most: int,
    *,
    least: float,
    beside: Sentence | None = None,
    words: int = _MOST_WORDS,
) -> list[Sentence]:
    """The sentences of a paper that answer best, `most` of them: the best, `beside`, and those with
    a probability of `least`. One that opens with a pronoun takes the sentence before along."""
    ranked = sorted(read.sentences, key=lambda one: -one.answers)
    taken = _grounded(read, ranked[0], words)
    for one in [beside, *ranked[1:]] if beside else ranked[1:]:
        if len(taken) >= most or (one.answers < least and one is not beside):
            break
        new = one not in taken and not any(_same(one, other) for other in taken)
        fits = sum(other.words for other in taken) + one.words <= words
        leans = cue("dangles", read.paper.abstract[one.start : one.end])
        if new and fits and not (leans and _before(read, one) not in taken):
            taken.append(one)
    if sum(one.words for one in taken) <= FIRST_WORDS:
        taken.sort(key=lambda one: one.start)
    return taken


def _grounded(read: Read, best: Sentence, words: int) -> list[Sentence]:
    before = _before(read, best)
    leans = cue("dangles", read.paper.abstract[best.start : best.end])
    if leans and before is not None and before.words + best.words <= words:
        return [before, best] if before.words + best.words <= FIRST_WORDS else [best, before]
    return [best]


def _before(read: Read, sentence: Sentence) -> Sentence | None:
    at = read.sentences.index(sentence)
    return read.sentences[at - 1] if at else None


def _same(one: Sentence, other: Sentence) -> bool:
    if one.vector is None or other.vector is None:
        return False
    return float(one.vector @ other.vector) >= _SAME


def puts_forward(read: Read) -> Sentence:
    """The sentence that tells best what the paper is about."""
    (span,) = telling(read.paper, 1)
    return next(one for one in read.sentences if one.start == span.start)


def doing_without(read: Read, terms: Sequence[str]) -> Sentence | None:
    """The sentence that says that the paper does without one of `terms`; None where none does."""
    for one in read.sentences:
        text = read.paper.abstract[one.start : one.end]
        for match in (m for term in terms for m in wording(term).finditer(text)):
            before = text[max(0, match.start() - 60) : match.start()]
            if NEGATED.search(before) or FREE.match(text[match.end() - 1 :]):
                return one
            if before.lower().endswith(("un", "non-", "non")):
                return one
    return None
