"""The floor under the figures: a change that sinks one of them by more than its noise fails.

    {"questions": "dev.jsonl", "floors": {"ndcg@10": {"floor": 0.8, "noise": 0.01}, …}}

`noise` is what a figure may lose without meaning anything; where none is committed it is the half
width of the figure's bootstrap interval. For a measure of which less is better the floor is a
ceiling. `raised` lifts floors to what was reached and never lowers one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.measures import BY_NAME, Measure
from eval.runs import Case
from eval.stats import figure
from rag.errors import BadInput


@dataclass(frozen=True, slots=True)
class Floor:
    measure: Measure
    floor: float
    noise: float | None = None

    @property
    def sign(self) -> int:
        return -1 if self.measure.better == "lower" else 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """`margin`: by how much the figure is better than its floor. `value` None: not measured."""

    floor: Floor
    value: float | None
    noise: float

    @property
    def margin(self) -> float:
        if self.value is None:
            return float("-inf")
        return self.floor.sign * (self.value - self.floor.floor)

    @property
    def passed(self) -> bool:
        # Rounding must not decide: a figure exactly at the edge of its noise passes.
        return self.margin >= -self.noise - 1e-9

    @property
    def could_rise(self) -> bool:
        return self.margin > max(self.noise, 0.0005)


def load(path: Path) -> dict[str, Floor]:
    """Raises BadInput for anything but floors of known measures."""
    try:
        entries = json.loads(path.read_text("utf-8"))["floors"]
        return {name: _floor(name, entry, path) for name, entry in entries.items()}
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}", path=path) from error
    except json.JSONDecodeError as error:
        raise BadInput(f"is not JSON: {error.msg}", path=path, line=error.lineno) from error
    except (KeyError, TypeError, AttributeError) as error:
        raise BadInput(
            f"is not a file of floors: {error!r}",
            path=path,
            remedy='It looks like {"floors": {"ndcg@10": {"floor": 0.8, "noise": 0.01}}}.',
        ) from error


def _floor(name: str, entry: Mapping[str, Any], path: Path) -> Floor:
    if name not in BY_NAME:
        raise BadInput(f"no measure is called {name!r}", path=path)
    noise = entry.get("noise")
    return Floor(BY_NAME[name], float(entry["floor"]), None if noise is None else float(noise))


def judge(cases: Sequence[Case], floors: Mapping[str, Floor]) -> list[Verdict]:
    verdicts = []
    for floor in floors.values():
        found = figure(floor.measure.scores(cases))
        half_width = (found.high - found.low) / 2 if found.n else 0.0
        verdicts.append(
            Verdict(
                floor,
                found.value if found.n else None,
                half_width if floor.noise is None else floor.noise,
            )
        )
    return verdicts


def raised(path: Path, verdicts: Sequence[Verdict]) -> list[str]:
    """Lift every floor in `path` that its figure exceeds, to three decimals towards the floor.
    Returns the names of those that rose."""
    value = json.loads(path.read_text("utf-8"))
    names = []
    for verdict in verdicts:
        name, floor = verdict.floor.measure.name, verdict.floor
        if verdict.value is None or not verdict.could_rise:
            continue
        # Down for a floor, up for a ceiling, so that the run that sets it passes it.
        value["floors"][name]["floor"] = floor.sign * int(floor.sign * verdict.value * 1000) / 1000
        names.append(name)
    path.write_text(json.dumps(value, indent=2) + "\n", "utf-8")
    return names
