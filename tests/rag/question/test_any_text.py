"""Whatever is typed is read, the same each time, and in steps in proportion to its length."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.records import Turn
from tests.rag.question.conversation_rows import ROWS
from tests.rag.question.grasping import LEXICON, read, user

turns = st.lists(
    st.builds(
        Turn,
        role=st.sampled_from(["user", "assistant"]),
        content=st.one_of(st.text(max_size=60), st.sampled_from([row[0] for row in ROWS])),
        papers=st.sampled_from([(), ("a",), ("a", "b", "c")]),
    ),
    max_size=5,
)


@given(st.one_of(st.text(max_size=120), st.sampled_from([row[0] for row in ROWS])), turns)
def test_any_conversation(question: str, history: list[Turn]) -> None:
    query = read(question, history).query
    assert query.question == question
    chosen = query.filters.paper_ids
    assert chosen is None or (chosen and set(chosen) <= set(LEXICON.titles))
    if not history:
        assert "— about:" in question or "— about:" not in query.standalone


ODD = st.sampled_from(
    [*(row[0] for row in ROWS), "9" * 3990, "top " + "9" * 3000 + " papers", "at least "
     + "9" * 1000 + " upvotes papers", "the last " + "9" * 500 + " years", "[" + "1" * 99 + "]",
     "papers of " + "1" * 5000, "not " * 900, "a" * 4000, "A" * 4000, "RH " * 1300, "(" * 4000,
     "outside of a " * 300, "in 2024, " * 400, "٣ papers", "²² papers since ²²", "\x00", "\ud800"]
)  # fmt: skip


@settings(deadline=None)
@given(st.one_of(st.text(max_size=4000), ODD), turns)
def test_anything_is_read_and_reads_the_same_again(question: str, history: list[Turn]) -> None:
    first = read(question, history)
    assert read(question, history) == first
    # The standalone question of a first turn needs no history, and is read as itself.
    if not history and not first.query.nothing_asked:
        again = read(first.query.standalone).query
        assert (again.kind, again.filters) == (first.query.kind, first.query.filters)
        assert (again.topic, again.without) == (first.query.topic, first.query.without)


@pytest.mark.parametrize(
    "text",
    ["2024 ", "of those ", "in the last ", "x", "(", "June to ", "not a ", "outside of a b ",
     "without ", "three papers ", "what about ", "RH ", "2024, ", "I can't ", "other than ", "- "],
)  # fmt: skip
def test_reading_takes_steps_in_proportion(text: str) -> None:
    """Twice the text, about twice the work: counted in calls, as a clock would be misled."""

    def steps(size: int) -> int:
        count = 0

        def counted(_frame: object, event: str, _arg: object) -> None:
            nonlocal count
            count += event in ("call", "c_call")

        sys.setprofile(counted)
        try:
            whole = text * (size // len(text))
            read(whole, (user(whole),))
        finally:
            sys.setprofile(None)
        return count

    assert steps(4000) < 3 * steps(2000) + 2000


@pytest.mark.parametrize("text", ["2024 ", "of those ", "in the last ", "x", "(", "June to "])
def test_long_questions_are_read_quickly(text: str) -> None:
    read(text * 20_000, (user(text * 1000),))
