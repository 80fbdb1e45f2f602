"""Commands, targets, settings and fields are those of the documents, and these lack none."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
import typer

from rag.config import ENVIRONMENT
from tests.documents import DOCUMENTS, ROOT, code, every_document, printed, table
from ui.cli import app


def commands() -> dict[str, click.Command]:
    """By name, `eval run` for those of a group."""
    found: dict[str, click.Command] = {}
    for name, held in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        within = getattr(held, "commands", {})
        found |= {f"{name} {one}": command for one, command in within.items()} or {name: held}
    return found


GROUPS = "|".join(sorted({name.split()[0] for name in commands() if " " in name}))


@every_document
def test_commands_exist_with_their_options(document: Path) -> None:
    known = commands()
    for line in code(document.read_text("utf-8")):
        for call in re.findall(rf"(?<![\w.@/-])citewell ((?:(?:{GROUPS}) )?[a-z]+\b.*)", line):
            name = re.match(rf"(?:(?:{GROUPS}) )?[a-z]+", call)
            assert name, call
            assert name[0] in known, f"there is no citewell {name[0]} ({line})"
            options = {o for param in known[name[0]].params for o in (*param.opts, "--help")}
            command = re.split(r"[|#;]|&&", call)[0]
            for option in re.findall(r"(?<![\w-])--?[a-z][a-z-]*", command):
                assert option in options, f"citewell {name[0]} has no {option} ({line})"


@pytest.mark.parametrize("name", sorted(commands()))
def test_commands_are_told_of_and_helped(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = "\n".join(path.read_text("utf-8") for path in DOCUMENTS)
    assert name.rsplit(maxsplit=1)[-1] in told
    with pytest.raises(SystemExit) as end:
        app([*name.split(), "--help"], prog_name="citewell")
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
    options = {"CITEWELL_DATA_DIR", "CITEWELL_SERVE_TOKEN"}
    real = {variable for names in known.values() for variable in names} | options
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
        "`citewell table": keys("table", "entropy collapse", "-k", "1", "-c", "method"),
    }
    for heading, fields in doors.items():
        assert [row[0] for row in table("docs/architecture.md", heading)] == fields, heading
