"""The words and patterns of `wordings.toml`, read when they are first used."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any


@cache
def _file() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(Path(__file__).with_name("wordings.toml").read_text(encoding="utf-8"))


def table(name: str) -> Mapping[str, Any]:
    """One table of the file. Raises KeyError."""
    return _file()[name]


@cache
def words(name: str) -> frozenset[str]:
    """A list of single words. Raises KeyError."""
    return frozenset(_file()["words"][name].split())


@cache
def documents() -> frozenset[str]:
    """What the corpus holds, as people call it."""
    macros = _file()["macros"]
    return frozenset(f"{macros['single']}|{macros['plural']}".split("|"))
