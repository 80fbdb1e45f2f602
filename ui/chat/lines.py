"""Lines as somebody types them: with history and completion where the terminal can, else plain.

The history is a file in the data folder that its owner alone can read."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ui import progress as shown
from ui import terminal

if TYPE_CHECKING:
    from prompt_toolkit.completion import CompleteEvent, Completer, Completion
    from prompt_toolkit.document import Document
    from prompt_toolkit.history import History

PROMPT = "> "
HISTORY = "chat_history"
Choices = Callable[[str], Iterable[tuple[str, str]]]
"""What may stand in place of the last word of a line, each with what it means."""


def reader(folder: Path | None, choices: Choices) -> Callable[[], str]:
    """Reads a line. Raises EOFError at the end, KeyboardInterrupt for Ctrl-C. `folder` keeps the
    history; None keeps none."""
    if sys.stdin is None:
        return _no_line
    if not sys.stdin.isatty():
        return _piped_line
    if not shown.is_watched(terminal.errors):
        return _plain_line
    from prompt_toolkit import PromptSession
    from prompt_toolkit.formatted_text import FormattedText
    from prompt_toolkit.output import create_output

    # Terminals that do not tell where the cursor is are many, and the question can come out late.
    os.environ.setdefault("PROMPT_TOOLKIT_NO_CPR", "1")
    session: PromptSession[str] = PromptSession(
        FormattedText([("bold ansicyan", PROMPT)]),
        history=_history(folder),
        completer=_completer(choices),
        complete_while_typing=True,
        reserve_space_for_menu=8,
        output=create_output(sys.stderr),
    )
    return session.prompt


def _no_line() -> str:
    raise EOFError


def _piped_line() -> str:
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line


def _plain_line() -> str:
    sys.stderr.write(PROMPT)
    sys.stderr.flush()
    return _piped_line()


def _history(folder: Path | None) -> History:
    from prompt_toolkit.history import FileHistory, InMemoryHistory

    class Kept(FileHistory):
        def store_string(self, string: str) -> None:
            with contextlib.suppress(OSError):  # a full disk costs the history alone
                super().store_string(string)

    if folder is None:
        return InMemoryHistory()
    file = folder / HISTORY
    try:
        handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.fchmod(handle, 0o600)
        finally:
            os.close(handle)
    except (OSError, AttributeError):  # a read-only folder, another's file; Windows has no modes
        if not os.access(file, os.R_OK | os.W_OK):
            return InMemoryHistory()
    return Kept(file)


def _completer(choices: Choices) -> Completer:
    from prompt_toolkit.completion import Completer, Completion, PathCompleter
    from prompt_toolkit.document import Document

    paths = PathCompleter(expanduser=True)

    class OfCommands(Completer):
        def get_completions(self, document: Document, event: CompleteEvent) -> Iterator[Completion]:
            line = document.text_before_cursor
            name, space, rest = line.partition(" ")
            if not line.startswith("/"):
                return
            if space and name == "/export":
                yield from paths.get_completions(Document(rest), event)
                return
            last = line.rpartition(",")[2].lstrip() if "," in line else rest if space else line
            for word, meaning in choices(line):
                if word.startswith(last):
                    yield Completion(word, start_position=-len(last), display_meta=meaning)

    return OfCommands()
