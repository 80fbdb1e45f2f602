"""Patterns that are compiled when they are first used (rag/text/patterns.py)."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

import ingest
import rag
from rag.text.patterns import compile_all, lazy


def test_a_lazy_pattern_is_the_pattern() -> None:
    made, plain = lazy(r"(?P<word>b\w*)", re.IGNORECASE), re.compile(r"(?P<word>b\w*)", re.I)
    text = "Bread and butter"
    for _ in range(2):  # the first use compiles
        assert [m.group() for m in made.finditer(text)] == ["Bread", "butter"]
        assert made.sub("x", text) == plain.sub("x", text)
        assert made.pattern == plain.pattern
        assert made.flags == plain.flags
        assert made.groupindex == plain.groupindex


def test_a_broken_pattern_is_told_when_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.text.patterns._waiting", [])  # nobody else is to compile it
    broken = lazy("(")
    with pytest.raises(re.error):
        broken.search("text")


def test_a_process_that_goes_on_compiles_them_beforehand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.text.patterns._waiting", [])
    made = lazy("later")
    compile_all()
    monkeypatch.setattr(re, "compile", lambda *_: pytest.fail("compiled by a question"))
    assert made.search("sooner or later")


def test_every_pattern_of_the_package_compiles() -> None:
    found = list(_patterns())
    assert len(found) > 200
    for pattern in found:
        assert isinstance(pattern.flags, int)


def _patterns() -> Iterator[re.Pattern[str]]:
    kind = type(lazy(""))
    for package in (rag, ingest):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            values = list(vars(importlib.import_module(module.name)).values())
            while values:
                value = values.pop()
                if isinstance(value, kind):
                    yield value  # type: ignore[misc]
                elif isinstance(value, tuple | list):
                    values.extend(value)
                elif isinstance(value, dict):
                    values.extend(value.values())
