"""The terminal's contract: exit codes, errors in words, help with examples."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.ui.commands import Run, loaded
from ui.cli import main


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", ":1: is not JSON"),
        ("{}", "not a JSON list"),
        ('[{"role": "user"}]', "turn 1 is not one"),
        ('[{"role": "system", "content": "x"}]', "turn 1 is not one"),
    ],
)
def test_bad_history_is_refused(run: Run, tmp_path: Path, content: str, complaint: str) -> None:
    file = tmp_path / "history.json"
    file.write_text(content)
    code, out, err = run("ask", "x", "--history", file)
    assert (code, out) == (2, "")
    assert complaint in err


def test_missing_path_is_told(run: Run, tmp_path: Path) -> None:
    code, _, err = run("ingest", tmp_path / "nowhere.txt")
    assert code == 2
    assert "no such file" in err


@pytest.mark.parametrize(
    "arguments",
    [("ask",), ("ask", "x", "--mode", "fast"), ("search", "x", "-k", "0"), ("frobnicate",)],
)
def test_wrong_usage_exits_with_2(run: Run, arguments: tuple[str, ...]) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert "Traceback" not in err


@pytest.mark.parametrize("question", ["", "   ", "word " * 2000])
def test_questions_that_are_none(run: Run, bundled_dir: Path, question: str) -> None:
    code, _, err = run("ask", question, "--data-dir", bundled_dir)
    assert code == 2
    assert "question" in err.lower()


def test_llm_mode_without_a_model_names_the_setting(run: Run) -> None:
    code, _, err = run("ask", "x", "--mode", "llm")
    assert code == 2
    assert "CITEWELL_MODEL" in err


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    from rag.errors import ConfigError

    with pytest.raises(ConfigError):
        main(["ask", "x", "--mode", "llm", "--debug"])


def test_damaged_catalog_is_told_with_its_remedy(run: Run, tmp_path: Path) -> None:
    (tmp_path / "catalog.sqlite3").write_bytes(b"not a database " * 1000)
    code, _, err = run("ask", "x", "--data-dir", tmp_path)
    assert code == 1
    assert "damaged" in err
    assert "citewell ingest" in err


def test_doctor_tells_what_leaves_the_machine(
    run: Run, bundled_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = loaded(run, "doctor", "--json", "--data-dir", bundled_dir)
    assert report["healthy"]
    assert "nothing" in report["What leaves this machine"]
    monkeypatch.setenv("CITEWELL_MODEL", "gpt-x")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    code, out, err = run("doctor", "--offline", "--data-dir", bundled_dir)
    assert code == 0
    assert "api.openai.com" in out
    assert "sk-secret" not in out + err


def test_the_help_names_every_format_that_is_read(run: Run) -> None:
    from ingest.readers import FORMATS

    _, out, _ = run("ingest", "--help")
    words = " ".join(out.replace("│", " ").split())
    assert all(one.name in words.replace("- ", "-") for one in FORMATS)


@pytest.mark.parametrize(
    "command", ["ingest", "search", "ask", "papers", "reindex", "ui", "serve", "doctor"]
)
def test_help_gives_an_example(run: Run, command: str) -> None:
    code, out, _ = run(command, "--help")
    assert code == 0
    assert f"citewell {command}" in out
    assert "Example" in out


def test_question_path_imports_nothing_heavy(bundled_dir: Path) -> None:
    import subprocess
    import sys

    script = (
        "import sys; from ui.cli import main\n"
        "try: main(['ask', 'entropy collapse?', '--json', '--data-dir', sys.argv[1]])\n"
        "except SystemExit: pass\n"
        "heavy = {'fastapi', 'gradio', 'llama_index.core', 'torch', 'openai', 'pandas', 'nltk',"
        " 'tiktoken', 'openpyxl'}\n"
        "sys.stderr.write(' '.join(sorted(heavy & set(sys.modules))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(bundled_dir)], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout)["status"]
    assert done.stderr.split("\n")[-1] == ""


def test_what_is_no_text_is_refused(run: Run, tmp_path: Path, bundled_dir: Path) -> None:
    code, out, err = run("ask", os.fsdecode(b"entropy \xff"), "--data-dir", bundled_dir)
    assert (code, out) == (2, "")
    assert "not valid UTF-8" in err
    history = tmp_path / "history.json"
    history.write_text('[{"role": "user", "content": "entropy \\ud800"}]')
    asked = ("ask", "and robots?", "--history", history, "--data-dir", bundled_dir)
    code, out, err = run(*asked)
    assert (code, out) == (2, "")
    assert "not valid UTF-8" in err


def test_a_file_as_data_folder_is_wrong_usage(run: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    for command in (("ask", "x"), ("papers",), ("doctor",), ("ingest",), ("reindex",)):
        code, out, err = run(*command, "--data-dir", tmp_path / "notes.txt")
        assert (code, out) == (2, "")
        assert "is a file" in " ".join(err.split())


@pytest.mark.parametrize("command", ["ask", "search"])
def test_a_question_without_quotes_is_shown_with_them(run: Run, command: str) -> None:
    code, out, err = run(command, "what", "is", "CURE")
    assert (code, out) == (2, "")
    assert f'citewell {command} "what is CURE"' in err
