"""What a question wants of what it names: a record, an overview, a definition; and questions that
cannot be looked for as they stand."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.corpus.identifiers import identifiers
from rag.question import Lexicon, understand
from rag.question.foreign import told
from rag.question.language import language_of
from rag.records import Paper, Query, Turn

LEXICON = Lexicon.from_papers(
    [
        Paper(
            paper_id="grip",
            title="DeepGrip: Grasping with Two Hands",
            abstract="We introduce DeepGrip, a policy for grasping. " * 3,
        ),
        Paper(
            paper_id="tide",
            title="TideNet: Forecasting the Sea from Buoys",
            abstract="We propose TideNet, which uses curriculum learning of waves. " * 12,
        ),
        Paper(
            paper_id="ppl",
            title="Preferences of Pairs",
            abstract="Pairwise Preference Learning (PPL) ranks. Catastrophic forgetting hurts." * 4,
        ),
        Paper(
            paper_id="other",
            title="Plans of Plans",
            abstract="Planned Plan Learning (PPL) plans. " * 4,
        ),
    ]
)


def read(question: str, *history: Turn) -> Query:
    return understand(question, lexicon=LEXICON, today=date(2026, 1, 31), history=history).query


@pytest.mark.parametrize(
    ("question", "fields", "papers"),
    [
        ("when was DeepGrip published?", ("date",), ("grip",)),
        ('when was "Forecasting the Sea from Buoys?" published', ("date",), ("tide",)),
        ("what year is TideNet from", ("date",), ("tide",)),
        ("was DeepGrip published in 2024?", ("date",), ("grip",)),
        ("is DeepGrip newer than TideNet?", ("date",), ("grip", "tide")),
        ("which has more upvotes, DeepGrip or TideNet?", ("upvotes",), ("grip", "tide")),
        ("how many upvotes does the DeepGrip paper have?", ("upvotes",), ("grip",)),
        ("who wrote TideNet?", ("authors",), ("tide",)),
        ("how many authors does DeepGrip have?", ("author_count",), ("grip",)),
        ("is there a link to DeepGrip?", ("link",), ("grip",)),
        ("which page is DeepGrip from?", ("source",), ("grip",)),
        ("when was the paper on grasping published?", ("date",), ()),
        ("who wrote the most upvoted paper?", ("authors",), ()),
    ],
)
def test_records_are_asked_for(
    question: str, fields: tuple[str, ...], papers: tuple[str, ...]
) -> None:
    asked = read(question).record
    assert asked is not None
    assert (asked.fields, asked.papers) == (fields, papers)


@pytest.mark.parametrize(
    "question",
    [
        "which papers were published in 2025?",
        "when was the telephone invented?",
        "what is the source of the instability in DeepGrip?",
        "which data sources does TideNet use?",
        "is there a link to the code of DeepGrip?",
        "papers with at least 5 upvotes",
        "who works on grasping?",
        "is there a link between waves and grasping?",
    ],
)
def test_other_questions_are_not_about_records(question: str) -> None:
    assert read(question).record is None


def test_a_date_asked_about_is_no_constraint() -> None:
    assert not read("was DeepGrip published in 2024?").filters
    assert read("papers on grasping from 2024").filters.date_from == "2024-01-01"


def test_the_record_of_the_paper_in_view() -> None:
    history = (
        Turn(role="user", content="who forecasts the sea?"),
        Turn(role="assistant", content="One does.", papers=("tide",)),
    )
    asked = read("when was it published?", *history).record
    assert asked is not None
    assert asked.papers == ("tide",)


@pytest.mark.parametrize(
    ("question", "papers"),
    [
        ("tell me about DeepGrip", ("grip",)),
        ("Forecasting the Sea from Buoys – what is it about?", ("tide",)),
        ("what does “DeepGrip: Grasping with Two Hands” propose?", ("grip",)),
        ("what are DeepGrip and TideNet about?", ("grip", "tide")),
        ("papers similar to DeepGrip", ()),
        ("which robots does DeepGrip use?", ()),
        ("compare DeepGrip and TideNet", ()),
        ("grasping", ()),
    ],
)
def test_overviews_are_of_what_is_named_alone(question: str, papers: tuple[str, ...]) -> None:
    assert read(question).overview == papers


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("what does PPL mean?", "PPL"),
        ("what's PPL", "PPL"),
        ("define catastrophic forgetting", "catastrophic forgetting"),
        ("what is a mixture of experts?", "mixture of experts"),
        ("what is the best paper?", ""),
        ("what is the root cause of forgetting?", ""),
        ("what are papers on grasping?", ""),
    ],
)
def test_terms_to_be_defined(question: str, term: str) -> None:
    query = read(question)
    assert query.term[:1] == ((term,) if term else ())
    if term == "PPL":
        assert {one.long for one in query.expansions} == {
            "Pairwise Preference Learning",
            "Planned Plan Learning",
        }


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Welche Arbeiten verhindern den Entropiekollaps?", "German"),
        ("Quels articles traitent de l'oubli catastrophique ?", "French"),
        ("¿Qué artículos tratan sobre el olvido?", "Spanish"),
        ("Come funziona MCTS nei modelli linguistici?", "Italian"),
        ("哪些论文研究了大语言模型的幻觉问题？", "Chinese"),
        ("強化学習でエントロピー崩壊を防ぐ論文は?", "Japanese"),
        ("which papers use α-divergence or λ-returns?", ""),
        ("was DeepGrip published in 2024?", ""),
        ("die hard negative mining", ""),
        ("Schrödinger bridges en masse", ""),
        ("RLVR", ""),
    ],
)
def test_languages(text: str, language: str) -> None:
    assert language_of(text) == language


def test_another_language_is_told_and_shared_terms_are_looked_for() -> None:
    query = read("welche Arbeiten nutzen curriculum und PPL?")
    assert query.topic == "curriculum PPL"
    assert "German" in next(told(query))


def test_an_unknown_identifier_is_told_and_the_rest_is_asked() -> None:
    alone = read("what is arXiv:2510.10150 about?")
    assert alone.nothing_asked
    assert "arXiv:2510.10150" in next(told(alone))
    beside = read("https://arxiv.org/abs/2510.10150 grasping with two hands")
    assert not beside.nothing_asked
    assert beside.topic == "grasping with two hands"


@given(st.text(max_size=200))
def test_identifiers_are_spans(text: str) -> None:
    text = f"{text} 10.1145/344{text[:3]}"
    for one in identifiers(text):
        assert re.sub(r"\s", "", text[one.start : one.end]) == re.sub(r"\s", "", one.text)
        assert all(one.keys)
