"""The outputs that the README shows are real.

A `console` block in it is `$ command` and its output; a line `…` stands for what is left out. After
a change of output, blocks without `…` are written anew by

    python -m tests.test_docs --write
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.documents import README, ROOT, printed

_CONSOLE = re.compile(r"```console\n\$ ([^\n]+)\n(.*?)```", re.DOTALL)
QUESTION = 'citewell ask "which papers mitigate entropy collapse in RLVR?"'


def consoles(text: str) -> list[tuple[str, str]]:
    return [(match[1], match[2]) for match in _CONSOLE.finditer(text)]


def folded(text: str) -> str:
    """Without what depends on a terminal's width."""
    return " ".join(re.sub("─+", "─", text).split())


def stands_in(shown: str, actual: str) -> bool:
    """Whether the pieces of `shown` between lines of `…` stand in `actual`, in their order; all
    of it where there is no such line."""
    first, *others = [folded(piece) for piece in re.split(r"(?m)^…$", shown)]
    whole = folded(actual)
    if not others:
        return first == whole
    at = 0
    for piece in [first, *others]:
        at = whole.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return True


@pytest.mark.parametrize(("command", "shown"), consoles(README.read_text("utf-8")))
def test_outputs_are_what_the_commands_print(command: str, shown: str, bundled_dir: Path) -> None:
    actual = printed(command, bundled_dir)
    assert stands_in(shown, actual), f"write it anew with --write; it prints:\n{actual}"


def test_the_first_answer_is_the_promised_one() -> None:
    """Whatever the wording: STEER's paper first, then CURE's, and a marker behind each sentence."""
    shown = folded(dict(consoles(README.read_text("utf-8")))[QUESTION])
    steer = shown.index("Rethinking Entropy Interventions in RLVR")
    assert steer < shown.index("CURE: Critical-Token-Guided Re-Concatenation")
    answer, sources = shown.split("Sources")
    assert set(re.findall(r"\[\d+\]", answer)) == set(re.findall(r"\[\d+\]", sources)) >= {"[2]"}


def test_elision_needs_order_and_drift_is_seen() -> None:
    assert stands_in("a b\n", "a\n  b")
    assert not stands_in("a b\n", "a b c")
    assert stands_in("…\nb\n…\nd\n", "a b c d e")
    assert not stands_in("…\nd\n…\nb\n", "a b c d e")
    assert stands_in("x ─── y\n", "x ─ y")


@pytest.mark.slow
def test_nothing_leaves_the_machine(tmp_path: Path) -> None:
    """A first ingest and an answer open no connection and ask for no address."""
    program = (
        "import sys\n"
        "events = []\n"
        "names = ['socket.' + n for n in ('connect', 'sendto', 'getaddrinfo', 'gethostbyname')]\n"
        "def hook(name, args):\n"
        "    if name in names: events.append(f'{name} {args}')\n"
        "sys.addaudithook(hook)\n"
        "from ui.cli import main\n"
        "try: main(['ask', 'entropy collapse?', '--json', '--data-dir', sys.argv[1]])\n"
        "except SystemExit as end: assert not end.code\n"
        "sys.stdout.write(f'\\n{events}')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert done.stdout.splitlines()[-1] == "[]"


def rewritten(text: str, run: Callable[[str], str]) -> str:
    """`text` with every console block without `…` printed anew."""

    def block(match: re.Match[str]) -> str:
        if re.search(r"(?m)^…$", match[2]):
            return match[0]
        return f"```console\n$ {match[1]}\n{run(match[1])}```"

    return _CONSOLE.sub(block, text)


def test_writing_keeps_what_is_elided() -> None:
    text = "```console\n$ citewell a\nold\n```\n```console\n$ citewell b\n…\nold\n```\n"
    assert rewritten(text, lambda command: f"new {command}\n") == text.replace(
        "old", "new citewell a", 1
    )


def main() -> None:
    """Write the outputs in the README anew, over the bundled corpus in a folder of its own."""
    import tempfile

    if sys.argv[1:] != ["--write"]:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        text = README.read_text("utf-8")
        README.write_text(rewritten(text, lambda command: printed(command, Path(folder))), "utf-8")


if __name__ == "__main__":
    main()
