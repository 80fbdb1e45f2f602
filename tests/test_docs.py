"""The documents hold: commands exist, outputs are real, links lead somewhere, lists are complete.

A `console` block in the README is `$ command` and its output; a line `…` stands for what is left
out. After a change of output, blocks without `…` are written anew by

    python -m tests.test_docs --write
"""

from __future__ import annotations

import ast
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import metadata, packages_distributions
from pathlib import Path

import click
import pytest
import typer

from eval.cli import app as eval_app
from rag.config import ENVIRONMENT
from ui.cli import app as ui_app

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
NAMES = [path.relative_to(ROOT).as_posix() for path in DOCUMENTS]
_CONSOLE = re.compile(r"```console\n\$ ([^\n]+)\n(.*?)```", re.DOTALL)
_WIDTH = 92

every_document = pytest.mark.parametrize("document", DOCUMENTS, ids=NAMES)


# --- outputs ------------------------------------------------------------------------------------


def consoles(text: str) -> list[tuple[str, str]]:
    return [(match[1], match[2]) for match in _CONSOLE.finditer(text)]


def printed(command: str, data_dir: Path) -> str:
    """What a command of ours prints, from a process of its own."""
    program, *arguments = shlex.split(command)
    assert program == "citewell", f"only our own commands are run, not {program}"
    done = subprocess.run(
        [sys.executable, "-m", "ui.cli", *arguments, "--data-dir", str(data_dir)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**_own_environment(), "COLUMNS": str(_WIDTH)},
    )
    return "\n".join(line.rstrip() for line in done.stdout.splitlines()).strip("\n") + "\n"


def _own_environment() -> dict[str, str]:
    """The environment without settings of whoever runs this."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("CITEWELL_", "OPENAI_"))}


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
    """Whatever the wording: STEER's paper first, then CURE's, and quotes of both."""
    shown = folded(dict(consoles(README.read_text("utf-8")))[QUESTION])
    steer = shown.index("Rethinking Entropy Interventions in RLVR")
    assert steer < shown.index("CURE: Critical-Token-Guided Re-Concatenation")
    assert shown.count("“") >= 2


QUESTION = 'citewell ask "which papers mitigate entropy collapse in RLVR?"'


def test_elision_needs_order_and_drift_is_seen() -> None:
    assert stands_in("a b\n", "a\n  b")
    assert not stands_in("a b\n", "a b c")
    assert stands_in("…\nb\n…\nd\n", "a b c d e")
    assert not stands_in("…\nd\n…\nb\n", "a b c d e")
    assert stands_in("x ─── y\n", "x ─ y")


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


# --- commands, targets, settings ----------------------------------------------------------------


def commands() -> dict[str, click.Command]:
    found: dict[str, click.Command] = {}
    for prefix, app in (("", ui_app), ("eval ", eval_app)):
        group = typer.main.get_command(app)
        found |= {prefix + name: held for name, held in group.commands.items()}  # type: ignore[attr-defined]
    return found


def code(text: str) -> Iterator[str]:
    """Lines of shell blocks, and code within the text."""
    for block in re.findall(r"```(?:sh|console)\n(.*?)```", text, re.DOTALL):
        yield from block.splitlines()
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


@every_document
def test_commands_exist_with_their_options(document: Path) -> None:
    known = commands()
    for line in code(document.read_text("utf-8")):
        for call in re.findall(r"(?<![\w.@/-])citewell ((?:eval )?[a-z]+\b.*)", line):
            name = re.match(r"(?:eval )?[a-z]+", call)
            assert name, call
            assert name[0] in known, f"there is no citewell {name[0]} ({line})"
            options = {o for param in known[name[0]].params for o in (*param.opts, "--help")}
            command = re.split(r"[|#;]|&&", call)[0]
            for option in re.findall(r"(?<![\w-])--?[a-z][a-z-]*", command):
                assert option in options, f"citewell {name[0]} has no {option} ({line})"


@pytest.mark.parametrize("name", sorted(commands()))
def test_commands_are_told_of_and_helped(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = "\n".join(path.read_text("utf-8") for path in DOCUMENTS)
    *groups, last = name.split()
    assert last in told
    app = eval_app if groups else ui_app
    with pytest.raises(SystemExit) as end:
        app([last, "--help"], prog_name="citewell")
    assert not end.value.code
    assert "Usage" in capsys.readouterr().out


@every_document
def test_targets_exist(document: Path) -> None:
    targets = set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text("utf-8")))
    for line in code(document.read_text("utf-8")):
        for target in re.findall(r"^make ([a-z]+)", line):
            assert target in targets, line


def test_targets_are_told_of() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    phony = re.search(r"(?m)^\.PHONY: (.+)$", makefile)
    assert phony
    told = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert [t for t in phony[1].split() if f"`make {t}`" not in told] == []


def test_settings_are_the_documented_ones() -> None:
    rows = table("docs/architecture.md", "Settings")
    known = ENVIRONMENT
    assert {row[0]: tuple(row[1].split(", ")) for row in rows} == known
    real = {variable for names in known.values() for variable in names} | {"CITEWELL_DATA_DIR"}
    for document in DOCUMENTS:
        named = re.findall(r"\b(?:CITEWELL|OPENAI)_[A-Z_]+\b", document.read_text("utf-8"))
        assert set(named) <= real, document.name


def test_fields_are_the_documented_ones(bundled_dir: Path) -> None:
    """The JSON of each door has exactly the fields of its table."""
    import json

    def keys(*arguments: str) -> list[str]:
        out = json.loads(printed(shlex.join(["citewell", *arguments, "--json"]), bundled_dir))
        return list((out[0] if isinstance(out, list) else out).keys())

    doors = {
        "`citewell ask": keys("ask", "entropy collapse?"),
        "`citewell search": keys("search", "entropy collapse", "-k", "1"),
        "`citewell papers": keys("papers"),
    }
    for heading, fields in doors.items():
        assert [row[0] for row in table("docs/architecture.md", heading)] == fields, heading


# --- links, paths, lists ------------------------------------------------------------------------


def table(document: str, heading: str) -> list[list[str]]:
    """The cells of the first table below a heading that begins so, without back quotes."""
    text = (ROOT / document).read_text("utf-8")
    section = re.search(rf"(?m)^#+ {re.escape(heading)}.*\n((?:(?!#).*\n?)*)", text)
    assert section, f"{document} has no section {heading}"
    lines = [line for line in section[1].splitlines() if line.startswith("|")]
    return [
        [cell.strip().replace("`", "") for cell in line.strip("|").split("|")] for line in lines[2:]
    ]


@cache
def anchors(path: Path) -> set[str]:
    headings = re.findall(r"(?m)^#+ (.+)$", path.read_text("utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@every_document
def test_links_lead_somewhere(document: Path) -> None:
    text = re.sub(r"```.*?```", "", document.read_text("utf-8"), flags=re.DOTALL)
    dead = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        name, _, anchor = target.partition("#")
        path = (document.parent / name).resolve() if name else document
        if "://" not in target and not (
            path.exists() and path.is_relative_to(ROOT) and (not anchor or anchor in anchors(path))
        ):
            dead.append(target)
    assert dead == []


@every_document
def test_paths_exist(document: Path) -> None:
    for name in code(document.read_text("utf-8")):
        if re.fullmatch(r"(?:rag|ingest|ui|eval|tests|scripts|docs|\.ci)/[\w./-]*", name):
            assert (ROOT / name).exists(), name


def test_the_tree_is_the_real_one() -> None:
    blocks = re.findall(r"```\n(rag/ .*?)```", README.read_text("utf-8"), re.DOTALL)
    (tree,) = blocks
    parent = ""
    for line in tree.splitlines():
        name = line.split()[0]
        if not line.startswith(" "):
            parent = name
        path = ROOT / (name if name == parent else parent + name)
        assert path.is_dir() if name.endswith("/") else path.is_file(), name


def distribution(requirement: str) -> str:
    name = re.match(r"[\w.-]+", requirement)
    assert name, requirement
    return name[0]


def declared() -> dict[str, list[str]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    weights = (ROOT / "requirements.in").read_text("utf-8").splitlines()
    return {
        "At run time": project["dependencies"],
        "The weights": [line for line in weights if line and not line.startswith("#")],
        "For development": project["optional-dependencies"]["dev"],
    }


@pytest.mark.parametrize("heading", declared())
def test_every_dependency_has_its_row(heading: str) -> None:
    rows = table("docs/dependencies.md", heading)
    assert sorted(row[0] for row in rows) == sorted(map(distribution, declared()[heading]))
    for row in rows:
        assert len(row) == 4, row
        assert all(row), row


def licences(text: str) -> set[str]:
    text = text.replace("Python Software Foundation", "PSF")
    return set(re.findall(r"\b(?:MIT|Apache|[0-9]?BSD|MPL|Zlib|CC0|ISC|PSF|GPL|LGPL)\b", text))


@pytest.mark.parametrize("heading", [*declared(), "Come along"])
def test_licences_are_those_of_the_metadata(heading: str) -> None:
    for name, licence, *_ in table("docs/dependencies.md", heading):
        about = metadata(name)
        stated = [
            *(about.get_all("License-Expression") or []),
            *(text[:40] for text in about.get_all("License") or []),
            *(c for c in about.get_all("Classifier") or [] if c.startswith("License")),
        ]
        assert licences(licence) == licences(" ".join(stated)), f"{name}: {stated}"


def test_what_is_imported_has_its_row() -> None:
    headings = [*declared(), "Come along"]
    rows = [row for heading in headings for row in table("docs/dependencies.md", heading)]
    known = {plain(row[0]) for row in rows}
    ours = {"rag", "ingest", "ui", "eval"}
    by_module = packages_distributions()
    missing = set()
    for path in (path for top in ours for path in (ROOT / top).rglob("*.py")):
        for module in imported(path) - ours - sys.stdlib_module_names - {"llama_index"}:
            if not {plain(name) for name in by_module.get(module, [module])} & known:
                missing.add(f"{path.relative_to(ROOT)} imports {module}")
    assert missing == set()


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return {name.split(".")[0] for name in names}


# --- what must not stand anywhere ---------------------------------------------------------------

# Put together from pieces, so that this file may be searched too.
_FORBIDDEN = re.compile(
    "|".join(
        [
            r"\bpy" r"pi\.org",
            r"python" r"hosted\.org",
            r"npm" r"js\.(?:org|com)",
            r"\bdeb" r"ian\.org",
            r"registry\." r"[a-z]",
            r"(?<![\w.~>*{}-])/(?:work|tmp|root|mnt|(?:home|Users)(?!/someone\b))" r"/\w",
            r"\b(?:10\.\d{1,3}|192\.168|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d{1,3}){2}\b(?!\.)",
        ]
    )
)


def kept() -> list[Path]:
    """Text files of the repository, the bundled pages aside: those are what others wrote."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
        ).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not in a clone")
    files = [ROOT / name for name in listed if name and not name.startswith("ingest/corpus/")]
    return [f for f in files if f.is_file() and b"\0" not in f.read_bytes()[:4096]]


def test_no_address_or_path_of_a_registry_or_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {match[0]}"
        for path in kept()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if (match := _FORBIDDEN.search(line))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("line", "bad"),
    [
        ("see https://py" + "pi.org/simple", True),
        ("in /wo" + "rk/main", True),
        ("at 10.1.2" + ".3", True),
        ("make test/work/fine", False),
        ("version 10.1.2", False),
        ("~/.local/share/citewell", False),
    ],
)
def test_what_is_looked_for(line: str, bad: bool) -> None:
    assert bool(_FORBIDDEN.search(line)) == bad


def test_the_lock_names_no_host() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert "://" not in lock
    assert "index-url" not in lock


# --- writing outputs anew -----------------------------------------------------------------------


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
