"""The table of constraints: every attribute once, merging, SQL, words, schema."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.constraints import constraint_in_words
from rag.fields import FIELDS, json_schema, merge, prefer
from rag.filters import Filters

NAMES = [attribute.name for attribute in fields(Filters)]
some = st.builds(
    Filters,
    date_from=st.sampled_from([None, "2023-01-01", "2025-03-01"]),
    date_to=st.sampled_from([None, "2024-12-31", "2022-06-30"]),
    upvotes_min=st.sampled_from([None, 3]),
    authors=st.sampled_from([None, ("Lee",), ("Smith", "Lee")]),
    sort=st.sampled_from([None, "date"]),
    not_about=st.sampled_from([None, ("tea",)]),
    limit=st.sampled_from([None, 2]),
)


def test_each_attribute_belongs_to_one_field() -> None:
    covered = [name for field in FIELDS.values() for name in field.attributes]
    assert sorted(covered) == sorted(NAMES)
    assert all(len(field.attributes) == len(field.schemas) for field in FIELDS.values())
    assert set(json_schema()["properties"]) == set(NAMES) - {"paper_ids"}


@pytest.mark.parametrize(
    ("stated", "together"),
    [
        ([Filters(date_from="2022-01-01"), Filters(date_to="2023-12-31")],
         Filters(date_from="2022-01-01", date_to="2023-12-31")),
        ([Filters(date_from="2022-01-01", date_to="2022-12-31"),
          Filters(date_from="2024-01-01", date_to="2024-12-31")],
         Filters(date_from="2022-01-01", date_to="2024-12-31")),
        ([Filters(date_from="2025-01-01"), Filters(date_to="2021-12-31")],
         Filters(date_from="2025-01-01", date_to="2021-12-31")),
        ([Filters(upvotes_min=5), Filters(upvotes_min=1, upvotes_max=9)],
         Filters(upvotes_min=5, upvotes_max=9)),
        ([Filters(sort="date", order="asc"), Filters(sort="upvotes", order="desc")],
         Filters(sort="date", order="asc")),
        ([Filters(authors=("Lee",)), Filters(authors=("Smith", "Lee"))],
         Filters(authors=("Lee", "Smith"))),
    ],
)  # fmt: skip
def test_merging(stated: list[Filters], together: Filters) -> None:
    assert merge(stated) == together


@given(some, some)
def test_merging_keeps_what_one_states(one: Filters, other: Filters) -> None:
    assert merge([one]) == one
    assert merge([one, Filters()]) == merge([Filters(), one]) == one
    assert prefer(one, Filters()) == prefer(Filters(), one) == one
    both = merge([one, other])
    stated = {name for name, field in FIELDS.items() if field.stated(one) or field.stated(other)}
    assert {name for name, field in FIELDS.items() if field.stated(both)} <= stated


@given(some)
def test_what_is_stated_is_told_and_met(filters: Filters) -> None:
    for name, field in FIELDS.items():
        assert bool(field.label(filters)) == field.stated(filters)
        if not field.stated(filters):
            assert not field.conditions(filters)
            assert not field.words(filters)
        for sql, values in field.conditions(filters):
            assert sql.count("?") == len(values), name
    assert constraint_in_words(Filters()) == ""
