"""The figures in the documents are those of runs, and each stands where its set belongs."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from eval import sets
from eval.questions import load
from eval.run import answer_all
from rag.errors import UsageError
from scripts import fill_figures
from tests.documents import README, ROOT
from tests.eval import world

SHA = "questions_sha256"


def test_the_documents_hold_what_the_script_writes() -> None:
    for path, bodies in fill_figures.blocks(ROOT).items():
        text = path.read_text("utf-8")
        for name, body in bodies.items():
            assert fill_figures.replaced(text, name, body) == text, (
                f"{path.name}: run python scripts/fill_figures.py"
            )


def test_figures_are_of_the_sets_as_they_stand() -> None:
    known = {digest: s.file for digest, s in fill_figures.digests(ROOT).items()}
    for kept in fill_figures.read_kept(ROOT):
        assert known.get(kept.questions_sha256) == kept.set


def test_the_readme_shows_unseen_sets_first_and_no_used_one() -> None:
    text = README.read_text("utf-8")
    assert re.findall(r"<!-- (figures:\w+) -->", text) == ["figures:unseen", "figures:bench"]
    held = sets.load(ROOT / "eval/data/sets.json")
    assert all(s.unseen == (f"`{s.name}`" in text) for s in held)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with an unseen and a used set, and documents with empty blocks."""
    data = tmp_path / "eval" / "data"
    (tmp_path / "docs").mkdir()
    data.mkdir(parents=True)
    world.write_set(data, name="fresh.jsonl")
    world.write_set(data, world.ENTRIES[:4], name="old.jsonl")
    entries = [
        {
            "file": f"{name}.jsonl",
            "questions": count,
            "papers": "bundled",
            "written": "2026-12-01",
            "writer": "somebody",
            "knew": "a | b",
            "use": use,
            "used_for": "this",
            "since": since,
        }
        for name, count, use, since in (
            ("fresh", 5, "unseen", None),
            ("old", 4, "tuned", "2026-12-01"),
        )
    ]
    (data / "sets.json").write_text(json.dumps(entries), "utf-8")
    (data / "figures.json").write_text("[]", "utf-8")
    block = "<!-- {0} -->\nold text\n<!-- /{0} -->\n"
    (tmp_path / "README.md").write_text("Before\n" + block.format("figures:unseen"), "utf-8")
    (tmp_path / "docs" / "evaluation.md").write_text(
        block.format("sets") + block.format("figures:used"), "utf-8"
    )
    return tmp_path


def ran(root: Path, name: str, *, limit: int | None = None, **about: Any) -> Path:
    """A run file over a set of `root`, as `citewell eval run` writes it."""
    path = root / "eval" / "data" / f"{name}.jsonl"
    asked = load(path, world.PAPERS.values())[:limit]
    rows = answer_all(asked, world.script(), papers=world.PAPERS)
    out = world.run_file(root, asked, rows, f"{name}-run.json")
    value = json.loads(out.read_text("utf-8"))
    value["fingerprint"] = {
        "mode": "extractive",
        "model": None,
        "version": "0.1.0",
        "code": "abcdef",
        "corpus": "0" * 64,
        "config": [],
        SHA: hashlib.sha256(path.read_bytes()).hexdigest(),
        **about,
    }
    out.write_text(json.dumps(value), "utf-8")
    return out


def cells(text: str, title: str) -> list[str]:
    (line,) = [line for line in text.splitlines() if line.startswith(f"| {title} |")]
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[3:-1]]


def test_figures_go_to_the_table_of_their_set(root: Path) -> None:
    fill_figures.fill(root, [])
    text = (root / "README.md").read_text("utf-8")
    assert text.startswith("Before\n")
    assert "not run yet" in text
    assert cells(text, "fact accuracy") == ["–"]

    fill_figures.fill(root, [ran(root, "fresh"), ran(root, "old")])
    readme = (root / "README.md").read_text("utf-8")
    used = (root / "docs" / "evaluation.md").read_text("utf-8")
    assert "`fresh`: 5 questions" in readme
    assert "`old`" not in readme
    assert "`fresh`: 5 questions" not in used
    assert cells(readme, "fact accuracy") == ["0.500 [0.00, 1.00]"]  # q2 right, q3 wrong
    assert cells(readme, "citation integrity") == ["1.000"]
    assert cells(readme, "failed, fell back") == ["1, 0"]
    assert cells(readme, "program") == ["0.1.0, `abcdef`"]
    assert "a \\| b" in used

    again = [path.read_text("utf-8") for path in fill_figures.blocks(root)]
    fill_figures.fill(root, [])
    assert [path.read_text("utf-8") for path in fill_figures.blocks(root)] == again


def test_a_model_has_a_column_and_a_new_run_replaces_the_old(root: Path) -> None:
    fill_figures.fill(root, [ran(root, "fresh")])
    fill_figures.fill(root, [ran(root, "fresh", mode="llm", model="llama")])
    fill_figures.fill(root, [ran(root, "fresh", code="012345")])
    text = (root / "README.md").read_text("utf-8")
    assert cells(text, "measure") == [
        "`fresh`: 5 questions, bundled papers; quoted",
        "`fresh`: 5 questions, bundled papers; llama",
    ]
    assert cells(text, "program") == ["0.1.0, `012345`", "0.1.0, `abcdef`"]


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({SHA: "0"}, "not over a whole question set"),
        ({"limit": 4}, "not over a whole question set"),
        ({"config": ["retrieval=bm25"]}, "retrieval=bm25"),
    ],
)
def test_a_run_of_something_else_is_refused_and_changes_nothing(
    root: Path, how: dict[str, Any], said: str
) -> None:
    before = (root / "README.md").read_text("utf-8")
    sound, other = ran(root, "old"), ran(root, "fresh", **how)
    with pytest.raises(UsageError, match=said):
        fill_figures.fill(root, [sound, other])
    assert (root / "README.md").read_text("utf-8") == before
    assert (root / "eval" / "data" / "figures.json").read_text("utf-8") == "[]"


def test_a_document_without_the_marks_is_refused() -> None:
    with pytest.raises(UsageError, match="figures:unseen"):
        fill_figures.replaced("no marks here", "figures:unseen", "x")
