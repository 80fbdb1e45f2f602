"""The tutorial is done, from its first command to its last, and prints what it shows."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from tests.documents import ROOT, printed
from tests.test_docs import stands_in

TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text("utf-8")
_BLOCK = re.compile(r"```(sh|console|bibtex)\n(.*?)```", re.DOTALL)
_FOR_PEOPLE = {"chat", "ui"}
"""Commands that wait for somebody; tests/test_docs_commands.py knows that they are there."""


def steps() -> Iterator[tuple[str, str | None]]:
    """Each command, with what it is shown to print; a file to be saved is `(text, None)` too."""
    for kind, text in _BLOCK.findall(TUTORIAL):
        if kind == "console":
            command, _, shown = text.partition("\n")
            yield command.removeprefix("$ "), shown
        elif kind == "bibtex":
            yield text, None
        else:
            yield from ((line, None) for line in text.splitlines() if line.startswith("citewell"))


def test_it_can_be_done(bundled_dir: Path, tmp_path: Path) -> None:
    done = 0
    for step, shown in steps():
        if step.startswith("@"):
            (tmp_path / "birds.bib").write_text(step, "utf-8")
            continue
        if shlex.split(step)[1] in _FOR_PEOPLE:
            continue
        actual = printed(step, bundled_dir, tmp_path)
        assert shown is None or stands_in(shown, actual), f"{step} prints:\n{actual}"
        done += 1
    assert done >= 8
    assert "<mark>" in (tmp_path / "answer.html").read_text("utf-8")
    assert "method (quote)" in (tmp_path / "classes.csv").read_text("utf-8")
