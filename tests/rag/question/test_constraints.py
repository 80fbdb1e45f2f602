"""Constraints: long tables of wordings, and what holds of any text."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.filters import Filters
from rag.question import read_constraints
from tests.rag.question.constraint_rows import NEGATIVE, POSITIVE
from tests.rag.question.constraint_rows_fourth import FOURTH_NEGATIVE, FOURTH_POSITIVE
from tests.rag.question.constraint_rows_later import LATER_NEGATIVE, LATER_POSITIVE
from tests.rag.question.constraint_rows_third import THIRD_NEGATIVE, THIRD_POSITIVE

TODAY = date(2025, 11, 21)

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


@pytest.mark.parametrize(
    ("question", "filters", "topic"), POSITIVE + LATER_POSITIVE + THIRD_POSITIVE + FOURTH_POSITIVE
)
def test_reads(question: str, filters: dict[str, object], topic: str | None) -> None:
    read = read_constraints(question, today=TODAY)
    assert read.filters == Filters(**filters)  # type: ignore[arg-type]
    if topic is not None:
        assert read.topic == topic


@pytest.mark.parametrize("question", NEGATIVE + LATER_NEGATIVE + THIRD_NEGATIVE + FOURTH_NEGATIVE)
def test_leaves_alone(question: str) -> None:
    read = read_constraints(question, today=TODAY)
    assert (read.filters, read.topic, read.chips) == (Filters(), question, ())


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
        ("papers of 30 February 2024", None, None),
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
    within = (chip.filters for chip in read.chips)
    assert all((f.date_from or "") <= (f.date_to or "9") for f in within)
    one_sided = sum(not (c.filters.date_from and c.filters.date_to) for c in read.chips)
    assert first is None or last is None or first <= last or one_sided > 1
    assert read.filters.limit is None or read.filters.limit > 0
    assert read.filters.skip is None or (read.filters.skip > 0 and read.filters.limit)
    assert (read.filters.not_from or "") <= (read.filters.not_to or "")
    votes = (read.filters.upvotes_min or 0, read.filters.upvotes_max)
    assert votes[1] is None or votes[1] >= 0
    assert (read.filters.sort is None) == (read.filters.order is None)
    # Chips lie in the text, in order, and state something.
    at = 0
    for chip in read.chips:
        assert at <= chip.start < chip.end <= len(text)
        assert chip.text in text[chip.start : chip.end]
        assert chip.filters
        at = chip.end
    # Taking words away invents none.
    left, had = (Counter(re.findall(r"\w+", each)) for each in (read.topic, text))
    assert left <= had


@given(texts)
def test_same_reading_every_time(text: str) -> None:
    assert read_constraints(text, today=TODAY) == read_constraints(text, today=TODAY)


@pytest.mark.parametrize("text", ["papers by Jan Novak", "papers by May Zhang on robots"])
def test_a_first_name_is_no_month(text: str) -> None:
    assert not read_constraints(text, today=date(2026, 11, 21)).filters
