"""Constraints: long tables of wordings, and what holds of any text."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.fields import FIELDS
from rag.filters import Filters
from rag.question.constraints import read_constraints
from rag.question.topic import subject
from rag.question.vocabulary import table
from rag.question.wordings import STATES
from tests.rag.question.halves import TODAY, scored

PIECES = """
    in from since before after until by between and to of the on or - – , ( ) ? 2024 2023 2026
    1999 October Oct. May march Q3 H1 spring early late last past this year months 6 three top most
    upvoted popular recent newest oldest papers paper agents AIME votes upvotes at least more than
    not newer older 2025-10-11 31 30 February onwards only please 1990s 0 99 no nothing except > <=
    2022+ fewer between exactly upvote second third best show me max limit Q1 summer week decade ago
    12/09/2025 99/99/2025 zero never upvoted but half a dozen
"""
texts = st.one_of(
    st.text(max_size=80), st.lists(st.sampled_from(PIECES.split()), max_size=14).map(" ".join)
)
days = st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 12, 31))


FLOORS = {
    "seen constraint": 0.97, "aside constraint": 0.95,
    "seen trap": 0.95, "aside trap": 0.9,
    "seen exclusion": 0.95, "aside exclusion": 0.85,
    "wordings constraint": 0.55, "wordings exclusion": 0.55, "wordings form": 0.45,
}  # fmt: skip
"""Shares of wordings that are read right, fields and topic. The rows are what one writer took them
to mean, and some can be read in other ways."""


def test_most_wordings_are_read() -> None:
    found: dict[str, list[bool]] = {}
    for group, _row, fields, topic in scored():
        found.setdefault(group, []).append(fields and topic)
    shares = {group: sum(right) / len(right) for group, right in found.items()}
    assert {group for group, share in shares.items() if share < FLOORS[group]} == set()
    assert shares.keys() == FLOORS.keys()


def test_every_field_is_worded() -> None:
    assert STATES.keys() - {"form", "frame"} == FIELDS.keys()
    assert [name for name, states in STATES.items() if not states] == ["papers"]
    for name, states in STATES.items():
        assert not states or set(table(name)) == set(states)


@pytest.mark.parametrize(
    "question",
    ["results on AIME 2024", "is GPT-4 better?", "top-k sampling", "twice as fast, or 2x faster",
     "first-order methods", "popular benchmarks", "table understanding", "paragraph retrieval",
     "non-autoregressive translation", "training-free search", "why does RL not converge?",
     "skip connections", "models that do not use their context", "bullet time effects",
     "generalization outside of the training distribution", "drinkers who do not like tea"],
)  # fmt: skip
def test_what_only_looks_like_a_constraint_is_searched_for(question: str) -> None:
    read = read_constraints(question, today=TODAY)
    assert (read.filters, read.form, read.topic) == (Filters(), None, question)


@pytest.mark.parametrize(
    ("asked", "kind", "count"),
    [
        ("five bullets on {}", "bullets", 5),
        ("a table of {}", "table", None),
        ("{} in a table, please", "table", None),
        ("related work on {}", "paragraph", None),
        ("give me a paragraph about {}", "paragraph", None),
        ("summarise the state of {}", "summary", None),
        ("what should I read on {}?", "reading_order", None),
        ("in two sentences: {}", "short", 2),
    ],
)
def test_forms_are_no_topic(asked: str, kind: str, count: int | None) -> None:
    read = read_constraints(asked.format("tea ceremonies"), today=TODAY)
    assert read.form is not None
    assert (read.form.kind, read.form.count, read.topic) == (kind, count, "tea ceremonies")


@pytest.mark.parametrize(
    "asked",
    [
        "list all papers about {}",
        "what has been published on {}?",
        "suggest reading on {}",
        "anything interesting about {}?",
        "{} papers please, I am writing a review",
        "Please list everything on {}.",
        "can you recommend some papers about {}",
        "introduction to {}",
        "what is known about {}?",
        "I'm interested in {}",
        "I need references for {}",
        "which papers discuss {}?",
        "recent advances in {}",
        "for my thesis I need work on {}",
    ],
)
def test_words_that_only_ask_are_no_topic(asked: str) -> None:
    assert subject(asked.format("tea ceremonies")) == "tea ceremonies"


@pytest.mark.parametrize(
    "asked", ["how is reading on screens studied?", "papers", "tea", "can tea cool?"]
)
def test_what_says_more_stays(asked: str) -> None:
    assert subject(asked) == asked


@pytest.mark.parametrize(
    "question", ["", "papers", "show me all the papers please", "what came out?"]
)
def test_asking_for_papers_is_no_topic(question: str) -> None:
    assert read_constraints(question, today=TODAY).topic == ""


@pytest.mark.parametrize(
    ("question", "date_from", "date_to"),
    [
        ("papers from 2022 and papers from 2024", "2022-01-01", "2024-12-31"),
        ("papers after 2024 and before 2022", "2025-01-01", "2021-12-31"),
        ("papers since 2022, before 2024", "2022-01-01", "2023-12-31"),
        ("papers of 30 February 2024", "2024-02-01", "2024-02-29"),
    ],
)
def test_constraints_together(question: str, date_from: str | None, date_to: str | None) -> None:
    filters = read_constraints(question, today=TODAY).filters
    assert (filters.date_from, filters.date_to) == (date_from, date_to)


@given(texts, days)
def test_any_text(text: str, today: date) -> None:
    read = read_constraints(text, today=today)
    first, last = (
        date.fromisoformat(day) if day else None
        for day in (read.filters.date_from, read.filters.date_to)
    )
    within = (chip.filters for chip in read.stated)
    assert all((f.date_from or "") <= (f.date_to or "9") for f in within)
    one_sided = sum(not (c.filters.date_from and c.filters.date_to) for c in read.stated)
    assert first is None or last is None or first <= last or one_sided > 1
    assert subject(text) == subject(subject(text)) or subject(text)
    assert read.filters.limit is None or read.filters.limit > 0
    assert read.filters.skip is None or (read.filters.skip > 0 and read.filters.limit)
    assert (read.filters.not_from or "") <= (read.filters.not_to or "")
    votes = (read.filters.upvotes_min or 0, read.filters.upvotes_max)
    assert votes[1] is None or votes[1] >= 0
    assert (read.filters.sort is None) == (read.filters.order is None)
    # Chips lie in the text, in order, and state something.
    at = 0
    for chip in read.stated:
        assert at <= chip.start < chip.end <= len(text)
        assert chip.text in text[chip.start : chip.end]
        assert chip.filters
        at = chip.end
    # Taking words away invents none.
    left, had = (Counter(re.findall(r"[^\W_]+", each)) for each in (read.topic, text))
    assert left <= had


@given(texts)
def test_same_reading_every_time(text: str) -> None:
    assert read_constraints(text, today=TODAY) == read_constraints(text, today=TODAY)


@pytest.mark.parametrize("text", ["papers by Jan Novak", "papers by May Zhang on robots"])
def test_a_first_name_is_no_month(text: str) -> None:
    assert not read_constraints(text, today=date(2026, 11, 21)).filters
