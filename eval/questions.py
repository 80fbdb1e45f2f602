"""Question sets: a JSON object a line, papers named by title. docs/evaluation.md is the schema.

A set is checked as a whole when it is read, against the papers it is about: every fault names its
file and line, so that a score is never computed over a typo. In memory papers go by their ids.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eval import jsonl
from eval.matching import any_stands_in, stands_in
from ingest.dedupe import normalise_title
from rag.errors import BadInput
from rag.pipeline import MAX_QUESTION_CHARS
from rag.records import Paper, Turn

TYPES = ("topic", "fact", "paraphrase", "compare", "followup", "filter", "unanswerable")

_REQUIRED: dict[str, type] = {
    "id": str,
    "type": str,
    "question": str,
    "relevant": list,
    "partial": list,
    "answer": list,
    "nuggets": list,
}
_OPTIONAL: dict[str, type] = {"history": list, "filter": dict, "note": str, "draft": bool}


@dataclass(frozen=True, kw_only=True, slots=True)
class Nugget:
    """A statement that a good answer makes: every string of `must_contain`, citing `paper`."""

    text: str
    paper: str
    must_contain: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One entry of a set; `relevant`, `partial` and the nuggets' `paper` are paper ids."""

    id: str
    type: str
    question: str
    relevant: tuple[str, ...]
    partial: tuple[str, ...] = ()
    accepted: tuple[tuple[str, ...], ...] = ()
    """What the answer must say: one string of every group. Empty where no string is asked for."""
    nuggets: tuple[Nugget, ...] = ()
    history: tuple[Turn, ...] = ()
    entry: Mapping[str, Any] = field(default_factory=dict)
    """The JSON object it was read from."""

    @property
    def answerable(self) -> bool:
        return bool(self.relevant)


@dataclass(frozen=True, kw_only=True)
class CheckedSet:
    """What reading a set found. `warnings` do not keep a set from being used."""

    questions: tuple[Question, ...] = ()
    faults: tuple[BadInput, ...] = ()
    warnings: tuple[BadInput, ...] = ()


def load(path: Path, papers: Iterable[Paper]) -> tuple[Question, ...]:
    """The questions of a set without fault. Raises BadInput for the first fault, counting the
    others."""
    checked = check(path, papers)
    if checked.faults:
        first, others = checked.faults[0], len(checked.faults) - 1
        more = f" ({others} more: see the remedy)" if others else ""
        raise BadInput(
            first.message + more,
            path=path,
            line=first.line,
            remedy=f"See every fault with: citewell eval check {path}",
        )
    return checked.questions


def check(path: Path, papers: Iterable[Paper]) -> CheckedSet:
    """Read and judge every line of `path`. Raises BadInput only when it cannot be read."""
    corpus = _Corpus.of(papers)
    questions: list[Question] = []
    faults: list[BadInput] = []
    warnings: list[BadInput] = []
    seen: dict[str, int] = {}
    for number, entry in jsonl.objects(path):
        if isinstance(entry, BadInput):
            faults.append(entry)
            continue
        found = list(_faults(entry, corpus))
        if isinstance(entry.get("id"), str):
            if entry["id"] in seen:
                first = seen[entry["id"]]
                found.append(f"id {entry['id']!r} is taken: line {first} has it already")
            seen.setdefault(entry["id"], number)
        faults += [BadInput(text, path=path, line=number) for text in found]
        if not found:
            question = parse(entry, corpus.ids)
            questions.append(question)
            warnings += [
                BadInput(text, path=path, line=number) for text in _warnings(question, corpus)
            ]
    if not questions and not faults:
        faults.append(BadInput("has no questions", path=path))
    return CheckedSet(questions=tuple(questions), faults=tuple(faults), warnings=tuple(warnings))


def parse(entry: Mapping[str, Any], ids: Mapping[str, str]) -> Question:
    """A faultless entry as a Question; `ids` maps normalised titles to paper ids."""
    nuggets = tuple(
        Nugget(
            text=nugget.get("text", ""),
            paper=ids[normalise_title(nugget["paper"])],
            must_contain=tuple(nugget["must_contain"]),
        )
        for nugget in entry["nuggets"]
    )
    return Question(
        id=entry["id"],
        type=entry["type"],
        question=entry["question"],
        relevant=_ids(entry["relevant"], ids),
        partial=_ids(entry["partial"], ids),
        accepted=accepted_groups(entry["answer"], nuggets),
        nuggets=nuggets,
        history=tuple(
            Turn(
                role=turn["role"],
                content=turn["content"],
                papers=None if turn.get("papers") is None else tuple(turn["papers"]),
            )
            for turn in entry.get("history") or ()
        ),
        entry=entry,
    )


def accepted_groups(
    answers: Sequence[str | Sequence[str]], nuggets: Sequence[Nugget]
) -> tuple[tuple[str, ...], ...]:
    """Strings of which the answer must hold one of every group.

    A list of lists states the groups outright. A flat list is one group, unless a nugget needs
    several strings that the accepted answers spell out ("42.9" and "62.2"): then each of those
    makes a group with the accepted answers that contain it.
    """
    if any(not isinstance(answer, str) for answer in answers):
        return tuple((a,) if isinstance(a, str) else tuple(a) for a in answers)
    flat = tuple(str(answer) for answer in answers)
    for nugget in nuggets:
        groups = [tuple(a for a in flat if stands_in(s, a)) for s in nugget.must_contain]
        if len(groups) > 1 and all(groups) and {a for g in groups for a in g} == set(flat):
            return tuple(groups)
    return (flat,) if flat else ()


@dataclass(frozen=True)
class _Corpus:
    ids: Mapping[str, str]
    """By normalised title."""
    shared: frozenset[str]
    """Normalised titles that more than one paper has: a label could mean either."""
    titles: Mapping[str, str]
    abstracts: Mapping[str, str]

    @classmethod
    def of(cls, papers: Iterable[Paper]) -> _Corpus:
        papers = list(papers)
        titles = Counter(normalise_title(p.title) for p in papers)
        return cls(
            {normalise_title(p.title): p.paper_id for p in papers},
            frozenset(title for title, times in titles.items() if times > 1),
            {p.paper_id: p.title for p in papers},
            {p.paper_id: p.abstract for p in papers},
        )

    def unknown(self, titles: Iterable[str]) -> Iterator[str]:
        for title in titles:
            folded = normalise_title(title)
            if folded not in self.ids:
                # Only what could be a title is worth the search for what it nearly is.
                near = difflib.get_close_matches(folded[:300], self.ids, 1, 0.75)
                meant = [self.titles[self.ids[name]] for name in near]
                hint = f" (is {meant[0]!r} meant?)" if meant else ""
                yield f"no paper of the corpus has the title {_short(title)!r}{hint}"
            elif folded in self.shared:
                yield f"several papers of the corpus have the title {_short(title)!r}"


def _faults(entry: Mapping[str, Any], corpus: _Corpus) -> Iterator[str]:
    shape = list(shape_faults(entry))
    yield from shape
    if shape:
        return  # what follows would stumble over the same thing
    titles = [*entry["relevant"], *entry["partial"], *(n["paper"] for n in entry["nuggets"])]
    unknown = list(corpus.unknown(dict.fromkeys(titles)))
    yield from unknown
    if unknown:
        return
    question = parse(entry, corpus.ids)
    for paper_id in set(question.relevant) & set(question.partial):
        yield f"{corpus.titles[paper_id]!r} is both relevant and partial"
    if question.answerable == (question.type == "unanswerable"):
        yield (
            "an unanswerable question has no relevant papers"
            if question.answerable
            else "only an unanswerable question has no relevant papers"
        )
    source = "\n".join(corpus.abstracts[i] for i in question.relevant)
    for group in question.accepted:
        if not any_stands_in(group, source):
            shown = " or ".join(repr(_short(string)) for string in group)
            yield f"the answer {shown} is not in the abstract of a relevant paper"


def shape_faults(entry: Mapping[str, Any]) -> Iterator[str]:
    """What keeps an entry from being read, whatever the corpus is."""
    known = {**_REQUIRED, **_OPTIONAL}
    for name, kind in known.items():
        if name in _OPTIONAL and entry.get(name) is None:
            continue  # null is as good as leaving it out
        if name in entry and not isinstance(entry[name], kind):
            yield f"field {name!r} is not a {_NAMES[kind]}"
        elif name in _REQUIRED and name not in entry:
            meant = difflib.get_close_matches(name, set(entry) - set(known), 1)
            yield f"field {name!r} is missing" + (f" (is {meant[0]!r} meant?)" if meant else "")
        elif name in ("id", "question") and not entry[name].strip():
            yield f"field {name!r} is empty"
    if len(str(entry.get("question"))) > MAX_QUESTION_CHARS:
        yield f"field 'question' is longer than can be asked ({MAX_QUESTION_CHARS:,} characters)"
    if isinstance(entry.get("type"), str) and entry["type"] not in TYPES:
        yield f"type {_short(entry['type'])!r} is none of {', '.join(TYPES)}"
    if entry.get("draft") is True:
        yield 'is a draft: complete the entry, then remove "draft"'
    if entry.get("type") == "followup" and not entry.get("history"):
        yield "a follow-up needs its 'history'"
    yield from _item_faults(entry)


def _item_faults(entry: Mapping[str, Any]) -> Iterator[str]:
    for name in ("relevant", "partial"):
        if not all(isinstance(title, str) for title in _list(entry, name)):
            yield f"field {name!r} holds something that is not a title"
    if not all(isinstance(a, str) or _is_strings(a) for a in _list(entry, "answer")):
        yield "field 'answer' holds something that is neither a string nor a list of strings"
    for number, nugget in enumerate(_list(entry, "nuggets"), 1):
        if not isinstance(nugget, dict) or not isinstance(nugget.get("paper"), str):
            yield f"nugget {number} has no 'paper'"
        elif not _is_strings(nugget.get("must_contain")):
            yield f"nugget {number} has no strings in 'must_contain'"
    for number, turn in enumerate(_list(entry, "history"), 1):
        if (
            not isinstance(turn, dict)
            or turn.get("role") not in ("user", "assistant")
            or not isinstance(turn.get("content"), str)
        ):
            yield f"turn {number} of 'history' has no 'role' (user, assistant) and 'content'"
        elif not all(isinstance(paper, str) for paper in _list(turn, "papers")):
            yield f"turn {number} of 'history' has 'papers' that are no ids"


def _warnings(question: Question, corpus: _Corpus) -> Iterator[str]:
    for name in question.entry.keys() - _REQUIRED.keys() - _OPTIONAL.keys():
        for meant in difflib.get_close_matches(name, _OPTIONAL.keys() - question.entry.keys(), 1):
            yield f"nothing reads the field {_short(name)!r} (is {meant!r} meant?)"
    if question.type == "fact" and not question.accepted:
        yield "has no 'answer': whether the fact is stated is not measured"
    for nugget in question.nuggets:
        shown = f"{corpus.titles[nugget.paper]}\n{corpus.abstracts[nugget.paper]}"
        for string in nugget.must_contain:
            if not stands_in(string, shown):
                yield f"{string!r} is not in the nugget's paper: no quotation can show the nugget"


_NAMES = {str: "text", list: "list", dict: "JSON object", bool: "truth value"}


def _short(text: str) -> str:
    """What a message quotes of a text of any length."""
    return text if len(text) <= 200 else text[:200] + "…"


def _list(entry: Mapping[str, Any], name: str) -> list[Any]:
    value = entry.get(name)
    return value if isinstance(value, list) else []


def _is_strings(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, str) for v in value)


def _ids(titles: Iterable[str], ids: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ids[normalise_title(title)] for title in titles))
