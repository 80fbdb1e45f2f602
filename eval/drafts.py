"""Entries of a question set drafted from questions that were asked in the chat and judged there.

The input has a JSON object a line, whoever wrote it, with the fields of `JudgedAnswer`. A draft
proposes; it is marked `"draft": true`, which keeps a set from being used until somebody has read
the entry and removed the mark. Who judged is not known here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from eval import jsonl
from eval.runs import read_answer
from rag.errors import BadInput
from rag.records import Answer, Paper, Turn

_TYPES = {"list": "topic", "fact": "fact", "compare": "compare", "explain": "paraphrase"}
_WHAT = "is not a judged question"
_REMEDY = 'It has a "question", an "answer" as `citewell ask --json` prints it, and a "rating".'

Judgement = Literal["relevant", "partial", "irrelevant"]


@dataclass(frozen=True, kw_only=True, slots=True)
class JudgedAnswer:
    """A question that was asked, its answer (as `citewell ask --json` prints it), and what somebody
    thought of it. `papers`: judgements by paper id, of any papers of the corpus; they go before the
    rating of the answer as a whole. `notes`: what was said of a paper, by its id. `accepted`: short
    strings that a right answer says."""

    question: str
    answer: Mapping[str, Any]
    rating: Literal["up", "down"] | None = None
    papers: Mapping[str, Judgement] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    accepted: tuple[str, ...] = ()
    history: tuple[Turn, ...] = ()
    note: str = ""


Rated = tuple[JudgedAnswer, Answer]


def parse(entry: object) -> Rated:
    """A JSON object as records. Raises BadInput."""
    judged = jsonl.as_record(JudgedAnswer, entry, _WHAT, _REMEDY)
    return judged, read_answer(judged.answer, _WHAT)


def read(path: Path) -> list[Rated]:
    """Judged questions and their answers as records. Raises BadInput with the line."""
    found = []
    for line, entry in jsonl.every(path):
        try:
            found.append(parse(entry))
        except BadInput as error:
            raise BadInput(error.message, path=path, line=line, remedy=error.remedy) from error
    return found


def add(judged: Iterable[Rated], out: Path, papers: Iterable[Paper]) -> int:
    """Draft every judged question at the end of `out` that is not there yet. Returns how many.
    Raises BadInput for a line of `out` that cannot be read, and adds nothing then."""
    held = [entry for _, entry in jsonl.every(out)] if out.exists() else []
    drafted = draft(judged, {paper.paper_id: paper for paper in papers}, held=held)
    # A last line without its end would run into the first draft.
    gap = "\n" if held and not out.read_bytes().endswith(b"\n") else ""
    lines = [json.dumps(entry, ensure_ascii=False) + "\n" for entry in drafted]
    if lines:
        with jsonl.writing(out), out.open("a", encoding="utf-8") as file:
            file.write(gap + "".join(lines))
    return len(drafted)


def draft(
    judged: Iterable[Rated],
    papers: Mapping[str, Paper],
    *,
    held: Sequence[Mapping[str, Any]] = (),
) -> list[dict[str, Any]]:
    """A draft for each question, in order, with ids that are not among those of the entries
    `held`. What those ask already is left out; a question judged more than once makes one draft, of
    all that was said of it.

    Papers judged are proposed as what they were judged to be. Of the others that the answer puts
    forward, those of one rated up are proposed as relevant, and those of any other are named in
    the note, to be judged. An answer that declined and was rated up makes an unanswerable question.
    """
    used = {str(entry.get("id")) for entry in held}
    known = {
        _asked(str(entry.get("question")), entry.get("history") or ())
        for entry in held
        if isinstance(entry.get("question"), str)
    }
    drafts = []
    for asked, (one, answer) in _merged(judged).items():
        if asked in known:
            continue
        number = len(used) + 1
        while f"n{number:03}" in used:
            number += 1
        used.add(f"n{number:03}")
        drafts.append(_draft(f"n{number:03}", one, answer, papers))
    return drafts


def _asked(question: str, history: Iterable[Turn | Mapping[str, Any]]) -> tuple[str, ...]:
    """What makes two questions the same: their words, and those of the questions before them."""
    turns = [turn if isinstance(turn, Mapping) else asdict(turn) for turn in history]
    before = [str(turn.get("content")) for turn in turns if turn.get("role") == "user"]
    return tuple(" ".join(re.findall(r"\w+", text.casefold())) for text in (*before, question))


def _merged(judged: Iterable[Rated]) -> dict[tuple[str, ...], Rated]:
    """The best judged answer to each question (rated up, else the last), with all judgements of
    papers, the later ones counting, and all notes."""
    merged: dict[tuple[str, ...], Rated] = {}
    for entry in judged:
        asked = _asked(entry[0].question, entry[0].history)
        before = merged.setdefault(asked, entry)
        if before is entry:
            continue
        best, answer = before if before[0].rating == "up" != entry[0].rating else entry
        notes = [one.note for one, _ in (before, entry) if one.note]
        best = replace(
            best,
            papers={**before[0].papers, **entry[0].papers},
            notes={**before[0].notes, **entry[0].notes},
            accepted=tuple(dict.fromkeys((*before[0].accepted, *entry[0].accepted))),
            note=". ".join(dict.fromkeys(notes)),
        )
        merged[asked] = (best, answer)
    return merged


def _draft(
    name: str, judged: JudgedAnswer, answer: Answer, papers: Mapping[str, Paper]
) -> dict[str, Any]:
    up, declined = judged.rating == "up", answer.status != "answered"
    proposed: Judgement | None = None if not up else "partial" if declined else "relevant"
    says = {
        i: judged.papers.get(i, proposed) for i in dict.fromkeys((*answer.papers, *judged.papers))
    }
    named: dict[str | None, list[str]] = {
        word: [papers[i].title for i, said in says.items() if said == word and i in papers]
        for word in ("relevant", "partial", "irrelevant", None)
    }
    value: dict[str, Any] = {"id": name, "type": _type(judged, answer, bool(named["relevant"]))}
    value["question"] = judged.question
    if judged.history:
        value["history"] = [
            {k: v for k, v in asdict(turn).items() if k != "papers"} for turn in judged.history
        ]
    value["relevant"], value["partial"] = named["relevant"], named["partial"]
    value["answer"] = list(judged.accepted)
    value["nuggets"] = [
        {"text": sentence.text, "paper": papers[paper].title, "must_contain": []}
        for sentence in answer.sentences
        for paper in _papers(answer, sentence.citations)[:1]
        if says.get(paper) == "relevant" and paper in papers
    ]
    value["note"] = _note(judged, papers, named["irrelevant"], named[None])
    value["draft"] = True
    return value


def _type(judged: JudgedAnswer, answer: Answer, answerable: bool) -> str:
    if not answerable and answer.status != "answered" and judged.rating == "up":
        return "unanswerable"
    if judged.history:
        return "followup"
    return "filter" if answer.filters else _TYPES[answer.kind]


def _papers(answer: Answer, numbers: Sequence[int]) -> list[str]:
    return [c.paper_id for c in answer.citations if c.n in numbers]


def _note(
    judged: JudgedAnswer, papers: Mapping[str, Paper], wrong: Sequence[str], unjudged: Sequence[str]
) -> str:
    parts = [f"rated {judged.rating}" if judged.rating else "not rated"]
    if judged.note:
        parts.append(judged.note)
    parts += [f"{papers[i].title}: {note}" for i, note in judged.notes.items() if i in papers]
    for what, titles in (("judged not relevant", wrong), ("put forward, to be judged", unjudged)):
        if titles:
            parts.append(f"{what}: " + "; ".join(titles))
    return ". ".join(parts)
