"""Answers, papers, tables and kept conversations from the terminal into somebody's files."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from rag.errors import UsageError
from ui import files

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.export import Format, Note
    from rag.records import Answer, Paper
    from ui.web.chat.conversations import Conversations, Entry

Kind = TypeVar("Kind")
_ENDINGS = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "plain",
    ".html": "html",
    ".htm": "html",
    ".bib": "bibtex",
    ".ris": "ris",
    ".json": "csl",
    "": "markdown",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Target(Generic[Kind]):
    """A format, and the file to write it to; None for standard output."""

    kind: Kind
    file: Path | None

    def write(self, written: str | bytes) -> None:
        """What was in the file before is there until all of `written` is; bytes go to a file alone.
        Raises UsageError."""
        from ui import terminal

        encoded = written if isinstance(written, bytes) else written.encode("utf-8", "replace")
        is_empty = not encoded.strip(b" []\n")
        if is_empty and self.file is not None:
            raise UsageError(f"There is no paper to write: {self.file} is left as it was.")
        if is_empty:
            terminal.notice("It names no paper: there is nothing to cite.")
        if self.file is None:
            sys.stdout.write(encoded.decode("utf-8"))
            return
        try:
            _replace(self.file, encoded)
        except OSError as error:
            raise _unwritable(self.file, error.strerror or str(error)) from error
        terminal.notice(f"Written to {self.file}")


def wanted(
    name: str | None, output: Path | None, *, as_json: bool = False
) -> Target[Format] | None:
    """The format of answers and the file asked for, as `target`."""
    from rag.export import FORMATS

    return target(name, output, FORMATS, _ENDINGS, as_json=as_json)


def target(
    name: str | None,
    output: Path | None,
    formats: Mapping[str, Kind],
    endings: Mapping[str, str],
    *,
    as_json: bool = False,
) -> Target[Kind] | None:
    """The one of `formats` and the file asked for, if any, made sure of before anything is asked.
    `endings`: the format's name by the file's ending. Raises UsageError."""
    from rag.export import named

    if as_json and (name or output):
        raise UsageError("--json is a format of its own.", remedy="Give it, or --format, not both.")
    if name is None and output is None:
        return None
    kind = named(name or _by_ending(output or Path(), endings), formats)
    if output is not None:
        _require_writable(output)
    return Target(kind=kind, file=output)


def _by_ending(file: Path, endings: Mapping[str, str]) -> str:
    if (ending := file.suffix.lower()) not in endings:
        known = ", ".join(filter(None, endings))
        raise UsageError(
            f"No format ends in {ending}: {file}",
            remedy=f"Say which with --format, or name a file that ends in one of {known}",
        )
    return endings[ending]


def _require_writable(file: Path) -> None:
    """Raises UsageError where `file` could not be written now. Leaves nothing behind."""
    if file.is_dir():
        raise _unwritable(file, "it is a folder")
    if not file.parent.is_dir():
        raise _unwritable(file, f"there is no folder {file.parent}")
    if not os.access(file if file.exists() else file.parent, os.W_OK):
        raise _unwritable(file, "permission denied")


def _replace(file: Path, written: bytes) -> None:
    """A pipe or a device is written to as it is, and so is a file in a folder where no other can be
    made."""
    file = file.resolve()
    if (file.exists() and not file.is_file()) or not os.access(file.parent, os.W_OK):
        file.write_bytes(written)
    else:
        files.swap(file, written)


def _unwritable(file: Path, why: str) -> UsageError:
    return UsageError(f"{file} cannot be written: {why}.", remedy="Name another file with -o.")


def answer(assistant: Assistant, question: str, kind: Format, **asked: Any) -> str:
    """Ask, and write what is answered; `asked` as for `Assistant.ask`."""
    from ui import terminal

    value = assistant.ask(question, **asked)
    for notice in value.notices:
        terminal.notice(notice)
    return kind.of_answers([note(assistant.index_manager.catalog, value)], title=question)


def note(catalog: Any, answer: Answer) -> Note:
    """An answer of today, with the papers that it names."""
    from rag.export import Note

    named = dict.fromkeys([*(c.paper_id for c in answer.citations), *answer.papers])
    papers = {paper.paper_id: paper for paper in catalog.papers(named)}
    return Note(answer=answer, papers=papers, asked=date.today().isoformat())


def chosen(
    catalog: Any, ids: Sequence[str] | None, authors: Sequence[str] | None = None
) -> list[Paper]:
    """The papers of these ids, or all; those by all of `authors`. Raises UnknownPaper."""
    from rag.errors import UnknownPaper
    from rag.filters import Filters

    papers: list[Paper] = catalog.papers(ids or None)
    if unknown := set(ids or ()) - {p.paper_id for p in papers}:
        raise UnknownPaper(min(unknown))
    if authors:
        by = set(catalog.matching(Filters(authors=tuple(authors))))
        papers = [paper for paper in papers if paper.paper_id in by]
    return papers


def named(catalog: Any, ids: Sequence[str] | None) -> tuple[str, ...] | None:
    """Ids of the only papers that may be used, as a program gives them; None for all. Raises
    UsageError for none at all, UnknownPaper."""
    if ids is None:
        return None
    if not ids:
        raise UsageError("No paper is named that may be used.")
    return tuple(paper.paper_id for paper in chosen(catalog, ids))


def conversation(folder: Path, name: str | None, target: Target[Format]) -> None:
    """Write a kept conversation: the one whose id begins so, else the last. Raises UsageError."""
    from ui.web.notes import notes

    kept = _kept(folder)
    entries = kept.entries(None)
    found = [e for e in entries if e.id.startswith(name)] if name else entries[:1]
    if len(found) != 1:
        what = "No conversation has" if not found else "Several conversations have"
        raise UsageError(
            f"{what} the id {name!r}.", remedy="List them with: citewell export --list"
        )
    if not (given := notes(kept.load(None, found[0].id) or ())):
        raise UsageError("This conversation holds no answer.", remedy="Choose another one.")
    target.write(target.kind.of_answers(given, title=found[0].title))


def listing(folder: Path, *, as_json: bool) -> None:
    """The kept conversations, newest first."""
    from ui import terminal

    entries = _kept(folder).entries(None)
    if as_json:
        told = [{**asdict(e), "updated": _when(e).isoformat(timespec="seconds")} for e in entries]
        print_json(told)
        return
    terminal.conversations(
        [(e.id, f"{_when(e):%Y-%m-%d %H:%M}", e.questions, e.title) for e in entries]
    )


def _when(entry: Entry) -> datetime:
    return datetime.fromtimestamp(entry.updated, UTC).astimezone()


def _kept(folder: Path) -> Conversations:
    from ui.web.chat.conversations import Conversations
    from ui.web.store import FILE

    if not (folder / FILE).exists() or not (kept := Conversations(folder)).entries(None):
        raise UsageError(
            f"No conversation is kept in {folder}.", remedy="Have one on the page: citewell ui"
        )
    return kept


def print_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
