"""Every dependency has its row, with the licence of its metadata; so has all that is imported."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, metadata, packages_distributions
from pathlib import Path

import pytest

from tests.documents import ROOT, table


def distribution(requirement: str) -> str:
    name = re.match(r"[\w.-]+", requirement)
    assert name, requirement
    return name[0]


def declared() -> dict[str, list[str]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return {
        "At run time": project["dependencies"],
        "The weights": listed("requirements.in"),
        "A model in this process": project["optional-dependencies"]["local"],
        "In LangChain": project["optional-dependencies"]["langchain"],
        "PDFs": project["optional-dependencies"]["pdf"],
        "The site of the documents": listed("requirements-docs.in"),
        "A real model in the tests": listed("requirements-llama.in"),
        "For development": project["optional-dependencies"]["dev"],
    }


def listed(name: str) -> list[str]:
    lines = (ROOT / name).read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("heading", declared())
def test_every_dependency_has_its_row(heading: str) -> None:
    rows = table("docs/dependencies.md", heading)
    assert sorted(row[0] for row in rows) == sorted(map(distribution, declared()[heading]))
    for row in rows:
        assert len(row) == 4, row
        assert all(row), row


def licences(text: str) -> set[str]:
    text = text.replace("Python Software Foundation", "PSF")
    return set(re.findall(r"\b(?:MIT|Apache|[0-9]?BSD|MPL|Zlib|CC0|ISC|PSF|GPL|LGPL)\b", text))


@pytest.mark.parametrize("heading", [*declared(), "Come along"])
def test_licences_are_those_of_the_metadata(heading: str) -> None:
    for name, licence, *_ in table("docs/dependencies.md", heading):
        try:
            about = metadata(name)
        except PackageNotFoundError:
            pytest.skip(f"{name} is not installed: make llama langchain docs")
        stated = [
            *(about.get_all("License-Expression") or []),
            *(text[:40] for text in about.get_all("License") or []),
            *(c for c in about.get_all("Classifier") or [] if c.startswith("License")),
        ]
        assert licences(licence) == licences(" ".join(stated)), f"{name}: {stated}"


def test_what_is_imported_has_its_row() -> None:
    headings = [*declared(), "Come along"]
    rows = [row for heading in headings for row in table("docs/dependencies.md", heading)]
    known = {plain(row[0]) for row in rows}
    ours = {"citewell", "rag", "ingest", "ui", "eval"}
    by_module = packages_distributions()
    missing = set()
    for path in (path for top in ours for path in (ROOT / top).rglob("*.py")):
        for module in imported(path) - ours - sys.stdlib_module_names - {"llama_index"}:
            if not {plain(name) for name in by_module.get(module, [module])} & known:
                missing.add(f"{path.relative_to(ROOT)} imports {module}")
    assert missing == set()


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return {name.split(".")[0] for name in names}
