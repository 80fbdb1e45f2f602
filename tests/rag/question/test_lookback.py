"""A conversation may be as long as it likes: a turn reads its end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.adapters.fakes import HashEmbedder
from rag.assistant import Assistant
from rag.config import Config
from rag.question.lookback import CHARACTERS, MESSAGES, recent
from rag.records import Turn
from rag.storage.index_manager import IndexManager
from tests.corpus import filled
from tests.rag.question.grasping import ROBOTS, read, talk

LONG = "papers on grasping " * CHARACTERS
TURNS = st.builds(
    Turn,
    role=st.sampled_from(["user", "assistant"]),
    content=st.one_of(st.text(max_size=20), st.just(LONG)),
    papers=st.none() | st.just(("a", "b")),
)


class Opened(Sequence[Turn]):
    """Turns, and the first of those that were looked at."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._turns = turns
        self.first = len(turns)

    def __len__(self) -> int:
        return len(self._turns)

    def __getitem__(self, at: Any) -> Any:
        indices = range(len(self))[at]
        self.first = min([self.first, *(indices if isinstance(at, slice) else [indices])])
        return self._turns[at]

    def __iter__(self) -> Iterator[Turn]:
        self.first = 0
        return iter(self._turns)


@given(st.lists(TURNS, max_size=3).map(lambda turns: turns * 30))
def test_the_end_is_kept_as_it_is(turns: list[Turn]) -> None:
    kept = recent(turns)
    assert len(kept) == min(len(turns), MESSAGES)
    for turn, was in zip(reversed(kept), reversed(turns), strict=False):
        assert (turn.role, turn.papers) == (was.role, was.papers)
        assert turn.content == was.content[:CHARACTERS]


@pytest.mark.parametrize("question", ["which of them use video?", "more", "and only from 2024?"])
def test_what_is_left_out_changes_no_reading(question: str) -> None:
    history = talk(*(f"{ROBOTS} {n}" for n in range(500)))
    assert read(question, recent(history)).filters == read(question, history).filters
    assert read(question, recent(history)).standalone == read(question, history).standalone


def test_an_answer_looks_at_no_turn_before(tmp_path: Path) -> None:
    catalog = filled(tmp_path, 30)
    assistant = Assistant(
        index_manager=IndexManager(catalog),
        embedder=HashEmbedder(),
        config=Config(data_dir=tmp_path),
    )
    shown = assistant.ask("which papers propose a method for robots?")
    turns = Opened(shown.turns * 5000)
    answer = assistant.ask("which of them are about graphs?", history=turns)
    assert turns.first >= len(turns) - MESSAGES
    short = assistant.ask("which of them are about graphs?", history=shown.turns * 30)
    assert answer.papers == short.papers
    assert answer.filters.paper_ids == short.filters.paper_ids == shown.papers
    catalog.close()
