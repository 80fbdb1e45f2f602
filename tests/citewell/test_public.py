"""What is public, and stays: the names, and that they are typed and explained."""

from __future__ import annotations

import inspect
import re
from importlib.resources import files

import pytest

import citewell
from tests.documents import ROOT

PUBLIC = """
Agreement Answer AsyncConversation AsyncCorpus BadInput CatalogError Cell Citation CitewellError
Column ConfigError Conversation Corpus Event Fallback Filters Finished Hit ModelServerError Paper
PaperStance Progress Retrieved SearchResult Selected Sentence Source Span Table TextDelta Turn
Understood UnknownPaper Usage UsageError as_dict
""".split()
DOCUMENT = (ROOT / "docs" / "python.md").read_text("utf-8")


def test_the_public_names_are_these() -> None:
    """A name that goes breaks somebody's program: see the promise in docs/python.md."""
    assert sorted(citewell.__all__) == sorted(PUBLIC)


@pytest.mark.parametrize("name", PUBLIC)
def test_every_name_is_there_and_explained(name: str) -> None:
    value = getattr(citewell, name)
    assert re.search(rf"\b{name}\b", DOCUMENT), f"docs/python.md does not name {name}"
    if inspect.isclass(value) and not issubclass(value, Exception):
        assert value.__doc__, name


@pytest.mark.parametrize("kind", [citewell.Corpus, citewell.AsyncCorpus, citewell.Conversation])
def test_every_method_is_typed_and_explained(kind: type) -> None:
    for name, method in inspect.getmembers(kind, inspect.isroutine):
        if name.startswith("_"):
            continue
        assert method.__doc__, name
        signature = inspect.signature(method)
        assert signature.return_annotation is not inspect.Signature.empty, name
        assert all(
            p.annotation is not p.empty for p in signature.parameters.values() if p.name != "self"
        ), name


def test_the_async_door_has_the_same_arguments() -> None:
    for name in ("open", "ask", "stream", "search", "papers", "paper", "table", "conversation"):
        waiting, awaited = getattr(citewell.Corpus, name), getattr(citewell.AsyncCorpus, name)
        assert inspect.signature(waiting).parameters == inspect.signature(awaited).parameters, name


def test_type_checkers_are_told() -> None:
    assert files("citewell").joinpath("py.typed").is_file()
