"""`scripts/play_model.py`: calls are written down, and replies that somebody wrote are read."""

from __future__ import annotations

import importlib.util
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parent.parent / "scripts" / "play_model.py"


@pytest.fixture(scope="module")
def script() -> Any:
    spec = importlib.util.spec_from_file_location("play_model", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def request(folder: Path, name: str) -> list[dict[str, str]]:
    messages: list[dict[str, str]] = json.loads((folder / f"{name}.request.json").read_text())[
        "messages"
    ]
    return messages


def test_calls_of_every_kind_are_played(script: Any, bundled_dir: Path, tmp_path: Path) -> None:
    title = "CURE: Critical-Token-Guided Re-Concatenation for Entropy-Collapse Prevention"
    row = {
        "id": "q", "type": "topic", "question": "and how does CURE do it?", "relevant": [title],
        "partial": [], "answer": [], "nuggets": [],
        "history": [
            {"role": "user", "content": "which papers mitigate entropy collapse?"},
            {"role": "assistant", "content": f"{title} does."},
        ],
    }  # fmt: skip
    questions, folder = tmp_path / "set.jsonl", tmp_path / "calls"
    questions.write_text(json.dumps(row) + "\n")

    def play() -> set[str]:
        missing: set[str] = script.play(
            questions, folder, tmp_path / "run.json", data_dir=bundled_dir, today=date(2026, 1, 31)
        )
        return missing

    (reading,) = play()
    assert "Last question: and how does CURE do it?" in request(folder, reading)[-1]["content"]
    assert play() == {reading}, "the same question, the same call"
    wording = {"question": "How does CURE mitigate entropy collapse?", "kind": "explain"}
    (folder / f"{reading}.reply.txt").write_text(json.dumps(wording))

    (answering,) = play()
    asked = request(folder, answering)[-1]["content"]
    assert asked.count("Paper: ") == 30
    assert "Question: How does CURE mitigate entropy collapse?" in asked
    quote = asked.partition("[E1] ")[2].partition("\n")[0]
    (folder / f"{answering}.reply.txt").write_text(f"It gains 987% [E1]. {quote} [E1]")

    (repairing,) = play()
    assert len(request(folder, repairing)) == 4
    (folder / f"{repairing}.reply.txt").write_text(f"{quote} [E1]")
    (folder / "unasked.request.json").write_text("{}")
    assert play() == set()
    assert not (folder / "unasked.request.json").exists()
    (answered,) = json.loads((tmp_path / "run.json").read_text())["rows"]
    assert (answered["fell_back"], answered["answer"]["mode"]) == (None, "llm")
    assert answered["answer"]["model"] == "played"
