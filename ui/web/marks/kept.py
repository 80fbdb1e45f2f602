"""What visitors put on papers: tags, a place on the reading list, a note.

A paper is named by its id, with its title beside it: what was put on it stays when the paper leaves
the corpus.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from rag.errors import UsageError
from rag.export import Annotation
from rag.storage.database import Database

NOTE_CHARS = 10_000
TAG_CHARS = 60
MOST_TAGS = 30
"""Tags of a paper."""
MOST_PAPERS = 10_000
"""Papers that a visitor has put something on."""

Reading = Literal["", "to_read", "read"]
READING: Mapping[Reading, str] = {"to_read": "to read", "read": "read"}
"""What a place on the reading list is called."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Marks:
    """Of one paper. `title`: as it was when something was last put on it."""

    title: str = ""
    reading: Reading = ""
    tags: tuple[str, ...] = ()
    note: str = ""

    def __bool__(self) -> bool:
        return bool(self.reading or self.tags or self.note)


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What is to become of a paper's marks; None leaves a part as it is."""

    reading: Reading | None = None
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    note: str | None = None


class VisitorMarks:
    """Those in the file of conversations. Thread-safe; raises CatalogError as it does. An `owner`
    is a digest, or `store.HERE`."""

    def __init__(self, base: Database) -> None:
        self._base = base

    def all(self, owner: str) -> dict[str, Marks]:
        """By paper id, what was marked last first."""
        with self._base.errors():
            rows = self._base.db.execute(
                "SELECT paper, title, reading, tags, note FROM marks"
                " WHERE owner = ? ORDER BY updated DESC",
                (owner,),
            ).fetchall()
        return {paper: _marks(*row) for paper, *row in rows}

    def of(self, owner: str, paper: str) -> Marks:
        with self._base.errors():
            return self._of(owner, paper)

    def tags(self, owner: str) -> dict[str, int]:
        """How many papers have each, the most used first."""
        with self._base.errors():
            rows = self._base.db.execute(
                "SELECT value, count(*) FROM marks, json_each(tags) WHERE owner = ?"
                " GROUP BY value ORDER BY count(*) DESC, value",
                (owner,),
            ).fetchall()
        return dict(rows)

    def change(self, owner: str, paper: str, title: str, change: Change) -> Marks:
        """The marks as they are then. Raises UsageError for what is too long or too many."""
        if change.note is not None and len(change.note) > NOTE_CHARS:
            raise UsageError(
                f"The note has {len(change.note):,} characters; {NOTE_CHARS:,} is the most.",
                remedy="Shorten it.",
            )
        with self._base.transaction():
            before = self._of(owner, paper)
            known = self._base.db.execute(
                "SELECT DISTINCT value FROM marks, json_each(tags) WHERE owner = ?", (owner,)
            )
            tags = _changed(before.tags, change, [row[0] for row in known])
            after = replace(
                before,
                title=title or before.title,
                reading=before.reading if change.reading is None else change.reading,
                tags=tags,
                note=before.note if change.note is None else change.note,
            )
            self._put(owner, paper, after, is_new=not before)
        return after

    def _of(self, owner: str, paper: str) -> Marks:
        row = self._base.db.execute(
            "SELECT title, reading, tags, note FROM marks WHERE paper = ? AND owner = ?",
            (paper, owner),
        ).fetchone()
        return Marks() if row is None else _marks(*row)

    def _put(self, owner: str, paper: str, marks: Marks, *, is_new: bool) -> None:
        if not marks:
            self._base.db.execute("DELETE FROM marks WHERE owner = ? AND paper = ?", (owner, paper))
            return
        held = self._base.db.execute("SELECT count(*) FROM marks WHERE owner = ?", (owner,))
        if is_new and held.fetchone()[0] >= MOST_PAPERS:
            raise UsageError(
                f"Tags, notes and the reading list hold {MOST_PAPERS:,} papers at most.",
                remedy="Take them off papers that you are done with.",
            )
        self._base.db.execute(
            "INSERT OR REPLACE INTO marks VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                *(owner, paper, marks.title, marks.reading),
                *(json.dumps(marks.tags, ensure_ascii=False), marks.note, time.time()),
            ),
        )


def _marks(title: str, reading: Reading, tags: str, note: str) -> Marks:
    return Marks(title=title, reading=reading, tags=tuple(json.loads(tags)), note=note)


def tags_in(text: str) -> tuple[str, ...]:
    """The tags of a text in which commas stand between them, each once, in one line."""
    found = (
        " ".join("".join(c if c.isprintable() else " " for c in tag).split())
        for tag in text.split(",")
    )
    return tuple({tag.casefold(): tag for tag in reversed([*filter(None, found)])}.values())[::-1]


def _changed(before: tuple[str, ...], change: Change, known: Iterable[str]) -> tuple[str, ...]:
    """Written as the visitor's other papers have them, whatever the case. Raises UsageError."""
    spelt = {tag.casefold(): tag for tag in (*known, *before)}
    gone = {tag.casefold() for text in change.remove for tag in tags_in(text)}
    new = [tag for text in change.add for tag in tags_in(text)]
    if long := [tag for tag in new if len(tag) > TAG_CHARS]:
        raise UsageError(
            f"The tag “{long[0][:TAG_CHARS]}…” is too long: {TAG_CHARS} characters are the most."
        )
    kept = [tag for tag in before if tag.casefold() not in gone]
    tags = tuple(dict.fromkeys([*kept, *(spelt.get(tag.casefold(), tag) for tag in new)]))
    if len(tags) > MOST_TAGS:
        raise UsageError(f"A paper has {MOST_TAGS} tags at most.", remedy="Remove another one.")
    return tags


@dataclass(frozen=True, kw_only=True, slots=True)
class MarkFilter:
    """Which marked papers: with all of `tags`, at a place on the reading list, with a note."""

    tags: tuple[str, ...] = ()
    reading: Reading = ""
    noted: bool = False

    def __bool__(self) -> bool:
        return bool(self.tags or self.reading or self.noted)

    def lets(self, marks: Marks) -> bool:
        had = {tag.casefold() for tag in marks.tags}
        return (
            all(tag.casefold() in had for tag in self.tags)
            and (not self.reading or marks.reading == self.reading)
            and (not self.noted or bool(marks.note))
        )


def as_annotations(marks: Mapping[str, Marks]) -> dict[str, Annotation]:
    """What exports say of them."""
    return {paper: Annotation(tags=one.tags, note=one.note) for paper, one in marks.items()}
