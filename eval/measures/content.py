"""Does the answer hold what it should? Lists, facts, nuggets, and how long it is.

All are computed from the answer's JSON alone. A question that failed scores zero and stays in
the mean. Length in words stands beside every one of them, so that pouring out abstracts wins
nothing unnoticed; `fact@60` and the cap on a nugget's sentence make sure it wins little.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from eval.matching import any_stands_in, stands_in, words
from eval.measures.base import Measure, measure
from eval.runs import Case
from rag.records import Answer, Sentence

LIST_TYPES = ("topic", "filter")
FIRST_WORDS = 60
NUGGET_WORDS = 80

_MARKER = re.compile(r"\s?\[(\d+)\]")


def plain_text(answer: Answer) -> str:
    """The answer's text without its citation markers (a bracketed number that is no citation
    stays)."""
    numbers = {str(citation.n) for citation in answer.citations}
    return _MARKER.sub(lambda m: "" if m[1] in numbers else m[0], answer.text)


def cited_papers(answer: Answer, sentence: Sentence) -> set[str]:
    """Ids of the papers that a sentence cites."""
    return {c.paper_id for c in answer.citations if c.n in sentence.citations}


def list_precision(case: Case) -> float | None:
    """|put forward and relevant| / |put forward, not partial|, over topic and filter questions.

    In [0, 1]; 0 when nothing is put forward. A paper named twice is put forward once."""
    counts = _list_counts(case)
    return None if counts is None else _ratio(counts[0], counts[1])


def list_recall(case: Case) -> float | None:
    """|put forward and relevant| / |relevant|, over topic and filter questions. In [0, 1]."""
    counts = _list_counts(case)
    return None if counts is None else _ratio(counts[0], counts[2])


def list_f1(case: Case) -> float | None:
    """2 x hits / (|put forward, not partial| + |relevant|), the harmonic mean of a question's
    precision and recall; averaged over questions. In [0, 1]. van Rijsbergen 1979."""
    counts = _list_counts(case)
    return None if counts is None else _ratio(2 * counts[0], counts[1] + counts[2])


def _list_counts(case: Case) -> tuple[int, int, int] | None:
    """Hits, papers put forward that count, relevant papers."""
    question = case.question
    if question.type not in LIST_TYPES or not question.answerable:
        return None
    put_forward = set(case.answer.papers if case.answer else ()) - set(question.partial)
    relevant = set(question.relevant)
    return len(put_forward & relevant), len(put_forward), len(relevant)


def _ratio(numerator: int, denominator: int) -> float:
    return numerator / denominator if denominator else 0.0


def fact(case: Case) -> float | None:
    """1 when the answer states the fact and cites the right paper for it, else 0.

    States: one accepted string of every group stands in the text (see eval.matching). Cites: a
    sentence that holds such a string cites a relevant paper, for every group. Over the questions
    that list accepted strings. In {0, 1}. After exact match by inclusion, Mallen et al. 2023
    (PopQA)."""
    return _fact(case, None)


def fact_60(case: Case) -> float | None:
    """`fact`, of an answer that ends after its first 60 words: both the strings and the sentences
    that hold and cite them must stand there. In {0, 1}."""
    return _fact(case, FIRST_WORDS)


def _fact(case: Case, first: int | None) -> float | None:
    if not case.question.accepted:
        return None
    if case.answer is None:
        return 0.0
    answer, relevant = case.answer, set(case.question.relevant)
    text = " ".join(words(plain_text(answer))[:first])
    cited = [
        said
        for sentence, said in _beginnings(answer.sentences, first)
        if cited_papers(answer, sentence) & relevant
    ]
    return float(
        all(
            any_stands_in(group, text) and any(any_stands_in(group, said) for said in cited)
            for group in case.question.accepted
        )
    )


def _beginnings(sentences: Sequence[Sentence], first: int | None) -> Iterator[tuple[Sentence, str]]:
    """Sentences with what of their text is within the first words of all; None: everything."""
    left = first
    for sentence in sentences:
        said = words(sentence.text)[:left]
        yield sentence, " ".join(said)
        left = None if left is None else left - len(said)


def nugget_recall(case: Case) -> float | None:
    """Share of the question's nuggets that the answer makes, over questions with nuggets.

    A nugget is made when one sentence of at most 80 words holds all its strings and cites its
    paper. In [0, 1]. After Lin and Demner-Fushman 2005."""
    nuggets = case.question.nuggets
    if not nuggets:
        return None
    return sum(made) / len(made) if (made := nuggets_made(case)) else 0.0


def nuggets_made(case: Case) -> list[bool]:
    """For each nugget of the question, whether the answer makes it."""
    answer = case.answer
    if answer is None:
        return [False] * len(case.question.nuggets)
    return [
        any(
            len(words(sentence.text)) <= NUGGET_WORDS
            and nugget.paper in cited_papers(answer, sentence)
            and all(stands_in(string, sentence.text) for string in nugget.must_contain)
            for sentence in answer.sentences
        )
        for nugget in case.question.nuggets
    ]


def answer_words(case: Case) -> float | None:
    """Words of the answer's text (white space apart, citation markers not counted); their mean
    over the answers given. In [0, ∞)."""
    return None if case.answer is None else float(len(words(plain_text(case.answer))))


MEASURES: tuple[Measure, ...] = (
    measure("list_precision", "List precision", list_precision),
    measure("list_recall", "List recall", list_recall),
    measure("list_f1", "List F1", list_f1),
    measure("fact", "Fact accuracy", fact),
    measure("fact@60", "Fact in 60 words", fact_60),
    measure("nugget_recall", "Nugget recall", nugget_recall),
    measure("words", "Words an answer", answer_words, better="none", unit="count"),
)
