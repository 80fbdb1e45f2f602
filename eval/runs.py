"""Run files: what an assistant said to every question of a set, kept to be judged again.

A run file is one JSON object. `summary`, `fingerprint` and `rows` are its contract; `questions`
and `papers` (those that the rows mention) make it self-contained, so that a
run can be scored, compared and reported on another machine, or after the corpus has changed.
Measures are always computed from the rows; `summary` is what they came to when it was written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from eval import jsonl
from eval.jsonl import as_record
from eval.questions import Question, parse, shape_faults
from ingest.dedupe import normalise_title
from rag.errors import BadInput
from rag.records import Answer, Paper

RANKED = 50
"""Papers of a ranking that a row keeps."""

_KEPT = ("title", "abstract", "published", "upvotes", "arxiv_id")
"""What a run file keeps of a paper: all that an answer may state."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """What came of one question. Without an answer there is an `error`."""

    id: str
    type: str
    ranking: tuple[str, ...] = ()
    answer: Mapping[str, Any] | None = None
    """As `citewell ask --json` prints it."""
    error: str | None = None
    graded: Mapping[str, float | None] = field(default_factory=dict)
    """Extra columns by a model or another judge, None where the grader itself failed; never part
    of the measures proper."""
    fell_back: str | None = None
    """Why sentences are quoted although a model should have written: its server failed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A question with what came of it: all that a measure looks at."""

    question: Question
    papers: Mapping[str, Paper]
    ranking: tuple[str, ...] = ()
    answer: Answer | None = None
    error: str | None = None
    graded: Mapping[str, float | None] = field(default_factory=dict)
    fell_back: str | None = None


@dataclass(frozen=True, kw_only=True)
class Run:
    """`cases` has every question of the set, in its order; one without a row is a failure."""

    name: str
    fingerprint: Mapping[str, Any]
    cases: tuple[Case, ...]


def cases(
    questions: Iterable[Question], rows: Iterable[Row], papers: Mapping[str, Paper]
) -> tuple[Case, ...]:
    """Questions and rows brought together. Raises BadInput for an answer that cannot be read."""
    by_id = {row.id: row for row in rows}
    return tuple(_case(question, by_id.get(question.id), papers) for question in questions)


def _case(question: Question, row: Row | None, papers: Mapping[str, Paper]) -> Case:
    if row is None:
        return Case(question=question, papers=papers, error="The run has no row for this question.")
    answer = None
    if row.answer is not None and not row.error:
        answer = read_answer(row.answer, f"row {row.id!r}")
    error = row.error or (None if answer else "The row has no answer.")
    return Case(
        question=question,
        papers=papers,
        ranking=row.ranking,
        answer=answer,
        error=error,
        graded=row.graded,
        fell_back=row.fell_back,
    )


def read_answer(entry: object, where: str) -> Answer:
    """The inverse of `json_records.answer`. Raises BadInput: `where`, and what is wrong."""
    if isinstance(entry, dict):
        entry = _ASSUMED | entry
    return as_record(Answer, entry, f"{where}: the answer is not one", _AS_PRINTED)


def read_row(entry: object, where: str = "a row") -> Row:
    """Raises BadInput."""
    if isinstance(entry, dict):
        where = f"row {entry.get('id')!r}"
        entry = {name: value for name, value in entry.items() if value is not None}
    return as_record(Row, entry, f"{where} is not one", "A row has an id, a type and an answer.")


_ASSUMED: dict[str, Any] = {
    "question": "",
    "standalone_question": "",
    "kind": "list",
    "filters": {},
    "mode": "extractive",
}
"""Of what an answer must have, the parts that no measure looks at."""
_AS_PRINTED = "An answer looks as `citewell ask --json` prints it."


def mentioned(
    questions: Iterable[Question], rows: Iterable[Row], papers: Mapping[str, Paper]
) -> dict[str, Paper]:
    """The papers a reader of the run needs: relevant, put forward, cited, or ranked in the ten
    best."""
    ids: set[str] = set()
    for question in questions:
        ids.update(question.relevant, question.partial, (n.paper for n in question.nuggets))
    for row in rows:
        ids.update(row.ranking[:10])
        if row.answer:
            ids.update(row.answer["papers"], (c["paper_id"] for c in row.answer["citations"]))
    return {i: papers[i] for i in sorted(ids) if i in papers}


def save(
    path: Path,
    *,
    summary: Mapping[str, Any],
    fingerprint: Mapping[str, Any],
    rows: Sequence[Row],
    questions: Sequence[Question],
    papers: Mapping[str, Paper],
) -> None:
    """Write a run file: whole, or not at all. Raises UsageError."""
    value = {
        "summary": summary,
        "fingerprint": fingerprint,
        "rows": [asdict(row) for row in rows],
        "questions": [question.entry for question in questions],
        "papers": {
            i: {name: getattr(p, name) for name in _KEPT}
            for i, p in mentioned(questions, rows, papers).items()
        },
    }
    jsonl.save(path, json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def load(
    path: Path,
    *,
    questions: Sequence[Question] | None = None,
    papers: Iterable[Paper] | None = None,
) -> Run:
    """Read a run file. `questions` and `papers` replace those that it carries; a file of rows
    alone needs them. Raises BadInput."""
    value = _json(path)
    try:
        rows = [read_row(entry) for entry in value["rows"]]
        if papers is None:
            texts = {i: _paper(i, entry) for i, entry in value["papers"].items()}
        else:
            texts = {paper.paper_id: paper for paper in papers}
        if questions is None:
            questions = _questions(value["questions"], texts)
        about = dict(value.get("fingerprint") or {})
        scored = cases(questions, _known(rows, questions), texts)
    except BadInput as error:
        raise BadInput(error.message, path=path, remedy=error.remedy) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        why = f"it has no {error}" if isinstance(error, KeyError) else str(error)
        raise BadInput(
            f"is not a whole run file: {why}",
            path=path,
            remedy="Rows alone need --questions FILE (and the corpus of --data-dir).",
        ) from error
    return Run(name=path.stem, fingerprint=about, cases=scored)


def _paper(paper_id: str, entry: Mapping[str, Any]) -> Paper:
    kept = {"paper_id": paper_id, **{name: entry.get(name) for name in _KEPT}}
    paper = as_record(Paper, kept, f"paper {paper_id!r} is not one")
    if paper.published:
        date.fromisoformat((paper.published + "-01-01")[:10])  # a year and a month are dates too
    return paper


def _questions(entries: Iterable[Any], papers: Mapping[str, Paper]) -> list[Question]:
    """Those that the file holds, as strictly as a set is read."""
    ids = {normalise_title(paper.title): i for i, paper in papers.items()}
    found: dict[str, Question] = {}
    for entry in entries:
        for fault in shape_faults(entry):
            raise BadInput(f"question {entry.get('id')!r}: {fault}")
        if entry["id"] in found:
            raise BadInput(f"has two questions {entry['id']!r}")
        found[entry["id"]] = parse(entry, ids)
    return list(found.values())


def _json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}", path=path) from error
    except json.JSONDecodeError as error:
        raise BadInput(
            f"is not JSON: {error.msg}",
            path=path,
            line=error.lineno,
            remedy="A run that was interrupted is finished by the same command with --resume.",
        ) from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise BadInput(f"is not JSON: {error}", path=path) from error
    if not isinstance(value, dict):
        raise BadInput("is not a run file: no JSON object", path=path)
    return value


def _known(rows: Sequence[Row], questions: Sequence[Question]) -> Sequence[Row]:
    """The rows, each of a question of the set, and of one only once."""
    types = {question.id: question.type for question in questions}
    seen: set[str] = set()
    for row in rows:
        if row.id in seen:
            raise BadInput(f"has two rows for question {row.id!r}")
        if row.id not in types:
            raise BadInput(f"has a row for {row.id!r}, which is no question of the set")
        if row.type != types[row.id]:
            raise BadInput(
                f"row {row.id!r} is of type {row.type!r}, its question of {types[row.id]!r}:"
                " they are of different sets"
            )
        seen.add(row.id)
    return rows


def distinct_names(files: Sequence[Path]) -> list[str]:
    """File names without ending; with the folder where two are alike, numbered where even that
    is."""
    stems = [file.stem for file in files]
    if len(set(stems)) == len(stems):
        return stems
    longer = [f"{file.resolve().parent.name}/{file.stem}" for file in files]
    if len(set(longer)) == len(longer):
        return longer
    return [f"{number} {stem}" for number, stem in enumerate(stems, 1)]
