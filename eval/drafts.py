"""Entries of a question set drafted from questions that were asked and rated in the chat.

The input has a JSON object a line: `{"question", "history", "answer", "rating", "note"}`, where
`answer` is what `citewell ask --json` prints, `rating` is "up", "down" or null, and `history`,
`rating` and `note` may be missing. A draft proposes; it is marked `"draft": true`, which keeps a
set from being used until somebody has read the entry and removed the mark.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.runs import read_answer
from rag.errors import BadInput
from rag.records import Answer, Paper

_TYPES = {"list": "topic", "fact": "fact", "compare": "compare", "explain": "paraphrase"}
RATINGS = ("up", "down", None)


def read(path: Path) -> list[dict[str, Any]]:
    """The rated questions. Raises BadInput with the line."""
    try:
        lines = path.read_text("utf-8").split("\n")
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}", path=path) from error
    rated = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except json.JSONDecodeError as error:
            raise BadInput(f"is not JSON: {error.msg}", path=path, line=number) from error
        if (
            not isinstance(entry, dict)
            or not isinstance(entry.get("question"), str)
            or not isinstance(entry.get("answer"), dict)
            or entry.get("rating") not in RATINGS
        ):
            raise BadInput(
                "is not a rated question",
                path=path,
                line=number,
                remedy='It has "question", "answer" and a "rating" of "up", "down" or null.',
            )
        rated.append(entry)
    return rated


def draft(
    rated: Iterable[Mapping[str, Any]], papers: Mapping[str, Paper], *, taken: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """A draft for each question, in order, with ids that are not among `taken`.

    Papers of an answer rated up are proposed as relevant; those of any other answer are named in
    the note, to be judged. An answer that declined and was rated up makes an unanswerable question.
    """
    used = set(taken)
    drafts = []
    for entry in rated:
        number = len(used) + 1
        while f"n{number:03}" in used:
            number += 1
        used.add(f"n{number:03}")
        drafts.append(_draft(f"n{number:03}", entry, papers))
    return drafts


def _draft(name: str, entry: Mapping[str, Any], papers: Mapping[str, Paper]) -> dict[str, Any]:
    answer = read_answer(entry["answer"], name)
    good = entry.get("rating") == "up"
    history = [{"role": t["role"], "content": t["content"]} for t in entry.get("history") or ()]
    put_forward = _titles(answer.papers, papers)
    declined = answer.status != "answered"
    value: dict[str, Any] = {"id": name, "type": _type(answer, bool(history), good)}
    value["question"] = entry["question"]
    if history:
        value["history"] = history
    value["relevant"] = put_forward if good and not declined else []
    value["partial"] = put_forward if good and declined else []
    value["answer"] = []
    value["nuggets"] = [
        {"text": sentence.text, "paper": paper, "must_contain": []}
        for sentence in (answer.sentences if good and not declined else ())
        for paper in _titles(_papers(answer, sentence.citations), papers)[:1]
    ]
    value["note"] = _note(entry, put_forward, good)
    value["draft"] = True
    return value


def _type(answer: Answer, follows: bool, good: bool) -> str:
    if answer.status != "answered" and good:
        return "unanswerable"
    if follows:
        return "followup"
    return "filter" if answer.filters else _TYPES[answer.kind]


def _papers(answer: Answer, numbers: Sequence[int]) -> list[str]:
    return [c.paper_id for c in answer.citations if c.n in numbers]


def _titles(ids: Iterable[str], papers: Mapping[str, Paper]) -> list[str]:
    return [papers[i].title for i in dict.fromkeys(ids) if i in papers]


def _note(entry: Mapping[str, Any], put_forward: Sequence[str], good: bool) -> str:
    parts = [f"rated {entry['rating']}" if entry.get("rating") else "not rated"]
    if entry.get("note"):
        parts.append(str(entry["note"]))
    if not good and put_forward:
        parts.append("put forward, to be judged: " + "; ".join(put_forward))
    return ". ".join(parts)
