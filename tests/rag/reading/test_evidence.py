"""Which sentences are quoted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rag.reading.evidence import doing_without, sentences_to_quote
from rag.reading.reader import Read, Sentence
from rag.text.sentences import sentence_spans
from tests.corpus import paper


def read(text: str, chances: list[float]) -> Read:
    spans = sentence_spans(text)
    return Read(
        at=0,
        paper=paper(0, text=text),
        belongs=0.9,
        sentences=tuple(
            Sentence(
                start=span.start,
                end=span.end,
                words=len(text[span.start : span.end].split()),
                answers=chance,
            )
            for span, chance in zip(spans, chances, strict=True)
        ),
    )


def texts(one: Read, sentences: list[Sentence]) -> list[str]:
    return [one.paper.abstract[s.start : s.end] for s in sentences]


TEXT = "Labels are costly. We train without labels. It halves the cost. Code is online."


def test_a_sentence_that_opens_with_a_pronoun_takes_the_one_before_along() -> None:
    one = read(TEXT, [0.1, 0.2, 0.8, 0.1])
    assert texts(one, sentences_to_quote(one, 1, least=0.5)) == [
        "We train without labels.",
        "It halves the cost.",
    ]


def test_a_second_sentence_needs_a_probability() -> None:
    one = read(TEXT, [0.4, 0.8, 0.1, 0.1])
    assert len(sentences_to_quote(one, 2, least=0.5)) == 1
    assert texts(one, sentences_to_quote(one, 2, least=0.3)) == [
        "Labels are costly.",
        "We train without labels.",
    ]


def test_doing_without_is_said() -> None:
    one = read(TEXT, [0.1] * 4)
    assert one.paper.abstract.index("We train") == doing_without(one, ["labels"]).start  # type: ignore[union-attr]
    assert doing_without(one, ["code"]) is None
    assert doing_without(one, ["rewards"]) is None


@given(st.lists(st.floats(0, 1), min_size=4, max_size=4), st.integers(1, 4), st.floats(0, 1))
def test_quotes_are_sentences_of_the_abstract(
    chances: list[float], most: int, least: float
) -> None:
    one = read(TEXT, chances)
    found = sentences_to_quote(one, most, least=least)
    assert 1 <= len(found) <= max(2, most)
    assert len(set(found)) == len(found)
    assert set(found) <= set(one.sentences)
    assert one.best.answers in [sentence.answers for sentence in found]
