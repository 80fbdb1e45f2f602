"""What visitors say of answers and of their sources, kept with the conversation and gone with it.

`rated` hands it on as rows of which `eval.drafts` makes entries of a question set.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rag.errors import UsageError
from rag.export import json_records as jsons
from rag.records import Answer
from rag.storage.database import Database
from rag.storage.frozen import thaw
from ui.web import store

ANSWER = ("up", "down")
SOURCE = ("relevant", "partial", "irrelevant")
NOTE_CHARS = 2000


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """Of an answer or of one of its sources; either part may be empty."""

    verdict: str = ""
    note: str = ""

    def __bool__(self) -> bool:
        return bool(self.verdict or self.note)


class VisitorJudgements:
    """Those in the file of conversations. Thread-safe; raises CatalogError as it does."""

    def __init__(self, base: Database) -> None:
        self._base = base

    def put(self, owner: str, conversation: str, turn: str, paper: str, said: Judgement) -> None:
        """Of the answer with an empty `paper`, else of a source. Raises UsageError for what is not
        kept, or is another visitor's (`owner` is a digest), and for verdicts that there are not."""
        if said.verdict not in ("", *(SOURCE if paper else ANSWER)):
            raise UsageError(f"There is no verdict {said.verdict!r}.")
        if len(said.note) > NOTE_CHARS:
            raise UsageError(f"A note has {NOTE_CHARS:,} characters at most.")
        with self._base.transaction():
            row = self._base.db.execute(
                "SELECT turn FROM turns WHERE conversation = ? AND id = ?",
                (conversation, turn),
            ).fetchone()
            if not store.owns(self._base, owner, conversation):
                raise UsageError(
                    "This conversation is not kept, or was deleted in another tab, so nothing can"
                    " be said of it."
                )
            if row is None:
                raise UsageError("That answer is not kept, so nothing can be said of it.")
            if paper and paper not in {known["paper_id"] for known in json.loads(row[0])["papers"]}:
                raise UsageError("That paper is no source of this answer.")
            place = (conversation, turn, paper)
            if said:
                self._base.db.execute(
                    "INSERT OR REPLACE INTO judgements VALUES (?, ?, ?, ?, ?)",
                    (*place, said.verdict, said.note),
                )
            else:
                self._base.db.execute(
                    "DELETE FROM judgements WHERE conversation = ? AND turn = ? AND paper = ?",
                    place,
                )

    def of(self, conversation: str) -> dict[str, dict[str, Judgement]]:
        """By turn and paper (empty for the answer)."""
        with self._base.errors():
            rows = self._base.db.execute(
                "SELECT turn, paper, verdict, note FROM judgements WHERE conversation = ?",
                (conversation,),
            ).fetchall()
        found: dict[str, dict[str, Judgement]] = {}
        for turn, paper, verdict, note in rows:
            found.setdefault(turn, {})[paper] = Judgement(verdict=verdict, note=note)
        return found

    def rated(self, owner: str | None = None) -> list[dict[str, Any]]:
        """Every judged answer, oldest first, of all visitors or of one (a digest): `question`,
        `history` (where the question leans on it), `answer` as `citewell ask --json` prints it,
        `rating`, `note`, and by paper id `papers` (judgements) and `notes`: what `eval.drafts`
        takes."""
        with self._base.errors():
            rows = self._base.db.execute(
                "SELECT t.conversation, t.turn FROM turns t JOIN conversations c"
                " ON c.id = t.conversation WHERE ? IS NULL OR c.owner = ?"
                " ORDER BY c.updated, c.id, t.position",
                (owner, owner),
            ).fetchall()
        found = []
        histories: dict[str, list[dict[str, Any]]] = {}
        judged: dict[str, dict[str, dict[str, Judgement]]] = {}
        for conversation, text in rows:
            kept = json.loads(text)
            if kept["answer"] is None:
                continue
            answer = thaw(Answer, kept["answer"])
            before = histories.setdefault(conversation, [])
            if conversation not in judged:
                judged[conversation] = self.of(conversation)
            if said := judged[conversation].get(kept["id"]):
                leans = answer.standalone_question.strip() != kept["question"].strip()
                found.append(_row(kept["question"], before if leans else [], answer, said))
            before += [
                {"role": "user", "content": kept["question"]},
                {"role": "assistant", "content": answer.text},
            ]
        return found


def _row(
    question: str,
    history: list[dict[str, Any]],
    answer: Answer,
    said: Mapping[str, Judgement],
) -> dict[str, Any]:
    whole = said.get("", Judgement())
    return {
        "question": question,
        "history": list(history),
        "answer": jsons.answer(answer),
        "rating": whole.verdict or None,
        "note": whole.note,
        "papers": {paper: one.verdict for paper, one in said.items() if paper and one.verdict},
        "notes": {paper: one.note for paper, one in said.items() if paper and one.note},
    }
