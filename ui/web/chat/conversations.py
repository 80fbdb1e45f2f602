"""Conversations kept in the data folder: each belongs to the browser that held it.

An answer is kept with the papers that it shows, as they were: what was cited stays as it was read
even when the corpus changes. Owners are kept as digests, so that the file does not open doors.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import CitewellError
from rag.filters import Filters
from rag.question.schema import ParsedQuestion, Topic
from rag.records import Answer, Paper
from rag.storage.frozen import freeze, thaw
from ui.access import people
from ui.web import store
from ui.web.chat.turn import BUSY, ChatTurn
from ui.web.judging.judgements import VisitorJudgements
from ui.web.marks.kept import VisitorMarks
from ui.web.searches.kept import VisitorSearches
from ui.web.tables.kept import VisitorTables

TITLE_CHARS = 120
WORDS = 20
"""Words that are looked for at most."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A conversation in the list. `updated` in seconds since 1970."""

    id: str
    title: str
    updated: float
    questions: int


class Conversations:
    """`conversations.sqlite3` in `folder`. Thread-safe. An `owner` of None stands for everybody,
    which is for the terminal alone. All methods raise CatalogError as
    `rag.storage.database` does."""

    def __init__(self, folder: Path) -> None:
        self._base = store.opened(folder)
        self.judgements = VisitorJudgements(self._base)
        self.tables = VisitorTables(self._base)
        self.marks = VisitorMarks(self._base)
        self.searches = VisitorSearches(self._base)

    @property
    def here(self) -> str:
        """Whose marks and searches the terminal works on: those of the first admin, and where there
        are no people those of the machine. A digest, or `store.HERE`."""
        return digest(self.first_admin) or store.HERE

    @property
    def first_admin(self) -> str | None:
        """The owner that stands for the terminal; None where there are no people."""
        admin = people.here(self._base.folder)
        return admin.owner if admin else None

    def close(self) -> None:
        self._base.close()

    def entries(
        self, owner: str | None, words: str = "", *, most: int | None = None
    ) -> list[Entry]:
        """Newest first, at most `most`; with `words`, those that have all of them in title,
        questions or answers."""
        sql = (
            "SELECT id, title, updated, (SELECT count(*) FROM turns WHERE conversation = c.id)"
            " FROM conversations c WHERE (? IS NULL OR owner = ?)"
        )
        values: list[Any] = [digest(owner)] * 2
        for word in words.split()[:WORDS]:
            sql += (
                " AND (instr(lower(title), ?) OR EXISTS (SELECT 1 FROM turns"
                " WHERE conversation = c.id AND instr(words, ?)))"
            )
            values += [word.lower()] * 2
        values.append(-1 if most is None else most)
        with self._base.errors():
            rows = self._base.db.execute(sql + " ORDER BY updated DESC LIMIT ?", values).fetchall()
        return [Entry(id=i, title=t, updated=u, questions=n) for i, t, u, n in rows]

    def load(self, owner: str | None, conversation: str) -> list[ChatTurn] | None:
        """Its turns in order, or None where `owner` has no such conversation."""
        with self._base.errors():
            if not store.owns(self._base, digest(owner), conversation):
                return None
            rows = self._base.db.execute(
                "SELECT turn FROM turns WHERE conversation = ? ORDER BY position",
                (conversation,),
            ).fetchall()
        found = [_turn(json.loads(row[0])) for row in rows]
        judged = self.judgements.of(conversation)
        for turn in found:
            turn.judged = judged.get(turn.id, {})
        return found

    def order(self, owner: str | None, conversation: str) -> list[str] | None:
        """Ids of its turns, or None as `load`: cheap to ask for."""
        with self._base.errors():
            if not store.owns(self._base, digest(owner), conversation):
                return None
            rows = self._base.db.execute(
                "SELECT id FROM turns WHERE conversation = ? ORDER BY position",
                (conversation,),
            ).fetchall()
        return [row[0] for row in rows]

    def keep(
        self,
        owner: str,
        conversation: str,
        turns: Sequence[ChatTurn],
        *,
        replaced: Iterable[str] = (),
        begun: bool = False,
    ) -> bool:
        """Keep what has changed: the last turn, in the place of those `replaced` (ids), else
        behind all that is there, which may be more than `turns` where the conversation goes
        on in another tab. The first question names a conversation that is new. One that has
        `begun` (was kept before) and is not here was deleted: it stays so, and False is returned.
        """
        turn = turns[-1]
        words = f"{turn.question}\n{turn.answer.text if turn.answer else ''}".lower()
        with self._base.transaction():
            is_here = store.owns(self._base, None, conversation)
            if begun and not is_here:
                return False
            if is_here and not store.owns(self._base, digest(owner), conversation):
                raise CitewellError("This conversation is another visitor's.")
            self._base.db.execute(
                "INSERT INTO conversations VALUES (?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET updated = excluded.updated",
                (conversation, digest(owner), _title(turns[0].question), time.time()),
            )
            position = self._place(conversation, [turn.id, *replaced])
            self._base.db.execute(
                "INSERT INTO turns (conversation, position, words, turn, id)"
                " VALUES (?, ?, ?, ?, ?)",
                (
                    *(conversation, position, words),
                    *(json.dumps(_kept(turn), ensure_ascii=False), turn.id),
                ),
            )
        return True

    def suggest(self, owner: str, conversation: str, turn: str, questions: Sequence[str]) -> None:
        """Keep what was found to go on from a turn; nothing where it is not here."""
        with self._base.transaction():
            if store.owns(self._base, digest(owner), conversation):
                self._base.db.execute(
                    "UPDATE turns SET turn = json_set(turn, '$.suggested', json(?))"
                    " WHERE conversation = ? AND id = ?",
                    (json.dumps(questions, ensure_ascii=False), conversation, turn),
                )

    def _place(self, conversation: str, leaving: Sequence[str]) -> int:
        """Take the turns `leaving` out, with what was said of them unless they come back; the
        position where they stood, or the first that is free."""
        marks = ",".join("?" * len(leaving))
        here = f"FROM turns WHERE conversation = ? AND id IN ({marks})"
        found = self._base.db.execute(f"SELECT min(position) {here}", (conversation, *leaving))
        position = found.fetchone()[0]
        self._base.db.execute(f"DELETE {here}", (conversation, *leaving))
        self._base.db.execute(
            f"DELETE FROM judgements WHERE conversation = ? AND turn IN ({marks}) AND turn <> ?",
            (conversation, *leaving, leaving[0]),
        )
        if position is None:
            found = self._base.db.execute(
                "SELECT max(position) + 1 FROM turns WHERE conversation = ?", (conversation,)
            )
            position = found.fetchone()[0]
        return int(position or 0)

    def rename(self, owner: str, conversation: str, title: str) -> bool:
        """False where there is no such conversation. An empty title changes nothing."""
        title = _title(title)
        with self._base.transaction():
            found = self._base.db.execute(
                "UPDATE conversations SET title = coalesce(nullif(?, ''), title)"
                " WHERE id = ? AND owner = ?",
                (title, conversation, digest(owner)),
            )
        return found.rowcount > 0

    def owns(self, owner: str, conversation: str) -> bool:
        with self._base.errors():
            return store.owns(self._base, digest(owner), conversation)

    def forget(self, owner: str, conversation: str) -> bool:
        """Delete it with its judgements and tables, beyond recall. False where there is no such
        conversation."""
        with self._base.errors():
            self._base.db.execute("PRAGMA secure_delete = ON")
        with self._base.transaction():
            found = self._base.db.execute(
                "DELETE FROM conversations WHERE id = ? AND owner = ?",
                (conversation, digest(owner)),
            )
        with self._base.errors():  # or the words would stay in the log file for a while
            self._base.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return found.rowcount > 0


def digest(owner: str | None) -> str | None:
    """What stands for a visitor's secret on disk."""
    return None if owner is None else hashlib.sha256(owner.encode()).hexdigest()


def _title(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= TITLE_CHARS else text[: TITLE_CHARS - 1] + "…"


def _kept(turn: ChatTurn) -> dict[str, Any]:
    answer, parsed = turn.answer, turn.parsed
    shown = [] if answer is None else [*answer.papers, *answer.near]
    shown += [] if answer is None else [citation.paper_id for citation in answer.citations]
    return {
        "id": turn.id,
        "question": turn.question,
        "asked_on": turn.asked_on,
        "filters": freeze(turn.filters),
        "within": turn.within,
        "stated": freeze(turn.stated),
        "mode": turn.mode,
        "depth": turn.depth,
        "state": turn.state,  # also while it is on its way: it may be cut off at any time
        "read": parsed and {"standalone": parsed.standalone, "filters": freeze(parsed.filters)},
        "mended": parsed.mended if parsed else (),
        "notes": parsed.notes if parsed else (),
        "text": "" if answer else turn.text,
        "fallback": turn.fallback,
        "changed": turn.changed,
        "suggested": turn.suggested,
        "answer": freeze(answer),
        "papers": [freeze(turn.papers[key]) for key in dict.fromkeys(shown) if key in turn.papers],
        "error": turn.error and [str(turn.error), turn.error.remedy],
    }


def _turn(kept: dict[str, Any]) -> ChatTurn:
    parsed = None
    if read := kept["read"]:
        parsed = ParsedQuestion(
            question=kept["question"],
            standalone=read["standalone"],
            topic=Topic(own=read["standalone"]),
            filters=thaw(Filters, read["filters"]),
            mended=tuple((typed, meant) for typed, meant in kept["mended"]),
            notes=tuple(kept["notes"]),
        )
    within, suggested = kept.get("within"), kept.get("suggested")
    papers = [thaw(Paper, paper) for paper in kept["papers"]]
    error = kept["error"]
    return ChatTurn(
        id=kept["id"],
        question=kept["question"],
        asked_on=kept.get("asked_on", ""),
        filters=thaw(Filters, kept["filters"]),
        within=None if within is None else tuple(within),
        stated=thaw(Filters, kept.get("stated")),
        mode=kept["mode"],
        depth=kept.get("depth", "normal"),
        state="stopped" if kept["state"] in BUSY else kept["state"],
        broken=kept["state"] in BUSY,
        parsed=parsed,
        text=kept["text"],
        fallback=kept["fallback"],
        changed=tuple(kept.get("changed", ())),
        suggested=None if suggested is None else tuple(suggested),
        answer=thaw(Answer, kept["answer"]),
        error=CitewellError(error[0], remedy=error[1]) if error else None,
        papers={paper.paper_id: paper for paper in papers},
    )
