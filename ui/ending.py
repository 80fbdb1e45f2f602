"""How a run of the program ends: its exit code, and one calm line where something went wrong.

0 done, 1 failed, 2 wrong usage or input, 130 stopped with Ctrl-C. Never a traceback, unless
somebody debugs."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

from rag.errors import CitewellError, Stopped

_STOPPED = Stopped.exit_code
_OF_A_CORPUS = (
    "ask|chat|doctor|enrich|eval|export|fetch|ingest|mark|mcp|notes|papers|reindex|remove|search"
    "|searches|table|ui|zotero"
)
"""Commands that are about a corpus."""
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What writing a standard stream raises; our own files are written by those who say so."""


def code(program: Callable[[], object], *, debug: bool, corpus: str = "") -> int:
    """Run `program`, tell what went wrong, and return the exit code. `corpus`: the one that was
    named, which the command that mends it must name as well."""
    _open_streams()
    try:
        program()
        ended = 0
    except SystemExit as error:  # help, wrong usage, Ctrl-C: told already, but the last
        ended = error.code if isinstance(error.code, int) else int(error.code is not None)
        if ended == _STOPPED:
            _tell(Stopped("Stopped."))
    except KeyboardInterrupt:
        ended = _STOPPED
        _tell(Stopped("Stopped."))
    except CitewellError as error:
        if debug:
            raise
        error.remedy = _for_corpus(error.remedy, corpus)
        _tell(error)
        ended = error.exit_code
    except OSError as error:
        if debug:
            raise
        # Whoever closed a pipe (`| head`) has seen enough.
        if error.errno != errno.EPIPE:
            _tell(_unwritten(error) if error.errno in _NO_ROOM else unforeseen(error))
        ended = 1
    except Exception as error:
        if debug:
            raise
        _tell(unforeseen(error))
        ended = 1
    try:
        sys.stdout.flush()
    except OSError as error:
        if not ended and error.errno != errno.EPIPE:
            _tell(_unwritten(error))
        _drop_output()
        return ended or 1
    return ended


def _for_corpus(remedy: str, corpus: str) -> str:
    """`citewell reindex` → `citewell --corpus tea reindex`."""
    if not corpus or "--corpus" in remedy:
        return remedy
    return re.sub(rf"\bcitewell (?=(?:{_OF_A_CORPUS})\b)", f"citewell --corpus {corpus} ", remedy)


def _open_streams() -> None:
    """Standard streams that any text can be written to: some encodings have no bullets."""
    if sys.stdout is None:  # closed (`>&-`)
        sys.stdout = io.StringIO()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _unwritten(error: OSError) -> CitewellError:
    return CitewellError(f"The output could not be written: {error.strerror or error}.")


def _drop_output() -> None:
    """Otherwise Python tries again at its very end, and complains."""
    with contextlib.suppress(OSError, ValueError), Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def _tell(error: CitewellError) -> None:
    from ui import terminal

    with contextlib.suppress(OSError):
        if isinstance(error, Stopped):
            terminal.notice(str(error))
        else:
            terminal.problem(error)


def unforeseen(error: Exception) -> CitewellError:
    return CitewellError(
        f"Something went wrong that should not have: {type(error).__name__}: {error}",
        remedy="Run it again with --debug for the traceback, and tell us.",
    )
