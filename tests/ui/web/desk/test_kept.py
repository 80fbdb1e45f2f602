"""Marks on papers and saved searches in their file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import UsageError
from rag.filters import Filters
from tests.ui.web.chat.test_conversations import answered_turn
from ui.web.chat.conversations import Conversations
from ui.web.marks.kept import (
    MOST_TAGS,
    NOTE_CHARS,
    TAG_CHARS,
    Change,
    MarkFilter,
    Marks,
    VisitorMarks,
    tags_in,
)
from ui.web.searches.kept import Wish
from ui.web.store import FILE, HERE, InMemory


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Conversations]:
    conversations = Conversations(tmp_path)
    yield conversations
    conversations.close()


@given(st.lists(st.text(max_size=12), max_size=6))
def test_tags_are_read_as_they_are_written(texts: list[str]) -> None:
    tags = tags_in(",".join(texts))
    assert tags_in(",".join(tags)) == tags
    assert len({tag.casefold() for tag in tags}) == len(tags)
    for tag in tags:
        assert tag == " ".join(tag.split()) and "," not in tag and tag.isprintable()
    said = {" ".join(part.split()) for text in texts for part in text.split(",")}
    plain = {part.casefold() for part in said if part and part.isprintable()}
    assert plain <= {tag.casefold() for tag in tags}


@given(st.text(max_size=300))
def test_a_note_comes_back_as_it_was_typed(note: str) -> None:
    kept = VisitorMarks(InMemory())  # type: ignore[arg-type]
    note = note.encode("utf-8", "ignore").decode()
    kept.change("anna", "t-1", "Title", Change(note=note))
    assert kept.of("anna", "t-1").note == note
    assert ("t-1" in kept.all("anna")) == bool(note)


def test_tags_keep_their_spelling_and_go_one_by_one(kept: Conversations) -> None:
    marks = kept.marks
    marks.change("anna", "t-1", "One", Change(add=("Reward models, RL",), reading="to_read"))
    two = marks.change("anna", "t-2", "Two", Change(add=("rl", "new\nline"), note="n"))
    assert two.tags == ("RL", "new line")
    assert list(marks.tags("anna").items()) == [("RL", 2), ("Reward models", 1), ("new line", 1)]
    marks.change("anna", "t-1", "One", Change(remove=("REWARD MODELS",)))
    assert marks.of("anna", "t-1") == Marks(title="One", reading="to_read", tags=("RL",))
    for wanted, found in (
        (MarkFilter(tags=("rl",)), {"t-1", "t-2"}),
        (MarkFilter(tags=("rl", "new line")), {"t-2"}),
        (MarkFilter(tags=("rl",), reading="to_read"), {"t-1"}),
        (MarkFilter(noted=True), {"t-2"}),
        (MarkFilter(noted=True, reading="read"), set()),
    ):
        assert {p for p, one in marks.all("anna").items() if wanted.lets(one)} == found
    marks.change("anna", "t-1", "One", Change(remove=("RL",), reading=""))
    assert "t-1" not in marks.all("anna")


def test_what_is_too_much_is_refused_and_changes_nothing(kept: Conversations) -> None:
    marks = kept.marks
    before = marks.change("anna", "t-1", "One", Change(add=("a",), note="n"))
    many = ",".join(f"tag {n}" for n in range(MOST_TAGS))
    for change, why in (
        (Change(note="x" * (NOTE_CHARS + 1)), "10,000 is the most"),
        (Change(add=("y" * (TAG_CHARS + 1),)), "too long"),
        (Change(add=(many,)), "at most"),
    ):
        with pytest.raises(UsageError, match=why):
            marks.change("anna", "t-1", "One", change)
        assert marks.of("anna", "t-1") == before
    for name, why in (("", "needs a name"), ("n" * 121, "too long"), ("Mine", "already")):
        kept.searches.all("anna") or kept.searches.save("anna", "mine", Wish(listed={}), 1)
        with pytest.raises(UsageError, match=why):
            kept.searches.save("anna", name, Wish(listed={}), 1)


def test_marks_are_their_owner_s_and_stay_when_conversations_go(kept: Conversations) -> None:
    kept.keep("anna", "c1", [answered_turn("plain")])
    kept.marks.change("anna", "t-1", "One", Change(note="mine"))
    kept.marks.change("bert", "t-1", "One", Change(note="his"))
    kept.forget("anna", "c1")
    assert kept.marks.of("anna", "t-1").note == "mine"
    assert kept.marks.of("carl", "t-1") == Marks()
    kept.marks.change(HERE, "t-1", "One", Change(add=("from the terminal",)))
    assert kept.marks.of("bert", "t-1").tags == kept.marks.of("anna", "t-1").tags == ()


def test_searches_come_back_as_they_were(kept: Conversations) -> None:
    wishes = [
        Wish(listed={"words": "x", "upvotes_min": 3}),
        Wish(listed={"ranked": "y"}, filters=Filters()),
        Wish(listed={"ranked": "z"}, filters=Filters(authors=("Lee",), date_from="2025-01-01")),
    ]
    for at, wish in enumerate(wishes):
        kept.searches.save("anna", f"s{at}", wish, at)
    found = kept.searches.all("anna")
    assert [one.wish for one in found] == wishes and [one.seen for one in found] == [0, 1, 2]
    kept.searches.looked_at(found[0], 9)
    kept.searches.rename(found[0], "s9")
    again = kept.searches.load("anna", found[0].id)
    assert (again.seen, again.name) == (9, "s9")
    with pytest.raises(UsageError, match="not here"):
        kept.searches.load("bert", found[0].id)
    kept.searches.forget(found[0])
    assert len(kept.searches.all("anna")) == 2


def test_a_file_of_the_version_before_opens_with_all_that_it_holds(tmp_path: Path) -> None:
    before = Conversations(tmp_path)
    before.keep("anna", "c1", [answered_turn("plain")])
    before.close()
    file = sqlite3.connect(tmp_path / FILE)
    file.executescript("DROP TABLE marks; DROP TABLE searches; PRAGMA user_version = 4;")
    file.close()
    for note in ("first", "second"):  # the second time there is nothing to do
        opened = Conversations(tmp_path)
        assert len(opened.load("anna", "c1") or []) == 1
        opened.marks.change("anna", "t-1", "One", Change(note=note))
        assert opened.marks.of("anna", "t-1").note == note
        opened.close()
