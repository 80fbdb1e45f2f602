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
from typer.testing import CliRunner

from eval import session
from eval.cli import app
from eval.options import Host
from rag import jsons
from rag.config import Config
from rag.errors import BadInput, CitewellError, ConfigError, UsageError
from rag.retrieve import Weights
from tests.eval.world import ENTRIES, LIST_ANSWER, PAPERS, Fake, entry, script, write_set


@dataclass
class Bench:
    """Runs commands in a folder; remembers what they said on standard error and asked for."""

    folder: Path
    fake: Fake = field(default_factory=script)
    said: list[str] = field(default_factory=list)
    weights: list[Weights | None] = field(default_factory=list)

    def ready(self, config: Config, *, weights: Weights | None = None) -> Any:
        self.weights.append(weights)
        catalog = SimpleNamespace(papers=lambda: list(PAPERS.values()))
        indexes = SimpleNamespace(corpus_hash="c0ffee00" * 8)
        shelf = SimpleNamespace(catalog=catalog, indexes=lambda: indexes)
        embedder = SimpleNamespace(fingerprint="fake-embedder")
        assistant = SimpleNamespace(shelf=shelf, embedder=embedder, config=config, model=None)
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
    assert bench.said == [f"Run written to {out}"]
    value = json.loads(out.read_text())
    assert [row["id"] for row in value["rows"]] == ["q1", "q2", "q3", "q4", "q5"]
    assert value["fingerprint"]["mode"] == "extractive"
    assert value["fingerprint"]["questions"] == "set.jsonl"
    assert value["summary"]["failed"] == 1
    assert not list(tmp_path.glob("*.jsonl.*"))

    second = tmp_path / "second.json"
    bench.fake = Fake()
    bench("run", dataset, "--json", second, "--config", "retrieval=bm25", "--config", "dense=0.5")
    assert bench.weights[-1] == Weights(late=0, dense=0.5, lexical=1)
    assert json.loads(second.read_text())["fingerprint"]["config"] == [
        "retrieval=bm25",
        "dense=0.5",
    ]

    scores = tmp_path / "scores.json"
    bench("score", out, "--json", scores)
    assert json.loads(scores.read_text()) == value["summary"]

    differences = tmp_path / "differences.json"
    shown = bench("compare", second, out, "--json", differences)
    assert "first against second: 3 won" in shown
    assert len(json.loads(differences.read_text())) == 1

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
    assert bench.run("run", dataset, "--json", out).exit_code == 130
    assert "Go on with: --resume" in bench.said[-1]
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


def test_gate_on_a_run_file(bench: Bench, tmp_path: Path) -> None:
    out, floors = tmp_path / "run.json", tmp_path / "floors.json"
    bench("run", write_set(tmp_path), "--json", out)
    floors.write_text('{"floors": {"fact": {"floor": 0.4, "noise": 0.05}}}')
    assert "could rise" in bench("gate", "--run", out, "--floors", floors, "--raise")
    assert json.loads(floors.read_text())["floors"]["fact"]["floor"] == 0.5
    floors.write_text('{"floors": {"fact": {"floor": 0.6, "noise": 0.05}}}')
    result = bench.run("gate", "--run", out, "--floors", floors)
    assert result.exit_code == 1 and "below its floor" in result.stdout


def test_gate_asks_the_dev_set(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "DEV", write_set(tmp_path))
    floors = tmp_path / "floors.json"
    floors.write_text('{"floors": {"failed": {"floor": 0.2, "noise": 0}}}')
    bench("gate", "--floors", floors)
    assert len(bench.fake.asked) == 5


def test_help_imports_nothing_heavy() -> None:
    import subprocess
    import sys

    code = (
        "import sys, eval.cli; "
        "print([m for m in ('numpy', 'matplotlib', 'ir_measures', 'chromadb') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
