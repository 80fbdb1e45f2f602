"""`citewell chat`: lines from a pipe and from a pseudo-terminal."""

from __future__ import annotations

import csv
import io
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rag.assistant import Assistant
from tests.ui.commands import Run
from ui.chat.lines import HISTORY

QUESTION = "which papers mitigate entropy collapse in RLVR?"
Chat = Callable[..., tuple[str, str]]


@pytest.fixture
def chat(run: Run, bundled_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Chat:
    """What a chat of these lines prints, and says beside it."""

    def told(*lines: str) -> tuple[str, str]:
        text = "".join(f"{line}\n" for line in lines).encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text), encoding="utf-8"))
        code, out, err = run("chat", "--data-dir", bundled_dir)
        assert code == 0, err
        assert "Traceback" not in err
        return out, " ".join(err.split())

    return told


def test_follow_ups_know_the_papers_before(chat: Chat) -> None:
    out, err = chat(QUESTION, "which of those branches off at uncertain tokens?")
    assert "2 papers of the previous answer" in err
    assert out.count("Sources") == 2
    out, err = chat(QUESTION, "/new", "/sources")
    assert "There is no answer yet." in err


def test_a_source_is_shown_in_its_abstract(chat: Chat) -> None:
    out, err = chat(QUESTION, "/sources 3", "/sources 99")
    shown = out.rpartition("Recent advances in Reinforcement")[2]
    assert "[3] “To address this issue, we introduce CURE" in shown
    assert "exploitation.” Specifically" in shown
    assert "no source 99" in err


def test_papers_and_tables_of_the_last_answer(chat: Chat, tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    out, err = chat(QUESTION, "/papers", f"/export {file}", "/table method", f"/export {file}")
    assert "1 Rethinking Entropy Interventions in RLVR" in out
    assert "there is none yet" in err
    rows = list(csv.DictReader(file.read_text("utf-8-sig").splitlines()))
    assert len(rows) == 2
    assert all(row["method"] for row in rows)


def test_all_answers_are_written(chat: Chat, tmp_path: Path) -> None:
    file = tmp_path / "my notes.md"
    _, err = chat(QUESTION, "what is CURE?", f'/export "{file}"', "/export x.pdf", "/export")
    text = file.read_text("utf-8")
    assert QUESTION in text
    assert "what is CURE?" in text
    assert "No format ends in .pdf" in err
    assert "/export notes.md" in err


def test_errors_are_told_and_the_chat_goes_on(chat: Chat) -> None:
    out, err = chat("/exprot x", "/model gpt", "/model llm", "word " * 2000, "/model", "/help")
    assert "Did you mean /export?" in err
    assert "Nobody called gpt can write here." in err
    assert "No model is configured" in err
    assert "Answers: quoted sentences, no model." in out
    assert "/sources" in out
    out, _ = chat("/quit", "/help")
    assert out == ""


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("odd")])
def test_what_breaks_an_answer_off_ends_no_chat(
    chat: Chat, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def broken(self: Assistant, question: str, **given: Any) -> object:
        raise error

    monkeypatch.setattr(Assistant, "stream", broken)
    out, err = chat(QUESTION, "/sources", "/model")
    assert "Stopped." in err or "ValueError: odd" in err
    assert "There is no answer yet." in err
    assert "Answers:" in out


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize(
    ("term", "option", "is_kept"),
    [("xterm", [], True), ("xterm", ["--private"], False), ("dumb", [], False)],
)
def test_on_a_terminal(
    bundled_dir: Path, tmp_path: Path, term: str, option: list[str], is_kept: bool
) -> None:
    import pty

    folder = tmp_path / "data"
    shutil.copytree(bundled_dir, folder)
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": term, "NO_COLOR": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "ui", "chat", "--data-dir", str(folder), *option],
        stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True,
        preexec_fn=_take_terminal,  # noqa: PLW1509
    )  # fmt: skip
    os.close(theirs)
    seen = b""

    def until(words: bytes, press: bytes = b"") -> None:
        """`press`: pressed again while nothing happens, for a signal between Python's last look and
        its read of a line is not heard until the next."""
        nonlocal seen
        ends = time.monotonic() + 120
        while words not in seen:
            assert time.monotonic() < ends, seen
            if select.select([ours], [], [], 5)[0]:
                seen += os.read(ours, 10_000)
            else:
                os.write(ours, press)
        seen = seen.partition(words)[2]

    try:
        until(b"> ")
        os.write(ours, b"/help\r" if term != "dumb" else b"/help\n")
        until(b"Anything else")
        until(b"> ")
        os.write(ours, b"\x03")
        until(b"/quit ends the chat", press=b"\x03")
        until(b"> ")
        os.write(ours, b"\x04")
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    history = folder / HISTORY
    assert history.exists() == is_kept
    if is_kept:
        assert history.stat().st_mode & 0o777 == 0o600
        assert "+/help" in history.read_text()


def _take_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
