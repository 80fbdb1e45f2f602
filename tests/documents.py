"""The documents, what stands in them, and what the commands that they show print."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
NAMES = [path.relative_to(ROOT).as_posix() for path in DOCUMENTS]

every_document = pytest.mark.parametrize("document", DOCUMENTS, ids=NAMES)


def printed(command: str, data_dir: Path, folder: Path = ROOT) -> str:
    """What a command of ours prints on a terminal without colours, from a process of its own, run
    in `folder`. `data_dir`: for a command that names none."""
    program, *arguments = shlex.split(command)
    assert program == "citewell", f"only our own commands are run, not {program}"
    own = [] if "--data-dir" in arguments else ["--data-dir", str(data_dir)]
    done = subprocess.run(
        [sys.executable, "-m", "ui.cli", *arguments, *own],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
        env={**_own_environment(), "FORCE_COLOR": "1", "TERM": "dumb", "PYTHONPATH": str(ROOT)},
    )
    return "\n".join(line.rstrip() for line in done.stdout.splitlines()).strip("\n") + "\n"


def _own_environment() -> dict[str, str]:
    """The environment without settings of whoever runs this."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("CITEWELL_", "OPENAI_"))}


def code(text: str) -> Iterator[str]:
    """Lines of shell blocks, and code within the text."""
    for block in re.findall(r"```(?:sh|console)\n(.*?)```", text, re.DOTALL):
        yield from block.splitlines()
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def table(document: str, heading: str) -> list[list[str]]:
    """The cells of the first table below a heading that begins so, without back quotes."""
    text = (ROOT / document).read_text("utf-8")
    section = re.search(rf"(?m)^#+ {re.escape(heading)}.*\n((?:(?!#).*\n?)*)", text)
    assert section, f"{document} has no section {heading}"
    lines = [line for line in section[1].splitlines() if line.startswith("|")]
    return [
        [cell.strip().replace("`", "") for cell in line.strip("|").split("|")] for line in lines[2:]
    ]
