"""Answers, papers and kept conversations from the terminal into somebody's notes."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.errors import UsageError

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.notes import Format
    from rag.records import Paper
    from ui.web.conversations import Conversations, Entry

_EXTENSIONS = {"md": "markdown", "bib": "bibtex", "ris": "ris", "json": "csl", "txt": "plain"}


def wanted(name: str | None, output: Path | None, *, as_json: bool = False) -> Format | None:
    """The format asked for, if any. Raises UsageError."""
    from rag.notes import format_named

    if as_json and (name or output):
        raise UsageError("--json is a format of its own.", remedy="Give it, or --format, not both.")
    if name is None and output is not None:
        name = _EXTENSIONS.get(output.suffix.lower().lstrip("."), "markdown")
    return None if name is None else format_named(name)


def write(text: str, output: Path | None) -> None:
    """To the file, else to standard output. Raises UsageError."""
    from ui import terminal

    if not text.strip(" []\n"):
        terminal.notice("It names no paper: there is nothing to cite.")
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(
            f"{output} cannot be written: {error.strerror}.", remedy="Name another file with -o."
        ) from error
    terminal.notice(f"Written to {output}")


def answer(assistant: Assistant, question: str, kind: Format, **asked: Any) -> str:
    """Ask, and write what is answered; `asked` as for `Assistant.ask`."""
    from rag.notes import Note
    from ui import terminal

    value = assistant.ask(question, **asked)
    for notice in value.notices:
        terminal.notice(notice)
    named = dict.fromkeys([*(c.paper_id for c in value.citations), *value.papers])
    papers = {p.paper_id: p for p in assistant.shelf.catalog.papers(named)}
    return kind.of_answers(
        [Note(answer=value, papers=papers, asked=date.today().isoformat())], title=question
    )


def chosen(catalog: Any, ids: Sequence[str] | None) -> list[Paper]:
    """The papers of these ids, or all. Raises UnknownPaper."""
    from rag.errors import UnknownPaper

    papers: list[Paper] = catalog.papers(ids or None)
    if unknown := set(ids or ()) - {p.paper_id for p in papers}:
        raise UnknownPaper(min(unknown))
    return papers


def conversation(folder: Path, name: str | None, kind: Format, output: Path | None = None) -> None:
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
    write(kind.of_answers(given, title=found[0].title), output)


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
    from ui.web.conversations import Conversations
    from ui.web.store import FILE

    if not (folder / FILE).exists() or not (kept := Conversations(folder)).entries(None):
        raise UsageError(
            f"No conversation is kept in {folder}.", remedy="Have one on the page: citewell ui"
        )
    return kept


def print_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
