"""Frozen records as JSON and back. What a later Citewell has added to a record is left out, what
it has taken away keeps its default."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

Record = TypeVar("Record")
_PLAIN: Mapping[Any, Any] = {str: str, int: int, float: int | float, bool: bool}


def freeze(record: Any) -> dict[str, Any] | None:
    """A dataclass, or None, as what `json.dumps` takes."""
    return None if record is None else asdict(record)


def thaw(kind: type[Record], value: Any) -> Record:
    """`value`, as `freeze` gave it, as a `kind` again. Raises TypeError or KeyError for what is
    none."""
    return cast(Record, None if value is None else _thaw(kind, value))


def _thaw(kind: Any, value: Any) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if value is None and (kind is None or type(None) in inner):
        return None
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        known = {f.name for f in fields(kind)} & _checked(value, dict).keys()
        return kind(**{name: _thaw(hints[name], value[name]) for name in known})
    if origin in (Union, types.UnionType):
        (some,) = (part for part in inner if part is not type(None))
        return _thaw(some, value)
    if origin is tuple:
        return tuple(_thaw(inner[0], item) for item in _checked(value, list | tuple))
    if origin in (Mapping, dict):
        return {key: _thaw(inner[1], item) for key, item in _checked(value, dict).items()}
    return _checked(value, _PLAIN.get(kind, object))


def _checked(value: Any, kind: Any) -> Any:
    if not isinstance(value, kind):
        raise TypeError(f"{value!r:.40} is no {kind}")
    return value


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)
