"""Constraints in words: chips, the form."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.fields import FIELDS
from rag.filters import Filters
from tests.ui.web.chat.test_render import is_inert
from ui.web.chat.chips import chips, fields, filled_in, orders, put_back, taken_away, without
from ui.web.templates import fill


@pytest.mark.parametrize(
    ("filters", "labels"),
    [
        (Filters(), []),
        (Filters(date_from="2025-01-01", date_to="2025-12-31"), ["from 2025"]),
        (Filters(date_from="2023-01-01", date_to="2025-12-31"), ["from 2023 to 2025"]),
        (Filters(date_from="2025-10-01", date_to="2025-10-31"), ["from October 2025"]),
        (
            Filters(date_from="2025-02-01", date_to="2025-04-30"),
            ["from February to April 2025"],
        ),
        (
            Filters(date_from="2025-02-03", date_to="2025-04-30"),
            ["from 3 February 2025 to 30 April 2025"],
        ),
        (Filters(date_from="2025-02-03", date_to="2025-02-03"), ["published on 3 February 2025"]),
        (Filters(date_from="2025-02-01"), ["from 1 February 2025 on"]),
        (Filters(date_to="2025-02-01"), ["published by 1 February 2025"]),
        (
            Filters(upvotes_min=10, sort="date", order="desc", limit=1, paper_ids=("a", "b")),
            [
                "at least 10 upvotes",
                "only among 2 papers of this conversation",
                "latest first",
                "at most 1 paper",
            ],
        ),
        (Filters(upvotes_min=3, upvotes_max=3), ["exactly 3 upvotes"]),
        (Filters(upvotes_max=1), ["at most 1 upvote"]),
        (Filters(not_from="2024-01-01", not_to="2024-12-31"), ["not from 2024"]),
        (
            Filters(sort="upvotes", order="desc", limit=1, skip=2),
            ["most upvoted first", "only the third"],
        ),
        (
            Filters(not_about=("RL", "surveys"), lacking=("labels",)),
            ["not about “RL” or “surveys”", "does without “labels”"],
        ),
    ],
)
def test_constraints_in_words(filters: Filters, labels: list[str]) -> None:
    assert [chip.label for chip in chips(filters)] == labels
    for chip in chips(filters):
        assert chip.key in FIELDS
        assert [c.label for c in chips(without(filters, chip.key))] == [
            label for label in labels if label != chip.label
        ]


def test_what_the_form_has_no_field_for_stays() -> None:
    before = Filters(not_about=("RL",), lacking=(), not_from="2024-01-01", not_to="2024-12-31")
    again = filled_in({"upvotes_max": "4"}, before)
    assert again == replace(before, upvotes_max=4)
    # A chip taken away stays away when the question is read again.
    assert without(before, "not_about").not_about == ()


@given(
    st.dictionaries(
        st.sampled_from(["date_from", "date_to", "upvotes_min", "upvotes_max", "limit", "order"]),
        st.one_of(
            st.text(),
            st.integers(),
            st.none(),
            st.dates().map(str),
            st.sampled_from(["date desc", "date", "upvotes asc", "x y"]),
        ),
    )
)
def test_whatever_is_filled_in_gives_constraints(values: dict[str, object]) -> None:
    before = Filters(paper_ids=("a",))
    filters = filled_in(values, before)
    assert filters.paper_ids == ("a",)
    assert is_inert(fill("chat/turn:form", fields(filters), orders(filters)))
    assert filters.limit is None or filters.limit > 0
    chips(filters)


@given(
    st.builds(Filters, date_from=st.just("2025-01-01"), limit=st.sampled_from([None, 3])),
    st.sampled_from(sorted(FIELDS)),
)
def test_what_is_taken_away_can_be_put_back(stated: Filters, key: str) -> None:
    left = without(stated, key)
    gone = taken_away(stated, left)
    assert {chip.key for chip in gone} <= {key}
    back = put_back(left, stated, key)
    assert chips(back) == chips(stated)
    assert not taken_away(stated, back)
