"""Entries of a question set drafted from questions that were asked in the chat and judged there.

The input has a JSON object a line, whoever wrote it, with the fields of `Judged`. A draft
proposes; it is marked `"draft": true`, which keeps a set from being used until somebody has read
the entry and removed the mark.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from eval import jsonl
from eval.runs import read_answer
from rag.errors import BadInput
from rag.records import Answer, Paper, Turn

_TYPES = {"list": "topic", "fact": "fact", "compare": "compare", "explain": "paraphrase"}
_REMEDY = 'It has a "question", an "answer" as `citewell ask --json` prints it, and a "rating".'

Judgement = Literal["relevant", "partial", "irrelevant"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """A question that was asked, its answer (as `citewell ask --json` prints it), and what somebody
    thought of it. `papers`: judgements by paper id, of any papers of the corpus; they go before the
    rating of the answer as a whole. `accepted`: short strings that a right answer says."""

    question: str
    answer: Mapping[str, Any]
    rating: Literal["up", "down"] | None = None
    papers: Mapping[str, Judgement] = field(default_factory=dict)
    accepted: tuple[str, ...] = ()
    history: tuple[Turn, ...] = ()
    note: str = ""


def read(path: Path) -> list[tuple[Judged, Answer]]:
    """Judged questions and their answers as records. Raises BadInput with the line."""
    found = []
    for line, entry in jsonl.every(path):
        try:
            judged = jsonl.as_record(Judged, entry, "is not a judged question", _REMEDY)
            found.append((judged, read_answer(judged.answer, "is not a judged question")))
        except BadInput as error:
            raise BadInput(error.message, path=path, line=line, remedy=error.remedy) from error
    return found


def add(path: Path, out: Path, papers: Iterable[Paper]) -> int:
    """Draft every judged question of `path` at the end of `out`. Returns how many. Raises BadInput
    for a line of either file that cannot be read, and adds nothing then."""
    held = [str(entry.get("id")) for _, entry in jsonl.every(out)] if out.exists() else []
    drafted = draft(read(path), {paper.paper_id: paper for paper in papers}, taken=held)
    # A last line without its end would run into the first draft.
    gap = "\n" if held and not out.read_bytes().endswith(b"\n") else ""
    lines = [json.dumps(entry, ensure_ascii=False) + "\n" for entry in drafted]
    with out.open("a", encoding="utf-8") as file:
        file.write(gap + "".join(lines))
    return len(drafted)


def draft(
    judged: Iterable[tuple[Judged, Answer]], papers: Mapping[str, Paper], *, taken: Sequence[str]
) -> list[dict[str, Any]]:
    """A draft for each question, in order, with ids that are not among `taken`.

    Papers judged are proposed as what they were judged to be. Of the others that the answer puts
    forward, those of one rated up are proposed as relevant, and those of any other are named in
    the note, to be judged. An answer that declined and was rated up makes an unanswerable question.
    """
    used = set(taken)
    drafts = []
    for one, answer in judged:
        number = len(used) + 1
        while f"n{number:03}" in used:
            number += 1
        used.add(f"n{number:03}")
        drafts.append(_draft(f"n{number:03}", one, answer, papers))
    return drafts


def _draft(
    name: str, judged: Judged, answer: Answer, papers: Mapping[str, Paper]
) -> dict[str, Any]:
    up, declined = judged.rating == "up", answer.status != "answered"
    proposed: Judgement | None = None if not up else "partial" if declined else "relevant"
    says = {
        i: judged.papers.get(i, proposed) for i in dict.fromkeys((*answer.papers, *judged.papers))
    }
    named: dict[str | None, list[str]] = {
        word: [papers[i].title for i, said in says.items() if said == word and i in papers]
        for word in ("relevant", "partial", None)
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
    value["note"] = _note(judged, named[None])
    value["draft"] = True
    return value


def _type(judged: Judged, answer: Answer, answerable: bool) -> str:
    if not answerable and answer.status != "answered" and judged.rating == "up":
        return "unanswerable"
    if judged.history:
        return "followup"
    return "filter" if answer.filters else _TYPES[answer.kind]


def _papers(answer: Answer, numbers: Sequence[int]) -> list[str]:
    return [c.paper_id for c in answer.citations if c.n in numbers]


def _note(judged: Judged, unjudged: Sequence[str]) -> str:
    parts = [f"rated {judged.rating}" if judged.rating else "not rated"]
    if judged.note:
        parts.append(judged.note)
    if unjudged:
        parts.append("put forward, to be judged: " + "; ".join(unjudged))
    return ". ".join(parts)
