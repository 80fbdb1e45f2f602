"""Run files: what an assistant said to every question of a set, kept to be judged again.

A run file is one JSON object. `summary`, `fingerprint` and `rows` are its contract; `questions`
and `papers` (those that the rows mention) make it self-contained, so that a
run can be scored, compared and reported on another machine, or after the corpus has changed.
Measures are always computed from the rows; `summary` is what they came to when it was written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from eval.questions import Question, parse
from ingest.dedupe import normalise_title
from rag.errors import BadInput
from rag.records import Answer, Citation, Filters, Paper, Sentence, Usage

RANKED = 50
"""Papers of a ranking that a row keeps."""

_KEPT = ("title", "abstract", "published", "upvotes")
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A question with what came of it: all that a measure looks at."""

    question: Question
    papers: Mapping[str, Paper]
    ranking: tuple[str, ...] = ()
    answer: Answer | None = None
    error: str | None = None
    graded: Mapping[str, float | None] = field(default_factory=dict)


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
    answer = None if row.answer is None or row.error else read_answer(row.answer, row.id)
    error = row.error or (None if answer else "The row has no answer.")
    return Case(
        question=question,
        papers=papers,
        ranking=row.ranking,
        answer=answer,
        error=error,
        graded=row.graded,
    )


def read_answer(entry: Mapping[str, Any], row: str) -> Answer:
    """The inverse of `rag.jsons.answer`. Raises BadInput naming the row."""
    known = {f.name for f in fields(Answer)}
    try:
        plain = _tuples({name: value for name, value in entry.items() if name in known})
        return Answer(
            **{
                **_ASSUMED,
                **plain,
                "filters": Filters(**_tuples(entry.get("filters") or {})),
                "sentences": tuple(Sentence(**_tuples(s)) for s in entry["sentences"]),
                "citations": tuple(Citation(**c) for c in entry["citations"]),
                "usage": Usage(**(entry.get("usage") or {})),
            }
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise BadInput(
            f"row {row!r}: the answer is not one: {error}",
            remedy="An answer looks as `citewell ask --json` prints it.",
        ) from error


_ASSUMED = {"question": "", "standalone_question": "", "kind": "list", "mode": "extractive"}
"""Of what an answer must have, the parts that no measure looks at."""


def _tuples(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in entry.items()}


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
    """Write a run file: whole, or not at all."""
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
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", "utf-8")
    part.replace(path)


def load(
    path: Path,
    *,
    questions: Sequence[Question] | None = None,
    papers: Iterable[Paper] | None = None,
) -> Run:
    """Read a run file. `questions` and `papers` replace those that it carries; a file of rows
    alone needs them. Raises BadInput."""
    try:
        value = json.loads(path.read_text("utf-8"))
        rows = [read_row(entry) for entry in value["rows"]]
        if papers is None:
            texts = {
                i: Paper(paper_id=i, **{name: entry[name] for name in _KEPT})
                for i, entry in value["papers"].items()
            }
        else:
            texts = {paper.paper_id: paper for paper in papers}
        if questions is None:
            ids = {normalise_title(paper.title): i for i, paper in texts.items()}
            questions = [parse(entry, ids) for entry in value["questions"]]
        fingerprint = value["fingerprint"]
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}", path=path) from error
    except json.JSONDecodeError as error:
        raise BadInput(f"is not JSON: {error.msg}", path=path, line=error.lineno) from error
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput(
            f"is not a whole run file: {error!r}",
            path=path,
            remedy="Rows alone need --questions FILE (and the corpus of --data-dir).",
        ) from error
    _check_ids(path, rows, questions)
    return Run(name=path.stem, fingerprint=fingerprint, cases=cases(questions, rows, texts))


def read_row(entry: Mapping[str, Any]) -> Row:
    return Row(
        id=entry["id"],
        type=entry["type"],
        ranking=tuple(entry.get("ranking") or ()),
        answer=entry.get("answer"),
        error=entry.get("error"),
        graded=entry.get("graded") or {},
    )


def _check_ids(path: Path, rows: Sequence[Row], questions: Sequence[Question]) -> None:
    known = {question.id for question in questions}
    seen: set[str] = set()
    for row in rows:
        if row.id in seen:
            raise BadInput(f"has two rows for question {row.id!r}", path=path)
        if row.id not in known:
            raise BadInput(f"has a row for {row.id!r}, which is no question of the set", path=path)
        seen.add(row.id)


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
