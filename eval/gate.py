"""The floor under the figures: a change that sinks one of them by more than its noise fails.

    {"questions": "dev.jsonl", "floors": {"ndcg@10": {"floor": 0.8, "noise": 0.01}, …}}

A guard against regressions, no measure of quality: the program is tuned on the set that the
committed floors are of. `questions` is that set, beside the file. A question that failed fails the
gate whatever the figures are: what was not answered has not been measured. `noise` is what a
figure may lose without meaning anything; where none is committed it is the half width of the
figure's bootstrap interval. For a measure of which less is better the floor is a ceiling. `raised`
lifts floors to what was reached and never lowers one.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval import jsonl
from eval.measures import BY_NAME, Measure
from eval.runs import Case
from eval.stats import figure
from rag.errors import BadInput, UsageError


@dataclass(frozen=True, slots=True)
class Floors:
    """`questions`: the set, a path."""

    path: Path
    questions: Path
    of: Mapping[str, Floor]


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

    @property
    def said(self) -> str:
        """What there is to say of it, in a few words."""
        if self.value is None:
            return "not measured"
        if self.passed:
            return "could rise" if self.could_rise else "ok"
        where = "below its floor" if self.floor.sign > 0 else "above its ceiling"
        return f"{-self.margin:.4f} {where}"


def load(path: Path) -> Floors:
    """Raises BadInput for anything but floors of known measures."""
    try:
        value = json.loads(path.read_text("utf-8-sig"))
        found = {name: _floor(name, entry) for name, entry in value["floors"].items()}
        if not found:
            raise BadInput("holds no floor", path=path)
        return Floors(path, path.parent / value["questions"], found)
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}", path=path) from error
    except json.JSONDecodeError as error:
        raise BadInput(f"is not JSON: {error.msg}", path=path, line=error.lineno) from error
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise BadInput(
            f"is not a file of floors: {error!r}",
            path=path,
            remedy='It looks like {"questions": "dev.jsonl", "floors": {"ndcg@10":'
            ' {"floor": 0.8, "noise": 0.01}}}.',
        ) from error


def _floor(name: str, entry: Mapping[str, Any]) -> Floor:
    if name not in BY_NAME:
        raise ValueError(f"no measure is called {name!r}")
    noise = entry.get("noise")
    floor = Floor(BY_NAME[name], float(entry["floor"]), None if noise is None else float(noise))
    # Against NaN or an endless noise nothing could ever fail.
    if not math.isfinite(floor.floor) or not math.isfinite(floor.noise or 0):
        raise ValueError(f"the floor of {name!r} is no number")
    return floor


def require_whole(cases: Sequence[Case], floors: Floors) -> None:
    """Raises UsageError unless the cases are over the questions of the floors' set as they stand
    in its file: floors are of one set, and a part of it can be easier."""
    entries = [entry for _, entry in jsonl.every(floors.questions)]
    if [case.question.entry for case in cases] != entries:
        raise UsageError(
            f"The run is not over the {len(entries)} questions of {floors.questions} as they are.",
            remedy="Ask the whole set, without --limit, and pass that run's file.",
        )


def judge(cases: Sequence[Case], floors: Floors) -> list[Verdict]:
    verdicts = []
    for floor in floors.of.values():
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
    jsonl.write(path, value)
    return names
