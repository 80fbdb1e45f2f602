"""Entries of a question set drafted from answers that were judged in the chat.

A judged answer is a JSON object: `question`, `answer` (what `citewell ask --json` prints), `rating`
("up", "down" or null), and where there are any `history`, `note`, and `sources`: paper id →
`verdict` ("relevant", "partial", "not" or "") and `note`. A file has one a line. A draft proposes;
it is marked `"draft": true`, which keeps a set from being used until somebody has read the entry
and removed the mark. Who judged is not known here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.runs import read_answer
from rag.errors import BadInput
from rag.records import Answer, Paper

_TYPES = {"list": "topic", "fact": "fact", "compare": "compare", "explain": "paraphrase"}
RATINGS = ("up", "down", None)
VERDICTS = ("relevant", "partial", "not")


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
            or not _is_sources(entry.get("sources"))
        ):
            raise BadInput(
                "is not a rated question",
                path=path,
                line=number,
                remedy='It has "question", "answer" and a "rating" of "up", "down" or null.',
            )
        rated.append(entry)
    return rated


def _is_sources(value: object) -> bool:
    return value is None or (
        isinstance(value, dict)
        and all(
            isinstance(v, dict) and v.get("verdict", "") in ("", *VERDICTS) for v in value.values()
        )
    )


def held(path: Path) -> list[dict[str, Any]]:
    """The entries that a file of drafts has already. Raises BadInput with the line."""
    if not path.exists():
        return []
    entries = []
    for number, line in enumerate(path.read_text("utf-8").split("\n"), 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except json.JSONDecodeError as error:
            raise BadInput(f"is not JSON: {error.msg}", path=path, line=number) from error
        if not isinstance(entry, dict) or not isinstance(entry.get("question"), str):
            raise BadInput("has no 'question'", path=path, line=number)
        entries.append(entry)
    return entries


def draft(
    rated: Iterable[Mapping[str, Any]],
    papers: Mapping[str, Paper],
    *,
    held: Sequence[Mapping[str, Any]] = (),
) -> list[dict[str, Any]]:
    """A draft for each question, in order, with ids that are not among those of the entries
    `held`; what those ask already is left out, and a question judged more than once makes one
    draft, of all that was said of it.

    Proposed as relevant are the papers judged so, and those of an answer rated up that nobody
    judged; other papers of an answer are named in the note, to be judged. An answer that declined
    and was rated up makes an unanswerable question, unless a paper was judged relevant.
    """
    used = {str(entry.get("id")) for entry in held}
    known = {_asked(entry) for entry in held}
    drafts = []
    for asked, entry in _merged(rated).items():
        if asked in known:
            continue
        number = len(used) + 1
        while f"n{number:03}" in used:
            number += 1
        used.add(f"n{number:03}")
        drafts.append(_draft(f"n{number:03}", entry, papers))
    return drafts


Asked = tuple[str, ...]


def _asked(entry: Mapping[str, Any]) -> Asked:
    """What makes two questions the same: their words, and the questions before them."""
    before = [turn["content"] for turn in entry.get("history") or () if turn["role"] == "user"]
    return tuple(
        " ".join(re.findall(r"\w+", text.casefold())) for text in (*before, entry["question"])
    )


def _merged(rated: Iterable[Mapping[str, Any]]) -> dict[Asked, dict[str, Any]]:
    """The best judged answer to each question (rated up, else the last), with all verdicts on
    sources, the later ones counting, and all notes."""
    merged: dict[Asked, dict[str, Any]] = {}
    for entry in rated:
        asked = _asked(entry)
        before = merged.get(asked)
        if before is None:
            merged[asked] = dict(entry)
            continue
        best = before if before.get("rating") == "up" != entry.get("rating") else entry
        notes = [str(one["note"]) for one in (before, entry) if one.get("note")]
        merged[asked] = {
            **best,
            "note": ". ".join(dict.fromkeys(notes)),
            "sources": {**(before.get("sources") or {}), **(entry.get("sources") or {})},
        }
    return merged


def _draft(name: str, entry: Mapping[str, Any], papers: Mapping[str, Paper]) -> dict[str, Any]:
    answer = read_answer(entry["answer"], name)
    good, declined = entry.get("rating") == "up", answer.status != "answered"
    verdicts = {i: one.get("verdict") for i, one in (entry.get("sources") or {}).items()}
    judged = {v: [i for i in verdicts if verdicts[i] == v] for v in VERDICTS}
    unjudged = [i for i in answer.papers if not verdicts.get(i)]
    relevant = judged["relevant"] + (unjudged if good and not declined else [])
    partial = judged["partial"] + (unjudged if good and declined else [])
    history = [{"role": t["role"], "content": t["content"]} for t in entry.get("history") or ()]
    value: dict[str, Any] = {"id": name}
    value["type"] = _type(answer, bool(history), good and not judged["relevant"])
    value["question"] = entry["question"]
    if history:
        value["history"] = history
    value["relevant"] = _titles(relevant, papers)
    value["partial"] = _titles(partial, papers)
    value["answer"] = []
    value["nuggets"] = [
        {"text": sentence.text, "paper": paper, "must_contain": []}
        for sentence in (() if declined else answer.sentences)
        for paper in _titles(_papers(answer, sentence.citations), papers)[:1]
        if paper in value["relevant"]
    ]
    value["note"] = _note(entry, papers, judged["not"], [] if good else unjudged)
    value["draft"] = True
    return value


def _type(answer: Answer, follows: bool, agreed: bool) -> str:
    """`agreed`: whoever judged it wants no other paper."""
    if answer.status != "answered" and agreed:
        return "unanswerable"
    if follows:
        return "followup"
    return "filter" if answer.filters else _TYPES[answer.kind]


def _papers(answer: Answer, numbers: Sequence[int]) -> list[str]:
    return [c.paper_id for c in answer.citations if c.n in numbers]


def _titles(ids: Iterable[str], papers: Mapping[str, Paper]) -> list[str]:
    return [papers[i].title for i in dict.fromkeys(ids) if i in papers]


def _note(
    entry: Mapping[str, Any],
    papers: Mapping[str, Paper],
    wrong: Sequence[str],
    unjudged: Sequence[str],
) -> str:
    parts = [f"rated {entry['rating']}" if entry.get("rating") else "not rated"]
    if entry.get("note"):
        parts.append(str(entry["note"]))
    for paper_id, one in (entry.get("sources") or {}).items():
        if one.get("note") and paper_id in papers:
            parts.append(f"{papers[paper_id].title}: {one['note']}")
    for what, ids in (("judged not relevant", wrong), ("put forward, to be judged", unjudged)):
        if titles := _titles(ids, papers):
            parts.append(f"{what}: " + "; ".join(titles))
    return ". ".join(parts)
