"""How the program ends, seen from outside: what stands on the streams, and the exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ui.commands import Run
from ui.progress import Lines

COMMAND = [sys.executable, "-m", "ui.cli"]
QUESTION = "which papers mitigate entropy collapse in RLVR?"
FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="this system has no full device")
@pytest.mark.parametrize("arguments", [("ask", QUESTION), ("papers", "--json"), ("--help",)])
def test_a_full_disk_is_told_in_one_line(bundled_dir: Path, arguments: tuple[str, ...]) -> None:
    where = () if "--help" in arguments else ("--data-dir", str(bundled_dir))
    with FULL.open("w") as full:
        done = subprocess.run(
            [*COMMAND, *arguments, *where],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.stderr == "✗ The output could not be written: No space left on device.\n"
    assert done.returncode == 1


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_whoever_closes_the_pipe_hears_nothing(bundled_dir: Path, options: tuple[str, ...]) -> None:
    read, write = os.pipe()
    os.close(read)
    command = [*COMMAND, "papers", *options, "--data-dir", str(bundled_dir)]
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (1, "")


def test_ctrl_c_before_anything_has_begun_is_silent(tmp_path: Path) -> None:
    slow = "import sys, time; print('importing', file=sys.stdout, flush=True); time.sleep(30)"
    (tmp_path / "typer.py").write_text(slow)  # found before the real one
    process = subprocess.Popen(
        [sys.executable, "-m", "ui", "ask", QUESTION],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "importing\n"
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=60) == ("", "")
    assert process.returncode == 130


@pytest.mark.slow
def test_ctrl_c_ends_in_one_line_and_what_is_indexed_is_kept(tmp_path: Path) -> None:
    command = [*COMMAND, "ingest", "--json", "--data-dir", str(tmp_path / "data")]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=0
    )
    assert process.stderr is not None
    begun = process.stderr.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert begun == "Indexing …\n"
    assert err.splitlines()[-1] == "! Stopped. What is indexed is kept; the same command goes on."
    assert "Traceback" not in err
    assert (out, process.returncode) == ("", 130)
    again = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(again.stdout)["papers"] == 536
    assert "\x1b" not in again.stderr
    assert "\r" not in again.stderr
    assert "Indexing: done in " in again.stderr


def test_lines_come_at_sensible_moments() -> None:
    now, said = 0.0, list[str]()
    lines = Lines("Indexing", said.append, clock=lambda: now)
    for done in range(1001):
        now = done / 10
        lines("embedding", done, 1000)
    for minute in range(3):
        now = 100 + 61.0 * (minute + 1)
        lines("indexing", 1, 5000)
    lines.end()
    assert said[0] == "Indexing …"
    assert said[1:11] == [
        f"Indexing: embedding: {n:,} of 1,000 papers, {n // 10} s" for n in range(100, 1001, 100)
    ]
    assert said[11:] == [
        "Indexing: indexing: 1 of 5,000 steps, 161 s",
        "Indexing: indexing: 1 of 5,000 steps, 222 s",
        "Indexing: indexing: 1 of 5,000 steps, 283 s",
        "Indexing: done in 283 s",
    ]


def test_where_nothing_is_done_nothing_is_said() -> None:
    said: list[str] = []
    Lines("Indexing", said.append).end()
    assert said == []


@pytest.mark.parametrize("content", ["", '{"title": "x"}\n', None])
def test_a_folder_begun_with_own_papers_never_gets_the_bundled_ones(
    run: Run, tmp_path: Path, content: str | None
) -> None:
    folder, file = tmp_path / "mine", tmp_path / "empty.jsonl"
    if content is not None:
        file.write_text(content)
    code, _, err = run("ingest", file, "--data-dir", folder)
    assert code == 2
    assert f"There is no paper in {folder} yet." in " ".join(err.split())
    for command in (("ask", "zebras?"), ("search", "zebras"), ("papers",)):
        code, out, err = run(*command, "--data-dir", folder)
        told = " ".join(err.split())
        assert (code, out) == (1, "")
        assert "which is kept for your own" in told
        assert f"citewell ingest FILES --data-dir {folder}" in told
    code, out, _ = run("doctor", "--json", "--data-dir", folder)
    assert (code, json.loads(out)["Corpus and indexes"]["papers"]["fine"]) == (1, False)
    file.write_text('{"title": "Zebras at Night", "abstract": "Zebras sleep standing up."}\n')
    assert run("ingest", file, "--data-dir", folder)[0] == 0
    code, out, err = run("ask", "how do zebras sleep?", "--data-dir", folder)
    assert code == 0
    assert "Zebras sleep standing up." in out
    code, out, err = run("search", "zebras", "--data-dir", folder)
    assert "1 paper in " in err


def test_version_and_completion(run: Run) -> None:
    code, out, _ = run("--version")
    assert (code, out.startswith("citewell ")) == (0, True)
    done = subprocess.run(
        COMMAND,
        capture_output=True,
        text=True,
        check=True,
        env={
            **os.environ,
            "_CITEWELL_COMPLETE": "complete_bash",
            "COMP_WORDS": "citewell rei",
            "COMP_CWORD": "1",
        },
    )
    assert done.stdout.split() == ["reindex"]
