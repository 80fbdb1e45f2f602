"""Baselines and ablations: the same code with other retrieval weights.

`retrieval=NAME` takes a baseline as a whole; any other NAME=VALUE sets one field of
`rag.retrieval.first_stage.Weights` (`lexical=0` leaves the words out). Later ingredients are
fields there, so that each has its ablation without a line here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace

from rag.errors import ConfigError
from rag.retrieval.first_stage import Weights

Value = float | bool | str

_SHARES = ("late", "dense", "lexical", "neighbours", "without")
_ALONE: Mapping[str, Value] = dict.fromkeys(_SHARES, 0.0)
"""No ingredient at all: what a plain baseline starts from, so that it is nothing but its name."""

BASELINES: Mapping[str, Mapping[str, Value]] = {
    "default": {},
    "bm25": {**_ALONE, "lexical": 1.0},
    "dense": {**_ALONE, "dense": 1.0},
    "rrf": {**_ALONE, "dense": 1.0, "lexical": 1.0, "fusion": "rrf"},
    "no-late": {"late": 0.0},
    "no-dense": {"dense": 0.0},
    "no-lexical": {"lexical": 0.0},
    "no-neighbours": {"neighbours": 0.0},
    "no-carried": {"carried": 1.0},
    "no-without": {"without": 0.0},
}


def parse(pairs: Sequence[str]) -> Weights:
    """The weights that `pairs` ("NAME=VALUE") make of the default ones; later pairs win.

    Raises ConfigError for a name or a value that cannot be."""
    weights = Weights()
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise ConfigError(
                f"--config takes NAME=VALUE, not {pair!r}.",
                remedy="For example: --config retrieval=bm25",
            )
        if name == "retrieval":
            weights = replace(Weights(), **_baseline(value))  # type: ignore[arg-type]
        else:
            weights = replace(weights, **{name: _value(name, value)})  # type: ignore[arg-type]
    return weights


def _baseline(name: str) -> Mapping[str, Value]:
    if name not in BASELINES:
        raise ConfigError(
            f"There is no baseline {name!r}.", remedy="There are: " + ", ".join(BASELINES)
        )
    return BASELINES[name]


def _value(name: str, value: str) -> Value:
    """`value` in the type of the field's default."""
    defaults = {f.name: f.default for f in fields(Weights)}
    if name not in defaults:
        raise ConfigError(
            f"There is no setting {name!r}.",
            remedy="There are: " + ", ".join(["retrieval", *defaults]),
        )
    default = defaults[name]
    if isinstance(default, bool):
        if value.lower() not in ("true", "false"):
            raise ConfigError(f"{name} is true or false, not {value!r}.")
        return value.lower() == "true"
    if isinstance(default, int | float):
        try:
            return type(default)(value)
        except ValueError as error:
            whole = "a whole number" if isinstance(default, int) else "a number"
            raise ConfigError(f"{name} takes {whole}, not {value!r}.") from error
    return value
