"""Which papers and answers get a note: the reading list, and answers that somebody thought well of.

An answer is chosen where it was judged good on the page, where its conversation is named, and where
it has a note already.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from rag.errors import UsageError
from rag.export import Note, Reference, vault
from rag.export.filenames import filename
from rag.export.references import line, references_to
from ui.web.chat.conversations import Conversations, Entry
from ui.web.marks.kept import READING, Marks, as_annotations

Kind = Literal["paper", "answer"]
Links = Mapping[str, str]
"""Names of notes about papers, by the paper's id."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A note as it is to be. `name`: of its file, where it has none yet, without the ending."""

    kind: Kind
    id: str
    title: str
    name: str
    properties: str
    body: Callable[[Links], str]


def papers(
    catalog: Any, marks: Mapping[str, Marks], *, all_marked: bool
) -> tuple[list[Wanted], dict[str, str]]:
    """Notes about papers on the reading list, or on which anything was put; and the titles of those
    that have left the corpus, by id."""
    listed = [one for one, held in marks.items() if held.reading or all_marked]
    found = catalog.papers(listed) if listed else []
    own = as_annotations(marks)
    wanted = [
        _paper(paper.paper_id, reference, marks[paper.paper_id])
        for paper, reference in zip(found, references_to(found, own), strict=True)
    ]
    here = {one.id for one in wanted}
    return wanted, {one: marks[one].title for one in listed if one not in here}


def _paper(paper_id: str, reference: Reference, held: Marks) -> Wanted:
    reading = READING.get(held.reading, "")
    return Wanted(
        kind="paper",
        id=paper_id,
        title=reference.title,
        name=f"@{filename(reference.key, 'md').removesuffix('.md')}",
        properties=vault.paper_properties(paper_id, reference),
        body=lambda links: vault.paper(reference, reading),
    )


def answers(
    kept: Conversations, *, named: Sequence[str], noted: Collection[str], good: bool
) -> list[Wanted]:
    """`named`: conversations, by how their ids begin; `noted`: ids of answers that have a note;
    `good`: whether those judged good are wanted. Raises UsageError."""
    entries = kept.entries(None)
    whole = {_named(entries, one).id for one in named}
    found = []
    for entry in entries:
        for turn in kept.load(None, entry.id) or ():
            said = turn.judged.get("")
            is_good = good and said is not None and said.verdict == "up"
            if turn.answer and (entry.id in whole or is_good or turn.id in noted):
                note = Note(answer=turn.answer, papers=turn.papers, asked=turn.asked_on)
                found.append(_answer(turn.id, note, said.note if said else ""))
    return found


def _named(entries: Sequence[Entry], name: str) -> Entry:
    found = [entry for entry in entries if name and entry.id.startswith(name)]
    if len(found) != 1:
        what = "Several conversations have" if found else "No conversation has"
        raise UsageError(
            f"{what} the id {name!r}.", remedy="List them with: citewell export --list"
        )
    return found[0]


def _answer(answer_id: str, note: Note, remark: str) -> Wanted:
    said = tuple(filter(None, map(line, remark.splitlines())))
    return Wanted(
        kind="answer",
        id=answer_id,
        title=line(note.answer.question),
        name=filename(note.answer.question, "md").removesuffix(".md"),
        properties=vault.answer_properties(answer_id, note),
        body=lambda links: vault.answer(note, links, said),
    )


def opened(folder: Path) -> Conversations | None:
    """Marks and conversations, where anything was kept yet."""
    from ui.web.store import FILE

    return Conversations(folder) if (folder / FILE).exists() else None
