"""The commands as a program mounts them, on a scripted assistant over the four papers."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from eval import terminal
from eval.cli import app
from eval.options import Host
from rag.config import Config
from rag.errors import BadInput, CitewellError, ConfigError, Stopped, UsageError
from rag.export import json_records as jsons
from rag.retrieval.first_stage import Weights
from tests.eval.world import ENTRIES, LIST_ANSWER, PAPERS, Fake, entry, script, write_set


@dataclass
class Bench:
    """Runs commands in a folder; remembers what they said on standard error and asked for."""

    folder: Path
    fake: Fake = field(default_factory=script)
    said: list[str] = field(default_factory=list)
    weights: list[Weights | None] = field(default_factory=list)
    corpus: str = "c0ffee00"

    def ready(self, config: Config, *, weights: Weights | None = None) -> Any:
        self.weights.append(weights)
        catalog = SimpleNamespace(papers=lambda: list(PAPERS.values()))
        indexes = SimpleNamespace(corpus_hash=self.corpus * 8)
        index_manager = SimpleNamespace(catalog=catalog, indexes=lambda: indexes)
        embedder = SimpleNamespace(fingerprint="fake-embedder")
        assistant = SimpleNamespace(
            index_manager=index_manager, embedder=embedder, config=config, model=None
        )
        assistant.stream, assistant.weights = self.fake.stream, weights or Weights()
        return assistant

    @contextlib.contextmanager
    def progress(self, title: str) -> Iterator[Any]:
        yield lambda stage, done, total: None

    def __call__(self, *arguments: object) -> str:
        """Standard output. Raises what the command raises; its exit code must be 0."""
        result = self.run(*arguments)
        assert result.exit_code == 0, (result.output, self.said)
        return str(result.stdout)

    def run(self, *arguments: object) -> Any:
        host = Host(ready=self.ready, progress=self.progress, notice=self.said.append)
        result = CliRunner().invoke(
            app, [str(a) for a in (*arguments, "--data-dir", self.folder / "data")], obj=host
        )
        if isinstance(result.exception, CitewellError):
            raise result.exception
        return result


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    for name in ("CITEWELL_MODE", "CITEWELL_MODEL", "OPENAI_MODEL"):
        monkeypatch.delenv(name, raising=False)
    return Bench(tmp_path)


def test_run_score_compare_report(bench: Bench, tmp_path: Path) -> None:
    dataset, out = write_set(tmp_path), tmp_path / "first.json"
    shown = bench("run", dataset, "--json", out, "--mode", "extractive")
    assert "List F1" in shown and "failed: q4: RuntimeError('scripted')" in shown
    assert bench.said[0].startswith(f"Run written to {out}. ")
    value = json.loads(out.read_text())
    assert [row["id"] for row in value["rows"]] == ["q1", "q2", "q3", "q4", "q5"]
    assert value["fingerprint"]["mode"] == "extractive"
    assert value["fingerprint"]["questions"] == "set.jsonl"
    assert value["summary"]["failed"] == 1
    assert not list(tmp_path.glob("*.jsonl.*"))

    second = tmp_path / "second.json"
    bench.fake = Fake()
    bench("run", dataset, "--json", second, "--config", "retrieval=bm25", "--config", "dense=0.5")
    assert bench.weights[-1] == Weights(late=0, dense=0.5, lexical=1, neighbours=0, without=0)
    assert json.loads(second.read_text())["fingerprint"]["config"] == [
        "retrieval=bm25",
        "dense=0.5",
    ]

    scores = tmp_path / "scores.json"
    bench("score", out, "--json", scores)
    assert json.loads(scores.read_text()) == value["summary"]

    differences = tmp_path / "differences.json"
    shown = bench("compare", second, out, "--json", differences)
    assert shown.startswith("first against second\n") and "3 questions won" in shown
    assert "config: retrieval=bm25, dense=0.5 → default" in shown
    (compared,) = json.loads(differences.read_text())
    assert compared["settings"]["config"] == [["retrieval=bm25", "dense=0.5"], []]

    bench("report", second, out, "-o", tmp_path / "report.html", "--title", "Mine")
    assert "<h1>Mine</h1>" in (tmp_path / "report.html").read_text()
    bench("report", out, "-o", tmp_path / "report.md")
    assert (tmp_path / "report.md").read_text().startswith("### Citewell on 5 questions")


def test_a_run_without_a_name_goes_to_the_data_folder(bench: Bench, tmp_path: Path) -> None:
    bench("run", write_set(tmp_path), "--limit", 2)
    (out,) = (tmp_path / "data" / "runs").glob("set-*.json")
    assert len(json.loads(out.read_text())["rows"]) == 2


def test_ctrl_c_loses_nothing(bench: Bench, tmp_path: Path) -> None:
    dataset, out = write_set(tmp_path), tmp_path / "run.json"
    bench.fake.answers = {**bench.fake.answers, ENTRIES[1]["question"]: KeyboardInterrupt()}
    with pytest.raises(Stopped, match=r"Go on with: --json .*run\.json --resume"):
        bench("run", dataset, "--json", out)
    assert not out.exists()
    bench.fake = script()
    bench("run", dataset, "--json", out, "--resume")
    assert bench.fake.asked[0] == ENTRIES[1]["question"]
    assert len(json.loads(out.read_text())["rows"]) == 5


def test_a_run_in_which_everything_failed_has_failed(bench: Bench, tmp_path: Path) -> None:
    bench.fake = Fake({e["question"]: RuntimeError("no") for e in ENTRIES})
    assert bench.run("run", write_set(tmp_path), "--json", tmp_path / "run.json").exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        (["run", "SET", "--resume"], UsageError, "--resume needs"),
        (["run", "SET", "--config", "charm=1"], ConfigError, "charm"),
        (["run", "SET", "--judge", "model"], ConfigError, "needs a model"),
        (["run", "SET", "--judge", "crowd"], ConfigError, "no judge 'crowd'"),
        (["run", "absent.jsonl"], BadInput, "cannot be read"),
        (["compare", "absent.json"], UsageError, "two run files"),
        (["report", "absent.json"], BadInput, "cannot be read"),
    ],
)
def test_wrong_usage(
    bench: Bench, tmp_path: Path, arguments: list[str], error: type[Exception], said: str
) -> None:
    dataset = str(write_set(tmp_path))
    with pytest.raises(error, match=said):
        bench(*(dataset if a == "SET" else a for a in arguments))


def test_a_report_is_html_or_markdown(bench: Bench, tmp_path: Path) -> None:
    out = tmp_path / "run.json"
    bench("run", write_set(tmp_path), "--json", out)
    with pytest.raises(UsageError, match=r"\.html or \.md"):
        bench("report", out, "-o", tmp_path / "report.pdf")


def test_a_report_that_cannot_be_written_says_why(bench: Bench, tmp_path: Path) -> None:
    out = tmp_path / "run.json"
    bench("run", write_set(tmp_path), "--json", out)
    bench("report", out, "-o", tmp_path / "new" / "report.md")
    assert (tmp_path / "new" / "report.md").read_text().startswith("### Citewell")
    with pytest.raises(UsageError, match="cannot be written: "):
        bench("report", out, "-o", out / "report.md")
    assert "nDCG@10" in bench("score", out)  # nothing is lost with it


def test_what_judges_said_is_shown_and_what_they_did_not(bench: Bench, tmp_path: Path) -> None:
    out = tmp_path / "run.json"
    bench("run", write_set(tmp_path), "--json", out, "--judge", "exact")
    value = json.loads(out.read_text())
    value["rows"][0]["graded"] = dict.fromkeys(value["rows"][0]["graded"])
    out.write_text(json.dumps(value))
    said = bench("score", out)
    assert "citation recall (exact)" in said
    assert "2 grades are missing: their judge failed." in said


def test_check_names_every_fault(bench: Bench, tmp_path: Path) -> None:
    assert "5 questions, 0 faults" in bench("check", write_set(tmp_path))
    bad = write_set(tmp_path, [entry(relevant=["No"]), "{"], "bad.jsonl")
    result = bench.run("check", bad)
    assert result.exit_code == 2
    assert [line.split(": ")[0] for line in bench.said] == [f"{bad}:1", f"{bad}:2"]


def test_new_adds_drafts(bench: Bench, tmp_path: Path) -> None:
    rated = {"question": "?", "answer": jsons.answer(LIST_ANSWER), "rating": "up"}
    ratings, out = write_set(tmp_path, [rated], "ratings.jsonl"), tmp_path / "drafts.jsonl"
    bench("new", ratings, "-o", out)
    bench("new", ratings, "-o", out)  # nothing new
    more = write_set(tmp_path, [{**rated, "question": "and?"}], "more.jsonl")
    bench("new", more, "-o", out)
    assert [json.loads(line)["id"] for line in out.read_text().splitlines()] == ["n001", "n002"]


def gate_files(folder: Path, **floors: float) -> Path:
    write_set(folder)
    path = folder / "floors.json"
    entries = {name: {"floor": floor, "noise": 0.05} for name, floor in floors.items()}
    path.write_text(json.dumps({"questions": "set.jsonl", "floors": entries}))
    return path


def all_right() -> Fake:
    """As the script, without a failure."""
    fake = script()
    fake.answers = {**fake.answers, ENTRIES[3]["question"]: LIST_ANSWER}
    return fake


def test_gate_on_a_run_file(bench: Bench, tmp_path: Path) -> None:
    out, floors = tmp_path / "run.json", gate_files(tmp_path, fact=0.4)
    bench.fake = all_right()
    bench("run", tmp_path / "set.jsonl", "--json", out)
    shown = bench("gate", "--run", out, "--floors", floors, "--raise")
    assert "could rise" in shown and "The gate is passed" in shown
    assert json.loads(floors.read_text())["floors"]["fact"]["floor"] == 0.5
    gate_files(tmp_path, fact=0.6, list_f1=0.2)
    result = bench.run("gate", "--run", out, "--floors", floors, "--raise")
    assert result.exit_code == 1
    assert "The gate is not passed: Fact accuracy 0.1000 below its floor." in result.stdout
    # What failed raises nothing.
    assert json.loads(floors.read_text())["floors"]["list_f1"]["floor"] == 0.2


def test_gate_asks_the_set_of_the_floors(bench: Bench, tmp_path: Path) -> None:
    floors = gate_files(tmp_path, fact=0.5)
    bench.fake = all_right()
    bench("gate", "--floors", floors)
    assert len(bench.fake.asked) == 5


def test_gate_never_passes_with_a_failed_question(bench: Bench, tmp_path: Path) -> None:
    """No floor is on `failed` here, and every figure holds."""
    result = bench.run("gate", "--floors", gate_files(tmp_path, fact=0.5))
    assert result.exit_code == 1
    assert "failed: q4: RuntimeError('scripted')" in result.stdout
    assert "The gate is not passed: 1 of 5 questions failed." in result.stdout


def test_gate_refuses_a_part_of_its_set(bench: Bench, tmp_path: Path) -> None:
    floors, out = gate_files(tmp_path, fact=0.5), tmp_path / "run.json"
    bench("run", tmp_path / "set.jsonl", "--json", out, "--limit", 2)
    with pytest.raises(UsageError, match="not over the 5 questions"):
        bench("gate", "--run", out, "--floors", floors)


def test_a_table_fits_into_eighty_columns(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "no-neighbours.json", tmp_path / "default.json"
    bench("run", write_set(tmp_path), "--json", first)
    bench.fake = Fake()
    bench("run", write_set(tmp_path), "--json", second)
    monkeypatch.setattr(terminal, "_console", lambda: Console(width=80, highlight=False))
    for shown in (bench("compare", first, second), bench("score", first)):
        titles = {line.split("  ")[0] for line in shown.splitlines()}
        assert {"nDCG@10", "List F1", "Nugget recall", "Citation precision"} <= titles
        assert all(len(line) <= 80 for line in shown.splitlines())


def test_what_a_run_says_leads_with_what_came_out(bench: Bench, tmp_path: Path) -> None:
    lines = bench("run", write_set(tmp_path), "--json", tmp_path / "run.json").splitlines()
    assert lines[0] == "5 questions: 3 right, 1 wrong, 1 failed"
    assert lines[1] == "failed: q4: RuntimeError('scripted')"


def test_a_resumed_run_is_the_same_run(bench: Bench, tmp_path: Path) -> None:
    dataset, out = write_set(tmp_path), tmp_path / "run.json"
    bench.fake.answers = {**bench.fake.answers, ENTRIES[1]["question"]: KeyboardInterrupt()}
    with pytest.raises(Stopped):
        bench("run", dataset, "--json", out)
    for change in (["--config", "late=0"], ["--limit", 3]):
        with pytest.raises(UsageError, match="is of another run"):
            bench("run", dataset, "--json", out, "--resume", *change)
    bench.corpus = "0ddba11"
    with pytest.raises(UsageError, match="corpus"):
        bench("run", dataset, "--json", out, "--resume")
    bench.corpus = "c0ffee00"
    write_set(tmp_path, [*ENTRIES[:-1], {**ENTRIES[-1], "note": "reworded"}])
    with pytest.raises(UsageError, match="questions_sha256 differs"):
        bench("run", dataset, "--json", out, "--resume")


def test_help_imports_nothing_heavy() -> None:
    import subprocess
    import sys

    code = (
        "import sys, eval.cli; "
        "print([m for m in ('numpy', 'matplotlib', 'ir_measures', 'chromadb') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
