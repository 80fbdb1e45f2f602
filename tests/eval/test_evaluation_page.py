from __future__ import annotations

import json
import re
from pathlib import Path

from eval.cli import app
from eval.configs import BASELINES
from eval.measures import MEASURES

PAGE = (Path(__file__).parents[2] / "docs" / "evaluation.md").read_text("utf-8")


def test_every_measure_command_and_baseline_is_documented() -> None:
    for measure in MEASURES:
        assert f"`{measure.name}`" in PAGE, measure.name
        assert measure.definition, measure.name
    for command in app.registered_commands:
        name = command.name or getattr(command.callback, "__name__", "")
        assert f"`citewell eval {name}" in PAGE, name
    for baseline in BASELINES:
        assert f"`{baseline}`" in PAGE, baseline


def test_the_example_entry_is_an_entry() -> None:
    (example,) = re.findall(r"```json\n(.*?)\n```", PAGE, re.DOTALL)
    assert json.loads(example)["type"] == "fact"
