"""Ask an assistant every question of a set; a row a question, on disk as soon as it is there.

Rows go to a journal beside the run file (`OUT.rows.jsonl`), whose first line says what is being
run. A run that is interrupted, by Ctrl-C or by a crash, goes on from there; when all questions
are asked, the run file is written and the journal removed. Nothing here knows how rows are judged.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from eval import jsonl
from eval.questions import Question
from eval.runs import RANKED, Case, Row, cases, read_answer, read_row
from rag.errors import BadInput, CitewellError, UsageError
from rag.events import Event, Fallback, Finished, Retrieved
from rag.export import json_records as jsons
from rag.records import Mode, Paper, Turn

Progress = Callable[[int, int], None]
"""Told after each question: how many are done, of how many."""


class Answerer(Protocol):
    """What a run needs of `rag.assistant.Assistant`."""

    def stream(
        self, question: str, *, history: Sequence[Turn] = (), mode: Mode | None = None
    ) -> Iterator[Event]: ...


class Grader(Protocol):
    """An extra column by a model: names and values for one answered case. May raise anything;
    the columns of `names` are then None for this row."""

    @property
    def names(self) -> Sequence[str]: ...
    def grade(self, case: Case) -> Mapping[str, float]: ...


def answer_all(
    questions: Sequence[Question],
    assistant: Answerer,
    *,
    papers: Mapping[str, Paper],
    mode: Mode | None = None,
    graders: Sequence[Grader] = (),
    journal: Journal | None = None,
    progress: Progress = lambda done, total: None,
) -> list[Row]:
    """A row for every question, in their order. Questions whose row the journal holds are not
    asked again, unless that row is a failure or fell back. An error of one question is its row's
    error; KeyboardInterrupt passes through, with every finished row in the journal."""
    found = journal.rows if journal else ()
    held = {row.id: row for row in found if not row.error and not row.fell_back}
    rows: list[Row] = []
    for number, question in enumerate(questions, 1):
        row = held.get(question.id)
        if row is None:
            row = _graded(_ask(question, assistant, mode), question, papers, graders)
            if journal:
                journal.add(row)
        rows.append(row)
        progress(number, len(questions))
    return rows


def _ask(question: Question, assistant: Answerer, mode: Mode | None) -> Row:
    ranking: tuple[str, ...] = ()
    answer: dict[str, Any] | None = None
    fell_back: str | None = None
    try:
        for event in assistant.stream(question.question, history=question.history, mode=mode):
            match event:
                case Retrieved(papers=papers):
                    ranking = papers[:RANKED]
                case Fallback(message=message):
                    fell_back = message
                case Finished(answer=finished):
                    answer = _storable(jsons.answer(finished))
                    read_answer(answer, "the answer")  # what cannot be scored has failed
    except Exception as error:  # noqa: BLE001 - whatever goes wrong with a question is its result
        shown = str(error) if isinstance(error, CitewellError) else f"{error!r}"
        return Row(id=question.id, type=question.type, error=shown or type(error).__name__)
    return Row(
        id=question.id, type=question.type, ranking=ranking, answer=answer, fell_back=fell_back
    )


def _storable(answer: dict[str, Any]) -> dict[str, Any]:
    """As it will be read back. Half a surrogate pair, which a server may send, is no text that a
    file can hold: a question mark stands for it."""
    text = json.dumps(answer, ensure_ascii=False)
    stored: dict[str, Any] = json.loads(text.encode("utf-8", "replace"))
    return stored


def _graded(
    row: Row, question: Question, papers: Mapping[str, Paper], graders: Sequence[Grader]
) -> Row:
    (case,) = cases([question], [row], papers)
    if case.answer is None or not graders:
        return row
    graded: dict[str, float | None] = {}
    for grader in graders:
        try:
            graded.update(grader.grade(case))
        except Exception:  # noqa: BLE001 - a grader that fails is neither a zero nor the end
            graded.update(dict.fromkeys(grader.names))
    return replace(row, graded=graded)


@contextlib.contextmanager
def alone(out: Path) -> Iterator[None]:
    """`out` and its journal for this run alone. Raises UsageError where another has them, and where
    `out` cannot be written: before a question is asked, and not when all are."""
    from filelock import FileLock, Timeout

    lock = FileLock(out.with_name(out.name + ".lock"), timeout=0)
    with jsonl.writing(out):
        try:
            lock.acquire()
        except Timeout as error:
            raise UsageError(
                f"Another run is being written to {out}.", remedy="Name another file with --json."
            ) from error
    try:
        yield
    finally:
        Path(lock.lock_file).unlink(missing_ok=True)
        lock.release()


@dataclass(frozen=True)
class Journal:
    """The rows of a run in the making, one JSON line each behind a line that names the run."""

    path: Path
    rows: tuple[Row, ...]

    @classmethod
    def beside(cls, out: Path, about: Mapping[str, Any], *, resume: bool) -> Journal:
        """Open the journal of the run file `out`. With `resume`, its rows are taken over when it
        is about the same thing; else what an interrupted run left is kept as `….old`.

        Raises UsageError when there is nothing to resume or it is another run."""
        path = out.with_name(out.name + ".rows.jsonl")
        if resume:
            held, rows = _read(path)
            if held != json.loads(json.dumps(about)):
                changed = ", ".join(k for k in about if held.get(k) != about[k])
                raise UsageError(
                    f"{path} is of another run: {changed or 'its first line'} differs.",
                    remedy="Use the same set, settings and index, or start anew without --resume.",
                )
            _write(path, about, rows)  # without the line that a crash may have torn
            return cls(path, tuple(rows))
        if path.exists():
            path.replace(path.with_name(path.name + ".old"))
        _write(path, about, ())
        return cls(path, ())

    def add(self, row: Row) -> None:
        with jsonl.writing(self.path), self.path.open("a", encoding="utf-8") as file:
            file.write(_line(asdict(row)))

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)


def _read(path: Path) -> tuple[Mapping[str, Any], list[Row]]:
    try:
        *whole, _torn = path.read_text("utf-8", errors="replace").split("\n")
    except FileNotFoundError as error:
        raise UsageError(
            f"There is nothing to resume: {path} does not exist.",
            remedy="Start the run without --resume.",
        ) from error
    rows = []
    try:
        about, *entries = whole
        held = dict(json.loads(about))
    except (ValueError, TypeError) as error:
        raise BadInput(
            f"is not the journal of a run: {error!r}",
            path=path,
            remedy="Start the run without --resume.",
        ) from error
    for entry in entries:
        # A row that cannot be read is asked again, which loses one question instead of all.
        with contextlib.suppress(BadInput, ValueError, RecursionError):
            rows.append(read_row(json.loads(entry)))
    return held, rows


def _write(path: Path, about: Mapping[str, Any], rows: Sequence[Row]) -> None:
    jsonl.save(path, "".join(_lines(about, rows)))


def _lines(about: Mapping[str, Any], rows: Sequence[Row]) -> Iterator[str]:
    yield _line(about)
    for row in rows:
        yield _line(asdict(row))


def _line(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"
