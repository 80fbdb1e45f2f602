"""A conversation in the terminal: what each line does to it. How lines come is not known here."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import UsageError
from rag.export.references import Note
from rag.records import Answer, Mode, Paper
from rag.table.columns import KNOWN, columns_of
from rag.text.latex import readable
from rag.text.words import number_of
from ui import exporting, tables, terminal
from ui.words import papers_in_words

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.table.records import Table

_MODES = {
    "extractive": "quoted sentences, no model",
    "llm": "the configured model writes",
    "auto": "the model where there is one",
}
_HELP = {
    "/sources": "list the sources, /sources 2 shows one in its abstract",
    "/table": "lay its papers side by side: /table method, data sets",
    "/export": "write all answers to a file: /export notes.md",
    "/papers": "list the papers of the last answer",
    "/model": "who writes; /model extractive, llm or auto changes it",
    "/new": "begin a new conversation",
    "/help": "these commands",
    "/quit": "end the chat (Ctrl-D)",
}


class Conversation:
    """A conversation with `assistant`. `private`: nothing of it is kept on disk."""

    def __init__(self, assistant: Assistant, *, private: bool = False) -> None:
        self.notes: list[Note] = []
        self._assistant = assistant
        self._private = private
        self._mode: Mode | None = None
        self._table: Table | None = None
        self._commands: dict[str, Callable[[str], None]] = {
            "/sources": self._sources,
            "/table": self._make_table,
            "/export": self._export,
            "/papers": self._papers,
            "/model": self._model,
            "/new": self._new,
            "/help": self._help,
        }

    def opening(self) -> str:
        count = papers_in_words(len(self._assistant.index_manager.catalog))
        return f"{count} · {self._writer()} · /help lists the commands, Ctrl-D ends"

    def take(self, line: str) -> bool:
        """Ask, or do what a command says; whether the chat goes on. Raises CitewellError."""
        words = line.strip()
        name, _, rest = words.partition(" ")
        if words in ("/quit", "/exit", "quit", "exit"):
            return False
        if words.startswith("/"):
            self._command(name)(rest.strip())
        elif words:
            self._ask(words)
        return True

    def choices(self, line: str) -> Iterator[tuple[str, str]]:
        """What may stand in place of the last word of `line`, each with its meaning."""
        name, space, _ = line.partition(" ")
        if not space:
            yield from _HELP.items()
        elif name == "/table":
            yield from KNOWN.items()
        elif name == "/model":
            yield from _MODES.items()
        elif name == "/sources" and self.notes:
            for citation in self._last().citations:
                yield str(citation.n), readable(citation.title)

    def _command(self, name: str) -> Callable[[str], None]:
        if name in self._commands:
            return self._commands[name]
        alike = difflib.get_close_matches(name, _HELP, n=1)
        raise UsageError(
            f"There is no command {name}.",
            remedy=f"Did you mean {alike[0]}?" if alike else "/help lists the commands.",
        )

    def _ask(self, question: str) -> None:
        events = self._assistant.stream(
            question,
            history=[turn for note in self.notes for turn in note.answer.turns],
            mode=self._mode,
            keeping="private" if self._private else "resume",
        )
        try:
            answer = terminal.answer(events)
            self.notes.append(exporting.note(self._assistant.index_manager.catalog, answer))
        finally:
            if isinstance(events, Generator):
                events.close()

    def _last(self) -> Answer:
        if not self.notes:
            raise UsageError("There is no answer yet.", remedy="Ask something first.")
        return self.notes[-1].answer

    def _named(self, ids: tuple[str, ...]) -> list[Paper]:
        found = {p.paper_id: p for p in self._assistant.index_manager.catalog.papers(ids)}
        return [found[name] for name in ids if name in found]

    def _sources(self, number: str) -> None:
        answer = self._last()
        if not answer.citations:
            raise UsageError("The last answer cites nothing.", remedy="Ask something else.")
        if not number:
            terminal.sources(answer)
            return
        cited = {str(c.n): c for c in answer.citations}
        if (chosen := cited.get(number.strip("[]"))) is None:
            raise UsageError(
                f"The last answer has no source {number}.",
                remedy=f"Name one from 1 to {len(cited)}: /sources 1",
            )
        for paper in self._named((chosen.paper_id,)):
            same = [c for c in answer.citations if c.paper_id == chosen.paper_id]
            terminal.abstract(paper, same)

    def _of_last(self) -> list[Paper]:
        """Those put forward, or else quoted beside the point, or near. Raises UsageError."""
        answer = self._last()
        cited = tuple(dict.fromkeys(c.paper_id for c in answer.citations))
        if not (found := self._named(answer.papers or cited or answer.near)):
            raise UsageError("The last answer names no paper.", remedy="Ask something else.")
        return found

    def _papers(self, _: str) -> None:
        terminal.titles(self._of_last())

    def _make_table(self, columns: str) -> None:
        from rag.table.build import TableBuilder

        papers = self._of_last()
        wanted = columns_of([name for name in columns.split(",") if name.strip()])
        by_model = self._assistant.config.answers_with_model
        events = TableBuilder(self._assistant).fill(
            self._last().standalone_question,
            papers,
            wanted,
            mode=self._mode or ("llm" if by_model else "extractive"),
            private=self._private,
        )
        self._table, stopped = tables.filled(events)
        tables.give(self._table, None)
        if stopped:
            terminal.notice("Stopped: the cells that are missing are empty.")

    def _export(self, file: str) -> None:
        if not file:
            raise UsageError("No file is named.", remedy="Name one: /export notes.md")
        self._last()
        path = _path(file)
        if path.suffix.lower() in (".csv", ".xlsx", ".tex"):
            if self._table is None:
                raise UsageError(
                    f"{path.suffix} is for tables, and there is none yet.",
                    remedy="/table makes one of the last answer's papers.",
                )
            if table_file := tables.target(None, path):
                table_file.write(table_file.kind.write(self._table))
            return
        if target := exporting.wanted(None, path):
            title = self.notes[0].answer.question
            target.write(target.kind.of_answers(self.notes, title=title))

    def _model(self, wanted: str) -> None:
        if wanted and wanted not in _MODES:
            raise UsageError(
                f"Nobody called {wanted} can write here.",
                remedy="Choose extractive, llm or auto; another model: CITEWELL_MODEL.",
            )
        if wanted == "llm":
            self._assistant.model_for("llm", "write the answer")
        if wanted:
            by_model = wanted == "llm" or (wanted == "auto" and self._assistant.model is not None)
            self._mode = "llm" if by_model else "extractive"
        terminal.out(f"Answers: {self._writer()}.")

    def _writer(self) -> str:
        by_model = self._mode == "llm" or (
            self._mode is None and self._assistant.config.answers_with_model
        )
        model = self._assistant.model
        return f"written by {model.name}" if by_model and model else "quoted sentences, no model"

    def _new(self, _: str) -> None:
        self.notes, self._table = [], None
        terminal.notice("A new conversation: what was asked before is forgotten.")

    def _help(self, _: str) -> None:
        terminal.meanings(_HELP)
        terminal.out(
            f"Anything else is a question ({number_of(len(self.notes), 'answer')} so far)."
            " Ctrl-C stops an answer."
        )


def _path(text: str) -> Path:
    """The file that `text` names, in quotes or not. Raises UsageError."""
    try:
        return Path(text.strip("\"'")).expanduser()
    except RuntimeError as error:
        raise UsageError(
            f"There is no such home folder: {text}", remedy="Name another file."
        ) from error
